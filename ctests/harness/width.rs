// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where C programs may have one of two time_t: what `make install` tells them, and that one with the other does not compile.
//! On i386 the same goes for the alignment of members.

use super::root;
use libtest_mimic::{Failed, Trial};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// How programs ask for either width.
const WIDTHS: &[(&str, &[&str])] =
    &[("32", &["-D_TIME_BITS=32"]), ("64", &["-D_TIME_BITS=64", "-D_FILE_OFFSET_BITS=64"])];

/// A library that was built for such a system.
pub(crate) struct Library {
    /// The shared library, and the static one.
    pub(crate) shared: PathBuf,
    pub(crate) archive: PathBuf,
    pub(crate) compiler: String,
    /// The bits of its time_t.
    pub(crate) bits: String,
}

/// The trials for one.
pub(crate) fn trials(library: Library) -> Vec<Trial> {
    let library = Arc::new(library);
    let (second, third) = (library.clone(), library.clone());
    let mut trials = vec![
        Trial::test("time_t::another_width_does_not_compile", move || library.refuses_the_other()),
        Trial::test("time_t::pkg_config_and_cmake_say_which", move || second.says_which()),
    ];
    if third.compiles(&[], "#ifndef __i386__\n#error\n#endif").is_ok() {
        trials.push(Trial::test("structs::another_alignment_does_not_compile", move || {
            third.refuses_alignments()
        }));
    }
    trials
}

impl Library {
    /// Compiles a line of C behind `<time.h>`, or gives the compiler's words.
    fn compiles(&self, flags: &[&str], line: &str) -> Result<(), String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let source = folder.path().join("program.c");
        fs::write(&source, format!("#include <time.h>\n{line}\n")).map_err(|error| error.to_string())?;
        let mut compiler = Command::new(&self.compiler);
        compiler.args(["-fsyntax-only", "-Wall", "-Wextra", "-pedantic", "-Werror"]).args(flags).arg(&source);
        let output = compiler.output().map_err(|error| error.to_string())?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
    }

    /// What `make install` makes of the tree, for the prefix /usr, below a folder of its own.
    fn installed(&self) -> Result<tempfile::TempDir, Failed> {
        let place = tempfile::tempdir()?;
        // The second library has both widths, so that any file will do.
        let aio = place.path().join("aio");
        fs::create_dir(&aio)?;
        for name in ["libowfat-aio.so", "libowfat-aio.a", "libowfat-aio-preload.so"] {
            fs::write(aio.join(name), "")?;
        }
        let output = Command::new(root().join("packaging/install.sh"))
            .arg("install")
            .env("SHARED", &self.shared)
            .env("STATIC", &self.archive)
            .env("AIO", &aio)
            .envs([("PREFIX", "/usr"), ("LIBDIR", "/usr/lib"), ("INCLUDEDIR", "/usr/include")])
            .envs([("MANDIR", "/usr/share/man"), ("PKGCONFIGDIR", "/usr/lib/pkgconfig")])
            .env("DESTDIR", place.path())
            .output()?;
        if output.status.success() {
            Ok(place)
        } else {
            Err(String::from_utf8_lossy(&output.stderr).to_string().into())
        }
    }

    /// A program that includes a header without asking pkg-config.
    fn refuses_the_other(&self) -> Result<(), Failed> {
        let place = self.installed()?;
        let include = format!("-I{}", place.path().join("usr/include").display());
        for (width, flags) in WIDTHS {
            for header in ["scan.h", "fmt.h"] {
                let flags: Vec<&str> = flags.iter().copied().chain([&*include]).collect();
                let outcome = self.compiles(&flags, &format!("#include <libowfat/{header}>"));
                let right = match &outcome {
                    Ok(()) => *width == self.bits,
                    Err(words) => *width != self.bits && words.contains("libowfat_has_another_time_t"),
                };
                if !right {
                    let library = &self.bits;
                    return Err(format!("{header}, {width} bits, library {library}: {outcome:?}").into());
                }
            }
        }
        Ok(())
    }

    /// On i386 a member of 64 bits has the alignment of 4 bytes, or of 8 by a flag.
    fn refuses_alignments(&self) -> Result<(), Failed> {
        let include = format!("-I{}", root().join("include").display());
        for header in ["array.h", "iob.h", "taia.h"] {
            let line = format!("#include <libowfat/{header}>");
            self.compiles(&[&include], &line)?;
            match self.compiles(&["-malign-double", &include], &line) {
                Err(words) if words.contains("libowfat_has_another_layout") => {}
                outcome => return Err(format!("{header}: {outcome:?}").into()),
            }
        }
        Ok(())
    }

    fn says_which(&self) -> Result<(), Failed> {
        let place = self.installed()?;
        let read = |path: &str| fs::read_to_string(Path::new(place.path()).join(path));
        let text = read("usr/lib/pkgconfig/libowfat.pc")?;
        let (_, flags) = WIDTHS.iter().find(|(width, _)| *width == self.bits).unwrap();
        let wanted = if self.bits == "64" { flags.join(" ") } else { String::new() };
        let said = text.contains(&format!("\ntime_bits={}\n", self.bits));
        let flags = text.lines().find_map(|line| line.strip_prefix("Cflags: ")).unwrap();
        if !said || !flags.ends_with(if wanted.is_empty() { "/libowfat" } else { &wanted }) {
            return Err(text.into());
        }
        let text = read("usr/lib/cmake/owfat/owfat-config.cmake")?;
        let wanted = wanted.replace("-D", "").replace(' ', ";");
        if text.contains(&format!("INTERFACE_COMPILE_DEFINITIONS \"{wanted}\"")) {
            Ok(())
        } else {
            Err(text.into())
        }
    }
}
