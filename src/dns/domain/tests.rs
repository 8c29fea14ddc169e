// SPDX-License-Identifier: MIT OR Apache-2.0
use super::format::text;
use super::*;
use crate::text::out::tests::written;
use proptest::prelude::*;

fn parsed(text: &[u8]) -> Result<Vec<u8>> {
    let mut domain = Domain::new();
    domain.set_text(text).map(|()| domain.as_slice().to_vec())
}

fn shown(domain: &[u8]) -> String {
    String::from_utf8(written(|out| text(out, domain))).unwrap()
}

const TOO_LONG: Result<Vec<u8>> = Err(Errno(libc::EINVAL));

#[test]
fn from_text() {
    for (text, domain) in [
        (b"".as_slice(), b"\0".as_slice()),
        (b".", b"\0"),
        (b"...", b"\0"),
        (b"a", b"\x01a\0"),
        (b".a..bc.", b"\x01a\x02bc\0"),
        (b"WWW.Example", b"\x03WWW\x07Example\0"),
        (b"a\\.b", b"\x03a.b\0"),
        (b"\\1\\12\\123\\1234\\400\\777\\8\\\\", b"\x09\x01\x0aSS4\0\xff8\\\0"),
        (b"a\\", b"\x01a\0"),
        (b"\\", b"\0"),
        (b"a\0b.\xff", b"\x03a\0b\x01\xff\0"),
    ] {
        assert_eq!(parsed(text), Ok(domain.to_vec()), "{}", text.escape_ascii());
    }
}

#[test]
fn labels_have_63_bytes_and_domains_255() {
    assert_eq!(parsed(&[b'a'; 63]).unwrap().len(), 65);
    assert_eq!(parsed(&[b'a'; 64]), TOO_LONG);
    assert_eq!(parsed(&[b'a'; 100_000]), TOO_LONG);
    let labels = |count: usize| [b'a', b'.'].repeat(count);
    assert_eq!(parsed(&labels(127)).unwrap().len(), 255);
    assert_eq!(parsed(&labels(128)), TOO_LONG);
    assert_eq!(parsed(&[labels(126), b"bc".to_vec()].concat()), TOO_LONG);
}

#[test]
fn as_text() {
    for (domain, text) in [
        (b"\0".as_slice(), "."),
        (b"\x01a\0", "a"),
        (b"\x03WWW\x07Example\0", "www.example"),
        (b"\x09a_b-c*d\x00\xff\0", "a_b-c\\052d\\000\\377"),
        (b"\x01.\x01\\\0", "\\056.\\134"),
    ] {
        assert_eq!(shown(domain), text);
    }
}

#[test]
fn parents() {
    let big = b"\x01c\x02Bb\x01a\0";
    assert_eq!(position(big, big), Some(0));
    assert_eq!(position(big, b"\x02bB\x01A\0"), Some(2));
    assert_eq!(position(big, b"\x01a\0"), Some(5));
    assert_eq!(position(big, b"\0"), Some(7));
    assert_eq!(position(big, b"\x01b\x01a\0"), None);
    assert_eq!(position(b"\0", b"\x01a\0"), None);
    assert_eq!(position(b"\x03b.a\0", b"\x01a\0"), None);
}

#[test]
fn for_reverse_look_ups() {
    let ip4 = Domain::of_ip4(Ipv4Addr::new(1, 20, 255, 0));
    assert_eq!(ip4.as_slice(), b"\x010\x03255\x0220\x011\x07in-addr\x04arpa\0");
    assert_eq!(Domain::of_ip4(Ipv4Addr::new(255, 255, 255, 255)).as_slice().len(), 30);
    let ip6 = Domain::of_ip6("2001:db8::f".parse().unwrap());
    let zeros = "0.".repeat(23);
    assert_eq!(shown(ip6.as_slice()), format!("f.{zeros}8.b.d.0.1.0.0.2.ip6.arpa"));
    assert_eq!(ip6.as_slice().len(), 74);
}

#[test]
fn memory_changes_hands() {
    let mut place = core::ptr::null_mut();
    // SAFETY: the place is NULL at first, and has a domain then.
    unsafe {
        put(&mut place, b"\x01a\0").unwrap();
        assert_eq!(bytes(place), b"\x01a\0");
        put(&mut place, b"\x02bc\x01d\0").unwrap();
        assert_eq!(bytes(place), b"\x02bc\x01d\0");
        free(&mut place);
        free(&mut place);
    }
    assert!(place.is_null());
}

proptest! {
    #[test]
    fn text_and_back(labels in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..20), 0..10)) {
        let mut domain: Vec<u8> = Vec::new();
        for label in &labels {
            domain.push(label.len() as u8);
            domain.extend(label);
        }
        domain.push(0);
        domain.make_ascii_lowercase();
        prop_assert_eq!(parsed(shown(&domain).as_bytes()), Ok(domain));
    }

    #[test]
    fn any_text_makes_a_domain_or_an_error(text in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(domain) = parsed(&text) {
            prop_assert!(domain.len() <= MOST && domain.last() == Some(&0));
            // SAFETY: it ends with its zero.
            prop_assert_eq!(unsafe { bytes(domain.as_ptr().cast()) }.len(), domain.len());
        }
    }
}
