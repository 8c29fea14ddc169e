// SPDX-License-Identifier: MIT OR Apache-2.0
//! What clients do to a server. The same scene runs on both libraries, on ours with either backend; each writes a
//! transcript, without what is up to chance, and all have to be equal.

mod ending;
mod full_scrape;
mod idle;
mod ipv6;
mod load;
mod tcp;
mod udp;
mod whitelist;

use crate::site::{Library, Site};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

/// What was seen, line by line.
#[derive(Default)]
pub(crate) struct Transcript(Vec<String>);

impl Transcript {
    pub(crate) fn note(&mut self, line: impl Into<String>) {
        self.0.push(line.into());
    }
}

/// Plays on one library.
pub(crate) type Scene = fn(&Library, &mut Transcript);

pub(crate) const ALL: &[(&str, Scene)] = &[
    // The longest one first, which mostly waits.
    ("idle_connections_are_closed_in_time", idle::closed_in_time),
    ("announces_and_scrapes_over_tcp", tcp::announces_and_scrapes),
    ("bad_requests_over_tcp", tcp::bad_requests),
    ("requests_in_pieces", tcp::pieces),
    ("announces_and_scrapes_over_udp", udp::announces_and_scrapes),
    ("udp_in_threads_of_its_own", udp::workers),
    ("bad_requests_over_udp", udp::bad_requests),
    ("ipv6_is_refused", ipv6::refused),
    ("ipv4_mapped_into_ipv6", ipv6::mapped),
    ("sighup_reads_the_whitelist_again", whitelist::read_again),
    ("a_whitelist_that_cannot_be_read", whitelist::unreadable),
    ("100_000_announces_at_concurrency_64", load::hundred_thousand_announces),
    ("a_scrape_of_everything", full_scrape::in_one_go),
    ("sigint_and_sigterm_end_it", ending::signals),
    ("a_new_server_on_the_same_port", ending::successor),
];

/// What Debian's library does not stand.
pub(crate) const OURS_ALONE: &[(&str, Scene)] =
    &[("a_scrape_of_everything_to_readers_of_all_kinds", full_scrape::to_readers_of_all_kinds)];

/// Plays a scene on all libraries, side by side as far as there are processors, and compares.
pub(crate) fn compare(site: &Site, scene: Scene) {
    let [debian, others @ ..] = thread::scope(|scope| {
        let libraries = [&site.debian, &site.ours, &site.ours_on_poll];
        let plays = libraries.map(|library| (library.name, scope.spawn(|| play(library, scene))));
        plays.map(|(name, play)| (name, play.join().unwrap_or_else(|panic| resume_unwind(panic)).0))
    });
    for (name, lines) in others {
        assert!(!lines.is_empty(), "an empty transcript proves nothing");
        for (number, (debian, ours)) in debian.1.iter().zip(&lines).enumerate() {
            assert_eq!(debian, ours, "line {number}: debian, and {name}");
        }
        assert_eq!(
            debian.1.len(),
            lines.len(),
            "debian ends {:?}, {name} {:?}",
            debian.1.last(),
            lines.last()
        );
    }
}

/// Plays a scene, and says where it failed if it did.
pub(crate) fn play(library: &Library, scene: Scene) -> Transcript {
    let mut transcript = Transcript::default();
    let played = catch_unwind(AssertUnwindSafe(|| scene(library, &mut transcript)));
    if let Err(panic) = played {
        eprintln!("on {}, after: {:#?}", library.name, transcript.0.iter().rev().take(3).collect::<Vec<_>>());
        resume_unwind(panic);
    }
    transcript
}
