// SPDX-License-Identifier: MIT OR Apache-2.0
//! No name leads out of the served folder.

use crate::client::{ask, get};
use crate::folder::SECRET;
use crate::support::Skip;
use crate::{Site, Test};
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, thread};

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("no_way_out", no_way_out),
    ("links_that_stay_inside", links_that_stay_inside),
    ("no_way_out_while_names_change", no_way_out_while_names_change),
];

fn no_way_out(site: &Site) -> Result<(), Skip> {
    let outside = site.folder.outside();
    let absolute = format!("{}/secret.txt", outside.display());
    for (path, statuses) in [
        ("/../outside/secret.txt", &[403][..]),
        ("/..", &[403]),
        ("/%2e%2e/outside/secret.txt", &[403]),
        ("/%2E./outside/secret.txt", &[403]),
        ("/.%2e%2foutside%2fsecret.txt", &[403]),
        ("/..%2foutside/secret.txt", &[403]),
        ("/./../outside/secret.txt", &[403]),
        ("/deep/../../outside/secret.txt", &[403]),
        ("/deep/er/link-to-root/../outside/secret.txt", &[403]),
        ("/hello.txt/../../outside/secret.txt", &[403]),
        ("//../outside/secret.txt", &[403]),
        ("http://localhost/../outside/secret.txt", &[403]),
        ("/link-out", &[403]),
        ("/link-out/", &[403, 404]),
        ("/link-out-folder", &[403]),
        ("/link-out-folder/", &[403, 404]),
        ("/link-out-folder/secret.txt", &[403, 404]),
        ("/link-absolute", &[403]),
        ("/link-loop", &[403]),
        ("/link-nowhere", &[403, 404]),
        ("/..\\outside\\secret.txt", &[400]),
        ("/..%5coutside%5csecret.txt", &[400]),
        ("/%00/../outside/secret.txt", &[400]),
        ("/hello.txt%00", &[400]),
        ("/..%00/outside/secret.txt", &[400]),
        // Decoded twice, or by a decoder too generous, these would be "..".
        ("/%252e%252e/outside/secret.txt", &[404]),
        ("/%c0%ae%c0%ae/outside/secret.txt", &[404]),
        ("/.../outside/secret.txt", &[404]),
        ("/..;/outside/secret.txt", &[404]),
        (&absolute, &[404]),
        (&format!("/{absolute}"), &[404]),
    ] {
        let response = ask(site.server.address, get(path));
        assert!(statuses.contains(&response.status), "{path}: {}", response.status);
        assert!(!response.text().contains(SECRET), "{path}");
    }
    // An index page that leads out is not served, nor does it break the listing.
    let response = ask(site.server.address, get("/bad-index/"));
    assert_eq!((response.status, response.text().contains(SECRET)), (200, false));
    Ok(())
}

/// They are followed where the kernel can promise that they stay inside, and refused elsewhere.
fn links_that_stay_inside(site: &Site) -> Result<(), Skip> {
    let response = ask(site.server.address, get("/link-inside"));
    assert!(
        (response.status, response.text()) == (200, "hello, world\n") || response.status == 403,
        "{}",
        response.status
    );
    let response = ask(site.server.address, get("/deep/er/link-to-root/hello.txt"));
    assert!([200, 403, 404].contains(&response.status), "{}", response.status);
    Ok(())
}

/// Tells the other thread to stop, also when a check fails: the scope waits for it.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Between a check and its use, a name can be given another meaning: here a file and a folder on the way to one
/// turn into links to the outside and back, all the time.
fn no_way_out_while_names_change(site: &Site) -> Result<(), Skip> {
    let (root, outside) = (site.folder.root(), site.folder.outside());
    let (file, folder, aside) = (root.join("swap.txt"), root.join("swap"), root.join("aside"));
    fs::write(&file, "harmless").unwrap();
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("secret.txt"), "harmless").unwrap();
    let swap = || {
        symlink(outside.join("secret.txt"), &aside).unwrap();
        fs::rename(&aside, &file).unwrap();
        fs::rename(&folder, &aside).unwrap();
        symlink(&outside, &folder).unwrap();
        fs::remove_file(&folder).unwrap();
        fs::rename(&aside, &folder).unwrap();
        fs::write(&aside, "harmless").unwrap();
        fs::rename(&aside, &file).unwrap();
    };
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let _stop = Stop(&done);
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                swap();
            }
        });
        let mut client = site.server.connect();
        let (mut served, mut refused, mut asked) = (0, 0, 0);
        // Both meanings must have been met for the test to say anything.
        while asked < 3000 || served == 0 || refused == 0 {
            assert!(asked < 300_000, "{served} served, {refused} refused");
            for path in ["/swap.txt", "/swap/secret.txt"] {
                client.send(get(path));
                let response = client.response();
                match response.status {
                    200 => assert_eq!(response.text(), "harmless"),
                    status => assert!([403, 404, 503].contains(&status), "{status}"),
                }
                served += u32::from(response.status == 200);
                refused += u32::from(response.status == 403);
                asked += 1;
            }
        }
    });
    Ok(())
}
