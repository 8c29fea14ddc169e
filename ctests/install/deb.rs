//! The Debian package, and a server of Debian's that runs with the library in it.

use crate::support::{self, Skip};
use crate::{Test, make, run, target};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use std::{fs, thread};

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("deb::takes_the_place_of_the_c_library", takes_the_place_of_the_c_library),
    ("deb::compiles_what_compiled_before", compiles_what_compiled_before),
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

/// What the package would install, in a folder instead of the root of the file system.
fn extracted() -> Result<tempfile::TempDir, Skip> {
    let root = tempfile::tempdir().unwrap();
    run(Command::new("dpkg-deb").arg("-x").arg(package()?).arg(root.path()));
    Ok(root)
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
    let root = extracted()?;
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
    let root = extracted()?;
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
    let root = extracted()?;
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
    let first = announce(6881);
    assert!(first.contains("8:completei1e"), "{first}");
    let second = announce(6882);
    assert!(second.contains("8:completei2e") && second.contains("5:peers12:"), "{second}");
    assert!(server.0.try_wait().unwrap().is_none());
    Ok(())
}

/// An HTTP request, and all of the answer. The server may take its time to start.
fn get(address: &str, path: &str) -> String {
    let end = Instant::now() + Duration::from_secs(20);
    let mut stream = loop {
        match TcpStream::connect(address) {
            Ok(stream) => break stream,
            Err(error) => assert!(Instant::now() < end, "{address}: {error}"),
        }
        thread::sleep(Duration::from_millis(20));
    };
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
