// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example web server for https under curl and OpenSSL's own client: every byte comes, fast and slow, over TLS 1.2 and 1.3,
//! one after the other on one connection and eight at once. And with a witness between the server and OpenSSL (`witness.c`):
//! a write that has to read, and a read that has to write.

#[path = "../support/mod.rs"]
mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, thread};
use support::process::Process;
use support::{needing, package};

const LARGE: usize = 100 << 20;
const MEDIUM: usize = 300_000;

struct Site {
    folder: tempfile::TempDir,
    _server: Process,
    at: String,
    large: Vec<u8>,
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// The program as `make tls` builds it.
fn program() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    run(Command::new("make")
        .args(["--quiet", "tls"])
        .current_dir(root)
        .env_remove("MAKEFLAGS")
        .env_remove("MAKELEVEL"));
    root.join(support::libraries::target()).join("examples/tls")
}

/// Compiles a C file of this folder.
fn compile(name: &str, folder: &Path, arguments: &[&str]) -> PathBuf {
    let program = folder.join(name);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("ctests/tls").join(name).with_extension("c");
    let mut command = support::libraries::compiler().to_command();
    run(command
        .args(["-Wall", "-Wextra", "-Werror", "-O1", "-o"])
        .arg(&program)
        .arg(source)
        .args(arguments)
        .args(["-lssl", "-lcrypto", "-ldl"]));
    program
}

impl Site {
    fn new() -> Site {
        Site::with(|_, _| {})
    }

    /// A server that a witness watches, in an environment with these variables.
    fn witnessed(variables: &[(&str, &str)]) -> Site {
        Site::with(|folder, server| {
            let witness = compile("witness", folder, &["-shared", "-fPIC"]);
            server.env("LD_PRELOAD", witness).env("TLS_WITNESS", folder.join("said"));
            server.envs(variables.iter().copied());
        })
    }

    /// Whether the witness has seen this.
    fn saw(&self, what: &str) -> bool {
        let said = fs::read_to_string(self.folder.path().join("said")).unwrap_or_default();
        said.lines().any(|line| line == what)
    }

    fn with(prepare: impl FnOnce(&Path, &mut Command)) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("site")).unwrap();
        let mut large = vec![0; LARGE];
        fastrand::Rng::with_seed(1).fill(&mut large);
        fs::write(path("site/large"), &large).unwrap();
        fs::write(path("site/medium"), &large[..MEDIUM]).unwrap();
        run(Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
            .arg("-keyout")
            .arg(path("key"))
            .arg("-out")
            .arg(path("certificate")));
        let mut command = Command::new(program());
        command
            .args(["-p", "0"])
            .args([path("certificate"), path("key"), path("site")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        prepare(folder.path(), &mut command);
        let mut server = Process::start(&mut command);
        let mut greeting = String::new();
        BufReader::new(server.child().stdout.take().unwrap()).read_line(&mut greeting).unwrap();
        let at = greeting.split("https://").nth(1).and_then(|rest| rest.split('/').next());
        let at = at.unwrap_or_else(|| panic!("no address in {greeting:?}")).to_string();
        Site { folder, _server: server, at, large }
    }

    /// What curl gets for these files on one connection.
    fn curl(&self, options: &[&str], names: &[&str]) -> Vec<u8> {
        let mut curl = Command::new("curl");
        curl.args(["-s", "-S", "-k", "--max-time", "120"]).args(options);
        curl.args(names.iter().map(|name| format!("https://{}/{name}", self.at)));
        let output = curl.output().expect("curl runs");
        assert!(output.status.success(), "{curl:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// What OpenSSL's own client gets, which reads so many bytes at a time with a pause behind each.
    fn s_client(&self, options: &[&str], name: &str, pause: Option<(usize, Duration)>) -> Vec<u8> {
        let mut client = Process::start(
            Command::new("openssl")
                .args(["s_client", "-quiet", "-ign_eof", "-connect", &self.at])
                .args(options)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let mut input = client.child().stdin.take().unwrap();
        write!(input, "GET /{name} HTTP/1.0\r\n\r\n").unwrap();
        let mut output = client.child().stdout.take().unwrap();
        let mut got = Vec::new();
        if let Some((size, pause)) = pause {
            let mut piece = vec![0; size];
            while let count @ 1.. = output.read(&mut piece).unwrap() {
                got.extend(&piece[..count]);
                thread::sleep(pause);
            }
        } else {
            output.read_to_end(&mut got).unwrap();
        }
        let header = got.windows(4).position(|end| end == b"\r\n\r\n").expect("a header");
        got.split_off(header + 4)
    }
}

fn same(got: &[u8], wanted: &[u8]) {
    assert!(got == wanted, "{} bytes came, not the {} of the file", got.len(), wanted.len());
}

/// OpenSSL's SSL_write answers SSL_ERROR_WANT_READ when a new handshake is under way.
fn a_write_that_wants_to_read(_: &Site) {
    let site = Site::witnessed(&[("TLS_RENEGOTIATE", "1")]);
    same(&site.s_client(&["-tls1_2"], "large", None), &site.large);
    assert!(site.saw("SSL_write wants to read"));
}

/// Its SSL_read answers SSL_ERROR_WANT_WRITE when the peer asks for new keys and takes none.
fn a_read_that_wants_to_write(_: &Site) {
    let site = Site::witnessed(&[]);
    let client = compile("key_updates", site.folder.path(), &[]);
    let port = site.at.rsplit(':').next().unwrap();
    let output = Command::new(client).args([port, "medium"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    same(&output.stdout, &site.large[..MEDIUM]);
    assert!(site.saw("SSL_read wants to write"));
}

const TESTS: &[(&str, fn(&Site))] = &[
    ("large_files", |site| {
        same(&site.curl(&["--tlsv1.3"], &["large"]), &site.large);
        same(&site.curl(&["--tls-max", "1.2"], &["large"]), &site.large);
    }),
    ("one_connection_for_many_files", |site| {
        let twice = site.large[..MEDIUM].repeat(2);
        same(&site.curl(&[], &["medium", "medium"]), &twice);
        same(&site.curl(&["--tls-max", "1.2"], &["medium", "medium"]), &twice);
    }),
    ("openssl_as_the_client", |site| {
        same(&site.s_client(&["-tls1_3"], "large", None), &site.large);
        same(&site.s_client(&["-tls1_2"], "medium", None), &site.large[..MEDIUM]);
    }),
    ("slow_clients", |site| {
        let rate = ["--limit-rate", "100k"];
        same(&site.curl(&rate, &["medium"]), &site.large[..MEDIUM]);
        let pause = Some((4096, Duration::from_millis(20)));
        same(&site.s_client(&[], "medium", pause), &site.large[..MEDIUM]);
    }),
    ("a_write_that_wants_to_read", a_write_that_wants_to_read),
    ("a_read_that_wants_to_write", a_read_that_wants_to_write),
    ("eight_at_once", |site| {
        thread::scope(|scope| {
            for number in 0..8 {
                let options: &[&str] = if number % 2 == 0 { &[] } else { &["--tls-max", "1.2"] };
                scope.spawn(move || same(&site.curl(options, &["large"]), &site.large));
            }
        });
    }),
];

fn main() {
    let arguments = Arguments::from_args();
    let needs = package("libssl-dev", "/usr/include/openssl/ssl.h")
        .and_then(|()| package("openssl", "/usr/bin/openssl"))
        .and_then(|()| package("curl", "/usr/bin/curl"));
    let site = needs.is_ok().then(|| Arc::new(Site::new()));
    let trial = |&(name, test): &(&'static str, fn(&Site))| {
        let site = site.clone();
        needing(
            &needs,
            Trial::test(name, move || {
                site.as_deref().map(test).ok_or_else(|| Failed::from("the server does not run"))
            }),
        )
    };
    let trials = TESTS.iter().map(trial).collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(site); // before exit, which runs no destructors
    conclusion.exit();
}
