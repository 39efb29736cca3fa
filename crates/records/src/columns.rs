//! The columns of every table that is read, in one place: the readers and `docs/tables.md` follow from it.

use crate::column::CellKind::{self, Country, Day, Number, Text, Truth, Whole, Word, Words};
use crate::column::{Column, column, required};
use crate::side_columns::{ANSWERS, FLEET, INSPECTIONS, OPENING, PAYMENTS, SERIALS, SITES};

/// The columns of an order's parties, in the order of [`crate::OrderColumns::parties`].
pub const PARTY_COLUMNS: [&str; 7] = [
    "exporter",
    "purchaser",
    "intermediate_consignee",
    "ultimate_consignee",
    "end_user",
    "freight_forwarder",
    "lpp_operator",
];

/// A table of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// The item lines of transactions.
    Orders,
    /// Persons and companies.
    Parties,
    /// Stakes of parties in parties.
    Ownership,
    /// Chips, boards, servers, racks, memory and model weights.
    Items,
    /// List matches that somebody has looked into.
    Clearances,
    /// Licenses of BIS.
    Licenses,
    /// Money that was paid.
    Payments,
    /// Data centers.
    Sites,
    /// What was seen of serial numbers.
    Serials,
    /// Visits to sites.
    Inspections,
    /// Answers to the questions of `missing.csv`.
    Answers,
    /// What holders have had of accounts before.
    Opening,
    /// Items that stand at sites.
    Fleet,
}

const ORDERS: &[Column] = &[
    required("order_id", Text, "", "The transaction."),
    column("line", Whole, "", "The item line in the transaction, from 1; 1 where it is empty."),
    required("date", Day, "", "The day of the export, reexport or transfer."),
    column(
        "activity",
        Word("export, reexport, transfer, deemed_export, deemed_reexport"),
        "",
        "What is done; export where it is empty. A deemed one is a release of technology or source code to a foreign person, whose country is the destination.",
    ),
    column("exporter", Text, "", "Who sends: a party id."),
    column("purchaser", Text, "", "Who buys: a party id."),
    column("intermediate_consignee", Text, "", "Who receives on the way: a party id."),
    required("ultimate_consignee", Text, "", "Who receives in the end: a party id."),
    column("end_user", Text, "", "Who uses, where that is somebody else: a party id."),
    column("freight_forwarder", Text, "", "Who carries: a party id."),
    column("lpp_operator", Text, "", "Whose LPP limit is charged under the sharing clause of 740.29(a): a party id."),
    column("origin", Country, "", "Shipped from."),
    required("destination", Country, "", "The country of ultimate destination."),
    column("via", Text, "", "The places on the way, in order, with `;` between: countries, or ports by UN/LOCODE."),
    required("item", Text, "", "An item of the catalog or of the items table."),
    required("quantity", Whole, "units", "From 1 to 1,000,000,000."),
    column("unit_price_usd", Number, "US dollars a unit", "The price on the invoice."),
    column("hs_code", Text, "", "The code of the customs tariff."),
    column("description", Text, "", "The description of the goods."),
    column("gross_weight_kg", Number, "kg", "The weight of the whole line, packed."),
    column("packages", Whole, "boxes", "How many packages the line has."),
    column("end_use", Text, "", "The declared end use."),
    column("authorization", Text, "", "The authorization that the shipper claims."),
    column("declared_eccn", Text, "", "The ECCN on the papers: held against what the item's figures come to."),
    column(
        "unread_text",
        Text,
        "",
        "What the file says of the line in columns, comments and stray rows that nobody has placed; `none` once somebody has looked at it.",
    ),
];
const PARTIES: &[Column] = &[
    required("party_id", Text, "", "The id that orders name; each stands once."),
    column("name", Text, "", "The name."),
    column("aliases", Words, "", "Other names."),
    column("country", Country, "", "Where the party is located."),
    column("hq_country", Country, "", "Where the party is headquartered."),
    column("parent_id", Text, "", "The immediate parent: a party id."),
    column("address", Text, "", "The street address."),
    column("city", Text, "", "The city."),
    column("phone", Text, "", "The telephone number."),
    column("email", Text, "", "The mail address."),
    column("website", Text, "", "The web site."),
    column("directors", Words, "", "Who directs the party."),
    column("incorporated_on", Day, "", "The day of incorporation."),
    column("registry_id", Text, "", "The number in the company register."),
    column("business", Text, "", "The declared line of business."),
    column("data_center_mw", Number, "MW", "Power of the data-center capacity that the party can show."),
    column(
        "flags",
        Words,
        "",
        "Words such as `government`, `entity_list`, `uveu`, `nveu:XX`, `sdn:SDGT`, `distributor`; empty means none.",
    ),
];
const OWNERSHIP: &[Column] = &[
    required("owner_id", Text, "", "Who owns: a party id."),
    required("owned_id", Text, "", "What is owned: a party id, another than the owner."),
    column(
        "percent",
        Number,
        "percent",
        "From 0 to 100, in millionths or coarser; a stake of unknown size where it is empty.",
    ),
    column("from", Day, "", "From when, where known."),
    column("until", Day, "", "Until when, where known."),
];
const ITEMS: &[Column] = &[
    required("item", Text, "", "The name that orders use; each stands once."),
    column("vendor", Text, "", "Who makes the item."),
    column("designer_hq", Country, "", "Where the designer is headquartered."),
    column(
        "kind",
        Word("ic, board, card, module, server, rack, model_weights, hbm, other, software, technology"),
        "",
        "What the item is: a bare circuit, an assembly (a card or module is a board), a computer, and so on, other for goods without an accelerator; what the ECCN says where it is empty and the ECCN is one of software or technology, else ic.",
    ),
    column(
        "eccn",
        Text,
        "",
        "The ECCN that you or the maker state: kept, shown, and compared with what the figures come to; it decides of software and technology only, which no figures show.",
    ),
    column("host_eccn", Word("3A001, 4A003, 4A004, 4A005, 5A002, 5A004, 5A992"), "", "The host ECCN of a `.z` item."),
    column(
        "tpp",
        Number,
        "TPP",
        "Total processing performance of one accelerator and never of the whole board, server or rack, to three decimal places; empty where `accelerator` names a known one.",
    ),
    column("die_area_mm2", Number, "mm2", "Area of the logic dies on non-planar nodes."),
    column("performance_density", Number, "TPP per mm2", "Performance density; GB/s per mm2 for HBM."),
    column("data_center", Truth, "", "Whether the item is designed or marketed for data centers."),
    column("memory_bandwidth_gb_s", Number, "GB/s", "Total DRAM bandwidth."),
    column("interconnect_gb_s", Number, "GB/s", "Aggregate bidirectional transfer rate other than to memory."),
    column(
        "accelerators",
        Whole,
        "",
        "How many accelerators a unit holds, from 1 to 1,000,000; empty is unknown, but for a bare circuit.",
    ),
    column("accelerator", Text, "", "Which accelerator it holds: an item."),
    column("tdp_w", Number, "W", "Thermal design power of one accelerator."),
    column("price_usd", Number, "US dollars", "What a unit costs as listed."),
    column("launched_on", Day, "", "The day of launch; its form is checked and nothing turns on it."),
    column("training_operations", Number, "operations", "Operations spent on training."),
    column("open_weights", Truth, "", "Whether the weights are published (734.7)."),
    column("derived_from_published", Truth, "", "Whether the model was made from a published one (Note 1 to 4E091)."),
    column("base_operations", Number, "operations", "Operations that the published base model took."),
    column("additional_operations", Number, "operations", "Operations spent on the model since."),
    column(
        "synthetic_percent",
        Number,
        "percent",
        "Part of the operations spent on unpublished data that one model made.",
    ),
    column(
        "synthetic_operations",
        Number,
        "operations",
        "Operations to be added for that data (Technical Note 3 to 4E091).",
    ),
    column(
        "below_published_frontier",
        Truth,
        "",
        "Whether the model took fewer operations than the best published one (Note 2 to 4E091).",
    ),
    column("advanced_node", Truth, "", "Whether it is a logic circuit at 16/14 nm or below, or non-planar."),
    column("transistors_bn", Number, "billions", "Aggregated approximated transistor count."),
];
const CLEARANCES: &[Column] = &[
    required("party_id", Text, "", "The party."),
    required("list", Text, "", "The list."),
    required("entry", Text, "", "The entry's id in the list."),
    column(
        "finding",
        Word("cleared, confirmed"),
        "",
        "Another party, or the listed one after all; cleared where it is empty.",
    ),
    required("by", Text, "", "Who found that."),
    required("why", Text, "", "Why."),
    column("until", Day, "", "The last day on which the finding holds; without an end where it is empty."),
    column(
        "fingerprint",
        Text,
        "",
        "What party and entry were like at the time; where they have changed, the match comes back.",
    ),
];
const LICENSES: &[Column] = &[
    required("number", Text, "", "The number that orders claim; each stands once."),
    column("issued_on", Day, "", "The day of its issue."),
    column("expires_on", Day, "", "Its last day; where it is empty, whether the license covers a line is open."),
    column("licensee", Text, "", "Whom it was issued to, who must be the exporter: a party id or a name."),
    column(
        "consignees",
        Words,
        "",
        "Who may buy or receive under it, end users too: party ids or names; open where it is empty.",
    ),
    column("destinations", Words, "", "The countries it is for, as codes; any where it is empty."),
    column("items", Words, "", "The items it is for, as orders name them; any where it is empty."),
    column("quantity", Whole, "units", "How many units it covers in all; open where it is empty."),
    column("value_usd", Number, "US dollars", "Their value in all, held against `unit_price_usd` of orders."),
    column("conditions", Words, "", "Its conditions, a sentence each; shown with each line under it."),
];
impl Table {
    /// Every table, in the order of the documentation.
    pub const ALL: [Table; 13] = [
        Table::Orders,
        Table::Parties,
        Table::Ownership,
        Table::Items,
        Table::Clearances,
        Table::Licenses,
        Table::Payments,
        Table::Sites,
        Table::Serials,
        Table::Inspections,
        Table::Answers,
        Table::Opening,
        Table::Fleet,
    ];

    /// Its name, in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Table::Orders => "orders",
            Table::Parties => "parties",
            Table::Ownership => "ownership",
            Table::Items => "items",
            Table::Clearances => "clearances",
            Table::Licenses => "licenses",
            Table::Payments => "payments",
            Table::Sites => "sites",
            Table::Serials => "serials",
            Table::Inspections => "inspections",
            Table::Answers => "answers",
            Table::Opening => "opening",
            Table::Fleet => "fleet",
        }
    }

    /// What its rows are.
    pub fn meaning(self) -> &'static str {
        match self {
            Table::Orders => "the item lines of transactions",
            Table::Parties => "persons and companies",
            Table::Ownership => "stakes of parties in parties",
            Table::Items => "chips, boards, servers, racks, memory and model weights",
            Table::Clearances => "list matches that somebody has looked into",
            Table::Licenses => "licenses of BIS",
            Table::Payments => "money that was paid",
            Table::Sites => "data centers",
            Table::Serials => "what was seen of serial numbers",
            Table::Inspections => "visits to sites",
            Table::Answers => "what `missing.csv` asked for",
            Table::Opening => "what holders have had of accounts before the first line",
            Table::Fleet => "items that stand at sites",
        }
    }

    /// Its columns, in the order of the documentation.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Table::Orders => ORDERS,
            Table::Parties => PARTIES,
            Table::Ownership => OWNERSHIP,
            Table::Items => ITEMS,
            Table::Clearances => CLEARANCES,
            Table::Licenses => LICENSES,
            Table::Payments => PAYMENTS,
            Table::Sites => SITES,
            Table::Serials => SERIALS,
            Table::Inspections => INSPECTIONS,
            Table::Answers => ANSWERS,
            Table::Opening => OPENING,
            Table::Fleet => FLEET,
        }
    }

    /// Its column of a name as the contract spells it.
    pub fn column(self, name: &str) -> Option<&'static Column> {
        self.columns().iter().find(|column| column.name == name)
    }

    /// Its column that a header means: letter case, spaces, hyphens and underscores make no difference.
    pub fn column_of_header(self, header: &str) -> Option<&'static Column> {
        self.column(header).or_else(|| {
            let header = plain(header);
            self.columns().iter().find(|column| plain(column.name) == header)
        })
    }

    /// The column whose name is the nearest to a header, where one is so near that it may be meant.
    pub fn nearest_column(self, header: &str) -> Option<&'static Column> {
        let header = plain(header);
        let near = self.columns().iter().map(|column| (edits(&header, &plain(column.name)), column));
        near.filter(|(edits, _)| *edits * 3 <= header.chars().count())
            .min_by_key(|(edits, _)| *edits)
            .map(|(_, column)| column)
    }

    /// The column of which a header is a slip of the pen: two letters at the most, and a quarter of them, are others. A header that only says more, such as
    /// `line_no`, is another column.
    pub fn misspelt_column(self, header: &str) -> Option<&'static Column> {
        let header = plain(header);
        let letters = header.chars().count();
        self.columns().iter().find(|column| {
            let name = plain(column.name);
            let edits = edits(&header, &name);
            let says_more = header.starts_with(&name) && letters > name.chars().count() + 1;
            edits <= 2 && edits * 4 <= letters && !says_more
        })
    }

    /// The names of the columns that must be there.
    pub(crate) fn required(self) -> Vec<&'static str> {
        self.columns().iter().filter(|column| column.required).map(|column| column.name).collect()
    }
}

/// A header without what makes no difference.
fn plain(header: &str) -> String {
    let letters = header.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '_' | '-'));
    letters.flat_map(char::to_lowercase).collect()
}

/// How many letters must be put in, taken out or changed to make one text the other (Levenshtein).
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (place, letter) in from.chars().enumerate() {
        let mut next = vec![place + 1];
        for ((other, above), diagonal) in to.iter().zip(row.iter().skip(1)).zip(&row) {
            let left = next.last().copied().unwrap_or(place + 1);
            next.push((diagonal + usize::from(*other != letter)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(from.len())
}

impl CellKind {
    /// What is understood, in words.
    pub fn understood(self) -> String {
        match self {
            Text => "text".to_owned(),
            Words => "texts with `;` between, or a list".to_owned(),
            Word(words) => format!("one of {words}"),
            Country => "ISO 3166-1 alpha-2 or alpha-3 code such as `SG`, or the name in English".to_owned(),
            Day => "day as `YYYY-MM-DD`; in Parquet also a date or a timestamp, of which the day counts".to_owned(),
            Whole => "whole number; not `1.000`, which may be one or a thousand".to_owned(),
            Number => "number of zero or more such as `5.92`".to_owned(),
            Truth => "`true` or `false`, also `yes` or `no`, `1` or `0`".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_taken_as_people_write_them() {
        let named = |header: &str| Table::Orders.column_of_header(header).map(|column| column.name);
        for header in ["end_user", "End_User", "END USER", "enduser", "end-user", "endUser"] {
            assert_eq!(named(header), Some("end_user"), "{header}");
        }
        assert_eq!(named("end_usr"), None);
        assert_eq!(Table::Orders.nearest_column("end_usr").map(|column| column.name), Some("end_user"));
        assert_eq!(Table::Orders.nearest_column("remark"), None);
        let misspelt = |header: &str| Table::Orders.misspelt_column(header).map(|column| column.name);
        assert_eq!(misspelt("end_usr"), Some("end_user"));
        assert_eq!(misspelt("End Users"), Some("end_user"));
        assert_eq!((misspelt("line_no"), misspelt("itn"), misspelt("remark")), (None, None, None));
    }

    #[test]
    fn no_two_columns_of_a_table_are_one_header() {
        for table in Table::ALL {
            for column in table.columns() {
                assert_eq!(table.column_of_header(&column.name.to_uppercase()), Some(column));
                assert!(!column.meaning.is_empty());
            }
        }
    }
}
