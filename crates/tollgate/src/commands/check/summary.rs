//! What a run comes to in sum: for `summary.json`, the report and the terminal.

mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use tollgate_law::catalog::Catalog;
use tollgate_law::{Policy, Tier, Tiers, facts};
use tollgate_model::{Date, OrderLine, Outcome, never};

use super::reasons::{likely_match, reason};
use super::sheet::whole_tpp;
use crate::commands::Failure;
use crate::commands::recorded::digest;
use tollgate_decide::{AllocationRow, Decided, DeclaredFinding, Tables, roles};
use tollgate_report::{ChipFigures, ChipPoint, Gauge, Listing, Month, ReportData, Row, Tally, control_lines};

/// How many rows of each list are printed.
const FIRST: usize = 5;
/// How many rows of each list are kept for the report.
const ROWS: usize = 200;

/// Counts and lists of a run.
pub(super) struct Summary {
    policy: Arc<Policy>,
    tables: Arc<Tables>,
    lines: u64,
    orders: u64,
    last_order: String,
    first: Option<Date>,
    last: Option<Date>,
    tallies: BTreeMap<(Outcome, String), (u64, u64)>,
    may_not_go: Listing,
    lacks_fact: Listing,
    claim_fails: Listing,
    turns_on_reading: Listing,
    months: BTreeMap<String, Month>,
    chips: BTreeMap<String, (ChipPoint, u64)>,
    /// The tiers of destinations by day of the law.
    tiers: BTreeMap<Date, Result<Tiers, &'static str>>,
    red_flags: BTreeMap<(String, String), u64>,
    unsure: BTreeMap<String, String>,
    inputs: Vec<(String, String)>,
    not_done: Vec<String>,
    /// Names and ids in orders that have no row.
    without_row: BTreeSet<String>,
    /// Orders with a party whose flags nobody stated, where there are no lists to screen it against.
    unscreened: BTreeSet<String>,
    /// How many lines were declared otherwise than their goods imply, and the first of them.
    odd_lines: u64,
    first_odd: Vec<String>,
    /// What the typologies found: for the report, and as JSON.
    alerts: Option<(tollgate_report::Alerts, serde_json::Value)>,
}

fn empty() -> Listing {
    Listing { total: 0, rows: Vec::new() }
}

/// A number as the report shows it: what a file has below zero is shown as zero.
fn positive(value: i64) -> u64 {
    value.max(0).unsigned_abs()
}

impl Summary {
    pub(super) fn new(policy: &Arc<Policy>, tables: &Arc<Tables>) -> Summary {
        Summary {
            policy: Arc::clone(policy),
            tables: Arc::clone(tables),
            lines: 0,
            orders: 0,
            last_order: String::new(),
            first: None,
            last: None,
            tallies: BTreeMap::new(),
            may_not_go: empty(),
            lacks_fact: empty(),
            claim_fails: empty(),
            turns_on_reading: empty(),
            months: BTreeMap::new(),
            chips: BTreeMap::new(),
            tiers: BTreeMap::new(),
            red_flags: BTreeMap::new(),
            unsure: BTreeMap::new(),
            inputs: Vec::new(),
            not_done: Vec::new(),
            without_row: BTreeSet::new(),
            unscreened: BTreeSet::new(),
            odd_lines: 0,
            first_odd: Vec::new(),
            alerts: None,
        }
    }

    pub(super) fn add(&mut self, order: &OrderLine<'_>, decided: &Decided<'_>) {
        self.lines += 1;
        if order.order_id != self.last_order {
            self.orders += 1;
            order.order_id.clone_into(&mut self.last_order);
        }
        if !order.is_unread("date") {
            self.first = Some(self.first.map_or(order.date, |first| first.min(order.date)));
            self.last = Some(self.last.map_or(order.date, |last| last.max(order.date)));
        }
        let label = decided.determination().label;
        let detail = match (decided.exception(), label.review) {
            (Some(exception), _) => exception.name.clone(),
            (None, Some(review)) => review.as_str().to_owned(),
            (None, None) => String::new(),
        };
        let tpp = decided.line.tpp.map_or(0, whole_tpp);
        let tally = self.tallies.entry((label.outcome, detail)).or_default();
        *tally = (tally.0 + 1, tally.1.saturating_add(tpp));
        let without_row = |party: &str| {
            let has_row = self.tables.parties.contains_key(party) && !self.tables.answered.lacks_flags(party);
            !party.is_empty() && !has_row
        };
        for (_, party) in roles(order).filter(|(_, party)| without_row(party)) {
            if !self.without_row.contains(party) {
                self.without_row.insert(party.to_owned());
            }
        }
        let is_unscreened = roles(order).any(|(_, party)| !party.is_empty() && self.tables.is_unscreened(party));
        if is_unscreened && !self.unscreened.contains(order.order_id) {
            self.unscreened.insert(order.order_id.to_owned());
        }
        self.list(order, decided);
        if !order.is_unread("date") {
            self.month(order, decided, tpp);
        }
        self.chip(decided);
        for rule in decided.red_flags() {
            *self.red_flags.entry((rule.step.rule.to_string(), rule.step.cite.to_string())).or_default() += 1;
        }
        for (cite, note) in decided.unsure(&decided.steps()) {
            self.unsure.entry(note.to_string()).or_insert_with(|| cite.to_string());
        }
    }

    /// Takes what was declared of a line otherwise than its goods imply.
    pub(super) fn add_findings(&mut self, order: &OrderLine<'_>, findings: &[DeclaredFinding]) {
        if findings.is_empty() {
            return;
        }
        self.odd_lines += 1;
        if self.first_odd.len() < FIRST {
            let sentences: Vec<&str> = findings.iter().map(|found| found.sentence.as_str()).collect();
            self.first_odd.push(format!("{} line {}: {}", order.order_id, order.line, sentences.join(" ")));
        }
    }

    /// The items that the law knows.
    pub(super) fn catalog(&self) -> &Catalog {
        &self.policy.law.catalog
    }

    fn list(&mut self, order: &OrderLine<'_>, decided: &Decided<'_>) {
        let outcome = decided.determination().label.outcome;
        let lists = [
            (outcome == Outcome::LicenseRequired, &mut self.may_not_go),
            (outcome == Outcome::NeedsInformation, &mut self.lacks_fact),
            (decided.claimed_ok == Some(false), &mut self.claim_fails),
            (decided.readings().next().is_some(), &mut self.turns_on_reading),
        ];
        for (place, (belongs, list)) in lists.into_iter().enumerate() {
            if belongs {
                list.total += 1;
                if list.rows.len() < ROWS {
                    list.rows.push(row(order, decided, &self.tables, place));
                }
            }
        }
    }

    fn month(&mut self, order: &OrderLine<'_>, decided: &Decided<'_>, tpp: u64) {
        let name = format!("{:04}-{:02}", order.date.year(), order.date.month());
        let month = self.months.entry(name.clone()).or_insert(Month { month: name, tpp: [0; 3], lines: [0; 3] });
        let date = self.policy.law_date(order.date);
        let tiers = self.tiers.entry(date).or_insert_with(|| self.policy.tiers(date));
        let tier = match tiers {
            Ok(tiers) => tiers.tier(decided.line.destination),
            Err(group) => {
                never!("the law has no country group {group}");
                return;
            }
        };
        let counts = month.tpp.iter_mut().zip(&mut month.lines).zip(Tier::ALL);
        for ((sum, lines), _) in counts.filter(|(_, counted)| *counted == tier) {
            *sum = sum.saturating_add(tpp);
            *lines += 1;
        }
    }

    fn chip(&mut self, decided: &Decided<'_>) {
        let item = &decided.line.item;
        let name = item.chip.as_ref().map_or(&item.name, |chip| &chip.item);
        let known = &decided.line.facts;
        let figures = ChipFigures {
            tpp_thousandths: known.get(facts::IC_TPP),
            density_num: known.get(facts::IC_DENSITY),
            density_den: known.get(facts::IC_DENSITY_DEN),
        };
        let Some(point) = ChipPoint::from_figures(name, figures) else { return };
        let grade = decided.eccn().map_or("none", |eccn| match eccn.as_ref() {
            "3A090.a" | "4A090.a" => "a",
            "3A090.b" | "4A090.b" => "b",
            _ => "none",
        });
        let point = ChipPoint { grade, ..point };
        self.chips.entry(name.clone()).or_insert((point, 0)).1 += 1;
    }

    /// Digests the input files, which have been read before.
    pub(super) fn finish(&mut self, files: &[&Path], not_done: Vec<String>) -> Result<(), Failure> {
        for file in files {
            self.inputs.push((file.display().to_string(), digest(file)?));
        }
        self.not_done = not_done;
        Ok(())
    }

    /// Adds what the typologies found.
    #[cfg(feature = "detect")]
    pub(super) fn add_alerts(&mut self, report: tollgate_report::Alerts, json: serde_json::Value) {
        self.alerts = Some((report, json));
    }

    pub(super) fn count(&self, outcome: &str) -> u64 {
        self.tallies.iter().filter(|((name, _), _)| name.as_str() == outcome).map(|(_, (lines, _))| lines).sum()
    }

    pub(super) fn claims_failed(&self) -> u64 {
        self.claim_fails.total
    }

    pub(super) fn json(&self) -> serde_json::Value {
        let outcomes: BTreeMap<&str, u64> =
            Outcome::ALL.iter().map(|outcome| (outcome.as_str(), self.count(outcome.as_str()))).collect();
        let details = self.tallies.iter().map(|((outcome, detail), (lines, tpp))| {
            serde_json::json!({ "outcome": outcome.as_str(), "detail": detail, "lines": lines, "tpp": tpp })
        });
        let inputs = self.inputs.iter().map(|(file, sha256)| serde_json::json!({ "file": file, "sha256": sha256 }));
        let flags = self
            .red_flags
            .iter()
            .map(|((flag, cite), lines)| serde_json::json!({ "flag": flag, "cite": cite, "lines": lines }));
        let unsure = self.unsure.iter().map(|(note, cite)| serde_json::json!({ "cite": cite, "note": note }));
        let mut summary = serde_json::json!({
            "policy": self.policy.name, "policy_title": self.policy.title, "law_digest": self.policy.digest,
            "program": program(), "orders": self.orders, "lines": self.lines,
            "first": self.first.map(|date| date.to_string()), "last": self.last.map(|date| date.to_string()),
            "outcomes": outcomes, "details": details.collect::<Vec<_>>(), "claims_failed": self.claim_fails.total,
            "turn_on_a_reading": self.turns_on_reading.total, "red_flags": flags.collect::<Vec<_>>(),
            "unsure": unsure.collect::<Vec<_>>(), "inputs": inputs.collect::<Vec<_>>(), "not_done": self.not_done,
            "parties_without_row": self.without_row.len(), "orders_screened_against_no_list": self.unscreened.len(),
            "declared_findings": self.odd_lines, "screening": self.screening(), "alerts": self.alerts.as_ref().map(|(_, json)| json),
        });
        let assumptions = &self.tables.answered.assumptions;
        if !assumptions.is_empty()
            && let Some(members) = summary.as_object_mut()
        {
            members.insert("assumptions".to_owned(), serde_json::json!(assumptions));
        }
        summary
    }

    fn screening(&self) -> serde_json::Value {
        let screened = &self.tables.screened;
        let lists = screened.versions.iter().map(|version| {
            serde_json::json!({ "file": version.file, "version": version.digest, "entries": version.entries, "rows": version.rows, "bad_rows": version.bad, "guessed_rows": version.guessed })
        });
        let matches = screened.matches().map(|(party, hit)| {
            let mut json = hit.json();
            json.insert("party".to_owned(), party.into());
            json
        });
        serde_json::json!({ "lists": lists.collect::<Vec<_>>(), "matches": matches.collect::<Vec<_>>() })
    }

    /// Every match, for the report: the party, the entry, the list, the score, and whether it is taken for the listed one.
    fn matches(&self) -> Vec<[String; 5]> {
        let name = |id: &str| self.tables.parties.get(id).and_then(|party| party.name.as_deref()).unwrap_or("");
        let mut matches: Vec<(u32, [String; 5])> = self
            .tables
            .screened
            .matches()
            .map(|(party, hit)| {
                let verdict = match (&hit.cleared, hit.same) {
                    (Some(_), _) => "cleared as another party",
                    (None, true) => "taken for the listed party",
                    (None, false) => "may be it",
                };
                let entry = format!("{} (entry {})", hit.name, hit.entry);
                let score = hit.points.to_string();
                (hit.points, [format!("{} ({party})", name(party)), entry, hit.list.clone(), score, verdict.to_owned()])
            })
            .collect();
        matches.sort_by(|a, b| b.cmp(a));
        matches.into_iter().map(|(_, cells)| cells).take(ROWS).collect()
    }

    pub(super) fn report(&mut self, accounts: &[AllocationRow]) -> ReportData {
        let date = self.last.unwrap_or(Date::MIN);
        let gauges = accounts.iter().filter_map(|view| {
            let holder = self.tables.parties.get(&view.holder).and_then(|party| party.name.clone());
            Some(Gauge {
                account: view.account.to_uppercase(),
                holder: holder.map_or(view.holder.clone(), |name| format!("{name} ({})", view.holder)),
                period: view.period.clone(),
                used_tpp: whole_tpp(view.used),
                limit_tpp: whole_tpp(view.limit?),
                refused_tpp: whole_tpp(view.refused),
            })
        });
        let mut gauges: Vec<Gauge> = gauges.filter(|gauge| gauge.account != "LPP_ALL").collect();
        gauges.sort_by_key(|gauge| {
            std::cmp::Reverse((
                gauge.refused_tpp > 0,
                u128::from(gauge.used_tpp) * 1_000_000 / u128::from(gauge.limit_tpp.max(1)),
            ))
        });
        let tallies = self.tallies.iter().map(|((outcome, detail), (lines, tpp))| Tally {
            label: if detail.is_empty() {
                outcome.as_str().to_owned()
            } else {
                format!("{} ({detail})", outcome.as_str())
            },
            lines: *lines,
            tpp: *tpp,
        });
        let take = |list: &Listing| Listing { total: list.total, rows: list.rows.clone() };
        ReportData {
            policy: self.policy.name.clone(),
            policy_title: self.policy.title.clone(),
            law_digest: self.policy.digest.clone(),
            program: program(),
            inputs: self.inputs.clone(),
            first_date: self.first.map_or(String::new(), |date| date.to_string()),
            last_date: self.last.map_or(String::new(), |date| date.to_string()),
            lines: self.lines,
            orders: self.orders,
            tallies: tallies.collect(),
            may_not_go: take(&self.may_not_go),
            lacks_fact: take(&self.lacks_fact),
            claim_fails: take(&self.claim_fails),
            turns_on_reading: take(&self.turns_on_reading),
            gauges,
            months: self.months.values().cloned().collect(),
            chips: self.chips.values().map(|(point, lines)| ChipPoint { lines: *lines, ..point.clone() }).collect(),
            lines_of_control: control_lines(|name| self.policy.parameter_ratio("774/3A090", name, date)),
            red_flags: self
                .red_flags
                .iter()
                .map(|((flag, cite), lines)| (flag.clone(), *lines, cite.clone()))
                .collect(),
            unsure: self.unsure.iter().map(|(note, cite)| (cite.clone(), note.clone())).collect(),
            not_done: self.not_done.clone(),
            alerts: self.alerts.as_ref().map(|(report, _)| report.clone()),
            screened: !self.tables.screened.versions.is_empty(),
            matches: self.matches(),
        }
    }
}

fn program() -> String {
    format!("tollgate {}", env!("CARGO_PKG_VERSION"))
}

fn row(order: &OrderLine<'_>, decided: &Decided<'_>, tables: &Tables, list: usize) -> Row {
    let name = tables.parties.get(order.ultimate_consignee).and_then(|party| party.name.clone());
    let (mut why, cite) = reason(order, decided, list);
    if let Some(likely) = likely_match(order, decided, tables).filter(|_| list == 1) {
        why = likely;
    }
    let label = decided.determination().label;
    Row {
        order: order.order_id.to_owned(),
        line: positive(order.line),
        date: if order.is_unread("date") { String::new() } else { order.date.to_string() },
        item: decided.line.item.name.clone(),
        quantity: positive(order.quantity),
        consignee: name.unwrap_or_else(|| order.ultimate_consignee.to_owned()),
        destination: if order.is_unread("destination") { String::new() } else { order.destination.to_string() },
        eccn: decided.eccn().unwrap_or("not settled".into()).into_owned(),
        outcome: label
            .review
            .map_or(label.outcome.as_str().to_owned(), |review| format!("{} ({})", label.outcome, review)),
        why,
        cite,
    }
}
