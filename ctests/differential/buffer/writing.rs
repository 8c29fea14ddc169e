// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writing.

use super::*;

#[derive(Clone, Debug)]
enum Put {
    Plain(Vec<u8>),
    Align(Vec<u8>),
    AndFlush(Vec<u8>),
    S(Vec<u8>),
    SAlign(Vec<u8>),
    SFlush(Vec<u8>),
    Flush,
    Space,
    NlFlush,
    Number(u8, u64),
    Error(c_int),
    Error2(c_int),
    Sa(Vec<u8>),
    SaFlush(Vec<u8>),
}

fn puts() -> impl Strategy<Value = Vec<Put>> {
    let pieces = prop_oneof![
        bytes(50).prop_map(Put::Plain),
        bytes(50).prop_map(Put::Align),
        bytes(50).prop_map(Put::AndFlush),
        string(50).prop_map(Put::S),
        string(50).prop_map(Put::SAlign),
        string(50).prop_map(Put::SFlush),
        bytes(50).prop_map(Put::Sa),
        bytes(50).prop_map(Put::SaFlush),
    ];
    let others = prop_oneof![
        Just(Put::Flush),
        Just(Put::Space),
        Just(Put::NlFlush),
        (0_u8..6, any::<u64>()).prop_map(|(kind, number)| Put::Number(kind, number)),
        (0_u8..6, 0_u64..70).prop_map(|(kind, number)| Put::Number(kind, number.wrapping_sub(5))),
        (-1..140).prop_map(Put::Error),
        prop_oneof![-1..140, any::<c_int>()].prop_map(Put::Error2),
    ];
    vec(prop_oneof![3 => pieces, 2 => others], 0..20)
}

fn stralloc_of(bytes: &mut [u8]) -> Stralloc {
    Stralloc { s: bytes.as_mut_ptr(), len: bytes.len(), a: bytes.len() }
}

/// Calls that fail are left out: the C library takes a failed write for a success. So are empty buffers, on which
/// buffer_putalign of the C library never ends.
pub(super) fn writing(engine: &mut Engine) {
    let mut family = engine.family::<Buffers>("buffer");
    let acts = vec(prop_oneof![2 => (1..40_usize).prop_map(Ok), 1 => Just(Err(libc::EINTR))], 0..30);
    family.compare("writing", (1..60_usize, acts, puts()), |c, memory, (size, acts, puts)| {
        memory.errno_may_differ("it is looked at after each call");
        let mut script = Script { acts: acts.clone(), ..Script::default() };
        let start = memory.room(*size);
        let mut buffer = Buffer { fd: 9, cookie: 9 as _, ..EMPTY };
        let b: *mut Buffer = &mut buffer;
        let mut log = Vec::new();
        // SAFETY: places for a buffer and its memory, strings, and as many bytes as promised.
        unsafe {
            match size % 2 {
                0 => c.buffer_init(b, write, 5, start, *size),
                _ => c.buffer_init_free(b, write, 5, start, *size),
            }
            assert!((*b).cookie.is_null());
            (*b).cookie = (&raw mut script).cast();
            for put in puts {
                let result = match put {
                    Put::Plain(bytes) => c.buffer_put(b, memory.bytes(bytes), bytes.len()),
                    Put::Align(bytes) => c.buffer_putalign(b, memory.bytes(bytes), bytes.len()),
                    Put::AndFlush(bytes) => c.buffer_putflush(b, memory.bytes(bytes), bytes.len()),
                    Put::S(string) => c.buffer_puts(b, memory.string(string)),
                    Put::SAlign(string) => c.buffer_putsalign(b, memory.string(string)),
                    Put::SFlush(string) => c.buffer_putsflush(b, memory.string(string)),
                    Put::Flush => c.buffer_flush(b),
                    Put::Space => c.buffer_putspace(b),
                    Put::NlFlush => c.buffer_putnlflush(b),
                    Put::Number(0, l) => c.buffer_putulong(b, *l),
                    Put::Number(1, l) => c.buffer_put8long(b, *l),
                    Put::Number(2, l) => c.buffer_putxlong(b, *l),
                    Put::Number(3, l) => c.buffer_putlong(b, *l as c_long),
                    Put::Number(4, l) => c.buffer_putlonglong(b, *l as c_longlong),
                    Put::Number(_, l) => c.buffer_putulonglong(b, *l),
                    Put::Error(number) => {
                        set_errno(Errno(*number));
                        c.buffer_puterror(b)
                    }
                    Put::Error2(number) => c.buffer_puterror2(b, *number),
                    Put::Sa(bytes) => c.buffer_putsa(b, &stralloc_of(&mut bytes.clone())),
                    Put::SaFlush(bytes) => c.buffer_putsaflush(b, &stralloc_of(&mut bytes.clone())),
                };
                log.push((result, errno_of(result as isize), fields(&*b, start)));
            }
        }
        (log, script.calls)
    });
}
