// SPDX-License-Identifier: MIT OR Apache-2.0
//! A plugin that contains the static library comes and goes; nothing of the process may point into it afterwards.

use super::build::Library;
use super::root;
use super::trials::{Setup, expect_pass};
use crate::support::libraries;
use libtest_mimic::{Failed, Trial};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

pub(crate) fn trial(setup: &Arc<Setup>) -> Trial {
    let setup = setup.clone();
    Trial::test("plugin::comes_and_goes", move || run(&setup))
}

fn run(setup: &Setup) -> Result<(), Failed> {
    let folder = setup.libraries.folder_of(Library::Static);
    let (plugin, host) = (folder.join("plugin.so"), folder.join("plugin-host"));
    compile(|command| {
        command.args(["-shared", "-fPIC"]).arg(root().join("ctests/plugin/plugin.c")).arg("-o").arg(&plugin);
        command.arg(folder.join("libowfat.a"))
    })?;
    compile(|command| command.arg(root().join("ctests/plugin/host.c")).arg("-o").arg(&host).arg("-ldl"))?;
    expect_pass(Command::new(&host).arg(&plugin), Duration::from_secs(20)).map(drop)
}

fn compile(arguments: impl FnOnce(&mut Command) -> &mut Command) -> Result<(), Failed> {
    let mut command = libraries::compiler().to_command();
    command.args(["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-pthread", "-I"]);
    command.arg(root().join("include")).arg("-I").arg(root().join("ctests/common"));
    let output = arguments(&mut command).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(said.into()) }
}
