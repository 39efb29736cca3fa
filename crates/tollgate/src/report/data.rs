use tollgate_law::facts::{self, Facts};

/// Everything that the report shows.
pub(crate) struct ReportData {
    pub(crate) policy: String,
    pub(crate) policy_title: String,
    pub(crate) law_digest: String,
    pub(crate) program: String,
    /// Each input file and its SHA-256.
    pub(crate) inputs: Vec<(String, String)>,
    pub(crate) first_date: String,
    pub(crate) last_date: String,
    pub(crate) lines: u64,
    pub(crate) orders: u64,
    pub(crate) tallies: Vec<Tally>,
    pub(crate) may_not_go: Listing,
    pub(crate) lacks_fact: Listing,
    pub(crate) claim_fails: Listing,
    pub(crate) turns_on_reading: Listing,
    pub(crate) gauges: Vec<Gauge>,
    pub(crate) months: Vec<Month>,
    pub(crate) chips: Vec<ChipPoint>,
    pub(crate) lines_of_control: Vec<ControlLine>,
    /// Each red flag, how many lines show it, and its citation.
    pub(crate) red_flags: Vec<(String, u64, String)>,
    /// Each point of law that is unsure: citation and note.
    pub(crate) unsure: Vec<(String, String)>,
    pub(crate) not_done: Vec<String>,
    /// Whether parties were held against lists.
    pub(crate) screened: bool,
    /// What the typologies found, where they were run.
    pub(crate) alerts: Option<Alerts>,
    /// List matches: party, entry, list, score, and what it is taken for.
    pub(crate) matches: Vec<[String; 5]>,
}

/// Alerts and their cases.
#[derive(Clone, Default)]
pub(crate) struct Alerts {
    pub(crate) total: u64,
    pub(crate) cases: u64,
    /// Typologies that were run.
    pub(crate) run: u64,
    /// The first cases.
    pub(crate) rows: Vec<AlertRow>,
}

/// A case by its first alert.
#[derive(Clone)]
pub(crate) struct AlertRow {
    pub(crate) percent: u64,
    pub(crate) family: String,
    pub(crate) pattern: String,
    pub(crate) parties: String,
    pub(crate) more_parties: u64,
    pub(crate) tpp: u64,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) why: String,
    /// The other patterns that speak for it.
    pub(crate) with: String,
}

/// Lines and compute of one kind of decision.
pub(crate) struct Tally {
    pub(crate) label: String,
    pub(crate) lines: u64,
    pub(crate) tpp: u64,
}

/// The first rows of a list, and how many there are in all.
pub(crate) struct Listing {
    pub(crate) total: u64,
    pub(crate) rows: Vec<Row>,
}

/// One order line in a list.
pub(crate) struct Row {
    pub(crate) order: String,
    pub(crate) line: u64,
    pub(crate) date: String,
    pub(crate) item: String,
    pub(crate) quantity: u64,
    pub(crate) consignee: String,
    pub(crate) destination: String,
    pub(crate) eccn: String,
    pub(crate) outcome: String,
    pub(crate) why: String,
    pub(crate) cite: String,
}

/// An allocation account against its limit.
pub(crate) struct Gauge {
    pub(crate) account: String,
    pub(crate) holder: String,
    pub(crate) period: String,
    pub(crate) used_tpp: u64,
    pub(crate) limit_tpp: u64,
    pub(crate) refused_tpp: u64,
}

/// Compute and lines of a month by tier of destination.
#[derive(Clone)]
pub(crate) struct Month {
    pub(crate) month: String,
    /// TPP to tier 1, 2 and 3.
    pub(crate) tpp: [u64; 3],
    /// Lines to tier 1, 2 and 3.
    pub(crate) lines: [u64; 3],
}

/// An accelerator on the plane of TPP and performance density.
#[derive(Clone)]
pub(crate) struct ChipPoint {
    pub(crate) name: String,
    pub(crate) tpp: f64,
    pub(crate) density: f64,
    pub(crate) grade: &'static str,
    pub(crate) lines: u64,
}

impl ChipPoint {
    /// Where an item's figures put its accelerator; nothing where one of the two is not known or none.
    #[expect(clippy::cast_precision_loss, reason = "only for drawing")]
    pub(crate) fn of(name: &str, facts: &Facts) -> Option<ChipPoint> {
        let (tpp, num) = (facts.get(facts::IC_TPP)?, facts.get(facts::IC_DENSITY)?);
        let den = facts.get(facts::IC_DENSITY_DEN).filter(|den| *den != 0 && tpp != 0)?;
        let (tpp, density) = (tpp as f64 / 1000.0, num as f64 / den as f64);
        Some(ChipPoint { name: name.to_owned(), tpp, density, grade: "none", lines: 0 })
    }
}

/// A control line of 3A090 on that plane.
pub(crate) struct ControlLine {
    pub(crate) label: String,
    pub(crate) points: Vec<(f64, f64)>,
}
