// SPDX-License-Identifier: MIT OR Apache-2.0
//! Builds that are not the shipped one, by `make`: without link time optimisation, as a packager may override it, and in the
//! profile for development. Each form of both libraries works.

use crate::support::{Skip, libraries};
use crate::{Test, includes, root, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] =
    &[("profiles::aio_without_lto", aio_without_lto), ("profiles::for_development", for_development)];

/// Reads its own source, asynchronously.
const AIO: &str = r#"
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
int main(int n, char **v) {
  char start[8];
  struct aiocb one = {.aio_buf = start, .aio_nbytes = sizeof start};
  const struct aiocb *list[] = {&one};
  one.aio_fildes = open(v[n - 1], O_RDONLY);
  if (aio_read(&one)) return 1;
  while (aio_error(&one) == EINPROGRESS) aio_suspend(list, 1, 0);
  if (aio_return(&one) != 8 || start[1] != '#') return 2;
  puts("it works");
  return 0;
}
"#;

/// The first library without it is `hardening::without_lto`.
fn aio_without_lto() -> Result<(), Skip> {
    let variables = [("CARGO_PROFILE_RELEASE_LTO", "off"), ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")];
    aio_works("aio", &["aio"], &variables);
    Ok(())
}

fn for_development() -> Result<(), Skip> {
    let target = aio_works("aio-dev", &["all", "aio"], &[("CARGO_PROFILE", "dev")]);
    let program = root().join("ctests/linking/program.c");
    links(&program, &target.join("debug/libowfat.so"), Some(&target.join("debug")));
    links(&program, &target.join("static-dev/libowfat.a"), None);
    Ok(())
}

/// Makes these goals, of which one is the second library, with these variables, in a folder of that name, and a program for each
/// form of that library. Says in which folder cargo has built.
fn aio_works(name: &str, goals: &[&str], variables: &[(&str, &str)]) -> PathBuf {
    let target = libraries::target().join("linking/profiles").join(name);
    let mut make = Command::new("make");
    make.arg("--quiet").args(goals).current_dir(root()).envs(variables.iter().copied());
    run(make.env("CARGO_TARGET_DIR", &target).env_remove("MAKEFLAGS").env_remove("MAKELEVEL"));
    let (program, aio) = (target.join("program.c"), target.join(name));
    fs::write(&program, AIO).unwrap();
    links(&program, &aio.join("libowfat-aio.a"), None);
    links(&program, &aio.join("libowfat-aio.so"), Some(&aio));
    target
}

/// Links a program with this library, and runs it, with libraries from `folder`; every name has to be there when it starts.
fn links(source: &Path, library: &Path, folder: Option<&Path>) {
    let place = tempfile::tempdir().unwrap();
    let executable = place.path().join("program");
    let mut cc = Command::new("cc");
    cc.args(includes()).arg("-o").arg(&executable).arg(source).arg(library);
    run(cc.args(["-pthread", "-Wl,-z,now"]));
    let needed = run(Command::new("readelf").arg("-d").arg(&executable));
    assert_eq!(needed.contains("[libowfat"), folder.is_some(), "{needed}");
    let mut program = Command::new(&executable);
    program.arg(source).envs(folder.map(|folder| ("LD_LIBRARY_PATH", folder)));
    assert_eq!(run(&mut program), "it works\n", "{}", library.display());
}
