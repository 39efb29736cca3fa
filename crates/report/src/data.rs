use tollgate_law::facts::{self, Facts};

/// Everything that the report shows.
pub struct ReportData {
    pub policy: String,
    pub policy_title: String,
    pub law_digest: String,
    pub program: String,
    /// Each input file and its SHA-256.
    pub inputs: Vec<(String, String)>,
    pub first_date: String,
    pub last_date: String,
    pub lines: u64,
    pub orders: u64,
    pub tallies: Vec<Tally>,
    pub may_not_go: Listing,
    pub lacks_fact: Listing,
    pub claim_fails: Listing,
    pub turns_on_reading: Listing,
    pub gauges: Vec<Gauge>,
    pub months: Vec<Month>,
    pub chips: Vec<ChipPoint>,
    pub lines_of_control: Vec<ControlLine>,
    /// Each red flag, how many lines show it, and its citation.
    pub red_flags: Vec<(String, u64, String)>,
    /// Each point of law that is unsure: citation and note.
    pub unsure: Vec<(String, String)>,
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
    pub total: u64,
    pub cases: u64,
    /// Typologies that were run.
    pub run: u64,
    /// The first cases.
    pub rows: Vec<AlertRow>,
}

/// A case by its first alert.
#[derive(Clone)]
pub struct AlertRow {
    pub percent: u64,
    pub family: String,
    pub pattern: String,
    pub parties: String,
    pub more_parties: u64,
    pub tpp: u64,
    pub first: String,
    pub last: String,
    pub why: String,
    /// The other patterns that speak for it.
    pub with: String,
}

/// Lines and compute of one kind of decision.
pub struct Tally {
    pub label: String,
    pub lines: u64,
    pub tpp: u64,
}

/// The first rows of a list, and how many there are in all.
pub struct Listing {
    pub total: u64,
    pub rows: Vec<Row>,
}

/// One order line in a list.
pub struct Row {
    pub order: String,
    pub line: u64,
    pub date: String,
    pub item: String,
    pub quantity: u64,
    pub consignee: String,
    pub destination: String,
    pub eccn: String,
    pub outcome: String,
    pub why: String,
    pub cite: String,
}

/// An allocation account against its limit.
pub struct Gauge {
    pub account: String,
    pub holder: String,
    pub period: String,
    pub used_tpp: u64,
    pub limit_tpp: u64,
    pub refused_tpp: u64,
}

/// Compute and lines of a month by tier of destination.
#[derive(Clone)]
pub struct Month {
    pub month: String,
    /// TPP to tier 1, 2 and 3.
    pub tpp: [u64; 3],
    /// Lines to tier 1, 2 and 3.
    pub lines: [u64; 3],
}

/// An accelerator on the plane of TPP and performance density.
#[derive(Clone)]
pub struct ChipPoint {
    pub name: String,
    pub tpp: f64,
    pub density: f64,
    pub grade: &'static str,
    pub lines: u64,
}

impl ChipPoint {
    /// Where an item's figures put its accelerator; nothing where one of the two is not known or none.
    #[expect(clippy::cast_precision_loss, reason = "only for drawing")]
    pub fn of(name: &str, facts: &Facts) -> Option<ChipPoint> {
        let (tpp, num) = (facts.get(facts::IC_TPP)?, facts.get(facts::IC_DENSITY)?);
        let den = facts.get(facts::IC_DENSITY_DEN).filter(|den| *den != 0 && tpp != 0)?;
        let (tpp, density) = (tpp as f64 / 1000.0, num as f64 / den as f64);
        Some(ChipPoint { name: name.to_owned(), tpp, density, grade: "none", lines: 0 })
    }
}

/// A control line of 3A090 on that plane.
pub struct ControlLine {
    pub label: String,
    pub points: Vec<(f64, f64)>,
}
