// SPDX-License-Identifier: MIT OR Apache-2.0
//! The steps of `members.sh` that no linker and no objcopy can do.
//!
//! `object gather FILE NAME...` makes the shared part of FILE: see gather.rs and split.rs. `object forget FILE NAME...` makes these
//! names undefined: see forget.rs. `object finish FILE...` brings object files into the form in which they are shipped: see finish.rs.

mod edit;
mod elf;
mod finish;
mod forget;
mod gather;
mod split;

use elf::Object;
use std::{env, fs, io, process};

fn change(path: &str, step: impl FnOnce(&mut Object)) -> io::Result<()> {
    let wrong = || io::Error::other("not an object file of ELF");
    let mut object = Object::read(&fs::read(path)?).ok_or_else(wrong)?;
    step(&mut object);
    fs::write(path, object.write())
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(|argument| &**argument).collect();
    let result = match &words[..] {
        ["gather", path, names @ ..] => change(path, |object| gather::gather(object, names)),
        ["forget", path, names @ ..] => change(path, |object| forget::forget(object, names)),
        ["finish", paths @ ..] => paths.iter().try_for_each(|path| change(path, finish::finish)),
        _ => Err(io::Error::other("object gather|forget FILE NAME..., object finish FILE...")),
    };
    if let Err(error) = result {
        eprintln!("{}: {error}", words.get(1).unwrap_or(&"object"));
        process::exit(1);
    }
}
