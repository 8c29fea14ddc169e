// SPDX-License-Identifier: MIT OR Apache-2.0
//! The Debian package, and a server of Debian's that runs with the library in it.

use crate::support::{self, Skip};
use crate::tree::everything_below;
use crate::{Test, exported, make, root, run, target};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use std::{fs, thread};

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("deb::takes_the_place_of_the_c_library", takes_the_place_of_the_c_library),
    ("deb::dpkg_keeps_what_depends_on_the_c_library", dpkg_keeps_what_depends_on_the_c_library),
    ("deb::goes_without_a_trace", goes_without_a_trace),
    ("deb::compiles_what_compiled_before", compiles_what_compiled_before),
    ("deb::programs_get_the_right_dependencies", programs_get_the_right_dependencies),
    ("deb::names_that_are_ours_alone", names_that_are_ours_alone),
    ("deb::opentracker_runs_with_it", opentracker_runs_with_it),
];

/// The package, built once.
fn package() -> Result<PathBuf, Skip> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    if !Path::new("/usr/bin/dpkg-deb").exists() {
        return Err(Skip("no dpkg-deb: not a Debian system".into()));
    }
    let built = BUILT.get_or_init(|| {
        make(&["deb"]);
        let folder = target().join("debian");
        let architecture = run(Command::new("dpkg").arg("--print-architecture"));
        folder.join(format!("owfat_{}_{}.deb", env!("CARGO_PKG_VERSION"), architecture.trim()))
    });
    Ok(built.clone())
}

/// A root of its own in which dpkg has installed the package. To dpkg, what is installed on this machine is installed
/// there as well, the C library among it.
fn installed() -> Result<tempfile::TempDir, Skip> {
    if run(Command::new("id").arg("-u")).trim() != "0" {
        return Err(Skip("dpkg installs for the superuser only".into()));
    }
    support::package("opentracker", "/usr/bin/opentracker")?;
    support::libraries::debian()?;
    let root = tempfile::tempdir().unwrap();
    let database = root.path().join("var/lib/dpkg");
    for folder in ["info", "updates", "triggers"] {
        fs::create_dir_all(database.join(folder)).unwrap();
    }
    fs::copy("/var/lib/dpkg/status", database.join("status")).unwrap();
    for name in ["libowfat0", "libowfat-dev", "opentracker"] {
        let list = format!("info/{name}.list");
        fs::copy(Path::new("/var/lib/dpkg").join(&list), database.join(&list)).unwrap();
    }
    // Both of the C library's packages have to go, and one depends on the other: apt asks for this by itself.
    run(dpkg(root.path()).args(["--auto-deconfigure", "-i"]).arg(package()?));
    Ok(root)
}

/// dpkg for another root than the machine's.
fn dpkg(root: &Path) -> Command {
    let mut command = Command::new("dpkg");
    command.arg(format!("--root={}", root.display())).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command
}

/// What dpkg says of a package there: `install ok installed`, or that it has gone.
fn status(root: &Path, package: &str) -> String {
    let mut query = Command::new("dpkg-query");
    query.arg(format!("--root={}", root.display())).args(["-W", "-f=${Status}", package]);
    query.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap()
}

fn dpkg_keeps_what_depends_on_the_c_library() -> Result<(), Skip> {
    let root = installed()?;
    let is_installed = |package| status(root.path(), package) == "install ok installed";
    assert!(is_installed("owfat") && !is_installed("libowfat0") && !is_installed("libowfat-dev"));
    // It depends on `libowfat0 (>= 0.30)`.
    assert!(is_installed("opentracker"));
    assert_eq!(run(dpkg(root.path()).args(["--audit", "owfat"])), "");
    let verified = run(dpkg(root.path()).args(["--verify", "owfat"]));
    assert_eq!(verified, "", "the checksums in the package are those of its files");
    let refused = dpkg(root.path()).args(["--remove", "owfat"]).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("opentracker depends on libowfat0"), "{said}");
    Ok(())
}

fn goes_without_a_trace() -> Result<(), Skip> {
    let root = installed()?;
    run(dpkg(root.path()).args(["--purge", "--force-depends", "owfat"]));
    let left = everything_below(root.path());
    let left: Vec<_> = left.iter().filter(|path| !path.starts_with(root.path().join("var"))).collect();
    assert!(left.is_empty(), "{left:?}");
    Ok(())
}

fn takes_the_place_of_the_c_library() -> Result<(), Skip> {
    let package = package()?;
    let field =
        |name: &str| run(Command::new("dpkg-deb").arg("-f").arg(&package).arg(name)).trim().to_string();
    assert_eq!(field("Provides"), "libowfat0 (= 0.32), libowfat-dev (= 0.32)");
    assert_eq!(field("Conflicts"), "libowfat0, libowfat-dev");
    assert_eq!(field("Replaces"), "libowfat0, libowfat-dev");
    assert!(field("Depends").starts_with("libc6 (>= 2."), "{}", field("Depends"));
    // What the C library's packages have at the same path is there, so that nobody misses it.
    let root = installed()?;
    for path in ["usr/lib/libowfat.so.0", "usr/lib/libowfat.so", "usr/lib/libowfat.a", "usr/include/io.h"] {
        assert!(root.path().join(path).is_file(), "{path}");
    }
    // apt-get only thinks about it here: our package comes, theirs go, and their servers stay.
    support::package("opentracker", "/usr/bin/opentracker")?;
    let plan = run(Command::new("apt-get").args(["-s", "install"]).arg(&package));
    assert!(plan.contains("Inst owfat") && !plan.contains("Remv opentracker"), "{plan}");
    Ok(())
}

/// With headers under the names that libowfat-dev has.
fn compiles_what_compiled_before() -> Result<(), Skip> {
    let root = installed()?;
    let source = root.path().join("program.c");
    fs::write(&source, "#include \"iob.h\"\n#include <taia.h>\nint main(void) { return iob_new(0) == 0; }\n")
        .unwrap();
    let program = root.path().join("program");
    let mut cc = Command::new("cc");
    cc.arg("-I").arg(root.path().join("usr/include")).arg("-L").arg(root.path().join("usr/lib"));
    run(cc.args(["-Wall", "-Wextra", "-Werror", "-o"]).arg(&program).arg(&source).arg("-lowfat"));
    run(Command::new(&program).env("LD_LIBRARY_PATH", root.path().join("usr/lib")));
    Ok(())
}

/// What dpkg-shlibdeps makes of a program that was built with the package.
fn programs_get_the_right_dependencies() -> Result<(), Skip> {
    support::package("dpkg-dev", "/usr/bin/dpkg-shlibdeps")?;
    let root = installed()?;
    let dependencies = |call: &str| {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        let text = format!("#include <io.h>\nint main(void) {{ {call}; return 0; }}\n");
        fs::write(folder.path().join("program.c"), text).unwrap();
        let mut cc = Command::new("cc");
        cc.arg("-I").arg(root.path().join("usr/include")).arg("-L").arg(root.path().join("usr/lib"));
        run(cc.arg("-o").arg(&program).arg(folder.path().join("program.c")).arg("-lowfat"));
        fs::create_dir(folder.path().join("debian")).unwrap();
        fs::write(
            folder.path().join("debian/control"),
            "Source: program\n\nPackage: program\nArchitecture: any\n",
        )
        .unwrap();
        let mut shlibdeps = Command::new("dpkg-shlibdeps");
        shlibdeps.arg(format!("--admindir={}", root.path().join("var/lib/dpkg").display()));
        shlibdeps.arg(format!("-l{}", root.path().join("usr/lib").display()));
        // libc's own data is not there, and not what this is about.
        shlibdeps.args(["--ignore-missing-info", "-O", "-e"]).arg(&program);
        run(shlibdeps.current_dir(folder.path()))
    };
    let usual = dependencies("io_wait()");
    assert!(usual.contains("libowfat0 (>= 0.32)") && !usual.contains("owfat (>= 0.1"), "{usual}");
    let ours = dependencies("io_queueforread(0)");
    assert!(ours.contains(&format!("owfat (>= {})", env!("CARGO_PKG_VERSION"))), "{ours}");
    Ok(())
}

/// `packaging/ours-alone.txt`, of which those dependencies are made.
fn names_that_are_ours_alone() -> Result<(), Skip> {
    let theirs = support::libraries::debian()?;
    let listing = run(Command::new("nm").args(["--dynamic", "--defined-only", "-j"]).arg(theirs));
    let theirs: Vec<&str> = listing.lines().collect();
    let alone: Vec<String> = exported().into_iter().filter(|name| !theirs.contains(&name.as_str())).collect();
    let list = fs::read_to_string(root().join("packaging/ours-alone.txt")).unwrap();
    assert_eq!(list, alone.iter().map(|name| format!("{name}\n")).collect::<String>());
    Ok(())
}

/// A running process that does not outlive the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn opentracker_runs_with_it() -> Result<(), Skip> {
    support::package("opentracker", "/usr/bin/opentracker")?;
    let root = installed()?;
    let library = root.path().join("usr/lib");
    let mut ldd = Command::new("ldd");
    let found = run(ldd.arg("/usr/bin/opentracker").env("LD_LIBRARY_PATH", &library));
    assert!(found.contains(library.join("libowfat.so.0").to_str().unwrap()), "{found}");

    let hash = "1".repeat(20);
    let list = root.path().join("whitelist");
    fs::write(&list, "31".repeat(20) + "\n").unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let mut opentracker = Command::new("/usr/bin/opentracker");
    // Every symbol at the start, so that none can be missed.
    opentracker.env("LD_LIBRARY_PATH", &library).env("LD_BIND_NOW", "1").current_dir(root.path());
    opentracker.args(["-i", "127.0.0.1", "-p", &port, "-P", &port, "-w", "whitelist", "-d", "."]);
    let mut server = Server(opentracker.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap());

    let announce = |peer: u32| {
        let path = format!("/announce?info_hash={hash}&peer_id={peer:020}&port={peer}&left=0&compact=1");
        get(&format!("127.0.0.1:{port}"), &path)
    };
    // It reads the whitelist in a thread of its own, which a request can overtake.
    let end = Instant::now() + PATIENCE;
    let mut first = announce(6881);
    while !first.contains("8:completei1e") {
        assert!(first.contains("not authorized") && Instant::now() < end, "{first}");
        thread::sleep(Duration::from_millis(20));
        first = announce(6881);
    }
    let second = announce(6882);
    assert!(second.contains("8:completei2e") && second.contains("5:peers12:"), "{second}");
    assert!(server.0.try_wait().unwrap().is_none());
    Ok(())
}

/// How long a server may take for what it does on the side.
const PATIENCE: Duration = Duration::from_secs(20);

/// An HTTP request, and all of the answer. The server may take its time to start.
fn get(address: &str, path: &str) -> String {
    let end = Instant::now() + PATIENCE;
    let mut stream = loop {
        match TcpStream::connect(address) {
            Ok(stream) => break stream,
            Err(error) => assert!(Instant::now() < end, "{address}: {error}"),
        }
        thread::sleep(Duration::from_millis(20));
    };
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
