// SPDX-License-Identifier: MIT OR Apache-2.0
//! A plot of lines over two logarithmic axes, as SVG.

use std::fmt::Write;

/// One line.
pub(crate) struct Line {
    /// What it is called.
    pub(crate) name: String,
    /// Its colour.
    pub(crate) colour: &'static str,
    /// Not drawn through.
    pub(crate) dashed: bool,
    /// A number, nanoseconds.
    pub(crate) points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 170.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 50.0;

/// One axis: from one power of ten to another.
struct Axis {
    low: f64,
    high: f64,
    /// Where these are on the paper.
    from: f64,
    to: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Axis {
        let low = values.clone().fold(f64::MAX, f64::min).log10().floor();
        let high = values.fold(0.0, f64::max).log10().ceil().max(low + 1.0);
        Axis { low, high, from, to }
    }

    fn place(&self, value: f64) -> f64 {
        self.from + (value.log10() - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    fn powers(&self) -> impl Iterator<Item = f64> + use<> {
        (self.low as i32..=self.high as i32).map(|power| 10f64.powi(power))
    }
}

/// Draws it. `tick` says what stands below a power of ten.
pub(crate) fn svg(title: &str, below: &str, tick: fn(f64) -> String, lines: &[Line]) -> String {
    let points = lines.iter().flat_map(|line| line.points.iter().copied());
    let across = Axis::over(points.clone().map(|(x, _)| x), LEFT, WIDTH - RIGHT);
    let up = Axis::over(points.map(|(_, y)| y), HEIGHT - BOTTOM, TOP);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"14\">{title}</text>\n"
    );
    let middle = (across.from + across.to) / 2.0;
    let _ =
        writeln!(out, "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{below}</text>", HEIGHT - 12.0);
    for value in across.powers() {
        let x = across.place(value);
        let _ = writeln!(out, "<path d=\"M{x:.1} {TOP}V{}\" stroke=\"#ddd\"/>", up.from);
        let _ = writeln!(
            out,
            "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            up.from + 16.0,
            tick(value)
        );
    }
    for value in up.powers() {
        let y = up.place(value);
        let shown = if value < 1000.0 {
            format!("{value} ns")
        } else if value < 1e6 {
            format!("{} µs", value / 1e3)
        } else {
            format!("{} ms", value / 1e6)
        };
        let _ = writeln!(out, "<path d=\"M{LEFT} {y:.1}H{}\" stroke=\"#ddd\"/>", across.to);
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{shown}</text>",
            LEFT - 6.0,
            y + 4.0
        );
    }
    for (index, Line { name, colour, dashed, points }) in lines.iter().enumerate() {
        let style = if *dashed { " stroke-dasharray=\"5 4\"" } else { "" };
        let places: Vec<String> =
            points.iter().map(|(x, y)| format!("{:.1},{:.1}", across.place(*x), up.place(*y))).collect();
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{style}/>",
            places.join(" ")
        );
        let y = TOP + 14.0 + 20.0 * index as f64;
        let x = WIDTH - RIGHT + 12.0;
        let _ =
            writeln!(out, "<path d=\"M{x} {}h16\" stroke=\"{colour}\" stroke-width=\"2\"{style}/>", y - 4.0);
        let _ = writeln!(out, "<text x=\"{}\" y=\"{y}\">{name}</text>", x + 22.0);
    }
    out.push_str("</svg>\n");
    out
}
