//! What the report shows, as plain rows and figures.

use super::svg::real_ratio;

/// Everything that the report shows.
pub struct ReportData {
    /// The policy's name.
    pub policy: String,
    /// Its title.
    pub policy_title: String,
    /// SHA-256 of the law.
    pub law_digest: String,
    /// Name and version of the program.
    pub program: String,
    /// Each input file and its SHA-256.
    pub inputs: Vec<(String, String)>,
    /// The first order's day.
    pub first_date: String,
    /// The last order's day.
    pub last_date: String,
    /// How many lines were decided.
    pub lines: u64,
    /// How many orders they belong to.
    pub orders: u64,
    /// Outcomes, with lines and TPP.
    pub tallies: Vec<Tally>,
    /// Lines that may not go without a license.
    pub may_not_go: Listing,
    /// Lines of which a fact is missing.
    pub lacks_fact: Listing,
    /// Lines whose claimed authorization does not hold.
    pub claim_fails: Listing,
    /// Lines that turn on how an ambiguous text is read.
    pub turns_on_reading: Listing,
    /// Allocations beside their limits.
    pub gauges: Vec<Gauge>,
    /// Compute by month.
    pub months: Vec<Month>,
    /// Chips on the plane of TPP and performance density.
    pub chips: Vec<ChipPoint>,
    /// The lines of 3A090 on that plane.
    pub lines_of_control: Vec<ControlLine>,
    /// Each red flag, how many lines show it, and its citation.
    pub red_flags: Vec<(String, u64, String)>,
    /// Each point of law that is unsure: citation and note.
    pub unsure: Vec<(String, String)>,
    /// What was not done, a sentence each.
    pub not_done: Vec<String>,
    /// Whether parties were held against lists.
    pub screened: bool,
    /// What the typologies found, where they were run.
    pub alerts: Option<Alerts>,
    /// List matches: party, entry, list, score, and what it is taken for.
    pub matches: Vec<[String; 5]>,
}

/// Alerts and their cases.
#[derive(Clone, Default)]
pub struct Alerts {
    /// Alerts in all.
    pub total: u64,
    /// Cases in all.
    pub cases: u64,
    /// Typologies that were run.
    pub run: u64,
    /// The first cases.
    pub rows: Vec<AlertRow>,
}

/// A case by its first alert.
#[derive(Clone)]
pub struct AlertRow {
    /// The probability that it is true.
    pub percent: u64,
    /// The family of typologies.
    pub family: String,
    /// The typology's id.
    pub pattern: String,
    /// The parties that are shown, in one text.
    pub parties: String,
    /// Parties that are not shown.
    pub more_parties: u64,
    /// TPP at stake.
    pub tpp: u64,
    /// The first order's day.
    pub first: String,
    /// The last order's day.
    pub last: String,
    /// One sentence with the figures in it.
    pub why: String,
    /// The other patterns that speak for it.
    pub with: String,
}

/// Lines and compute of one kind of decision.
pub struct Tally {
    /// The outcome in words.
    pub label: String,
    /// How many lines.
    pub lines: u64,
    /// TPP of these lines.
    pub tpp: u64,
}

/// The first rows of a list, and how many there are in all.
#[derive(Clone)]
pub struct Listing {
    /// How many there are; fewer may be shown.
    pub total: u64,
    /// Those that are shown.
    pub rows: Vec<Row>,
}

/// One order line in a list.
#[derive(Clone)]
pub struct Row {
    /// The order's id.
    pub order: String,
    /// The item line.
    pub line: u64,
    /// The order's day.
    pub date: String,
    /// The item's name.
    pub item: String,
    /// Units.
    pub quantity: u64,
    /// The ultimate consignee.
    pub consignee: String,
    /// The country of destination.
    pub destination: String,
    /// The ECCN, or empty where it is not settled.
    pub eccn: String,
    /// The outcome in words.
    pub outcome: String,
    /// The reason in a sentence.
    pub why: String,
    /// The citation of the reason.
    pub cite: String,
}

/// An allocation account against its limit.
pub struct Gauge {
    /// The account's name.
    pub account: String,
    /// Who is counted.
    pub holder: String,
    /// The year, or `cumulative`.
    pub period: String,
    /// What has gone.
    pub used_tpp: u64,
    /// The limit.
    pub limit_tpp: u64,
    /// What was refused for want of room.
    pub refused_tpp: u64,
}

/// Compute and lines of a month by tier of destination.
#[derive(Clone)]
pub struct Month {
    /// `YYYY-MM`.
    pub month: String,
    /// TPP to tier 1, 2 and 3.
    pub tpp: [u64; 3],
    /// Lines to tier 1, 2 and 3.
    pub lines: [u64; 3],
}

/// An accelerator on the plane of TPP and performance density.
#[derive(Clone)]
pub struct ChipPoint {
    /// The chip's name.
    pub name: String,
    /// TPP of one chip.
    pub tpp: f64,
    /// Performance density.
    pub density: f64,
    /// Its grade, which is the class of its color: `a`, `b` or `none`.
    pub grade: &'static str,
    /// Lines that named it.
    pub lines: u64,
}

/// The figures of an accelerator that place it on that plane, each where it is known.
#[derive(Clone, Copy, Debug)]
pub struct ChipFigures {
    /// TPP of one accelerator, in thousandths.
    pub tpp_thousandths: Option<i64>,
    /// Performance density: the numerator of a ratio.
    pub density_num: Option<i64>,
    /// Its denominator.
    pub density_den: Option<i64>,
}

impl ChipPoint {
    /// The place of an accelerator, of no grade and no lines yet; `None` where a figure is not known or its TPP or denominator is zero.
    pub fn from_figures(name: &str, figures: ChipFigures) -> Option<ChipPoint> {
        let (tpp, num) = (figures.tpp_thousandths?, figures.density_num?);
        let den = figures.density_den.filter(|den| *den != 0 && tpp != 0)?;
        let (tpp, density) = (real_ratio(tpp, 1000), real_ratio(num, den));
        Some(ChipPoint { name: name.to_owned(), tpp, density, grade: "none", lines: 0 })
    }
}

/// A control line of 3A090 on that plane.
pub struct ControlLine {
    /// The paragraph.
    pub label: String,
    /// Corners: TPP and performance density.
    pub points: Vec<(f64, f64)>,
}
