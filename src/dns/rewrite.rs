// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rules by which names are completed.

use super::answer::append;
use super::cache::Cache;
use super::configuration::{File, RESOLV_CONF, argument, is_blank, lines};
use crate::abi::stralloc;
use crate::errno::{Result, unchanged};
use crate::sys::environment::{host_name, variable};

static FOUND: Cache = Cache::new();

crate::sys::fork::survives_fork!(static FOUND in ".init_array.00106");

/// Replaces the string by the rules, each with a null byte behind it: those of the file that the variable DNSREWRITEFILE
/// names, or else /etc/dnsrewrite; if there is none, those that follow from the variable LOCALDOMAIN, else from the first search list
/// of /etc/resolv.conf, else from the name of this machine.
pub(crate) fn find(rules: &mut stralloc) -> Result<()> {
    rules.len = 0;
    let mut outcome = Ok(());
    if FOUND.recall(&mut |found| outcome = append(rules, found)) {
        return outcome;
    }
    // A file that does not exist is not the program's concern.
    unchanged(|| find_anew(rules))?;
    FOUND.remember(rules.as_slice());
    Ok(())
}

fn find_anew(rules: &mut stralloc) -> Result<()> {
    let file = variable(c"DNSREWRITEFILE").unwrap_or(c"/etc/dnsrewrite");
    if let Some(file) = File::read(file)? {
        return as_written(rules, file.contents());
    }
    if let Some(domains) = variable(c"LOCALDOMAIN") {
        return search(rules, domains.to_bytes(), false);
    }
    if let Some(file) = File::read(RESOLV_CONF)?
        && let Some(domains) = search_list(file.contents())
    {
        return search(rules, domains, true);
    }
    let mut room = [0; 256];
    let name = host_name(&mut room)?;
    of_host(rules, name)
}

/// One rule in each line. Blanks at its end do not count.
fn as_written(rules: &mut stralloc, contents: &[u8]) -> Result<()> {
    for line in lines(contents) {
        append(rules, line.trim_ascii_end())?;
        append(rules, b"\0")?;
    }
    Ok(())
}

/// What a name without a dot is completed by is tried in that order. Two blanks stand for one, or else have the root
/// between them.
fn search(rules: &mut stralloc, domains: &[u8], loose: bool) -> Result<()> {
    append(rules, b"?:")?;
    for domain in domains.split(is_blank).filter(|domain| !loose || !domain.is_empty()) {
        append(rules, b"+.")?;
        append(rules, domain)?;
    }
    append(rules, b"\0")?;
    strip_dot(rules)
}

/// Names without a dot are completed by what follows the first dot of the machine's own.
fn of_host(rules: &mut stralloc, name: &[u8]) -> Result<()> {
    let dot = name.iter().position(|&byte| byte == b'.');
    if let Some(domain) = dot.and_then(|dot| name.get(dot..)) {
        append(rules, b"?:")?;
        append(rules, domain)?;
        append(rules, b"\0")?;
    }
    strip_dot(rules)
}

/// A dot at the end says that a name is complete.
fn strip_dot(rules: &mut stralloc) -> Result<()> {
    append(rules, b"*.:\0")
}

/// The first list of domains in resolv.conf.
fn search_list(contents: &[u8]) -> Option<&[u8]> {
    lines(contents).find_map(|line| argument(line, b"search").or_else(|| argument(line, b"domain")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(write: impl FnOnce(&mut stralloc) -> Result<()>) -> String {
        let mut rules = stralloc::new();
        write(&mut rules).unwrap();
        let text = String::from_utf8(rules.as_slice().to_vec()).unwrap().replace('\0', "|");
        rules.free();
        text
    }

    #[test]
    fn rules_as_written() {
        for (contents, expected) in
            [("?:.foo \t\r\n*.:\n", "?:.foo|*.:||"), ("# comment\n\n =a:b", "# comment|| =a:b|"), ("", "|")]
        {
            assert_eq!(shown(|rules| as_written(rules, contents.as_bytes())), expected);
        }
    }

    #[test]
    fn rules_of_a_search_list() {
        let of = |domains: &str| shown(|rules| search(rules, domains.as_bytes(), false));
        assert_eq!(of("foo.com bar.org"), "?:+.foo.com+.bar.org|*.:|");
        assert_eq!(of("foo"), "?:+.foo|*.:|");
        assert_eq!(of(""), "?:+.|*.:|");
        assert_eq!(of(" a  b "), "?:+.+.a+.+.b+.|*.:|");
        assert_eq!(shown(|rules| search(rules, b"a.b\tc  d ", true)), "?:+.a.b+.c+.d|*.:|");
        assert_eq!(shown(|rules| search(rules, b"", true)), "?:|*.:|");
    }

    #[test]
    fn rules_of_a_hosts_name() {
        let of = |name: &str| shown(|rules| of_host(rules, name.as_bytes()));
        assert_eq!(of("foo"), "*.:|");
        assert_eq!(of("foo.bar.example"), "?:.bar.example|*.:|");
    }

    #[test]
    fn the_first_search_list_counts() {
        for (contents, list) in [
            ("nameserver 1.2.3.4\nsearch a.b\tc.d  e.f \ndomain g\n", Some("a.b\tc.d  e.f")),
            ("domain a.b\nsearch c.d", Some("a.b")),
            ("search \ndomain a\n", Some("")),
            ("search\ndomainx a\n#search a\n", None),
            ("", None),
        ] {
            assert_eq!(search_list(contents.as_bytes()), list.map(str::as_bytes), "{contents}");
        }
    }
}
