// SPDX-License-Identifier: MIT OR Apache-2.0
//! Object files of ELF, both widths and both byte orders: read whole, changed as lists, written without gaps.

pub const SYMBOLS: u32 = 2;
const STRINGS: u32 = 3;
pub const RELOCATIONS: u32 = 4;
pub const NO_BITS: u32 = 8;
pub const SHORT_RELOCATIONS: u32 = 9;
pub const GROUP: u32 = 17;
/// Symbols with this number of a section, and above, lie in none.
pub const RESERVED: u16 = 0xff00;

#[derive(Clone, Default)]
pub struct Section {
    pub name: String,
    pub kind: u32,
    pub flags: u64,
    pub link: u32,
    pub info: u32,
    pub align: u64,
    pub entry: u64,
    /// Of a section without bytes in the file, its length is here; of others, that of `data`.
    pub size: u64,
    pub data: Vec<u8>,
    /// What a section of relocations says, in place of `data`.
    pub relocations: Vec<Relocation>,
}

impl Section {
    /// Whether it has relocations, with addends or without: those have these in the bytes that they change.
    pub fn relocates(&self) -> bool {
        self.kind == RELOCATIONS || self.kind == SHORT_RELOCATIONS
    }
}

#[derive(Clone, Default)]
pub struct Symbol {
    pub name: String,
    pub info: u8,
    pub other: u8,
    pub section: u16,
    pub value: u64,
    pub size: u64,
}

impl Symbol {
    pub fn is_local(&self) -> bool {
        self.info >> 4 == 0
    }
}

#[derive(Clone, Copy)]
pub struct Relocation {
    pub offset: u64,
    pub symbol: usize,
    pub kind: u32,
    pub addend: i64,
}

pub struct Object {
    /// The fields of the header that stay as they are.
    header: Vec<u8>,
    pub machine: u16,
    wide: bool,
    big_endian: bool,
    pub sections: Vec<Section>,
    pub symbols: Vec<Symbol>,
}

/// Numbers at places of a file, or of a table in it.
struct Bytes<'a>(&'a [u8], bool);

impl Bytes<'_> {
    fn get(&self, at: usize, length: usize) -> Option<u64> {
        let bytes = self.0.get(at..at.checked_add(length)?)?;
        let fold = |number, byte: &u8| number << 8 | u64::from(*byte);
        Some(if self.1 { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) })
    }

    fn text(&self, at: u64) -> Option<String> {
        let bytes = self.0.get(usize::try_from(at).ok()?..)?;
        let end = bytes.iter().position(|byte| *byte == 0)?;
        Some(String::from_utf8_lossy(&bytes[..end]).into_owned())
    }
}

impl Object {
    pub fn read(file: &[u8]) -> Option<Object> {
        let (wide, big_endian) = match file.get(..6)? {
            [0x7f, b'E', b'L', b'F', class @ (1 | 2), order] => (*class == 2, *order == 2),
            _ => return None,
        };
        let bytes = Bytes(file, big_endian);
        let word = if wide { 8 } else { 4 };
        let start = bytes.get(if wide { 40 } else { 32 }, word)? as usize;
        let sizes = if wide { 58 } else { 46 };
        let (entry, count) = (bytes.get(sizes, 2)? as usize, bytes.get(sizes + 2, 2)? as usize);
        let names = bytes.get(sizes + 4, 2)? as usize;
        let (mut sections, mut name_at) = (Vec::new(), Vec::new());
        for header in (0..count).map(|i| start + i * entry) {
            let long = |i: usize| bytes.get(header + 8 + i * word, word);
            let half = |i: usize| bytes.get(header + 8 + 4 * word + 4 * i, 4);
            let (kind, offset, size) = (bytes.get(header + 4, 4)? as u32, long(2)? as usize, long(3)?);
            let data = match kind {
                0 | NO_BITS => Vec::new(),
                _ => file.get(offset..offset + size as usize)?.to_vec(),
            };
            name_at.push(bytes.get(header, 4)?);
            let tail = header + 16 + 4 * word;
            let (align, entry) = (bytes.get(tail, word)?, bytes.get(tail + word, word)?);
            let (link, info) = (half(0)? as u32, half(1)? as u32);
            let name = String::new();
            let flags = long(0)?;
            sections.push(Section { name, kind, flags, link, info, align, entry, size, data, ..Section::default() });
        }
        let strings = Bytes(&sections.get(names)?.data, big_endian);
        let texts: Vec<String> = name_at.iter().map(|at| strings.text(*at)).collect::<Option<_>>()?;
        sections.iter_mut().zip(texts).for_each(|(section, name)| section.name = name);

        let mut symbols = Vec::new();
        if let Some(table) = sections.iter().find(|section| section.kind == SYMBOLS) {
            let strings = Bytes(&sections.get(table.link as usize)?.data, big_endian);
            let bytes = Bytes(&table.data, big_endian);
            for at in (0..table.data.len()).step_by(if wide { 24 } else { 16 }) {
                let at_tail = if wide { at + 4 } else { at + 12 };
                let (value, size) = if wide { (at + 8, at + 16) } else { (at + 4, at + 8) };
                symbols.push(Symbol {
                    name: strings.text(bytes.get(at, 4)?)?,
                    info: bytes.get(at_tail, 1)? as u8,
                    other: bytes.get(at_tail + 1, 1)? as u8,
                    section: bytes.get(at_tail + 2, 2)? as u16,
                    value: bytes.get(value, word)?,
                    size: bytes.get(size, word)?,
                });
            }
        }
        let header = file.get(..if wide { 64 } else { 52 })?.to_vec();
        let machine = bytes.get(18, 2)? as u16;
        let mut object = Object { header, machine, wide, big_endian, sections, symbols };
        for i in 0..object.sections.len() {
            if object.sections[i].relocates() {
                object.sections[i].relocations = object.relocations(&object.sections[i])?;
            }
        }
        Some(object)
    }

    fn put(&self, to: &mut Vec<u8>, number: u64, length: usize) {
        let bytes = number.to_be_bytes();
        let start = to.len();
        to.extend_from_slice(&bytes[8 - length..]);
        if !self.big_endian {
            to[start..].reverse();
        }
    }

    /// The bytes of a list of 32-bit numbers.
    pub fn words(&self, numbers: &[u32]) -> Vec<u8> {
        let mut bytes = Vec::new();
        numbers.iter().for_each(|number| self.put(&mut bytes, u64::from(*number), 4));
        bytes
    }

    fn relocations(&self, section: &Section) -> Option<Vec<Relocation>> {
        let bytes = Bytes(&section.data, self.big_endian);
        let word = if self.wide { 8 } else { 4 };
        let length = if section.kind == RELOCATIONS { 3 * word } else { 2 * word };
        let one = |at: usize| {
            let info = bytes.get(at + word, word)?;
            let (symbol, kind) =
                if self.wide { (info >> 32, info & 0xffff_ffff) } else { (info >> 8, info & 0xff) };
            let addend = if length == 3 * word { bytes.get(at + 2 * word, word)? as i64 } else { 0 };
            Some(Relocation {
                offset: bytes.get(at, word)?,
                symbol: symbol as usize,
                kind: kind as u32,
                addend: if self.wide { addend } else { i64::from(addend as i32) },
            })
        };
        (0..section.data.len() / length).map(|i| one(i * length)).collect()
    }

    fn relocation_bytes(&self, section: &Section) -> Vec<u8> {
        let word = if self.wide { 8 } else { 4 };
        let mut data = Vec::new();
        for one in &section.relocations {
            let (symbol, kind) = (one.symbol as u64, u64::from(one.kind));
            self.put(&mut data, one.offset, word);
            self.put(&mut data, if self.wide { symbol << 32 | kind } else { symbol << 8 | kind }, word);
            if section.kind == RELOCATIONS {
                self.put(&mut data, one.addend as u64, word);
            }
        }
        data
    }

    /// The file: header, sections, headers of sections. The tables of symbols and of names are made anew.
    pub fn write(mut self) -> Vec<u8> {
        let word = if self.wide { 8 } else { 4 };
        if let Some(table) = self.sections.iter().position(|section| section.kind == SYMBOLS) {
            let (mut data, mut strings) = (Vec::new(), Strings::default());
            for symbol in &self.symbols {
                self.put(&mut data, strings.add(&symbol.name), 4);
                let tail = |to: &mut Vec<u8>| {
                    to.extend_from_slice(&[symbol.info, symbol.other]);
                    self.put(to, u64::from(symbol.section), 2);
                };
                if self.wide {
                    tail(&mut data);
                }
                self.put(&mut data, symbol.value, word);
                self.put(&mut data, symbol.size, word);
                if !self.wide {
                    tail(&mut data);
                }
            }
            let strings_at = self.sections[table].link as usize;
            self.sections[table].info = self.symbols.iter().take_while(|symbol| symbol.is_local()).count() as u32;
            self.sections[table].data = data;
            self.sections[strings_at].data = strings.bytes();
        }
        for i in 0..self.sections.len() {
            if self.sections[i].relocates() {
                self.sections[i].data = self.relocation_bytes(&self.sections[i]);
            }
        }
        let mut names = Strings::default();
        let name_at: Vec<u64> = self.sections.iter().map(|section| names.add(&section.name)).collect();
        let names_at = self.sections.iter().rposition(|s| s.kind == STRINGS && s.name == ".shstrtab").unwrap_or(0);
        self.sections[names_at].data = names.bytes();

        let (mut file, mut headers) = (self.header.clone(), Vec::new());
        for (section, name) in self.sections.iter().zip(name_at) {
            let none = section.kind == 0 || section.kind == NO_BITS;
            let align = if none { 1 } else { section.align.max(1) as usize };
            file.resize(file.len().next_multiple_of(align), 0);
            let size = if none { section.size } else { section.data.len() as u64 };
            self.put(&mut headers, name, 4);
            self.put(&mut headers, u64::from(section.kind), 4);
            let offset = if section.kind == 0 { 0 } else { file.len() as u64 };
            [section.flags, 0, offset, size].into_iter().for_each(|number| self.put(&mut headers, number, word));
            [section.link, section.info].into_iter().for_each(|number| self.put(&mut headers, u64::from(number), 4));
            [section.align, section.entry].into_iter().for_each(|number| self.put(&mut headers, number, word));
            file.extend_from_slice(&section.data);
        }
        file.resize(file.len().next_multiple_of(word), 0);
        let mut fields = Vec::new();
        self.put(&mut fields, file.len() as u64, word);
        let start = if self.wide { 40 } else { 32 };
        file[start..start + word].copy_from_slice(&fields);
        let mut fields = Vec::new();
        [self.sections.len(), names_at].into_iter().for_each(|number| self.put(&mut fields, number as u64, 2));
        let sizes = if self.wide { 60 } else { 48 };
        file[sizes..sizes + 4].copy_from_slice(&fields);
        file.extend_from_slice(&headers);
        file
    }
}

/// A table of strings that end with a zero byte; each stands in it once.
#[derive(Default)]
struct Strings {
    places: std::collections::HashMap<String, u64>,
    bytes: Vec<u8>,
}

impl Strings {
    fn add(&mut self, text: &str) -> u64 {
        if text.is_empty() {
            return 0;
        }
        *self.places.entry(text.to_string()).or_insert_with(|| {
            // The empty string stands first.
            let place = self.bytes.len() as u64 + 1;
            self.bytes.extend_from_slice(text.as_bytes());
            self.bytes.push(0);
            place
        })
    }

    fn bytes(mut self) -> Vec<u8> {
        self.bytes.insert(0, 0);
        self.bytes
    }
}
