// SPDX-License-Identifier: MIT OR Apache-2.0
//! The steps of `members.sh` that no linker and no objcopy can do, or not for many files at once.
//!
//! `object gather FILE NAME...` makes the shared part of FILE: see gather.rs and split.rs. `object forget FILE RESULT NAME...` makes
//! these names undefined: see forget.rs. `object plan FILE NAMES COMPARED TOGETHER` prints a line for each member, of the names that the
//! three files list: see plan.rs. `object finish PLAN FOLDER` brings the members of such a plan into the form in which they are
//! shipped: see finish.rs.

mod edit;
mod elf;
mod finish;
mod forget;
mod gather;
mod plan;
mod split;

use elf::Object;
use std::{env, fs, io, process};

fn read(path: &str) -> io::Result<Object> {
    Object::read(&fs::read(path)?).ok_or_else(|| io::Error::other("not an object file of ELF"))
}

fn change(from: &str, to: &str, step: impl FnOnce(&mut Object)) -> io::Result<()> {
    let mut object = read(from)?;
    step(&mut object);
    fs::write(to, object.write())
}

fn print_plan(path: &str, lists: [&str; 3]) -> io::Result<()> {
    let [names, compared, together] = lists.map(fs::read_to_string);
    let (names, compared, together) = (names?, compared?, together?);
    let words = |text| str::split_whitespace(text).collect::<Vec<_>>();
    let together: Vec<_> = together.lines().map(words).collect();
    for group in plan::plan(&read(path)?, &words(&names), &words(&compared), &together) {
        println!("{}", group.line());
    }
    Ok(())
}

/// A member has the name of the first name that it defines.
fn finish_all(plan: &str, folder: &str) -> io::Result<()> {
    for line in fs::read_to_string(plan)?.lines() {
        let words = line.split(" | ").next().unwrap_or_default().split(' ');
        let names: Vec<&str> = words.filter(|word| !word.starts_with('.')).collect();
        let path = format!("{folder}/{}.o", names[0]);
        change(&path, &path, |object| finish::finish(object, &names))?;
    }
    Ok(())
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(|argument| &**argument).collect();
    let result = match words[..] {
        ["gather", path, ref names @ ..] => change(path, path, |object| gather::gather(object, names)),
        ["forget", from, to, ref names @ ..] => change(from, to, |object| forget::forget(object, names)),
        ["plan", path, names, compared, together] => print_plan(path, [names, compared, together]),
        ["finish", plan, folder] => finish_all(plan, folder),
        _ => Err(io::Error::other("gather, forget, plan or finish")),
    };
    if let Err(error) = result {
        eprintln!("{}: {error}", words.get(1).unwrap_or(&"object"));
        process::exit(1);
    }
}
