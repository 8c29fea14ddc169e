// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether a packet is the answer to a question.

use super::domain::are_equal;
use super::packet::{self, HEADER, pair, range};

/// What a packet is, held against a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// The answer: the name has such records, or none, or does not exist.
    Answer,
    /// The beginning of the answer.
    Truncated,
    /// The server failed, or refused.
    NoHelp,
    /// Not what was asked for: an old answer, a mistake, or a forgery.
    Foreign,
}

/// Bit of the third byte: this is a response. The next four are 0 for usual questions.
const RESPONSE_AND_KIND: u8 = 0xf8;
const RESPONSE: u8 = 0x80;
/// Bit of the third byte: this was too long for a datagram.
const TRUNCATED: u8 = 2;
/// Bits of the fourth byte.
const RESPONSE_CODE: u8 = 15;
const NO_ERROR: u8 = 0;
const NO_SUCH_NAME: u8 = 3;

/// Holds a packet against the query, which has two bytes of its length in front.
pub(super) fn judge(query: &[u8], packet: &[u8]) -> Verdict {
    if !repeats_question(query, packet).unwrap_or(false) {
        return Verdict::Foreign;
    }
    match *packet {
        [_, _, _, code, ..] if !matches!(code & RESPONSE_CODE, NO_ERROR | NO_SUCH_NAME) => Verdict::NoHelp,
        [_, _, flags, ..] if flags & TRUNCATED != 0 => Verdict::Truncated,
        _ => Verdict::Answer,
    }
}

/// Whether a packet is a response with the query's id, and the query's question is the only one in it.
fn repeats_question(query: &[u8], packet: &[u8]) -> crate::errno::Result<bool> {
    let asked = query.get(2..).unwrap_or_default();
    let flags = range(packet, 2, 1)?;
    let (name, end) = packet::name(packet, HEADER)?;
    let kind_and_class = range(packet, end, 4)?;
    let question = asked.get(HEADER..).unwrap_or_default();
    let (asked_name, asked_kind) = question.split_at(question.len().saturating_sub(4));
    Ok(flags.first().is_some_and(|flags| flags & RESPONSE_AND_KIND == RESPONSE)
        && pair(packet, 0)? == pair(asked, 0)?
        && pair(packet, 4)? == [0, 1]
        && are_equal(name.as_slice(), asked_name)
        && kind_and_class == asked_kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const QUERY: &[u8] = b"\0\x17ab\x01\0\0\x01\0\0\0\0\0\0\x03www\x01a\0\0\x01\0\x01";

    /// An answer with these bytes in the place of others.
    fn with(changes: &[(usize, u8)]) -> Vec<u8> {
        let mut packet = QUERY[2..].to_vec();
        packet[2] |= 0x80;
        for &(at, byte) in changes {
            packet[at] = byte;
        }
        packet
    }

    #[test]
    fn each_verdict() {
        for (changes, verdict) in [
            (vec![], Verdict::Answer),
            (vec![(13, b'W'), (14, b'w'), (17, b'A')], Verdict::Answer),
            (vec![(3, 0x83)], Verdict::Answer),
            (vec![(2, 0x83)], Verdict::Truncated),
            (vec![(3, 2)], Verdict::NoHelp),
            (vec![(2, 0x83), (3, 5)], Verdict::NoHelp),
            (vec![(0, b'b')], Verdict::Foreign),
            (vec![(1, b'a')], Verdict::Foreign),
            (vec![(2, 0x01)], Verdict::Foreign),
            (vec![(2, 0x89)], Verdict::Foreign),
            (vec![(5, 2)], Verdict::Foreign),
            (vec![(4, 1)], Verdict::Foreign),
            (vec![(5, 0)], Verdict::Foreign),
            (vec![(13, b'x')], Verdict::Foreign),
            (vec![(20, 28)], Verdict::Foreign),
            (vec![(22, 3)], Verdict::Foreign),
            (vec![(12, 0xc0), (13, 12)], Verdict::Foreign),
        ] {
            assert_eq!(judge(QUERY, &with(&changes)), verdict, "{changes:?}");
        }
    }

    #[test]
    fn whatever_is_cut_off_is_foreign() {
        let whole = with(&[]);
        for length in 0..whole.len() {
            let cut: Box<[u8]> = whole[..length].into();
            assert_eq!(judge(QUERY, &cut), Verdict::Foreign, "{length}");
        }
        assert_eq!(judge(QUERY, &[&whole[..], b"more"].concat()), Verdict::Answer);
        for length in 0..QUERY.len() {
            assert_eq!(judge(&QUERY[..length], &whole), Verdict::Foreign);
        }
    }

    proptest! {
        #[test]
        fn a_guessed_question_is_foreign(at in 0..23_usize, byte: u8) {
            let verdict = judge(QUERY, &with(&[(at, byte)]));
            let may_differ = matches!(at, 2 | 3 | 6..12);
            let (before, in_name) = (with(&[])[at], matches!(at, 12..19));
            let expected = before == byte || in_name && before.eq_ignore_ascii_case(&byte);
            prop_assert!(may_differ || (verdict == Verdict::Answer) == expected);
        }
    }
}
