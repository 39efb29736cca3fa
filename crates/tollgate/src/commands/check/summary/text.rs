//! What a run comes to, as it is printed: first what a person must do.

use std::fmt::Write as _;
use std::path::Path;

use tollgate_model::{count_of, group_digits};
use tollgate_report::Row;

use super::super::sheet::{Questions, h100_equivalents};
use super::{FIRST, Summary};

/// Writes the first lines of a list under a title, and how many there are beside them; nothing where there are none.
fn write_rows<'a>(out: &mut String, title: &str, total: u64, rows: impl Iterator<Item = &'a Row>) {
    if total > 0 {
        let _ = writeln!(out, "{title}");
    }
    for row in rows.take(FIRST) {
        let is_cited = row.cite.is_empty() || row.why.contains(&row.cite);
        let cite = if is_cited { String::new() } else { format!(" ({})", row.cite) };
        let units = group_digits(row.quantity);
        let what = format!("{units} x {} to {}, {}", row.item, row.consignee, row.destination);
        let _ = writeln!(out, "  {} line {}: {what}: {}{cite}", row.order, row.line, row.why);
    }
    if total > count_of(FIRST) {
        let _ = writeln!(out, "  and {} more", group_digits(total - count_of(FIRST)));
    }
}

impl Summary {
    /// What was not read as it should be, at the head of the results.
    fn head_text(&self) -> String {
        let mut out = String::new();
        for assumption in &self.tables.answered.assumptions {
            let _ = writeln!(out, "{assumption}");
        }
        let unscreened = match self.unscreened.len() {
            0 => String::new(),
            1 => "1 order was screened against no list".to_owned(),
            many => format!("{} orders were screened against no list", group_digits(count_of(many))),
        };
        let rowless = match self.without_row.len() {
            0 => String::new(),
            1 if unscreened.is_empty() => "1 party has no row and was screened by the name in the order".to_owned(),
            1 => "1 party has no row".to_owned(),
            many if unscreened.is_empty() => {
                format!(
                    "{} parties have no row and were screened by the name in the order",
                    group_digits(count_of(many))
                )
            }
            many => format!("{} parties have no row", group_digits(count_of(many))),
        };
        let said: Vec<String> = [rowless, unscreened].into_iter().filter(|text| !text.is_empty()).collect();
        if !said.is_empty() {
            let _ = writeln!(out, "{}.", said.join("; "));
        }
        out
    }

    /// The first lines that may not go, what to ask for the others, and the claims that do not hold.
    fn foremost_text(&self, questions: &Questions) -> String {
        let mut out = String::new();
        write_rows(&mut out, "May not go:", self.may_not_go.total, self.may_not_go.rows.iter());
        let questioned = questions.first(FIRST, &self.tables);
        if !questioned.is_empty() {
            out.push_str("Missing, whom to ask, and what waits for it (all in missing.csv):\n");
            for row in &questioned {
                let _ = writeln!(out, "  {row}");
            }
        }
        let named: Vec<(&str, u64)> =
            self.may_not_go.rows.iter().take(FIRST).map(|row| (row.order.as_str(), row.line)).collect();
        let is_named = |row: &&Row| named.contains(&(row.order.as_str(), row.line));
        let above = count_of(self.claim_fails.rows.iter().filter(is_named).count());
        let title = match above {
            0 => "Claims that do not hold:".to_owned(),
            above => format!("Claims that do not hold, beside {above} above:"),
        };
        let others = self.claim_fails.rows.iter().filter(|row| !is_named(row));
        write_rows(&mut out, &title, self.claim_fails.total.saturating_sub(above), others);
        if self.odd_lines > 0 {
            out.push_str("Declared otherwise than the goods imply:\n");
        }
        for found in &self.first_odd {
            let _ = writeln!(out, "  {found}");
        }
        if self.odd_lines > count_of(FIRST) {
            let _ = writeln!(out, "  and {} more", group_digits(self.odd_lines - count_of(FIRST)));
        }
        out
    }

    pub(in crate::commands::check) fn text(&self, folder: &Path, questions: &Questions) -> String {
        let mut out = format!(
            "{}{} lines of {} orders decided under {} ({})\n{}",
            self.head_text(),
            group_digits(self.lines),
            group_digits(self.orders),
            self.policy.name,
            self.policy.title,
            self.foremost_text(questions)
        );
        for ((outcome, detail), (lines, tpp)) in &self.tallies {
            let detail = if detail.is_empty() { String::new() } else { format!(" ({})", detail.replace('_', " ")) };
            let compute = format!("{} TPP, {} H100e", group_digits(*tpp), h100_equivalents(*tpp));
            let _ = writeln!(
                out,
                "  {:>8}  {}{detail}, {compute}",
                group_digits(*lines),
                outcome.as_str().replace('_', " ")
            );
        }
        let _ = writeln!(out, "  {:>8}  claimed authorizations do not hold", group_digits(self.claim_fails.total));
        let turning = group_digits(self.turns_on_reading.total);
        let _ = writeln!(out, "  {turning:>8}  turn on how an ambiguous text is read");
        let typed = self.without_row.iter().map(|name| self.tables.names.hits(name));
        let typed = typed.filter(|hits| !hits.is_empty()).map(|hits| hits.iter().any(|hit| hit.same));
        let rows = self.tables.screened.matched().filter(|(id, _)| !self.without_row.contains(*id));
        let rows = rows.map(|(_, hits)| hits.iter().any(|hit| hit.same));
        let (matched, taken) =
            rows.chain(typed).fold((0, 0), |(matched, taken), same| (matched + 1, taken + u32::from(same)));
        if !self.tables.screened.versions.is_empty() {
            let _ = writeln!(out, "  {matched:>8}  parties match a list entry; {taken} are taken for the listed party");
        }
        if let Some((found, _)) = &self.alerts {
            let _ = writeln!(out, "  {:>8}  alerts in {} cases; the first:", found.total, found.cases);
            for row in found.rows.iter().take(5) {
                let _ =
                    writeln!(out, "  {:>8}  {} {}: {}", format!("{} %", row.percent), row.pattern, row.family, row.why);
            }
        }
        let _ = writeln!(
            out,
            "written: {}: decisions.jsonl decisions.csv missing.csv alerts.jsonl allocations.csv summary.json report.html",
            folder.display()
        );
        // What is assumed stands at the head.
        for missing in self.not_done.iter().filter(|note| !self.tables.answered.assumptions.contains(note)) {
            let _ = writeln!(out, "not done: {missing}");
        }
        out
    }
}
