// SPDX-License-Identifier: MIT OR Apache-2.0

//! A step of `members.sh`: takes the relocations that relocate nothing (type 0, R_*_NONE) out of object files, in place.
//!
//! `ld -r --gc-sections` drops the unwind tables of functions that it drops, and leaves an empty relocation for each of
//! theirs: nine tenths of a library of small members. GNU objcopy has no option for it; after this step it writes the
//! files without the gaps.

use std::{env, fs, process};

/// The fields of ELF that the two classes have at different places.
struct Class {
    big_endian: bool,
    word: usize,
    /// Where the header of the file says where the section headers are, how long each is, and how many there are.
    headers: usize,
    header_size: usize,
    /// Where a section header says where the section is, and how long it is.
    offset: usize,
    size: usize,
    /// Where a relocation has its type, and how many bits of that.
    info: usize,
}

impl Class {
    fn of(file: &[u8]) -> Option<Class> {
        let big_endian = file.get(5)? == &2;
        match file.get(..5)? {
            [0x7f, b'E', b'L', b'F', 1] => {
                Some(Class { big_endian, word: 4, headers: 32, header_size: 46, offset: 16, size: 20, info: 4 })
            }
            [0x7f, b'E', b'L', b'F', 2] => {
                Some(Class { big_endian, word: 8, headers: 40, header_size: 58, offset: 24, size: 32, info: 8 })
            }
            _ => None,
        }
    }

    fn number(&self, file: &[u8], at: usize, length: usize) -> Option<usize> {
        let bytes = file.get(at..at + length)?;
        let fold = |number, byte: &u8| number << 8 | usize::from(*byte);
        Some(if self.big_endian { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) })
    }

    fn set(&self, file: &mut [u8], at: usize, number: usize) {
        let bytes = (number as u64).to_be_bytes();
        let place = &mut file[at..at + self.word];
        place.copy_from_slice(&bytes[8 - self.word..]);
        if !self.big_endian {
            place.reverse();
        }
    }

    /// Whether a relocation says "none". 32-bit files have the type in the lowest byte, 64-bit files in the lower half.
    fn is_none(&self, relocation: &[u8]) -> Option<bool> {
        let info = self.number(relocation, self.info, self.word)?;
        let kind = if self.word == 4 { info & 0xff } else { info & 0xffff_ffff };
        Some(kind == 0)
    }
}

/// SHT_RELA and SHT_REL.
const WITH_ADDENDS: usize = 4;
const WITHOUT: usize = 9;

fn compact(file: &mut [u8]) -> Option<()> {
    let class = Class::of(file)?;
    let headers = class.number(file, class.headers, class.word)?;
    let length = class.number(file, class.header_size, 2)?;
    let count = class.number(file, class.header_size + 2, 2)?;
    for header in (0..count).map(|i| headers + i * length) {
        let kind = class.number(file, header + 4, 4)?;
        let entry = match kind {
            WITH_ADDENDS => 3 * class.word,
            WITHOUT => 2 * class.word,
            _ => continue,
        };
        let start = class.number(file, header + class.offset, class.word)?;
        let size = class.number(file, header + class.size, class.word)?;
        let mut kept = 0;
        for at in (0..size / entry).map(|i| start + i * entry) {
            if !class.is_none(file.get(at..at + entry)?)? {
                file.copy_within(at..at + entry, start + kept);
                kept += entry;
            }
        }
        class.set(file, header + class.size, kept);
    }
    Some(())
}

fn main() {
    for path in env::args_os().skip(1) {
        let shown = path.display();
        let result = fs::read(&path).and_then(|mut file| match compact(&mut file) {
            Some(()) => fs::write(&path, file),
            None => Err(std::io::Error::other("not an object file of ELF")),
        });
        if let Err(error) = result {
            eprintln!("{shown}: {error}");
            process::exit(1);
        }
    }
}
