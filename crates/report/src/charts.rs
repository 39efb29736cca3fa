//! Sections that are pictures: compute by month, and chips on the plane of TPP and performance density.

use std::fmt::Write as _;

use super::data::{ChipPoint, ControlLine, Month};
use super::svg::{escape, real, real_count, short};
use tollgate_model::group_digits;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 64.0;
const BOTTOM: f64 = 36.0;
const TOP: f64 = 14.0;
const TIERS: [&str; 3] = ["Tier 1", "Tier 2", "Tier 3"];

/// TPP ordered by month, stacked by tier of destination.
pub(crate) fn months(out: &mut String, months: &[Month]) {
    out.push_str("<section aria-labelledby=\"months\"><h2 id=\"months\">Orders by tier over time</h2>");
    let most = months.iter().map(|month| month.tpp.iter().sum::<u64>()).max().unwrap_or(0);
    if most == 0 {
        out.push_str("<p>No compute was ordered.</p></section>");
        return;
    }
    let _ = write!(
        out,
        "<figure><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"months-title\"><title id=\"months-title\">TPP ordered by month and tier of destination; the table below has the figures</title>"
    );
    let plot = (WIDTH - LEFT - 10.0, HEIGHT - BOTTOM - TOP);
    for step in 0..=4_u64 {
        let y = TOP + plot.1 - plot.1 * real(step) / 4.0;
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - 10.0,
            LEFT - 6.0,
            y + 4.0,
            short(most * step / 4)
        );
    }
    let slot = plot.0 / real_count(months.len().max(1));
    let every = months.len().div_ceil(9).max(1);
    for (place, month) in months.iter().enumerate() {
        let x = LEFT + slot * real_count(place);
        let mut y = TOP + plot.1;
        for (tier, tpp) in month.tpp.iter().enumerate() {
            let height = plot.1 * real(*tpp) / real(most);
            y -= height;
            let _ = write!(
                out,
                "<rect class=\"tier{}\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
                tier + 1,
                x + slot * 0.1,
                slot * 0.8
            );
        }
        if place % every == 0 {
            let _ = write!(
                out,
                "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                x + slot / 2.0,
                HEIGHT - 14.0,
                escape(&month.month)
            );
        }
    }
    out.push_str("</svg><figcaption>");
    for (place, tier) in TIERS.iter().enumerate() {
        let _ = write!(
            out,
            "<span class=\"key\"><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"tier{}\" width=\"10\" height=\"10\"/></svg>{tier}</span>",
            place + 1
        );
    }
    out.push_str("TPP by month. Tier 1: supplement no. 5(a) to part 740; tier 3: Macau and Country Group D:5; tier 2: the rest.</figcaption></figure>");
    month_table(out, months);
    out.push_str("</section>");
}

fn month_table(out: &mut String, months: &[Month]) {
    out.push_str("<details><summary>The figures</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"TPP and lines by month and tier\"><table><thead><tr><th scope=\"col\">Month</th>");
    for tier in TIERS {
        let _ = write!(out, "<th scope=\"col\">{tier}, TPP</th><th scope=\"col\">{tier}, lines</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for month in months {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escape(&month.month));
        for (tpp, lines) in month.tpp.iter().zip(&month.lines) {
            let _ = write!(
                out,
                "<td class=\"number\">{}</td><td class=\"number\">{}</td>",
                group_digits(*tpp),
                group_digits(*lines)
            );
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div></details>");
}

struct LogPlane {
    x: (f64, f64),
    y: (f64, f64),
}

impl LogPlane {
    fn place(&self, tpp: f64, density: f64) -> (f64, f64) {
        let share = |value: f64, (low, high): (f64, f64)| {
            ((value.max(low).min(high) / low).ln() / (high / low).ln()).clamp(0.0, 1.0)
        };
        let x = LEFT + share(tpp, self.x) * (WIDTH - LEFT - 20.0);
        let y = TOP + (1.0 - share(density, self.y)) * (HEIGHT - TOP - BOTTOM);
        (x, y)
    }
}

/// TPP against performance density on logarithmic axes, with the control lines.
pub(crate) fn chips(out: &mut String, chips: &[ChipPoint], lines: &[ControlLine]) {
    out.push_str("<section aria-labelledby=\"chips\"><h2 id=\"chips\">TPP against performance density</h2>");
    if chips.is_empty() {
        out.push_str("<p>No ordered item has both figures.</p></section>");
        return;
    }
    out.push_str("<figure>");
    chips_svg(out, "Accelerators ordered, by TPP and performance density, with the lines of 3A090", chips, lines);
    out.push_str("<figcaption>Across: TPP of one accelerator; up: performance density (TPP per mm2 of non-planar logic die); both logarithmic. Filled: grade a; ringed: grade b; hollow: neither. Labels that would overlap are left out; point at a mark for its figures. Note 2 can take an item out that is not designed or marketed for data centers.</figcaption></figure></section>");
}

/// Appends the picture alone. `label` is its text for people who do not see it.
pub fn chips_svg(out: &mut String, label: &str, chips: &[ChipPoint], lines: &[ControlLine]) {
    let plane = LogPlane { x: (100.0, 200_000.0), y: (0.5, 120.0) };
    let _ = write!(
        out,
        "<svg class=\"picture\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        escape(label)
    );
    chip_grid(out, &plane);
    for (place, line) in lines.iter().enumerate() {
        control_line(out, &plane, place, line);
    }
    chip_marks(out, &plane, chips);
    out.push_str("</svg>");
}

fn chip_grid(out: &mut String, plane: &LogPlane) {
    for tpp in [100.0, 1000.0, 1600.0, 2400.0, 4800.0, 10_000.0, 100_000.0] {
        let (x, _) = plane.place(tpp, 1.0);
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{}\"/><text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{tpp}</text>",
            HEIGHT - BOTTOM,
            HEIGHT - 16.0
        );
    }
    for density in [1.6, 3.2, 5.92, 20.0, 100.0] {
        let (_, y) = plane.place(100.0, density);
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{density}</text>",
            WIDTH - 20.0,
            LEFT - 6.0,
            y + 4.0
        );
    }
}

/// A control line with its label at the first corner; `place` is its place among the lines, which gives it its color.
fn control_line(out: &mut String, plane: &LogPlane, place: usize, line: &ControlLine) {
    let corners = line.points.iter().map(|(tpp, density)| {
        let (x, y) = plane.place(*tpp, *density);
        format!("{x:.1},{y:.1}")
    });
    let corners: Vec<String> = corners.collect();
    let _ = write!(out, "<polyline class=\"control c{place}\" points=\"{}\"/>", corners.join(" "));
    if let Some((tpp, density)) = line.points.first() {
        let (x, y) = plane.place(*tpp, *density);
        let shift = if place == 0 { 12.0 } else { -6.0 };
        let _ = write!(
            out,
            "<text class=\"label\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            x + 4.0,
            y + shift,
            escape(&line.label)
        );
    }
}

/// A mark for each chip, with its name where that covers no other; the fastest are named first.
fn chip_marks(out: &mut String, plane: &LogPlane, chips: &[ChipPoint]) {
    for chip in chips {
        let (x, y) = plane.place(chip.tpp, chip.density);
        let _ = write!(
            out,
            "<circle class=\"grade-{}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"><title>{}: TPP {:.0}, density {:.2}, grade {}, {} lines</title></circle>",
            chip.grade,
            escape(&chip.name),
            chip.tpp,
            chip.density,
            chip.grade,
            chip.lines
        );
    }
    let mut fastest: Vec<&ChipPoint> = chips.iter().collect();
    fastest.sort_by(|one, other| other.tpp.total_cmp(&one.tpp).then_with(|| one.name.cmp(&other.name)));
    let mut boxes: Vec<LabelBox> = Vec::new();
    for chip in fastest {
        let (x, y) = plane.place(chip.tpp, chip.density);
        let is_at_the_end = x > WIDTH - 150.0;
        let at = if is_at_the_end { x - 7.0 } else { x + 7.0 };
        let label = LabelBox::new(at, y, &chip.name, is_at_the_end);
        if boxes.iter().all(|other| !label.covers(other)) {
            let anchor = if is_at_the_end { "end" } else { "start" };
            let _ = write!(
                out,
                "<text class=\"label\" text-anchor=\"{anchor}\" x=\"{at:.1}\" y=\"{:.1}\">{}</text>",
                y + 4.0,
                escape(&chip.name)
            );
            boxes.push(label);
        }
    }
}

/// Where a label stands.
struct LabelBox {
    left: f64,
    right: f64,
    middle: f64,
}

impl LabelBox {
    /// Of a text that begins, or ends, at `x`.
    fn new(x: f64, middle: f64, text: &str, ends_there: bool) -> LabelBox {
        // A guess that errs on the wide side.
        let width = text.chars().map(|_| 6.5).sum::<f64>();
        let (left, right) = if ends_there { (x - width, x) } else { (x, x + width) };
        LabelBox { left, right, middle }
    }

    fn covers(&self, other: &LabelBox) -> bool {
        self.left < other.right && other.left < self.right && (self.middle - other.middle).abs() < 13.0
    }
}
