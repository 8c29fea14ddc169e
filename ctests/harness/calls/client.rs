// SPDX-License-Identifier: MIT OR Apache-2.0
//! The scripted client of the server whose system calls are counted.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::ChildStdin;
use std::thread;
use std::time::Duration;

/// What the client does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// One connection, one request after the other.
    OneConnection,
    /// Eight connections that stay, each turn a request on each of them.
    EightConnections,
    /// Each turn eight new connections with a request on each, until the server has closed them all.
    EightNewConnections,
    /// Nothing at all.
    Watch,
}

const CROWD: usize = 8;
const REQUEST: [u8; 50] = [b'q'; 50];
const RESPONSE: usize = 100;

fn connect(port: u16) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(stream)
}

pub(super) fn play(script: Script, turns: usize, port: u16, mut server: ChildStdin) -> std::io::Result<()> {
    let mut response = [0; RESPONSE];
    let connect_all = || (0..CROWD).map(|_| connect(port)).collect::<Result<Vec<_>, _>>();
    if script == Script::OneConnection {
        let mut stream = connect(port)?;
        for _ in 0..turns {
            stream.write_all(&REQUEST)?;
            stream.read_exact(&mut response)?;
        }
        return Ok(());
    }
    let mut crowd = connect_all()?;
    for turn in 0..turns {
        if script == Script::EightNewConnections && turn > 0 {
            crowd = connect_all()?;
        }
        for stream in &mut crowd {
            stream.write_all(&REQUEST)?;
        }
        // Everything is to have arrived before the server looks.
        thread::sleep(Duration::from_millis(5));
        server.write_all(b"g")?;
        for stream in &mut crowd {
            stream.read_exact(&mut response)?;
            if script == Script::EightNewConnections {
                // The server's end of the connection.
                assert_eq!(stream.read(&mut response)?, 0);
            }
        }
    }
    Ok(())
}
