// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which servers to ask.

use super::cache::Cache;
use super::configuration::{File, RESOLV_CONF, argument, lines};
use super::scopes;
use crate::errno::{Result, unchanged};
use crate::net::scan;
use crate::sys::environment::variable;
use crate::text::input::Text;
use core::net::Ipv6Addr;

/// How many addresses a list has room for.
pub(super) const ROOM: usize = 16;
/// How many servers are taken from what the administrator names.
pub(super) const MOST: usize = 4;

/// A list as C programs have it: 16 IPv6 addresses, of which those that are all zeros are none.
pub(crate) type List = [u8; 16 * ROOM];

static FOUND: Cache = Cache::new();

crate::sys::fork::survives_fork!(static FOUND in ".init_array.00105");

/// Replaces the list by the servers of the variable DNSCACHEIP, else by those of /etc/resolv.conf, else by this machine.
pub(crate) fn find(list: &mut List) -> Result<()> {
    let mut copy = |found: &[u8]| list.iter_mut().zip(found).for_each(|(place, byte)| *place = *byte);
    if FOUND.recall(&mut copy) {
        return Ok(());
    }
    *list = [0; 16 * ROOM];
    // A file that does not exist is not the program's concern.
    unchanged(|| find_anew(Servers { list, count: 0 }))?;
    FOUND.remember(list);
    Ok(())
}

fn find_anew(mut servers: Servers<'_>) -> Result<()> {
    if let Some(value) = variable(c"DNSCACHEIP") {
        servers.take_joined(value.to_bytes());
    }
    if servers.count == 0
        && let Some(file) = File::read(RESOLV_CONF)?
    {
        servers.take_lines(file.contents());
    }
    if servers.count == 0 {
        servers.push(Ipv6Addr::LOCALHOST, 0);
    }
    Ok(())
}

/// A list under way.
struct Servers<'a> {
    list: &'a mut List,
    count: usize,
}

impl Servers<'_> {
    fn push(&mut self, ip: Ipv6Addr, scope: u32) {
        let (places, _) = self.list.as_chunks_mut();
        if self.count < MOST
            && !ip.is_unspecified()
            && let Some(place) = places.get_mut(self.count)
        {
            *place = ip.octets();
            scopes::note(self.count, ip, scope);
            self.count += 1;
        }
    }

    /// Takes addresses with dots between, up to what is none.
    fn take_joined(&mut self, text: &[u8]) {
        let mut rest = Some(text);
        while let Some(text) = rest {
            rest = match text.strip_prefix(b".") {
                Some(behind) => Some(behind),
                // A scope would swallow the dot in front of the next address.
                None => address(text, |text| Some((scan::ip6(text)?, 0))).map(|(ip, scope, behind)| {
                    self.push(ip, scope);
                    behind
                }),
            };
        }
    }

    /// Takes the lines of resolv.conf.
    fn take_lines(&mut self, contents: &[u8]) {
        let arguments = lines(contents).filter_map(|line| argument(line, b"nameserver"));
        let servers = arguments.filter_map(|text| address(text, scan::ip6_and_scope));
        servers.for_each(|(ip, scope, _)| self.push(ip, scope));
    }
}

/// The address at the beginning of a text with its interface, as `scan` reads them, and what stands behind.
fn address(
    text: &[u8],
    scan: impl FnOnce(&mut Text) -> Option<(Ipv6Addr, u32)>,
) -> Option<(Ipv6Addr, u32, &[u8])> {
    // SAFETY: the bytes of a slice are readable.
    let mut input = unsafe { Text::new(text.as_ptr().cast(), text.len()) };
    let (ip, scope) = scan(&mut input)?;
    Some((ip, scope, text.get(input.used()..)?))
}

#[cfg(test)]
mod tests;
