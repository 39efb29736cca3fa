//! The rows of the input tables, and the words that their columns take.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Country, Date, Decimal};

/// A word that is not one of those a column takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the words that this column takes")]
pub struct UnknownWord;

/// A word without what makes no difference in it: letter case, spaces, hyphens, underscores, brackets.
fn letters(word: &str) -> String {
    word.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What is done with the item (15 CFR 734.13, 734.14, 734.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Activity {
    /// Out of the United States.
    #[default]
    Export,
    /// From one foreign country to another.
    Reexport,
    /// A change of end use or end user within one foreign country.
    TransferInCountry,
    /// A release of technology or source code to a foreign person in the United States; the destination is that person's country.
    DeemedExport,
    /// Such a release abroad, to a person of another country.
    DeemedReexport,
}

impl Activity {
    /// Every activity, in the order of part 734.
    pub const ALL: [Activity; 5] = [
        Activity::Export,
        Activity::Reexport,
        Activity::TransferInCountry,
        Activity::DeemedExport,
        Activity::DeemedReexport,
    ];

    /// The word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Activity::Export => "export",
            Activity::Reexport => "reexport",
            Activity::TransferInCountry => "transfer",
            Activity::DeemedExport => "deemed_export",
            Activity::DeemedReexport => "deemed_reexport",
        }
    }

    /// The activity that a word in a file names.
    pub fn from_word(word: &str) -> Result<Activity, UnknownWord> {
        if is_in_doubt(word) {
            return Err(UnknownWord);
        }
        let word = letters(word);
        let is = |activity: &Activity| {
            letters(activity.as_str()) == word
                || *activity == Activity::TransferInCountry
                    && matches!(word.as_str(), "transferincountry" | "incountrytransfer")
        };
        Activity::ALL.into_iter().find(is).ok_or(UnknownWord)
    }
}

/// What sort of thing an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ItemKind {
    /// An integrated circuit by itself, in its package.
    #[default]
    IntegratedCircuit,
    /// An electronic assembly: a card or module with one accelerator, or a board with several.
    Board,
    /// A computer.
    Server,
    /// Several computers in one frame.
    Rack,
    /// The parameters of an AI model.
    ModelWeights,
    /// High-bandwidth memory.
    Memory,
    /// Goods without an accelerator: processors, network adapters, cables, drives.
    Other,
    /// Programs, as source code or object code.
    Software,
    /// Technical data and assistance for development, production or use.
    Technology,
}

impl ItemKind {
    /// Every kind.
    pub const ALL: [ItemKind; 9] = [
        ItemKind::IntegratedCircuit,
        ItemKind::Board,
        ItemKind::Server,
        ItemKind::Rack,
        ItemKind::ModelWeights,
        ItemKind::Memory,
        ItemKind::Other,
        ItemKind::Software,
        ItemKind::Technology,
    ];

    /// The word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            ItemKind::IntegratedCircuit => "ic",
            ItemKind::Board => "board",
            ItemKind::Server => "server",
            ItemKind::Rack => "rack",
            ItemKind::ModelWeights => "model_weights",
            ItemKind::Memory => "hbm",
            ItemKind::Other => "other",
            ItemKind::Software => "software",
            ItemKind::Technology => "technology",
        }
    }

    /// The kind that a word in a file names; a card or module is a board.
    pub fn from_word(word: &str) -> Result<ItemKind, UnknownWord> {
        if is_in_doubt(word) {
            return Err(UnknownWord);
        }
        let word = letters(word);
        if matches!(word.as_str(), "card" | "module") {
            return Ok(ItemKind::Board);
        }
        ItemKind::ALL.into_iter().find(|kind| letters(kind.as_str()) == word).ok_or(UnknownWord)
    }
}

/// One item line of a transaction, as the `orders` table gives it; `None` is an unknown fact.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderLine<'a> {
    /// The transaction.
    pub order_id: &'a str,
    /// The item line in it, from 1.
    pub line: i64,
    /// The day of the export, reexport or transfer.
    pub date: Date,
    /// What is done.
    pub activity: Activity,
    /// Who sends.
    pub exporter: Option<&'a str>,
    /// Who buys.
    pub purchaser: Option<&'a str>,
    /// Who receives on the way.
    pub intermediate_consignee: Option<&'a str>,
    /// Who receives in the end.
    pub ultimate_consignee: &'a str,
    /// Who uses, where that is somebody else.
    pub end_user: Option<&'a str>,
    /// Who carries.
    pub freight_forwarder: Option<&'a str>,
    /// Whose LPP limit is charged under the sharing clause of 740.29(a).
    pub lpp_operator: Option<&'a str>,
    /// Shipped from.
    pub origin: Option<Country>,
    /// The country of ultimate destination.
    pub destination: Country,
    /// The places on the way, in order, with `;` between.
    pub via: Option<&'a str>,
    /// An item of the catalog or of the `items` table.
    pub item: &'a str,
    /// Units, at least 1.
    pub quantity: i64,
    /// The declared end use.
    pub end_use: Option<&'a str>,
    /// The authorization that the shipper claims.
    pub authorization: Option<&'a str>,
    /// Cells of the line that are not understood. What they would say is unknown: a date stands as [`Date::MAX`], a quantity as 0, and
    /// the line may not go, whatever its other cells say.
    pub unread: &'a [UnreadCell],
}

impl OrderLine<'_> {
    /// Whether a column of the line holds what is not understood.
    pub fn is_unread(&self, column: &str) -> bool {
        self.unread.iter().any(|cell| cell.column == column)
    }

    /// The day as a sentence names it; where it is not understood, that and the text as it was written.
    pub fn date_text(&self) -> String {
        match self.unread.iter().find(|cell| cell.column == "date") {
            Some(cell) if cell.value.is_empty() => "a day that is not understood".to_owned(),
            Some(cell) => format!("a day that is not understood (`{}`)", cell.value),
            None => self.date.to_string(),
        }
    }
}

/// Whether a text begins or ends with a question mark, brackets and full stops aside (`? H100`, `H100?`, `NLR (?)`): it says that it is not understood, or
/// that whoever wrote it was not sure.
pub fn is_in_doubt(text: &str) -> bool {
    let is_beside = |letter: char| letter.is_whitespace() || "()[]\"'.!（）！".contains(letter);
    let bare = text.trim_matches(is_beside);
    bare.starts_with(MARKS) || bare.ends_with(MARKS)
}

/// Question marks, of scripts that write from right to left too.
const MARKS: [char; 3] = ['?', '？', '؟'];

/// A cell of a table that is not understood. Its [`Display`](fmt::Display) form says so in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadCell {
    /// The column.
    pub column: String,
    /// What stands there; empty where nothing does, or where it is no text.
    pub value: String,
    /// What is wrong, without a full stop.
    pub what: String,
}

impl fmt::Display for UnreadCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The cell")?;
        if !self.value.is_empty() {
            write!(f, " `{}`", self.value)?;
        }
        write!(f, " of the column `{}` is not understood: it {}.", self.column, self.what)
    }
}

/// A person or company, as the `parties` table gives it; `None` is an unknown fact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Party {
    /// Its id in the tables.
    pub party_id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its other names.
    pub aliases: Vec<String>,
    /// Where it is located.
    pub country: Option<Country>,
    /// Where it is headquartered.
    pub hq_country: Option<Country>,
    /// Its immediate parent; `None` means that no parent is known.
    pub parent_id: Option<String>,
    /// What else is known of it; most parties of a large table have nothing.
    pub details: Option<Box<PartyDetails>>,
    /// Words such as `government`, `entity_list`, `uveu`, `nveu:XX`; empty means none.
    pub flags: Vec<String>,
}

/// What a party's row says beside who it is; `None` is an unknown fact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartyDetails {
    /// Its street address.
    pub address: Option<String>,
    /// Its city.
    pub city: Option<String>,
    /// Its telephone number.
    pub phone: Option<String>,
    /// Its mail address.
    pub email: Option<String>,
    /// Its web site.
    pub website: Option<String>,
    /// Who directs it.
    pub directors: Vec<String>,
    /// The day of its incorporation.
    pub incorporated_on: Option<Date>,
    /// Its number in the company register.
    pub registry_id: Option<String>,
    /// Its line of business, as declared.
    pub business: Option<String>,
    /// Power of the data-center capacity that it can show, in megawatts.
    pub data_center_mw: Option<Decimal>,
}

static NO_DETAILS: PartyDetails = PartyDetails {
    address: None,
    city: None,
    phone: None,
    email: None,
    website: None,
    directors: Vec::new(),
    incorporated_on: None,
    registry_id: None,
    business: None,
    data_center_mw: None,
};

impl Party {
    /// What its row says beside who it is.
    pub fn details(&self) -> &PartyDetails {
        self.details.as_deref().unwrap_or(&NO_DETAILS)
    }

    /// Its name, where it has one, and then its other names.
    pub fn names(&self) -> Vec<&str> {
        self.name.iter().chain(&self.aliases).map(String::as_str).collect()
    }
}

/// A license of BIS, as a table of licenses states it. What is empty is not stated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct License {
    /// Its number.
    pub number: String,
    /// The day of its issue.
    pub issued_on: Option<Date>,
    /// Its last day.
    pub expires_on: Option<Date>,
    /// Whom it was issued to: a party id or a name.
    pub licensee: Option<String>,
    /// Who may buy or receive under it: party ids or names.
    pub consignees: Vec<String>,
    /// Where to; any where it is empty.
    pub destinations: Vec<Country>,
    /// What; any where it is empty.
    pub items: Vec<String>,
    /// How many units in all.
    pub quantity: Option<i64>,
    /// Their value in all, in US dollars.
    pub value_usd: Option<Decimal>,
    /// Its conditions, a sentence each.
    pub conditions: Vec<String>,
}

/// A list match that somebody has looked into: another party, or the listed one after all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearance {
    /// The party.
    pub party_id: String,
    /// The list.
    pub list: String,
    /// The list's entry.
    pub entry: String,
    /// Whether it is the listed party after all; else it is another one.
    pub confirmed: bool,
    /// Who found that.
    pub by: String,
    /// Why.
    pub why: String,
    /// The last day on which this holds; without an end where absent.
    pub until: Option<Date>,
    /// What party and entry were like when it was cleared; where they have changed since, the match comes back.
    pub fingerprint: Option<String>,
}

/// A stake of one party in another, as the `ownership` table gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stake {
    /// Who owns.
    pub owner_id: String,
    /// What is owned.
    pub owned_id: String,
    /// How much of it, from 0 to 100; a part that nobody has told where absent.
    pub percent: Option<Decimal>,
    /// Whether the owner is known to control it, whatever the part: it consolidates it in its accounts.
    pub controls: bool,
    /// From when, where known.
    pub from: Option<Date>,
    /// Until when, where known.
    pub until: Option<Date>,
}

/// An item, as the `items` table or the catalog gives it; `None` is an unknown fact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// Its name.
    pub item: String,
    /// Who makes it.
    pub vendor: Option<String>,
    /// The country where its designer is headquartered.
    pub designer_hq: Option<Country>,
    /// What it is; an integrated circuit where not given.
    pub kind: Option<ItemKind>,
    /// The host ECCN of a `.z` item.
    pub host_eccn: Option<String>,
    /// The ECCN that its maker or owner states.
    pub eccn: Option<String>,
    /// TPP of one accelerator.
    pub tpp: Option<Decimal>,
    /// The other value, where public sources disagree; the stricter stands in `tpp`.
    pub tpp_other: Option<Decimal>,
    /// What the disagreement is about.
    pub dispute: Option<String>,
    /// Area of the logic dies on non-planar nodes, in mm2.
    pub die_area_mm2: Option<Decimal>,
    /// The smallest die area that is reported, where reports differ and `die_area_mm2` is empty.
    pub die_area_min_mm2: Option<Decimal>,
    /// The largest die area that is reported.
    pub die_area_max_mm2: Option<Decimal>,
    /// Performance density (for HBM: GB/s per mm2), where given as such.
    pub performance_density: Option<Decimal>,
    /// Whether it is designed or marketed for data centers.
    pub data_center: Option<bool>,
    /// Total DRAM bandwidth in GB/s.
    pub memory_bandwidth_gb_s: Option<Decimal>,
    /// Aggregate bidirectional transfer rate other than to memory, in GB/s.
    pub interconnect_gb_s: Option<Decimal>,
    /// How many accelerators a board, server or rack holds.
    pub accelerators: Option<i64>,
    /// Which.
    pub accelerator: Option<String>,
    /// Operations spent on training.
    pub training_operations: Option<Decimal>,
    /// Whether the weights are published (734.7).
    pub open_weights: Option<bool>,
    /// Whether the model was made from a published one (Note 1 to 4E091).
    pub derived_from_published: Option<bool>,
    /// Operations that the published base model took.
    pub base_operations: Option<Decimal>,
    /// Operations spent on it since.
    pub additional_operations: Option<Decimal>,
    /// Percent of the operations spent on unpublished data that one model made.
    pub synthetic_percent: Option<Decimal>,
    /// Operations to be added for that data (Technical Note 3 to 4E091).
    pub synthetic_operations: Option<Decimal>,
    /// Whether it took fewer operations than the best published model needs (Note 2 to 4E091).
    pub below_published_frontier: Option<bool>,
    /// Whether it is a logic circuit at 16/14 nm or below, or non-planar.
    pub advanced_node: Option<bool>,
    /// Aggregated approximated transistor count, in billions.
    pub transistors_bn: Option<Decimal>,
    /// Thermal design power of one accelerator, in watts.
    pub tdp_w: Option<Decimal>,
    /// What a unit costs as listed, in US dollars.
    pub price_usd: Option<Decimal>,
    /// Where the figures are from.
    pub source: Option<String>,
    /// How sure they are: `high`, `medium`, `low`.
    pub certainty: Option<String>,
    /// What a reader should know.
    pub note: Option<String>,
}
