//! Placeholder until the renderer is in.
#[derive(Clone)] pub(crate) struct Tally { pub label: String, pub lines: u64, pub tpp: u64 }
#[derive(Clone)] pub(crate) struct Listing { pub total: u64, pub rows: Vec<Row> }
#[derive(Clone)] pub(crate) struct Row { pub order: String, pub line: u64, pub date: String, pub item: String, pub quantity: u64, pub consignee: String, pub destination: String, pub eccn: String, pub outcome: String, pub authorization: String, pub why: String, pub cite: String }
#[derive(Clone)] pub(crate) struct Gauge { pub account: String, pub holder: String, pub period: String, pub used_tpp: u64, pub limit_tpp: u64, pub refused_tpp: u64 }
#[derive(Clone)] pub(crate) struct Month { pub month: String, pub tier1_tpp: u64, pub tier2_tpp: u64, pub tier3_tpp: u64, pub tier1_lines: u64, pub tier2_lines: u64, pub tier3_lines: u64 }
#[derive(Clone)] pub(crate) struct ChipPoint { pub name: String, pub tpp: f64, pub density: f64, pub grade: String, pub lines: u64 }
#[derive(Clone)] pub(crate) struct ControlLine { pub label: String, pub points: Vec<(f64, f64)> }
pub(crate) struct ReportData { pub policy: String, pub policy_title: String, pub law_digest: String, pub program: String, pub inputs: Vec<(String, u64, String)>, pub first_date: String, pub last_date: String, pub lines: u64, pub orders: u64, pub tallies: Vec<Tally>, pub may_not_go: Listing, pub lacks_fact: Listing, pub claim_fails: Listing, pub turns_on_reading: Listing, pub gauges: Vec<Gauge>, pub months: Vec<Month>, pub chips: Vec<ChipPoint>, pub lines_of_control: Vec<ControlLine>, pub red_flags: Vec<(String, u64, String)>, pub unsure: Vec<(String, String)>, pub not_done: Vec<String> }
pub(crate) fn render(_data: &ReportData) -> String { String::new() }
