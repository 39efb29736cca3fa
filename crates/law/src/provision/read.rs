//! Reads the file of a provision: its versions, their parameters and rules.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use tollgate_model::{Date, Decimal, Diagnostic, Outcome, ReviewPolicy, never};
use tollgate_strict_toml::{Domain, Entry, Placed, Table, TomlFile};

use super::*;
use crate::expr::parse;

/// What an exception's `preference` may be; where several apply, that of the lowest is named.
const PREFERENCES: Domain<i64> = Domain::new(0, 1_000_000);

/// Reads one provision file; the errors are all that is wrong with it by itself.
pub(crate) fn read_provision(file: &str, path: &str, text: &str) -> (Provision, Vec<Diagnostic>) {
    let toml = TomlFile::parse(file, text);
    let table = toml.root();
    let citation = table.required_text("citation", "\"15 CFR 740.29\"").value;
    let title = table.required_text("title", "\"License Exception LPP\"").value;
    let starts = version_starts(text);
    let mut versions = Vec::new();
    let tables = table.tables("version");
    if tables.is_empty() {
        let mend = "add one with `from`, `known_from`, `source` and `certainty`";
        toml.report("missing-key", 1, "there is no `[[version]]`", mend);
    }
    for (index, table) in tables.into_iter().enumerate() {
        versions.push(read_version(table, version_digest(text, &starts, index)));
    }
    for pair in versions.windows(2) {
        if let [earlier, later] = pair
            && later.from <= earlier.from
        {
            let what = format!("this version is from {}, not after the one before it ({})", later.from, earlier.from);
            let mend = "versions must not overlap: put them in order, each with its own day";
            toml.report("overlapping-versions", later.line, what, mend);
        }
    }
    table.finish();
    (Provision { path: path.to_owned(), citation, title, versions }, toml.into_diagnostics().0)
}

/// Byte offsets at which each `[[version]]` header starts.
fn version_starts(text: &str) -> Vec<usize> {
    let mut offset = 0;
    let mut starts = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.trim() == "[[version]]" {
            starts.push(offset);
        }
        offset += line.len();
    }
    starts
}

/// SHA-256 over a version's lines without comments, blank lines and the note that explains a correction.
fn version_digest(text: &str, starts: &[usize], index: usize) -> String {
    let start = starts.get(index).copied().unwrap_or(0);
    let end = starts.get(index + 1).copied().unwrap_or(text.len());
    let mut hash = Sha256::new();
    let lines = text.get(start..end).unwrap_or_else(|| {
        never!("a version starts at byte {start}, behind its end {end}");
        // The whole file gives another digest than the lock has.
        text
    });
    for line in lines.lines() {
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') && !line.starts_with("corrects") {
            hash.update(line.as_bytes());
            hash.update(b"\n");
        }
    }
    crate::hex(&hash.finalize())
}

fn read_version(table: Table<'_, '_>, digest: String) -> Version {
    let from = table.required_date("from");
    let known_from = table.required_date("known_from");
    let source = table.required_text("source", "\"fr.2025-00636\"").value;
    let Placed { value: letter, line } = table.required_text("certainty", "\"P\"");
    let certainty = Certainty::from_letter(&letter).unwrap_or_else(|| {
        if !letter.is_empty() {
            let mend = "write P, Q, D, S, M or A (see law/README.md)";
            table.report("unknown-word", line, format!("`{letter}` is no certainty"), mend);
        }
        Certainty::Memory
    });
    let version = Version {
        line: table.line(),
        from,
        known_from,
        source,
        rests_on: table.word_values("rests_on"),
        certainty,
        unsure: table.text_value("unsure"),
        corrects: table.text_value("corrects"),
        removed: table.boolean("removed").unwrap_or(false),
        parameters: read_parameters(&table),
        rules: read_rules(&table),
        digest,
    };
    table.finish();
    version
}

/// Reads `[…parameters]` of a version or an amendment.
pub(crate) fn read_parameters(table: &Table<'_, '_>) -> BTreeMap<String, Parameter> {
    let Some(parameters) = table.table("parameters") else { return BTreeMap::new() };
    let mut read = BTreeMap::new();
    for Entry { key: name, value: entry, .. } in parameters.table_entries("{ value = 4800, unit = \"TPP\" }") {
        let line = entry.line();
        let mut values = Vec::new();
        if let Some(number) = entry.decimal("value") {
            check_not_negative(&entry, &name, number);
            values.push((Date::MIN, number.value));
        }
        let steps = entry.tables("schedule");
        if steps.is_empty() && !entry.has("value") {
            let what = format!("`{name}` has no value");
            entry.report("missing-key", line, what, "add `value = 4800` or a `schedule`");
        }
        for step in steps {
            let from = step.required_date("from");
            if !step.has("value") {
                step.missing("value", "4800");
            }
            if let Some(number) = step.decimal("value") {
                check_not_negative(&step, &name, number);
                values.push((from, number.value));
            }
            if values.iter().filter(|(day, _)| *day == from).count() > 1 {
                let what = format!("`{name}` has two values from {from}");
                step.report("two-for-one-day", step.line(), what, "keep one of them, or give it another day");
            }
            step.finish();
        }
        values.sort_by_key(|(from, _)| *from);
        let unit = entry.required_text("unit", "\"TPP\"").value;
        let assumption = entry.text_value("assumption");
        let _note = entry.text("note");
        entry.finish();
        read.insert(name, Parameter { values, unit, assumption, line });
    }
    read
}

/// Reports a threshold or limit below zero: nothing that is measured against it can be.
fn check_not_negative(table: &Table<'_, '_>, name: &str, number: Placed<Decimal>) {
    if number.value.is_negative() {
        let what = format!("`{name}` is below zero");
        table.report("out-of-range", number.line, what, "write a number of zero or more");
    }
}

fn read_rules(table: &Table<'_, '_>) -> Rules {
    let mut rules = Rules::default();
    for entry in table.tables("define") {
        let name = entry.required_text("name", "\"hq_d5\"").value;
        let shown = entry.boolean("shown").unwrap_or(false);
        rules.defines.push(Define { name, clause: read_clause(&entry), shown });
        entry.finish();
    }
    for entry in table.tables("classify") {
        let eccn = entry.required_text("eccn", "\"3A090.a\"").value;
        rules.classifies.push(Classify { eccn, clause: read_clause(&entry) });
        entry.finish();
    }
    for entry in table.tables("outside") {
        rules.outsides.push(Outside { keeps: entry.word_values("keeps"), clause: read_clause(&entry) });
        entry.finish();
    }
    read_requirements(table, &mut rules);
    for entry in table.tables("duty") {
        rules.duties.push(read_duty(entry));
    }
    for entry in table.tables("gate") {
        rules.gates.push(read_gate(entry));
    }
    for entry in table.tables("exception") {
        rules.exceptions.push(read_exception(entry));
    }
    for entry in table.tables("allocate") {
        rules.allocations.extend(read_allocation(entry));
    }
    for (key, list) in [("finding", &mut rules.findings), ("unmodeled", &mut rules.unmodeled)] {
        for entry in table.tables(key) {
            let id = entry.required_text("id", "\"RF-9\"").value;
            let permits = entry.boolean("permits").unwrap_or(false);
            list.push(Finding { id, clause: read_clause(&entry), permits });
            entry.finish();
        }
    }
    rules
}

/// Reads the rules that an amendment adds, and its limits by account.
pub(crate) fn read_amend_rules(table: &Table<'_, '_>) -> (Rules, Vec<(String, Limit)>) {
    let rules = read_rules(table);
    let mut limits = Vec::new();
    for entry in table.tables("limit") {
        let account = entry.required_text("account", "\"country\"").value;
        limits.push((account, read_limit(&entry)));
        entry.finish();
    }
    (rules, limits)
}

fn read_requirements(table: &Table<'_, '_>, rules: &mut Rules) {
    for entry in table.tables("require") {
        let id = entry.required_text("id", "\"R-WORLD\"").value;
        let overcome_by = entry.word_values("overcome_by");
        let absolute = entry.boolean("absolute").unwrap_or(false);
        let quiet = entry.boolean("quiet").unwrap_or(false);
        rules.requires.push(Require { id, clause: read_clause(&entry), overcome_by, absolute, quiet });
        entry.finish();
    }
    for entry in table.tables("review") {
        let of = entry.word_values("for");
        if of.is_empty() {
            let what = "this review is for no requirement";
            entry.report("missing-key", entry.line(), what, "add `for = [\"R-WORLD\"]`");
        }
        let Placed { value: word, line } = entry.required_text("policy", "\"presumption_of_denial\"");
        let policy = ReviewPolicy::from_word(&word);
        if policy.is_none() && word != "none_stated" && !word.is_empty() {
            let mend =
                "write presumption_of_approval, case_by_case, presumption_of_denial, policy_of_denial or none_stated";
            entry.report("unknown-word", line, format!("`{word}` is no review policy"), mend);
        }
        let otherwise = entry.boolean("otherwise").unwrap_or(false);
        let obligations = read_obligations(&entry);
        rules.reviews.push(Review { of, policy, clause: read_clause(&entry), otherwise, obligations });
        entry.finish();
    }
}

fn read_gate(entry: Table<'_, '_>) -> Gate {
    let mut passes: Vec<(String, Option<Condition>)> =
        entry.word_values("passes").into_iter().map(|word| (word, None)).collect();
    for pass in entry.tables("pass") {
        let exception = pass.required_text("exception", "\"AIA-weights\"").value;
        passes.push((exception, Some(read_condition(&pass, "when"))));
        pass.finish();
    }
    let gate = Gate { clause: read_clause(&entry), passes };
    entry.finish();
    gate
}

fn read_exception(entry: Table<'_, '_>) -> Exception {
    let id = entry.required_text("id", "\"LPP\"").value;
    let name = entry.required_text("name", "\"LPP\"").value;
    let conditions = entry.tables("condition").into_iter().map(|condition| {
        let clause = read_clause(&condition);
        condition.finish();
        clause
    });
    let exception = Exception {
        id,
        name,
        part_740: !entry.boolean("not_part_740").unwrap_or(false),
        conditions: conditions.collect(),
        clause: read_clause(&entry),
        obligations: read_obligations(&entry),
        posts: entry.text_value("posts"),
        preference: entry.whole("preference", &PREFERENCES).map_or(100, |preference| preference.value),
    };
    entry.finish();
    exception
}

fn read_obligations(entry: &Table<'_, '_>) -> Vec<Obligation> {
    let read = |obligation: Table<'_, '_>| {
        let written = read_obligation(&obligation);
        obligation.finish();
        written
    };
    entry.tables("obligation").into_iter().map(read).collect()
}

fn read_obligation(obligation: &Table<'_, '_>) -> Obligation {
    Obligation {
        paragraph: obligation.required_text("paragraph", "\"(g)(1)\"").value,
        text: obligation.required_text("text", "\"Send BIS a copy of the certification.\"").value,
        deadline: obligation.required_text("deadline", "\"within 30 days of the export\"").value,
        when: obligation.has("when").then(|| read_condition(obligation, "when")),
    }
}

fn read_duty(entry: Table<'_, '_>) -> Duty {
    let words = entry.word_values("for");
    let outcomes: Vec<Outcome> =
        Outcome::ALL.into_iter().filter(|outcome| words.iter().any(|word| word == outcome.as_str())).collect();
    if outcomes.is_empty() || outcomes.len() != words.len() {
        let mend = "write `for = [\"no_license_required\"]`, with outcomes as decisions name them";
        entry.report("unknown-word", entry.line(), "the outcomes of this duty are not all known", mend);
    }
    let duty = Duty { outcomes, obligation: read_obligation(&entry) };
    entry.finish();
    duty
}

/// The words of `holder`.
const HOLDERS: [(&str, Holder); 4] = [
    ("ultimate_parent", Holder::UltimateParent),
    ("destination", Holder::Destination),
    ("consignee", Holder::Consignee),
    ("consignee_and_destination", Holder::ConsigneeAndDestination),
];

/// The words of `period`.
const PERIODS: [(&str, PeriodLength); 2] =
    [("calendar_year", PeriodLength::CalendarYear), ("cumulative", PeriodLength::Cumulative)];

/// The words of `counts`.
const COUNTS: [(&str, Counts); 3] =
    [("exception", Counts::Exception), ("license", Counts::License), ("any", Counts::Any)];

/// What a key's word means. `None` where it is absent or none of `words`, which is reported.
fn read_word<T: Copy>(entry: &Table<'_, '_>, key: &'static str, words: &[(&str, T)]) -> Option<T> {
    let example = words.first().map_or(String::new(), |(first, _)| format!("{first:?}"));
    let Placed { value: text, line } = entry.required_text(key, &example);
    let known = words.iter().find(|(word, _)| *word == text);
    if known.is_none() && !text.is_empty() {
        let mend = format!("write one of: {}", words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", "));
        entry.report("unknown-word", line, format!("`{text}` is no {key}"), mend);
    }
    known.map(|(_, meaning)| *meaning)
}

/// An account; `None` where whose it is, or what it counts, is not understood, which is reported.
fn read_allocation(entry: Table<'_, '_>) -> Option<Allocate> {
    let limits = entry.tables("limit").into_iter().map(|limit| {
        let read = read_limit(&limit);
        limit.finish();
        read
    });
    let limits = limits.collect();
    let (holder, period) = (read_word(&entry, "holder", &HOLDERS), read_word(&entry, "period", &PERIODS));
    let counts = read_word(&entry, "counts", &COUNTS);
    let account = entry.required_text("account", "\"lpp\"").value;
    let (fact, clause) = (entry.required_text("fact", "\"account.lpp\"").value, read_clause(&entry));
    entry.finish();
    Some(Allocate { account, clause, holder: holder?, period: period?, counts: counts?, fact, limits })
}

fn read_limit(entry: &Table<'_, '_>) -> Limit {
    Limit { at_most: entry.required_text("at_most", "\"limit\"").value, when: read_condition(entry, "when") }
}

fn read_clause(entry: &Table<'_, '_>) -> Clause {
    let paragraph = entry.text_value("paragraph");
    if paragraph.is_none() && !entry.has("paragraph") {
        let mend = "add `paragraph = \"(a)(6)(iii)(A)\"`; it may be empty where the provision has no paragraphs";
        entry.report("missing-key", entry.line(), "`paragraph` is missing: the rule has no citation", mend);
    }
    let rule = entry.required_text("rule", "\"A license is required to …\"").value;
    // What is missing or no text was reported above, and such a file is not used.
    Clause { paragraph: paragraph.unwrap_or_else(|| "?".to_owned()), rule, when: read_condition(entry, "when") }
}

fn read_condition(entry: &Table<'_, '_>, key: &'static str) -> Condition {
    let Placed { value: text, line } = entry.required_text(key, "\"ic.tpp >= tpp_min\"");
    let expr = match parse(&text) {
        Ok(expr) => expr,
        Err(error) => {
            if !text.trim().is_empty() {
                let rest = text.get(error.at..).unwrap_or("");
                let what = format!("the condition does not parse at `{}`: {}", clip(rest), error.what);
                let mend = "conditions are written as in `a && (b || !c) && ic.tpp >= 4800`";
                entry.report("bad-condition", line, what, mend);
            }
            Expr::Const(false)
        }
    };
    Condition { text, expr, line }
}

fn clip(text: &str) -> String {
    if text.is_empty() { "its end".to_owned() } else { text.chars().take(20).collect() }
}
