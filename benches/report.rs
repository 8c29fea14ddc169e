// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands in benches/README.md.

use crate::programs::{Programs, root};
use crate::sample::Sample;
use crate::works::Work;
use std::fmt::Write;
use std::fs;
use std::process::Command;

/// Kernel, processors and load.
pub(crate) fn computer() -> String {
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models: Vec<&str> = processors
        .lines()
        .filter(|line| line.starts_with("model name"))
        .filter_map(|line| line.split(": ").nth(1))
        .collect();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    let cores = models.len();
    let model = models.first().copied().unwrap_or("unknown");
    format!("- Linux {}, {cores} × {model}; load average at the start {load}\n", kernel.trim())
}

/// The machine, and the version of each program.
pub(crate) fn machine(programs: &Programs) -> String {
    let mut text = computer();
    for name in ["libev", "libevent", "libuv"] {
        let said = Command::new(programs.executable(name)).arg("version").output().expect("programs start");
        let _ = writeln!(text, "- {}", String::from_utf8_lossy(&said.stdout).trim());
    }
    let debian = Command::new("dpkg-query").args(["-W", "-f=${Version}", "libowfat0"]).output();
    let debian = debian.map(|said| String::from_utf8_lossy(&said.stdout).into_owned()).unwrap_or_default();
    let _ = writeln!(text, "- C libowfat {debian} (Debian)");
    let _ = writeln!(text, "- owfat {}", env!("CARGO_PKG_VERSION"));
    text
}

/// The table of one work.
pub(crate) fn table(work: &Work, samples: &[Vec<Option<Sample>>], calls: &[Option<f64>]) -> String {
    let unit = work.unit();
    let mut text = format!("\n### {}\n\n", work.title);
    let rate = if work.has_client() { "per second | ratio | " } else { "" };
    let _ = write!(text, "| | {rate}CPU per {unit} | from … to | ratio | ");
    let rule = if work.has_client() { "--:|--:|" } else { "" };
    if work.name == "idle" {
        let _ = writeln!(text, "memory |\n|---|{rule}--:|--:|--:|--:|");
    } else {
        let _ = writeln!(text, "calls |\n|---|{rule}--:|--:|--:|--:|");
    }
    for (index, contender) in work.contenders.iter().enumerate() {
        let of = |pick: &dyn Fn(&Sample) -> f64| -> Vec<f64> {
            samples[index].iter().flatten().map(pick).collect()
        };
        // Of the same round: what slows down the whole machine slows down both.
        let ratio = |pick: &dyn Fn(&Sample) -> f64| {
            let rounds = samples[index].iter().zip(&samples[0]);
            median(rounds.filter_map(|(this, first)| Some(pick(&(*this)?) / pick(&(*first)?))).collect())
        };
        let cpu = of(&|sample| sample.cpu);
        let _ = write!(text, "| {} | ", contender.title);
        if cpu.is_empty() {
            let _ = writeln!(text, "failed |");
            continue;
        }
        if work.has_client() {
            let rate = median(of(&|sample| 1e9 / sample.time));
            let _ = write!(text, "{rate:.0} | {:.2} | ", ratio(&|sample| 1.0 / sample.time));
        }
        let (least, most) =
            cpu.iter().fold((f64::MAX, 0f64), |(least, most), one| (least.min(*one), most.max(*one)));
        let last = match (work.name, calls[index].or_else(|| of_calls(&samples[index]))) {
            ("idle", _) => {
                format!("{:.0} bytes", median(of(&|sample| sample.memory.unwrap_or_default())))
            }
            (_, Some(calls)) => format!("{calls:.2}"),
            (_, None) => "?".to_string(),
        };
        let _ = writeln!(
            text,
            "{} | {} … {} | {:.2} | {last} |",
            time(median(cpu.clone())),
            time(least),
            time(most),
            ratio(&|sample| sample.cpu)
        );
    }
    text
}

/// The median of what the runs have counted themselves.
fn of_calls(samples: &[Option<Sample>]) -> Option<f64> {
    let counted: Vec<f64> = samples.iter().flatten().filter_map(|sample| sample.calls).collect();
    (!counted.is_empty()).then(|| median(counted))
}

pub(crate) fn time(nanoseconds: f64) -> String {
    if nanoseconds < 1000.0 {
        format!("{nanoseconds:.0} ns")
    } else {
        format!("{:.2} µs", nanoseconds / 1000.0)
    }
}

pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match numbers.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => numbers[middle],
        _ => (numbers[middle - 1] + numbers[middle]) / 2.0,
    }
}

/// Puts `text` between `<!-- NAME:begin -->` and `<!-- NAME:end -->` of benches/README.md.
pub(crate) fn write(name: &str, text: &str) {
    let path = root().join("benches/README.md");
    let page = fs::read_to_string(&path).expect("benches/README.md is there");
    let (begin, end) = (format!("<!-- {name}:begin -->\n"), format!("<!-- {name}:end -->"));
    let from = page.find(&begin).expect("the place is marked") + begin.len();
    let to = from + page[from..].find(&end).expect("the place is marked");
    fs::write(path, format!("{}{text}{}", &page[..from], &page[to..]))
        .expect("benches/README.md can be written");
}
