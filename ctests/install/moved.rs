// SPDX-License-Identifier: MIT OR Apache-2.0
//! An installation that was moved to another place, and one whose debug information lies beside it.

use crate::support::{self, Skip};
use crate::tree::{Installation, PREFIX};
use crate::{Test, run};
use std::fs;
use std::path::Path;
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("moved::pkg_config", pkg_config),
    ("moved::cmake", cmake),
    ("moved::debug_information_apart", debug_information_apart),
];

fn pkg_config() -> Result<(), Skip> {
    support::package("pkg-config", "/usr/bin/pkg-config")?;
    let there = Installation::new(&[]);
    let of_the_loop =
        "-I/else/where/include -I/else/where/include/libowfat -L/else/where/lib -lowfat -pthread";
    let of_aio = "-I/else/where/include -L/else/where/lib -lowfat-aio -pthread";
    for (library, flags) in [("libowfat", of_the_loop), ("libowfat-aio", of_aio)] {
        let mut tool = Command::new("pkg-config");
        tool.args(["--define-variable=prefix=/else/where", "--static", "--cflags", "--libs", library]);
        let said = run(tool.env("PKG_CONFIG_LIBDIR", there.path("lib/pkgconfig")));
        assert_eq!(said.split_whitespace().collect::<Vec<_>>().join(" "), flags);
    }
    Ok(())
}

const PROJECT: &str = "cmake_minimum_required(VERSION 3.10)\n\
    project(example C)\n\
    find_package(@NAME@ 0.30 REQUIRED)\n\
    add_executable(with_shared program.c)\n\
    target_link_libraries(with_shared owfat::owfat)\n\
    add_executable(with_static program.c)\n\
    target_link_libraries(with_static owfat::static)\n";

const PROGRAM: &str = "#include <io.h>\n#include <libowfat/iob.h>\n\
    int main(void) { int64 d[2]; return !io_pipe(d); }\n";

fn cmake() -> Result<(), Skip> {
    support::package("cmake", "/usr/bin/cmake")?;
    // In a folder of the system's kind, with the processor's name in it.
    for libraries in ["lib", "lib/x86_64-linux-gnu"] {
        let there = Installation::new(&[&format!("LIBDIR={PREFIX}/{libraries}")]);
        for name in ["owfat", "libowfat"] {
            let project = tempfile::tempdir().unwrap();
            fs::write(project.path().join("CMakeLists.txt"), PROJECT.replace("@NAME@", name)).unwrap();
            fs::write(project.path().join("program.c"), PROGRAM).unwrap();
            let build = project.path().join("build");
            let mut configure = Command::new("cmake");
            configure.arg("-S").arg(project.path()).arg("-B").arg(&build);
            configure
                .arg(format!("-D{name}_DIR={}", there.path(libraries).join("cmake").join(name).display()));
            run(&mut configure);
            run(Command::new("cmake").arg("--build").arg(&build));
            for program in ["with_shared", "with_static"] {
                let program = build.join(program);
                run(&mut Command::new(&program));
                let needs_it = run(Command::new("readelf").arg("-d").arg(&program)).contains("libowfat.so.0");
                assert_eq!(needs_it, program.ends_with("with_shared"));
            }
        }
        // A later version than ours is not found.
        let project = tempfile::tempdir().unwrap();
        let text = PROJECT.replace("@NAME@ 0.30", "owfat 99");
        fs::write(project.path().join("CMakeLists.txt"), text).unwrap();
        let mut configure = Command::new("cmake");
        configure.arg("-S").arg(project.path()).arg("-B").arg(project.path().join("build"));
        configure.arg(format!("-Dowfat_DIR={}", there.path(libraries).join("cmake/owfat").display()));
        assert!(!configure.output().unwrap().status.success());
    }
    Ok(())
}

fn debug_information_apart() -> Result<(), Skip> {
    let there = Installation::new(&[]);
    there.make("install-strip", &[]);
    let sections = |path: &Path| run(Command::new("readelf").arg("-SW").arg(path));
    let id = |path: &Path| {
        let notes = run(Command::new("readelf").arg("-nW").arg(path));
        notes.lines().find(|line| line.contains("Build ID")).expect("it has one").to_string()
    };
    for file in ["libowfat.so.0.32.0".to_string(), format!("libowfat-aio.so.{}", env!("CARGO_PKG_VERSION"))] {
        let (path, apart) =
            (there.path(&format!("lib/{file}")), there.path(&format!("lib/.debug/{file}.debug")));
        let library = sections(&path);
        assert!(!library.contains(".debug_info") && library.contains(".gnu_debuglink"), "{library}");
        assert!(!library.contains(".symtab"), "{library}");
        assert!(sections(&apart).contains(".debug_info"));
        assert_eq!(id(&apart), id(&path));
    }
    assert!(!sections(&there.path("lib/libowfat-aio-preload.so")).contains(".symtab"));
    there.make("uninstall", &[]);
    assert!(!there.path("lib").exists());
    Ok(())
}
