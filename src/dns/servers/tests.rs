// SPDX-License-Identifier: MIT OR Apache-2.0
use super::*;

fn taken(take: impl FnOnce(&mut Servers)) -> Vec<String> {
    let mut servers = Servers { list: &mut [0; 16 * ROOM], count: 0 };
    take(&mut servers);
    let (list, _) = servers.list.as_chunks::<16>();
    let addresses = list.iter().map(|octets| Ipv6Addr::from(*octets));
    addresses.take_while(|ip| !ip.is_unspecified()).map(|ip| ip.to_canonical().to_string()).collect()
}

#[test]
fn addresses_joined_by_dots() {
    for (text, list) in [
        ("1.2.3.4", vec!["1.2.3.4"]),
        ("1.2.3.4.5.6.7.8", vec!["1.2.3.4", "5.6.7.8"]),
        ("..1.2.3.4..::1", vec!["1.2.3.4", "::1"]),
        ("::1.::2", vec!["::1", "::2"]),
        ("1.2.3.4 5.6.7.8", vec!["1.2.3.4"]),
        ("1.2.3.4.5", vec!["1.2.3.4"]),
        ("fe80::1%lo.1.2.3.4", vec!["fe80::1"]),
        ("x.1.2.3.4", vec![]),
        ("1.2.3", vec![]),
        ("", vec![]),
        ("...", vec![]),
        ("1.1.1.1.2.2.2.2.3.3.3.3.4.4.4.4.5.5.5.5", vec!["1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4"]),
    ] {
        assert_eq!(taken(|servers| servers.take_joined(text.as_bytes())), list, "{text}");
    }
}

#[test]
fn lines_of_resolv_conf() {
    for (text, list) in [
        ("nameserver 1.2.3.4", vec!["1.2.3.4"]),
        ("# nameserver 1.1.1.1\n;nameserver 2.2.2.2\nsearch a\nnameserver\t ::1\r\n", vec!["::1"]),
        ("nameserver 1.2.3.4x\nnameserver 5.6.7.8 # ours\nnameserver\n", vec!["1.2.3.4", "5.6.7.8"]),
        ("nameserver ::\nnameserver fe80::1%eth0\nnameserver x\n", vec!["fe80::1"]),
        ("", vec![]),
        (
            "nameserver 1::\nnameserver 2::\nnameserver 3::\nnameserver 4::\nnameserver 5::\n",
            vec!["1::", "2::", "3::", "4::"],
        ),
    ] {
        assert_eq!(taken(|servers| servers.take_lines(text.as_bytes())), list, "{text}");
    }
}
