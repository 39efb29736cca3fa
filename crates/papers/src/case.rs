//! What the templates can name: an order, its lines, its parties and what its decision asks for. `docs/papers.md` lists every field.

use std::collections::BTreeMap;

use serde::Serialize;

/// An order as the papers see it. `None` is unknown, and becomes a visible blank.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OrderCase {
    /// The order.
    pub order: OrderSheet,
    /// Its lines, in the order of the file.
    pub lines: Vec<LineSheet>,
    /// The parties that it names, each with its role.
    pub parties: Vec<PartySheet>,
    /// What the lists and owners say.
    pub screening: ScreeningSheet,
    /// The missing facts as questions, each once.
    pub questions: Vec<QuestionSheet>,
    /// Citations of what must be done, each once: `15 CFR 740.29(f)`.
    pub duties: Vec<String>,
    /// What the lines go under: `NLR`, an exception's symbol, `license`; each once. Lines that may not go add nothing.
    pub symbols: Vec<String>,
    /// What is claimed and does not fail, by symbol; each once.
    pub claims: Vec<String>,
    /// Sentences about lists and owners.
    pub remarks: Vec<String>,
    /// The papers made so far.
    pub papers: Vec<PaperRow>,
}

/// An order as a whole.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OrderSheet {
    /// Its id.
    pub id: String,
    /// Its day, as YYYY-MM-DD; `None` where it is not understood.
    pub date: Option<String>,
    /// `export`, `reexport`, `transfer`, `deemed_export` or `deemed_reexport`.
    pub activity: Option<String>,
    /// The policy by which it was decided.
    pub policy: String,
    /// What the policy is.
    pub policy_title: String,
    /// Two letters of the country that it leaves.
    pub origin: Option<String>,
    /// Two letters of the country of ultimate destination.
    pub destination: Option<String>,
    /// Whether the decision lets every line go.
    pub may_go: bool,
    /// Whether a line needs a license that it does not have.
    pub needs_license: bool,
    /// Whether the decision of a line is open.
    pub is_open: bool,
    /// Whether a line needs a license under a paragraph by which its application can be approved.
    pub can_be_approved: bool,
    /// TPP of all lines together, rounded up; `None` where one is unknown.
    pub tpp: Option<i64>,
    /// Value in US dollars; `None` where the price of a line is unknown.
    pub value_usd: Option<String>,
    /// The end uses that are declared, each once.
    pub end_uses: Vec<String>,
    /// Who sends.
    pub exporter: PartySheet,
    /// Who buys.
    pub purchaser: PartySheet,
    /// Who receives on the way.
    pub intermediate_consignee: PartySheet,
    /// Who receives in the end.
    pub ultimate_consignee: PartySheet,
    /// Who uses, where that is somebody else.
    pub end_user: PartySheet,
    /// Who carries.
    pub freight_forwarder: PartySheet,
    /// How the accounts stand after the order, by the account's name.
    pub accounts: BTreeMap<String, AccountSheet>,
}

/// A line.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LineSheet {
    /// Its number.
    pub line: i64,
    /// The item as the order names it.
    pub item: String,
    /// Who makes the item.
    pub maker: Option<String>,
    /// What the order says of the goods.
    pub description: Option<String>,
    /// Units.
    pub quantity: Option<i64>,
    /// What sort of thing it is, in a word.
    pub kind: Option<String>,
    /// The ECCN.
    pub eccn: Option<String>,
    /// The `.z` paragraph of the ECCN, with the point; `None` where it has none.
    pub z_paragraph: Option<String>,
    /// TPP of the line, rounded up.
    pub tpp: Option<i64>,
    /// TPP of a unit, rounded up.
    pub unit_tpp: Option<i64>,
    /// Performance density of the accelerator, where it is stated.
    pub performance_density: Option<String>,
    /// Area of its logic dies in mm2.
    pub die_area_mm2: Option<String>,
    /// Its memory bandwidth in GB/s.
    pub memory_bandwidth_gb_s: Option<String>,
    /// Its other bandwidth in GB/s.
    pub interconnect_gb_s: Option<String>,
    /// Whether it is designed or marketed for data centers.
    pub data_center: Option<bool>,
    /// `no_license_required`, `license_exception`, `license_required` or `needs_information`.
    pub outcome: String,
    /// Whether the decision lets it go.
    pub may_go: bool,
    /// What it goes under: `NLR`, an exception's symbol, `license`; `None` where it may not go.
    pub symbol: Option<String>,
    /// What is claimed, as written.
    pub claim: Option<String>,
    /// Whether it stands on the Commerce Control List by its ECCN, or that is not settled; EAR99 does not.
    pub is_listed: bool,
    /// Whether the claim holds; `None` where that is open or nothing is claimed.
    pub claim_holds: Option<bool>,
    /// The number of the license that covers it.
    pub license_number: Option<String>,
    /// How an application is reviewed.
    pub review: Option<String>,
    /// US dollars a unit.
    pub unit_price_usd: Option<String>,
    /// US dollars.
    pub value_usd: Option<String>,
    /// The code of the tariff, as declared.
    pub hs_code: Option<String>,
    /// Kilograms.
    pub gross_weight_kg: Option<String>,
    /// The declared end use.
    pub end_use: Option<String>,
    /// The decision in a sentence.
    pub summary: String,
    /// What must be done.
    pub duties: Vec<DutySheet>,
    /// Red flags.
    pub red_flags: Vec<FlagSheet>,
    /// The columns that would settle the outcome.
    pub missing: Vec<String>,
    /// What was taken as given or not understood.
    pub remarks: Vec<String>,
    /// From what the decision can be derived again.
    pub certificate: String,
}

/// What must be done.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DutySheet {
    /// The citation.
    pub cite: String,
    /// What.
    pub text: String,
    /// By when.
    pub deadline: String,
}

/// A red flag.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FlagSheet {
    /// The citation.
    pub cite: String,
    /// The flag in a sentence.
    pub flag: String,
}

/// A party.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PartySheet {
    /// Whether the order names one.
    pub is_named: bool,
    /// Its role as the column is called; empty where the order names none.
    pub role: String,
    /// Its id.
    pub id: Option<String>,
    /// Its name; the id where it has no row.
    pub name: Option<String>,
    /// Whether the parties table has a row for it.
    pub has_row: bool,
    /// Its street address.
    pub address: Option<String>,
    /// Its city.
    pub city: Option<String>,
    /// Two letters.
    pub country: Option<String>,
    /// Two letters.
    pub hq_country: Option<String>,
    /// The name of its parent.
    pub parent: Option<String>,
    /// Two letters.
    pub parent_hq_country: Option<String>,
    /// Its telephone number.
    pub phone: Option<String>,
    /// Its mail address.
    pub email: Option<String>,
    /// Its web site.
    pub website: Option<String>,
    /// Its number in the company register.
    pub registry_id: Option<String>,
    /// Its line of business, as declared.
    pub business: Option<String>,
    /// Whether it stands, or may stand, on the Unverified List.
    pub unverified: bool,
    /// Its list matches.
    pub hits: Vec<HitSheet>,
}

/// A list match.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HitSheet {
    /// The list.
    pub list: String,
    /// The list's id of the entry.
    pub entry: String,
    /// The name that matched.
    pub name: String,
    /// Basis points.
    pub points: u32,
    /// What became of it: `taken for the listed party`, `open`, `cleared`, `not in force on the day`.
    pub finding: String,
    /// Who cleared or confirmed it.
    pub by: Option<String>,
    /// Why.
    pub why: Option<String>,
}

/// Against what the parties were screened.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ScreeningSheet {
    /// The lists.
    pub lists: Vec<ListSheet>,
    /// The score from which a match counts, in basis points.
    pub threshold: u32,
}

/// A list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ListSheet {
    /// Its file.
    pub file: String,
    /// SHA-256 of its bytes.
    pub digest: String,
    /// Its day, where it is known.
    pub date: Option<String>,
    /// Its entries.
    pub entries: u64,
    /// Rows that could not be read and are kept out.
    pub bad: u64,
}

/// A missing fact as a question.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct QuestionSheet {
    /// The column in which the answer stands.
    pub column: String,
    /// The table of the column: `parties`, `items` or `orders`.
    pub table: String,
    /// The role of the party that is asked about; `None` where it is about no party.
    pub role: Option<String>,
    /// The party's name, the item or the order's line.
    pub of: String,
    /// The lines that wait for it.
    pub lines: Vec<i64>,
    /// What stands in the cell and is not understood.
    pub shown: Option<String>,
}

/// How an account stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AccountSheet {
    /// Whole TPP after the order, rounded down.
    pub after_tpp: i64,
    /// The limit, rounded down; `None` where nothing limits it.
    pub limit_tpp: Option<i64>,
    /// Whether the limit is used up.
    pub is_reached: bool,
}

/// A paper that was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PaperRow {
    /// Its file, without the ending.
    pub file: String,
    /// Its title.
    pub title: String,
}

/// An order in which every field has a place, to look up what a template may name.
pub(crate) fn example_case() -> OrderCase {
    let mut case = OrderCase::default();
    for account in ["aia", "country", "lpp", "lpp_all", "nveu"] {
        case.order.accounts.insert(account.to_owned(), AccountSheet::default());
    }
    case
}
