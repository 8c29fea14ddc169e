// SPDX-License-Identifier: MIT OR Apache-2.0
//! Debian's opentracker, a BitTorrent tracker that was compiled for the C library, runs on ours: the binary
//! of its package, unchanged, on loopback. It has to do there what it does on Debian's libowfat.so.0. So has the one of Debian's
//! sid (`sid::`), which was compiled for libowfat 0.34.
//!
//! `OWFAT_PROFILE` takes our library from another cargo profile; `OWFAT_MEASURE=1` measures instead of testing.

#[path = "../support/mod.rs"]
mod support;

mod http;
mod measure;
mod model;
mod scenes;
mod server;
mod site;
mod tracker;
mod udp;

use libtest_mimic::{Arguments, Failed, Trial};
use site::{Library, Site};
use std::sync::Arc;
use support::Skip;

fn main() {
    let arguments = Arguments::from_args();
    let conclusion = match Site::new() {
        Ok(site) if std::env::var_os("OWFAT_MEASURE").is_some() => return measure::run(&site),
        Ok(site) => {
            let (site, sid) = (Arc::new(site), Site::of_sid().map(Arc::new));
            let mut all = trials(&site, "");
            match &sid {
                Ok(sid) => all.extend(trials(sid, "sid::")),
                sid => {
                    all.push(support::sid::needing(sid, Trial::test("sid::opentracker", || Ok(()))));
                }
            }
            let conclusion = libtest_mimic::run(&arguments, all);
            drop((site, sid)); // before exit, which runs no destructors
            conclusion
        }
        Err(skip) => libtest_mimic::run(&arguments, vec![skipped(&skip)]),
    };
    conclusion.exit();
}

/// What sid's opentracker does otherwise, whatever the library: it takes IPv6, and tells of peers in another form.
const NOT_OF_SID: &[&str] = &["announces_and_scrapes_over_tcp", "ipv6_is_refused"];

fn trials(site: &Arc<Site>, prefix: &str) -> Vec<Trial> {
    let trial = |name: &str, body: Box<dyn Fn(&Site) + Send>| {
        let site = Arc::clone(site);
        Trial::test(format!("{prefix}{name}"), move || {
            body(&site);
            Ok(())
        })
    };
    let unresolved =
        |site: &Site| [&site.debian, &site.ours].into_iter().for_each(Library::resolves_everything);
    let mut trials = vec![trial("nothing_is_unresolved", Box::new(unresolved))];
    let all = scenes::ALL.iter().filter(|(name, _)| prefix.is_empty() || !NOT_OF_SID.contains(name));
    for (name, scene) in all {
        trials.push(trial(name, Box::new(|site| scenes::compare(site, *scene))));
    }
    for (name, scene) in scenes::OURS_ALONE {
        trials.push(trial(name, Box::new(|site| drop(scenes::play(&site.ours, *scene)))));
        let name = format!("{name}_on_poll");
        trials.push(trial(&name, Box::new(|site| drop(scenes::play(&site.ours_on_poll, *scene)))));
    }
    trials
}

/// The one trial where opentracker is not to be had.
fn skipped(Skip(reason): &Skip) -> Trial {
    let failure = Failed::from(reason);
    Trial::test("everything", move || Err(failure))
        .with_kind(format!("skipped: {reason}"))
        .with_ignored_flag(!Skip::is_failure())
}
