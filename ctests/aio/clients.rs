// SPDX-License-Identifier: MIT OR Apache-2.0
//! Programs that were built for the system's asynchronous I/O: Debian's fio, stress-ng and MPICH under the preloaded object,
//! and programs of ours in which some parts keep the system's functions.

use crate::build::{Built, Form};
use crate::support::{self, Skip, libraries, needing};
use libtest_mimic::{Failed, Trial};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

type Test = fn(&Built, &Path) -> Result<(), Failed>;

pub(crate) fn all(built: &Arc<Built>) -> Vec<Trial> {
    let fio = support::package("fio", "/usr/bin/fio");
    let stress = support::package("stress-ng", "/usr/bin/stress-ng");
    let mpich = support::package("libmpich-dev", "/usr/bin/mpicc.mpich");
    let none = Ok(());
    let clients: &[(&str, &Result<(), Skip>, Test)] = &[
        ("clients::fio_writes_at_random", &fio, fio_writes_at_random),
        ("clients::fio_reads_at_random", &fio, fio_reads_at_random),
        ("clients::fio_appends", &fio, fio_appends),
        ("clients::stress_ng", &stress, stress_ng),
        ("clients::mpich", &mpich, mpich_files),
        ("clients::offsets_of_64_bits", &none, offsets_of_64_bits),
        (
            "clients::third_library_keeps_the_system_functions",
            &none,
            third_library_keeps_the_system_functions,
        ),
    ];
    let trials = clients.iter().map(|&(name, needs, test)| {
        let built = built.clone();
        let trial = Trial::test(name, move || {
            let folder = TempDir::new()?;
            test(&built, folder.path())
        });
        needing(needs, trial)
    });
    trials.collect()
}

/// Runs a command in a folder, which has to succeed.
fn run(command: &mut Command, folder: &Path) -> Result<(), Failed> {
    let output = command.current_dir(folder).output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = [String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)].concat();
    if output.status.success() { Ok(()) } else { Err(format!("{command:?}\n{said}").into()) }
}

/// Which file the loader bound `symbol` of the file `from` to, in what LD_DEBUG=bindings wrote to this folder.
fn bound(folder: &Path, from: &str, symbol: &str) -> Vec<String> {
    let mut found = Vec::new();
    let logs = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    for log in
        logs.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ld.")))
    {
        let text = String::from_utf8_lossy(&fs::read(log).unwrap()).into_owned();
        for line in text.lines().filter(|line| line.contains(&format!("symbol `{symbol}'"))) {
            let Some((_, rest)) = line.split_once("binding file ") else { continue };
            let Some((binder, rest)) = rest.split_once(" [0] to ") else { continue };
            if Path::new(binder).file_name().is_some_and(|name| name.to_string_lossy().starts_with(from)) {
                found.push(rest.split(' ').next().unwrap().to_string());
            }
        }
    }
    found
}

fn logging(command: &mut Command, folder: &Path) {
    command.env("LD_DEBUG", "bindings").env("LD_DEBUG_OUTPUT", folder.join("ld"));
}

/// Every binding of the symbol has to lead to a file of that name, and there has to be one.
fn expect_bound(folder: &Path, from: &str, symbol: &str, to: &str) -> Result<(), Failed> {
    let found = bound(folder, from, symbol);
    let right = |path: &String| {
        Path::new(path).file_name().is_some_and(|name| name.to_string_lossy().starts_with(to))
    };
    match !found.is_empty() && found.iter().all(right) {
        true => Ok(()),
        false => Err(format!("{symbol} of {from} is bound to {found:?}, and not to {to}").into()),
    }
}

fn fio(built: &Built, folder: &Path, job: &[&str]) -> Result<(), Failed> {
    let mut command = Command::new("fio");
    built.prepare(&mut command, Form::Preloaded);
    logging(&mut command, folder);
    command.args([
        "--name=job",
        "--ioengine=posixaio",
        "--verify=crc32c",
        "--bs=4k",
        "--size=16m",
        "--iodepth=32",
    ]);
    command.args(["--thread", "--fallocate=none"]).args(job);
    run(&mut command, folder)?;
    expect_bound(folder, "fio", "aio_write64", "libowfat-aio-preload.so")
}

fn fio_writes_at_random(built: &Built, folder: &Path) -> Result<(), Failed> {
    fio(built, folder, &["--rw=randwrite"])
}

fn fio_reads_at_random(built: &Built, folder: &Path) -> Result<(), Failed> {
    fio(built, folder, &["--rw=randrw"])
}

fn fio_appends(built: &Built, folder: &Path) -> Result<(), Failed> {
    fio(built, folder, &["--rw=write", "--file_append=1"])
}

fn stress_ng(built: &Built, folder: &Path) -> Result<(), Failed> {
    let mut command = Command::new("stress-ng");
    built.prepare(&mut command, Form::Preloaded);
    logging(&mut command, folder);
    command.args(["--aio", "2", "--aio-ops", "2000", "--verify", "--timeout", "60", "--temp-path", "."]);
    run(&mut command, folder)?;
    let found = ["aio_write", "aio_write64"]
        .iter()
        .any(|symbol| expect_bound(folder, "stress-ng", symbol, "libowfat-aio-preload.so").is_ok());
    if found { Ok(()) } else { Err("stress-ng is not bound to the preloaded object".into()) }
}

/// Nonblocking writes and reads of MPI-IO, by a job of one process.
const MPI: &str = r#"
#include <mpi.h>
#include <string.h>
int main(int argc, char **argv) {
  enum { MANY = 64, SIZE = 4096 };
  static char out[MANY][SIZE], in[MANY][SIZE];
  MPI_Request requests[MANY];
  MPI_File file;
  MPI_Init(&argc, &argv);
  MPI_File_open(MPI_COMM_SELF, "data", MPI_MODE_RDWR | MPI_MODE_CREATE, MPI_INFO_NULL, &file);
  for (int i = 0; i < MANY; i++) {
    memset(out[i], i + 1, SIZE);
    MPI_File_iwrite_at(file, (MPI_Offset)i * SIZE, out[i], SIZE, MPI_BYTE, &requests[i]);
  }
  MPI_Waitall(MANY, requests, MPI_STATUSES_IGNORE);
  for (int i = 0; i < MANY; i++)
    MPI_File_iread_at(file, (MPI_Offset)i * SIZE, in[i], SIZE, MPI_BYTE, &requests[i]);
  MPI_Waitall(MANY, requests, MPI_STATUSES_IGNORE);
  MPI_File_close(&file);
  MPI_Finalize();
  return memcmp(in, out, sizeof in) != 0;
}
"#;

fn mpich_files(built: &Built, folder: &Path) -> Result<(), Failed> {
    fs::write(folder.join("mpi.c"), MPI)?;
    run(Command::new("mpicc.mpich").args(["-O1", "-o", "mpi", "mpi.c"]), folder)?;
    let mut command = Command::new(folder.join("mpi"));
    built.prepare(&mut command, Form::Preloaded);
    logging(&mut command, folder);
    run(&mut command, folder)?;
    let bound = ["aio_write", "aio_write64"]
        .iter()
        .any(|symbol| expect_bound(folder, "libmpi", symbol, "libowfat-aio-preload.so").is_ok());
    if bound { Ok(()) } else { Err("libmpich is not bound to the preloaded object".into()) }
}

/// Writes a byte beyond 4 GiB where offsets have the width for it; ends with 0 if the result is right.
const WRITER: &str = r#"
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
int write_one(int d, off_t offset) {
  static struct aiocb block;
  const struct aiocb *list[] = {&block};
  memset(&block, 0, sizeof block);
  block.aio_fildes = d;
  block.aio_buf = "x";
  block.aio_nbytes = 1;
  block.aio_offset = offset;
  block.aio_sigevent.sigev_notify = SIGEV_NONE;
  if (aio_write(&block)) return 1;
  while (aio_error(&block) == EINPROGRESS) aio_suspend(list, 1, NULL);
  return aio_return(&block) != 1;
}
"#;

const MAIN: &str = r#"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
int write_one(int d, off_t offset);
int main(void) {
  struct stat state;
  off_t offset = sizeof(off_t) > 4 ? (off_t)1 << (4 * sizeof(off_t)) : 1000;
  int d = open("big", O_RDWR | O_CREAT | O_TRUNC, 0600);
  return d == -1 || write_one(d, offset) || fstat(d, &state) || state.st_size != offset + 1;
}
"#;

/// Relinked programs with either width of `off_t`, dynamic and static.
fn offsets_of_64_bits(built: &Built, folder: &Path) -> Result<(), Failed> {
    fs::write(folder.join("writer.c"), WRITER)?;
    fs::write(folder.join("main.c"), MAIN)?;
    let archive = built.libraries.join("libowfat-aio.a");
    let search = format!("-L{}", built.libraries.display());
    for bits in ["-D_FILE_OFFSET_BITS=64", "-U_FILE_OFFSET_BITS"] {
        for library in [&["-lowfat-aio", &search][..], &[archive.to_str().unwrap(), "-pthread"]] {
            let mut cc = libraries::compiler().to_command();
            run(cc.args([bits, "-o", "prog", "main.c", "writer.c"]).args(library), folder)?;
            let mut program = Command::new(folder.join("prog"));
            built.prepare(&mut program, Form::Shared);
            run(&mut program, folder)?;
        }
    }
    Ok(())
}

/// A library that was linked with the system's functions keeps them in a relinked program, in each order of linking.
fn third_library_keeps_the_system_functions(built: &Built, folder: &Path) -> Result<(), Failed> {
    fs::write(folder.join("writer.c"), WRITER)?;
    fs::write(folder.join("own.c"), WRITER.replace("write_one", "write_own"))?;
    fs::write(
        folder.join("main.c"),
        MAIN.replace("write_one(d, offset) ||", "write_one(d, offset) || write_own(d, 0) ||").replace(
            "int write_one(int d, off_t offset);",
            "int write_one(int d, off_t offset);\nint write_own(int d, off_t offset);",
        ),
    )?;
    let cc = || libraries::compiler().to_command();
    run(cc().args(["-shared", "-fPIC", "-o", "libthird.so", "writer.c"]), folder)?;
    let search = format!("-L{}", built.libraries.display());
    for order in [["-lthird", "-lowfat-aio"], ["-lowfat-aio", "-lthird"]] {
        let mut link = cc();
        link.args(["-o", "prog", "main.c", "own.c", "-L.", &search]).args(order);
        run(link.arg("-Wl,-rpath,$ORIGIN"), folder)?;
        let mut program = Command::new(folder.join("prog"));
        built.prepare(&mut program, Form::Shared);
        logging(&mut program, folder);
        run(&mut program, folder)?;
        expect_bound(folder, "libthird.so", "aio_write", "libc.so")?;
        expect_bound(folder, "prog", "aio_write", "libowfat-aio.so")?;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.file_stem() == Some(OsStr::new("ld")) {
                fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}
