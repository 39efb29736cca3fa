//! `decisions.csv`: a row for each line as one reads it in a spreadsheet. And `missing.csv`: what to ask, of whom, and what waits for it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use tollgate_decide::{Decided, DeclaredFinding, Tables, flags_of, is_of_item, label_text, roles};
use tollgate_law::catalog::H100_TPP;
use tollgate_model::{OrderLine, Outcome, Tpp, group_digits};
use tollgate_records::{Output, csv_text, formula_safe};

/// H100-equivalents of so many TPP, to one decimal place.
pub(super) fn h100_equivalents(tpp: u64) -> String {
    let unit = H100_TPP.get().unsigned_abs();
    let tenths = (tpp.saturating_mul(10).saturating_add(unit / 2)) / unit;
    format!("{}.{}", group_digits(tenths / 10), tenths % 10)
}

/// Whole TPP, rounded up; [`Tpp`] is never negative.
pub(super) fn whole_tpp(tpp: Tpp) -> u64 {
    tpp.ceil().unsigned_abs()
}

/// Rows of a CSV file, none of whose cells a spreadsheet would run.
pub(super) fn safe_csv_text(rows: impl Iterator<Item = Vec<String>>) -> String {
    csv_text(rows.map(|row| row.iter().map(|cell| formula_safe(cell).into_owned()).collect()))
}

const HEADERS: [&str; 20] = [
    "order_id",
    "line",
    "date",
    "outcome",
    "reason",
    "citation",
    "next_step",
    "item",
    "quantity",
    "tpp",
    "h100_equivalents",
    "destination",
    "consignee",
    "other_parties",
    "eccn",
    "claimed",
    "claim_holds",
    "missing",
    "declared_findings",
    "remarks",
];

/// Why a line is decided as it is, and what was declared of it that does not fit.
pub(super) struct Reasons<'a> {
    /// In a sentence.
    pub(super) reason: String,
    /// The paragraph that says it.
    pub(super) citation: String,
    /// What was declared otherwise than the goods imply.
    pub(super) findings: &'a [DeclaredFinding],
}

/// Writes `decisions.csv`.
pub(super) struct DecisionSheet(csv::Writer<Output>);

impl DecisionSheet {
    /// Starts it.
    pub(super) fn create(path: &Path) -> io::Result<DecisionSheet> {
        let mut writer = csv::Writer::from_writer(Output::create(path)?);
        writer.write_record(HEADERS)?;
        Ok(DecisionSheet(writer))
    }

    /// Writes a line; `why` is the reason of its decision, with the paragraph that says it, and what was declared otherwise than the goods imply.
    pub(super) fn write(
        &mut self,
        order: &OrderLine<'_>,
        decided: &Decided<'_>,
        tables: &Tables,
        why: Reasons<'_>,
    ) -> io::Result<()> {
        let tpp = decided.line.tpp.map(whole_tpp);
        let others = roles(order).filter(|(role, _)| *role != "ultimate_consignee");
        let others = others.map(|(role, party)| format!("{}: {}", role.replace('_', " "), party_text(tables, party)));
        let claim = decided.claimed_ok.map_or("", |holds| if holds { "yes" } else { "NO" });
        let remarks: Vec<&str> = decided.line.remarks.iter().map(|remark| &**remark).collect();
        let findings: Vec<&str> = why.findings.iter().map(|found| found.sentence.as_str()).collect();
        let cells = [
            order.order_id.to_owned(),
            order.line.to_string(),
            if order.is_unread("date") { String::new() } else { order.date.to_string() },
            label_text(decided.program, decided.determination().label),
            why.reason,
            why.citation,
            next_step(decided),
            decided.line.item.name.clone(),
            if order.is_unread("quantity") { String::new() } else { order.quantity.to_string() },
            tpp.map_or_else(String::new, |tpp| tpp.to_string()),
            tpp.map_or_else(String::new, h100_equivalents),
            if order.is_unread("destination") { String::new() } else { order.destination.to_string() },
            party_text(tables, order.ultimate_consignee),
            others.collect::<Vec<_>>().join("; "),
            decided.eccn().map_or_else(String::new, std::borrow::Cow::into_owned),
            order.authorization.unwrap_or("").to_owned(),
            claim.to_owned(),
            decided.missing.join("; "),
            findings.join(" "),
            remarks.join(" "),
        ];
        let safe: Vec<_> = cells.iter().map(|cell| formula_safe(cell)).collect();
        self.0.write_record(safe.iter().map(|cell| cell.as_bytes()))?;
        Ok(())
    }

    /// Puts the file in its place.
    pub(super) fn commit(self) -> io::Result<()> {
        self.0.into_inner().map_err(|error| io::Error::other(error.to_string()))?.commit()
    }
}

fn party_text(tables: &Tables, id: &str) -> String {
    let name = tables.parties.get(id).and_then(|party| party.name.as_deref());
    name.map_or_else(|| id.to_owned(), |name| format!("{name} ({id})"))
}

/// What a person does next about a line.
fn next_step(decided: &Decided<'_>) -> String {
    match decided.determination().label.outcome {
        Outcome::NoLicenseRequired => "ship".to_owned(),
        Outcome::LicenseException => {
            let duties: Vec<String> =
                decided.obligations().map(|rule| format!("{} ({})", rule.text, rule.deadline)).collect();
            if duties.is_empty() { "ship".to_owned() } else { format!("before it ships: {}", duties.join("; ")) }
        }
        Outcome::LicenseRequired => "do not ship; apply for a license at BIS, or cancel".to_owned(),
        Outcome::NeedsInformation if decided.missing.is_empty() => {
            "do not ship; ask BIS for advice (15 CFR 748.3)".to_owned()
        }
        Outcome::NeedsInformation => "do not ship; settle what is missing (missing.csv)".to_owned(),
    }
}

/// The lines that wait for an answer, and their TPP.
#[derive(Clone, Default)]
struct Waiting {
    lines: u64,
    tpp: u64,
    /// What the file says of the line and nobody has read; empty for other questions.
    unread_text: String,
}

/// What unsettled lines wait for, by table, row of it and column.
#[derive(Default)]
pub(super) struct Questions(BTreeMap<(String, String, String), Waiting>);

impl Questions {
    /// Adds a line, if something is missing.
    pub(super) fn add(&mut self, order: &OrderLine<'_>, decided: &Decided<'_>, tables: &Tables) {
        let tpp = decided.line.tpp.map_or(0, whole_tpp);
        for column in &decided.missing {
            for (table, target) in question_targets(order, column, tables) {
                let waiting = self.0.entry((table.to_owned(), target, column.clone())).or_default();
                waiting.lines += 1;
                waiting.tpp = waiting.tpp.saturating_add(tpp);
                if let Some(cell) = order.unread.iter().find(|cell| column == "unread_text" && cell.column == *column) {
                    waiting.unread_text.clone_from(&cell.value);
                }
            }
        }
    }

    /// At most `most` questions as text with whom to ask, those first for which most compute waits.
    pub(super) fn first(&self, most: usize, tables: &Tables) -> Vec<String> {
        let rows = self.sorted().into_iter().take(most).map(|((table, target, column), waiting)| {
            let tpp = group_digits(waiting.tpp);
            let h100 = h100_equivalents(waiting.tpp);
            let target = if table == "parties" { party_text(tables, target) } else { target.clone() };
            let lines = match waiting.lines {
                1 => "1 line waits".to_owned(),
                lines => format!("{} lines wait", group_digits(lines)),
            };
            format!(
                "{target}: {} Ask {}. ({lines}: {tpp} TPP, {h100} H100e)",
                question_of(column, waiting),
                whom(column)
            )
        });
        rows.collect()
    }

    fn sorted(&self) -> Vec<(&(String, String, String), &Waiting)> {
        let mut rows: Vec<_> = self.0.iter().collect();
        rows.sort_by_key(|(_, waiting)| (std::cmp::Reverse(waiting.tpp), std::cmp::Reverse(waiting.lines)));
        rows
    }

    /// `missing.csv`, with an empty column for the answers.
    pub(super) fn csv(&self) -> String {
        let header = [
            "table",
            "of",
            "column",
            "question",
            "whom",
            "answer",
            "lines_that_wait",
            "tpp_at_stake",
            "h100_equivalents",
        ];
        let rows = self.sorted().into_iter().map(|((table, target, column), waiting)| {
            vec![
                table.clone(),
                target.clone(),
                column.clone(),
                question_of(column, waiting),
                whom(column).to_owned(),
                String::new(),
                waiting.lines.to_string(),
                waiting.tpp.to_string(),
                h100_equivalents(waiting.tpp),
            ]
        });
        safe_csv_text(std::iter::once(header.map(str::to_owned).to_vec()).chain(rows))
    }
}

/// The table in which an answer would stand, and the rows of it (a party, an item, an order line) that could give one.
fn question_targets(order: &OrderLine<'_>, column: &str, tables: &Tables) -> Vec<(&'static str, String)> {
    match column {
        "hq_country" | "country" | "flags" | "parent_id" => {
            let mut parties: Vec<String> = roles(order)
                .filter(|(role, _)| {
                    !matches!((*role, column), ("exporter" | "freight_forwarder", "hq_country" | "country"))
                })
                .map(|(_, party)| party.to_owned())
                .filter(|party| !party.is_empty())
                .collect();
            parties.sort();
            parties.dedup();
            // Those whose rows say it already are not asked; where none is left, the answer is another party's, and all are.
            let open: Vec<String> = parties.iter().filter(|party| is_open(tables, party, column)).cloned().collect();
            let questioned = if open.is_empty() { parties } else { open };
            questioned.into_iter().map(|party| ("parties", party)).collect()
        }
        "item" => vec![("items", order.item.to_owned())],
        column if is_of_item(column) => vec![("items", order.item.to_owned())],
        _ => vec![("orders", format!("{} line {}", order.order_id, order.line))],
    }
}

/// Whether what a column says of a party is not known from its row, or put in doubt by lists.
fn is_open(tables: &Tables, id: &str, column: &str) -> bool {
    let Some(party) = tables.parties.get(id) else { return true };
    match column {
        "hq_country" => {
            let parent = party.parent_id.as_ref().map(|parent| tables.parties.get(parent));
            party.hq_country.is_none()
                || parent.is_some_and(|parent| parent.is_none_or(|parent| parent.hq_country.is_none()))
        }
        "country" => party.country.is_none(),
        _ => {
            tables.is_unscreened(id)
                || tables.answered.lacks_flags(id)
                || !tables.hits(id).is_empty()
                || !flags_of(party.flags.iter().map(String::as_str)).unread.is_empty()
        }
    }
}

/// The question of a column: what the file says and nobody has read is shown.
fn question_of(column: &str, waiting: &Waiting) -> String {
    match waiting.unread_text.as_str() {
        "" => question(column),
        text => format!(
            "The file also says `{text}`: does that change who receives, where it goes, how many or what for? Answer the cells that it changes, and `none` here."
        ),
    }
}

/// A column as a question to a person.
fn question(column: &str) -> String {
    let text = match column {
        "hq_country" => "Where does the party, and its ultimate parent, have its headquarters?",
        "country" => "Where is the party located?",
        "flags" => "Is the party on a list, owned by listed parties, a government, a military end user?",
        "parent_id" => "Who is the party's parent, and where is its headquarters?",
        "end_use" => "What exactly will the goods be used for?",
        "authorization" => {
            "On which paragraph of the claimed exception does it rest, and how is each of its conditions met?"
        }
        "item" => "Which accelerators does the item hold, and how many?",
        "kind" => "Is it a circuit, a board, a server, a rack, or none of these?",
        "eccn" | "host_eccn" => "Under which ECCN does its maker classify it?",
        "designer_hq" => "Where is the headquarters of who designed the circuit?",
        "die_area_mm2" => "What is the area of the logic dies, in mm2?",
        "tpp" => "What is the total processing performance of one accelerator?",
        "performance_density" => "What is its performance density?",
        "interconnect_gb_s" => "What is the bandwidth of its interconnect, in GB/s?",
        "memory_bandwidth_gb_s" => "What is its memory bandwidth, in GB/s?",
        "transistors_bn" => "How many billion transistors does the circuit have?",
        "advanced_node" => "Is it made at an advanced node?",
        "data_center" => "Is the item designed or marketed for data centers?",
        "origin" => "From which country is it shipped?",
        "activity" => "Is it an export, a reexport or a transfer in a country?",
        "exporter" => "Who sends the goods?",
        "purchaser" => "Who buys the goods?",
        "intermediate_consignee" => "Who receives the goods on the way?",
        "freight_forwarder" => "Who carries the goods?",
        "lpp_operator" => "Whose LPP limit is charged?",
        "end_user" => "Who uses the goods in the end, and where is its headquarters?",
        "accelerators" => "How many accelerators does one unit hold?",
        "date" => "On which day is it exported, reexported or transferred?",
        "destination" => "To which country does it go?",
        "quantity" => "How many units are it?",
        "order_id" => "Which order is it?",
        "ultimate_consignee" => "Who receives the goods in the end?",
        "unread_text" => "The file says more of the line, which nobody has read: what does it change?",
        column => return format!("What is `{column}`?"),
    };
    text.to_owned()
}

/// Whom to ask for a column.
fn whom(column: &str) -> &'static str {
    match column {
        "hq_country" | "country" | "parent_id" => "the party, or look in the company register",
        "flags" => "whoever clears list matches",
        "end_use" => "the end user",
        "end_user" | "ultimate_consignee" | "intermediate_consignee" => "the purchaser or the ultimate consignee",
        "authorization" => "whoever claims the exception",
        "lpp_operator" => "the exporter's export-control officer",
        "origin" | "activity" | "destination" | "date" | "quantity" | "order_id" | "exporter" | "purchaser"
        | "freight_forwarder" | "unread_text" => "the shipper or the freight forwarder",
        _ => "the maker, or read its data sheet",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compute_is_told_in_h100_equivalents() {
        assert_eq!(h100_equivalents(H100_TPP.get().unsigned_abs()), "1.0");
        assert_eq!(h100_equivalents(0), "0.0");
        assert_eq!(h100_equivalents(H100_TPP.get().unsigned_abs() / 2), "0.5");
    }

    #[test]
    fn no_cell_is_a_formula() {
        let text = safe_csv_text([vec!["=1+1".to_owned(), "-5".to_owned(), "@x".to_owned()]].into_iter());
        assert_eq!(text, "'=1+1,-5,'@x\n");
    }
}
