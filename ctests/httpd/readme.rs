// SPDX-License-Identifier: MIT OR Apache-2.0
//! The server in the README, taken from there, built and started with the commands given there, and used.

use crate::build;
use crate::client::TIMEOUT;
use crate::support::Skip;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

/// The text between a line of three backquotes and `kind`, and the next such line.
fn block<'a>(readme: &'a str, kind: &str) -> &'a str {
    let start = format!("```{kind}\n");
    let (_, rest) = readme.split_once(&start).unwrap_or_else(|| panic!("no {start} in the README"));
    rest.split_once("```\n").unwrap().0
}

pub(crate) fn works() -> Result<(), Skip> {
    let readme = fs::read_to_string(build::root().join("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    symlink(build::root().join("include"), folder.path().join("include")).unwrap();
    symlink(build::target(), folder.path().join("target")).unwrap();
    // Another port than the one it names, which may be taken.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let source = block(&readme, "c");
    assert_eq!(source.matches("7000").count(), 1);
    fs::write(folder.path().join("server.c"), source.replace("7000", &port.to_string())).unwrap();

    let (cc, run) = block(&readme, "sh").trim_end().split_once('\n').expect("two commands");
    let cc = format!("{cc} -Wall -Wextra -pedantic -Werror");
    let built = Command::new("sh").arg("-c").arg(&cc).current_dir(&folder).status().unwrap();
    assert!(built.success(), "{cc}");

    let (variable, program) = run.split_once(' ').expect("a variable and a program");
    let (name, value) = variable.split_once('=').expect("a variable and its value");
    let mut server = Command::new(program).env(name, value).current_dir(&folder).spawn().unwrap();
    let echoes = thread::spawn(move || expect_echo(port)).join();
    server.kill().unwrap();
    server.wait().unwrap();
    echoes.expect("the server of the README echoes");
    Ok(())
}

fn expect_echo(port: u16) {
    let start = Instant::now();
    let connect = || loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => break stream,
            Err(error) => assert!(start.elapsed() < TIMEOUT, "{error}"),
        }
        thread::sleep(Duration::from_millis(10));
    };
    let mut clients: Vec<TcpStream> = (0..3).map(|_| connect()).collect();
    for text in [b"one", b"two"] {
        for client in &mut clients {
            client.set_read_timeout(Some(TIMEOUT)).unwrap();
            client.write_all(text).unwrap();
        }
        for client in &mut clients {
            let mut echo = [0; 3];
            client.read_exact(&mut echo).unwrap();
            assert_eq!(&echo, text);
        }
    }
}
