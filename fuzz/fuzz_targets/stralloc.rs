// SPDX-License-Identifier: MIT OR Apache-2.0
//! `stralloc.h`: any sequence of calls on two strings, against `Vec<u8>`.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use owfat::abi::stralloc;
use owfat::capi::stralloc::*;
use owfat_fuzz::{start, string};

#[derive(Arbitrary, Debug)]
enum Call<'a> {
    Ready(u16),
    ReadyAbsurdly(u8),
    ReadyPlus(u16),
    CopyBytes(&'a [u8]),
    CopyString(&'a [u8]),
    CopyOther,
    CopySelf,
    CatBytes(&'a [u8]),
    CatString(&'a [u8]),
    CatPartOfSelf(u16, u16),
    CatAbsurdly(u8),
    CatOther,
    CatSelf,
    Append(u8),
    CatUnsigned(u64, u8),
    CatSigned(i64, u8),
    Zero,
    Free,
    Starts(&'a [u8]),
    Compare(&'a [u8]),
    Chop,
    Chomp,
    Swap,
}

fn content(string: &stralloc) -> &[u8] {
    assert!(string.len <= string.a);
    // SAFETY: so many bytes are in use at s, unless there are none.
    if string.len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(string.s.cast(), string.len) } }
}

fn padded(digits: String, width: u8) -> Vec<u8> {
    format!("{digits:0>width$}", width = usize::from(width)).into_bytes()
}

fuzz_target!(|calls: Vec<Call>| {
    let (mut ours, mut model) = ([stralloc::new(), stralloc::new()], [Vec::new(), Vec::new()]);
    for call in calls {
        let ([sa, other], [text, other_text]) = (&mut ours, &mut model);
        if text.len() > 1 << 16 {
            text.clear();
            // SAFETY: a string, as in all of the following.
            unsafe { stralloc_zero(sa) };
        }
        let cut = |bytes: &[u8]| bytes.iter().copied().take_while(|byte| *byte != 0).collect::<Vec<u8>>();
        // SAFETY: strings, or as many bytes as their length says; what lies in the string itself may be appended to it.
        unsafe {
            match call {
                Call::Ready(n) => assert!(stralloc_ready(sa, n.into()) == 1 && sa.a >= n.into()),
                Call::ReadyAbsurdly(less) => {
                    assert_eq!(stralloc_ready(sa, usize::MAX - usize::from(less)), 0)
                }
                Call::ReadyPlus(n) => {
                    assert!(stralloc_readyplus(sa, n.into()) == 1 && sa.a - sa.len >= n.into());
                }
                Call::CopyBytes(bytes) => {
                    let exact: Box<[u8]> = bytes.into();
                    assert_eq!(stralloc_copyb(sa, start(&exact), exact.len()), 1);
                    *text = bytes.into();
                }
                Call::CopyString(bytes) => {
                    assert_eq!(stralloc_copys(sa, start(&string(bytes))), 1);
                    *text = cut(bytes);
                }
                Call::CopyOther => {
                    assert_eq!(stralloc_copy(sa, other), 1);
                    text.clone_from(other_text);
                }
                Call::CopySelf => assert_eq!(stralloc_copy(sa, sa), 1),
                Call::CatBytes(bytes) => {
                    let exact: Box<[u8]> = bytes.into();
                    assert_eq!(stralloc_catb(sa, start(&exact), exact.len()), 1);
                    text.extend(bytes);
                }
                Call::CatString(bytes) => {
                    assert_eq!(stralloc_cats(sa, start(&string(bytes))), 1);
                    text.extend(cut(bytes));
                }
                Call::CatPartOfSelf(at, length) => {
                    let at = usize::from(at) % (text.len() + 1);
                    let length = usize::from(length) % (text.len() - at + 1);
                    if length > 0 {
                        assert_eq!(stralloc_catb(sa, sa.s.add(at), length), 1);
                        text.extend_from_within(at..at + length);
                    }
                }
                Call::CatAbsurdly(less) => {
                    assert_eq!(stralloc_catb(sa, c"".as_ptr(), usize::MAX - usize::from(less)), 0);
                }
                Call::CatOther => {
                    assert_eq!(stralloc_cat(sa, other), 1);
                    text.extend_from_slice(other_text);
                }
                Call::CatSelf => {
                    assert_eq!(stralloc_cat(sa, sa), 1);
                    text.extend_from_within(..);
                }
                Call::Append(byte) => {
                    assert_eq!(stralloc_append(sa, start(&[byte])), 1);
                    text.push(byte);
                }
                Call::CatUnsigned(number, width) => {
                    assert_eq!(stralloc_catulong0(sa, number, width.into()), 1);
                    text.extend(padded(number.to_string(), width));
                }
                Call::CatSigned(number, width) => {
                    assert_eq!(stralloc_catlong0(sa, number, width.into()), 1);
                    text.extend((number < 0).then_some(b'-'));
                    text.extend(padded(number.unsigned_abs().to_string(), width));
                }
                Call::Zero => {
                    stralloc_zero(sa);
                    text.clear();
                }
                Call::Free => {
                    stralloc_free(sa);
                    assert!(sa.s.is_null() && sa.a == 0);
                    text.clear();
                }
                Call::Starts(bytes) => {
                    let starts = stralloc_starts(sa, start(&string(bytes)));
                    assert_eq!(starts != 0, text.starts_with(&cut(bytes)));
                }
                Call::Compare(bytes) => {
                    let order = |answer: i32| answer.cmp(&0);
                    assert_eq!(order(stralloc_diff(sa, other)), (*text).cmp(other_text));
                    assert_eq!(order(stralloc_diffs(sa, start(&string(bytes)))), (*text).cmp(&cut(bytes)));
                }
                Call::Chop => assert_eq!(stralloc_chop(sa), text.pop().map_or(-1, i32::from)),
                Call::Chomp => {
                    let ending =
                        [b"\r\n".as_slice(), b"\n", b"\r"].into_iter().find(|end| text.ends_with(end));
                    let length = ending.map_or(0, <[u8]>::len);
                    assert_eq!(stralloc_chomp(sa), length as i32);
                    text.truncate(text.len() - length);
                }
                Call::Swap => {
                    ours.swap(0, 1);
                    model.swap(0, 1);
                }
            }
        }
        assert_eq!(content(&ours[0]), model[0]);
        assert_eq!(content(&ours[1]), model[1]);
    }
    // SAFETY: strings; freed once more they stay free.
    ours.iter_mut().for_each(|sa| unsafe { stralloc_free(sa) });
});
