//! `cargo xtask data FOLDER`: the tables of `data/` anew from files as they were published.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::{Failed, root, say};

/// Cumulative totals of Epoch AI's repository `ai-chip-counts`, by designer.
const DESIGNERS: [(&str, &str); 4] = [
    ("NVIDIA", "nvidia_cumulative_totals.csv"),
    ("Google", "tpu_cumulative_totals.csv"),
    ("Amazon", "trainium_cumulative_totals.csv"),
    ("AMD", "amd_cumulative_totals.csv"),
];
const TABLE: &str = "data/chips_by_quarter.csv";
const HEADS: &str = "designer,quarter_end,units,h100e,h100e_total_p5,h100e_total,h100e_total_p95,chip_megawatts";

/// A quarter's cumulative totals.
#[derive(Clone, Copy, Default)]
struct Totals {
    units: i64,
    h100e: [i64; 3],
    megawatts: f64,
}

/// Writes [`TABLE`] from a folder with the files of [`DESIGNERS`].
pub(crate) fn data(folder: &str) -> Result<(), Failed> {
    let mut text = format!("{HEADS}\n");
    for (designer, file) in DESIGNERS {
        let path = Path::new(folder).join(file);
        let read = std::fs::read_to_string(&path).map_err(|error| {
            format!(
                "cannot read {}: {error}\n  mend: name the folder csv_export of https://github.com/epoch-research/ai-chip-counts",
                path.display()
            )
        })?;
        let totals = totals(&read).map_err(|what| format!("{}: {what}", path.display()))?;
        let mut before = Totals::default();
        for (end, after) in totals {
            let [low, middle, high] = after.h100e;
            let (units, h100e) = (after.units - before.units, middle - before.h100e[1]);
            let megawatts = after.megawatts - before.megawatts;
            let _ = writeln!(text, "{designer},{end},{units},{h100e},{low},{middle},{high},{megawatts:.1}");
            before = after;
        }
    }
    let path = root().join(TABLE);
    std::fs::write(&path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    say(&format!("written: {TABLE}; what has changed in it is to be carried into scenarios/base.toml"));
    Ok(())
}

/// The totals of a file by the last day of their quarter; quarters that are not whole are left out.
fn totals(text: &str) -> Result<BTreeMap<String, Totals>, Failed> {
    let mut lines = text.lines();
    let heads: Vec<&str> = lines.next().map_or(Vec::new(), |heads| heads.split(',').collect());
    let column = |names: &[&str]| {
        let place = heads.iter().position(|head| names.contains(head));
        place.ok_or_else(|| format!("there is no column `{}`", names.join("` or `")))
    };
    let end = column(&["End date"])?;
    let units = column(&["Number of units (median)", "Number of Units"])?;
    let h100e = [
        column(&["Compute estimate in H100e (5th percentile)", "H100e (5th percentile)"])?,
        column(&["Compute estimate in H100e (median)"])?,
        column(&["Compute estimate in H100e (95th percentile)", "H100e (95th percentile)"])?,
    ];
    let megawatts = column(&["Power in MW (median)"])?;
    let incomplete = heads.iter().position(|head| *head == "Incomplete");
    let mut all = BTreeMap::new();
    for (number, line) in (2..).zip(lines).filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split(',').collect();
        if cells.len() != heads.len() || line.contains('"') {
            let what = "is not read: it has quotes, or";
            return Err(format!("line {number} {what} {} cells where {} are named", cells.len(), heads.len()));
        }
        let cell = |place: usize| cells.get(place).copied().unwrap_or("");
        if incomplete.is_some_and(|place| !cell(place).is_empty()) {
            continue;
        }
        let wrong = |place: usize| format!("line {number}: `{}` is no number in column {}", cell(place), place + 1);
        let whole = |place: usize| cell(place).parse::<i64>().map_err(|_| wrong(place));
        let totals = Totals {
            units: whole(units)?,
            h100e: [whole(h100e[0])?, whole(h100e[1])?, whole(h100e[2])?],
            megawatts: cell(megawatts).parse().map_err(|_| wrong(megawatts))?,
        };
        let quarter = day(cell(end)).ok_or_else(|| format!("line {number}: `{}` is no day", cell(end)))?;
        if all.insert(quarter, totals).is_some() {
            return Err(format!("line {number}: the quarter to {} stands there twice", cell(end)));
        }
    }
    Ok(all)
}

/// A day of the form month/day/year as year-month-day.
fn day(text: &str) -> Option<String> {
    let numbers: Vec<u32> = text.split('/').map(str::parse).collect::<Result<_, _>>().ok()?;
    match numbers.as_slice() {
        [month @ 1..=12, day @ 1..=31, year @ 2000..=2100] => Some(format!("{year}-{month:02}-{day:02}")),
        _ => None,
    }
}
