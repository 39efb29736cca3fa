//! Executes worked examples: Markdown with a `facts` block and a `decision` block, both TOML.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate_law::{Law, Policy};
use tollgate_model::{Activity, Country, Date, Decimal, Item, ItemKind, OrderLine, Party, PartyDetails, Tpp, Truth};
use toml::de::{DeTable, DeValue};

use super::examples_keys::{check_decision, check_facts, number_of};
use super::{Failure, print};
use clap::Subcommand;
use tollgate_decide::load_policy;
use tollgate_decide::{Accounts, Decided, Decider, Tables};
use tollgate_records::FleetRow;

#[derive(Subcommand)]
pub(crate) enum ExamplesCommand {
    /// Executes every worked example under a folder.
    Check {
        /// A folder of Markdown files, or one file
        path: PathBuf,
    },
}

type Table<'a> = DeTable<'a>;

pub(crate) fn examples(command: &ExamplesCommand) -> Result<(), Failure> {
    let ExamplesCommand::Check { path } = command;
    let law = Law::embedded()?;
    let mut files = Vec::new();
    collect(path, &mut files)?;
    files.sort();
    let mut runner = Runner { law, policies: BTreeMap::new(), cases: 0, failures: Vec::new() };
    for file in &files {
        let text = std::fs::read_to_string(file)?;
        runner.file(&file.display().to_string(), &text);
    }
    for failure in &runner.failures {
        print(&format!("{failure}\n"))?;
    }
    let failed = runner.failures.len();
    print(&format!(
        "{} files, {} worked examples: {} passed, {failed} failed\n",
        files.len(),
        runner.cases,
        runner.cases.saturating_sub(failed)
    ))?;
    match (runner.cases, failed) {
        (0, _) => Err(Failure::Unusable(format!(
            "{}: no worked example was found\n  mend: an example has a ```facts and a ```decision block",
            path.display()
        ))),
        (_, 0) => Ok(()),
        _ => Err(Failure::Found),
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|end| end == "md") {
            files.push(path);
        }
    }
    Ok(())
}

struct Runner {
    law: Arc<Law>,
    policies: BTreeMap<String, Arc<Policy>>,
    cases: usize,
    failures: Vec<String>,
}

impl Runner {
    fn file(&mut self, name: &str, text: &str) {
        let mut facts: Option<(usize, String)> = None;
        for (line, kind, block) in blocks(text) {
            match kind.as_str() {
                "facts" => facts = Some((line, block)),
                "decision" => {
                    let Some((at, facts)) = facts.take() else {
                        self.failures.push(format!("{name}:{line}: a decision block without a facts block before it"));
                        continue;
                    };
                    self.cases += 1;
                    if let Err(wrong) = self.case(&facts, &block) {
                        self.failures.push(format!("{name}:{at}: {wrong}"));
                    }
                }
                _ => {}
            }
        }
    }

    fn case(&mut self, facts: &str, expected: &str) -> Result<(), String> {
        let facts = DeTable::parse(facts).map_err(|error| format!("facts: {error}"))?.into_inner();
        let expected = DeTable::parse(expected).map_err(|error| format!("decision: {error}"))?.into_inner();
        check_facts(&facts)?;
        check_decision(&expected)?;
        let case = Case::read(&facts)?;
        let policy = match self.policies.get(&case.policy) {
            Some(policy) => Arc::clone(policy),
            None => {
                let policy = Arc::new(load_policy(&self.law, &case.policy).map_err(|errors| errors.to_string())?);
                self.policies.insert(case.policy.clone(), Arc::clone(&policy));
                policy
            }
        };
        let (parties, items, fleet) = (case.parties.clone(), case.items.clone(), case.fleet.clone());
        let tables = Tables { parties, items, fleet, ..Tables::default() };
        let mut decider = Decider::new(policy, Arc::new(tables));
        decider.accounts = Accounts::with_initial_use(case.accounts.clone());
        let order = case.order();
        let decided =
            decider.decide(&order).map_err(|error| format!("item `{}`: {}; {}", order.item, error.what, error.mend))?;
        compare(&expected, &decided)
    }
}

/// Fenced blocks: the line they start on, their kind and their text.
fn blocks(text: &str) -> Vec<(usize, String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String, String)> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.trim_end().strip_prefix("```")) {
            (None, Some(kind)) => open = Some((index + 1, kind.to_owned(), String::new())),
            (Some(_), Some("")) => blocks.extend(open.take()),
            (Some((_, _, block)), _) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

const ROLES: [&str; 6] =
    ["exporter", "purchaser", "intermediate_consignee", "ultimate_consignee", "end_user", "freight_forwarder"];

struct Case {
    policy: String,
    date: Date,
    activity: Activity,
    item: String,
    quantity: i64,
    origin: Option<Country>,
    destination: Country,
    via: Option<String>,
    end_use: Option<String>,
    authorization: Option<String>,
    lpp_operator: Option<String>,
    roles: Vec<&'static str>,
    parties: BTreeMap<String, Party>,
    items: BTreeMap<String, Item>,
    accounts: BTreeMap<String, Tpp>,
    fleet: Option<Vec<FleetRow>>,
}

impl Case {
    fn read(facts: &Table<'_>) -> Result<Case, String> {
        let mut case = Case {
            policy: text(facts, "policy").unwrap_or_else(|| "ear".to_owned()),
            date: parse_text(facts, "date")?.ok_or("facts: `date` is missing")?,
            activity: text(facts, "activity")
                .map_or(Ok(Activity::Export), |word| Activity::from_word(&word))
                .map_err(|error| format!("activity: {error}"))?,
            item: String::new(),
            quantity: whole(facts, "quantity")?.unwrap_or(1),
            origin: parse_text(facts, "origin")?,
            via: text(facts, "via"),
            destination: parse_text(facts, "destination")?.ok_or("facts: `destination` is missing")?,
            end_use: text(facts, "end_use"),
            authorization: text(facts, "authorization"),
            lpp_operator: text(facts, "lpp_operator"),
            roles: Vec::new(),
            parties: BTreeMap::new(),
            items: BTreeMap::new(),
            accounts: BTreeMap::new(),
            fleet: fleet(facts)?,
        };
        match facts.get("item").map(|item| item.get_ref()) {
            Some(DeValue::String(name)) => case.item = name.to_string(),
            Some(DeValue::Table(table)) => {
                case.item = "the item".to_owned();
                case.items.insert(case.item.clone(), item(&case.item, table)?);
            }
            _ => return Err("facts: `item` is missing".to_owned()),
        }
        for role in ROLES {
            if let Some(DeValue::Table(table)) = facts.get(role).map(|party| party.get_ref()) {
                case.roles.push(role);
                case.party(role, table)?;
            }
        }
        if let Some(DeValue::Table(accounts)) = facts.get("accounts").map(|accounts| accounts.get_ref()) {
            for name in accounts.keys() {
                let tpp = number(accounts, name.get_ref()).and_then(|value| Tpp::try_from(value).ok());
                let tpp = tpp.or_else(|| {
                    number(accounts, name.get_ref()).and_then(|value| value.scaled_exact(0)).map(Tpp::whole)
                });
                case.accounts.insert(name.get_ref().to_string(), tpp.ok_or("accounts: not a TPP")?);
            }
        }
        Ok(case)
    }

    fn party(&mut self, id: &str, table: &Table<'_>) -> Result<(), String> {
        let flags = match table.get("flags").map(|flags| flags.get_ref()) {
            Some(DeValue::Array(flags)) => {
                flags.iter().filter_map(|flag| flag.get_ref().as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        };
        let mut party = Party {
            party_id: id.to_owned(),
            name: text(table, "name"),
            country: parse_text(table, "country")?,
            hq_country: parse_text(table, "hq_country")?,
            flags,
            details: Some(Box::new(PartyDetails {
                address: text(table, "address"),
                city: text(table, "city"),
                business: text(table, "business"),
                ..PartyDetails::default()
            })),
            ..Party::default()
        };
        if let Some(DeValue::Table(parent)) = table.get("parent").map(|parent| parent.get_ref()) {
            let parent_id = format!("{id}'s parent");
            self.party(&parent_id, parent)?;
            party.parent_id = Some(parent_id);
        }
        self.parties.insert(id.to_owned(), party);
        Ok(())
    }

    fn order(&self) -> OrderLine<'_> {
        let role = |name: &'static str| self.roles.contains(&name).then_some(name);
        OrderLine {
            unread: &[],
            order_id: "example",
            line: 1,
            date: self.date,
            activity: self.activity,
            exporter: role("exporter"),
            purchaser: role("purchaser"),
            intermediate_consignee: role("intermediate_consignee"),
            ultimate_consignee: "ultimate_consignee",
            end_user: role("end_user"),
            freight_forwarder: role("freight_forwarder"),
            lpp_operator: self.lpp_operator.as_deref(),
            origin: self.origin,
            destination: self.destination,
            via: self.via.as_deref(),
            item: &self.item,
            quantity: self.quantity,
            end_use: self.end_use.as_deref(),
            authorization: self.authorization.as_deref(),
        }
    }
}

fn text(table: &Table<'_>, key: &str) -> Option<String> {
    match table.get(key)?.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Datetime(day) => Some(day.to_string()),
        _ => None,
    }
}

/// The value of a key, read from its text; `None` where the key is absent.
fn parse_text<T: std::str::FromStr>(table: &Table<'_>, key: &str) -> Result<Option<T>, String> {
    match text(table, key) {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| format!("`{key}` cannot be `{text}`")),
    }
}

fn number(table: &Table<'_>, key: &str) -> Option<Decimal> {
    number_of(table.get(key)?.get_ref())
}

/// The whole number of a key; `None` where the key is absent.
fn whole(table: &Table<'_>, key: &str) -> Result<Option<i64>, String> {
    let scaled = |number: Decimal| number.scaled_exact(0).ok_or_else(|| format!("`{key}` is no whole number"));
    number(table, key).map(scaled).transpose()
}

fn item(name: &str, table: &Table<'_>) -> Result<Item, String> {
    let truth = |key: &str| match table.get(key).map(|value| value.get_ref()) {
        Some(DeValue::Boolean(value)) => Some(*value),
        _ => None,
    };
    let kind = text(table, "kind")
        .map(|word| ItemKind::from_word(&word))
        .transpose()
        .map_err(|error| format!("kind: {error}"))?;
    Ok(Item {
        item: name.to_owned(),
        vendor: text(table, "vendor"),
        designer_hq: parse_text(table, "designer_hq")?,
        kind,
        host_eccn: text(table, "host_eccn"),
        eccn: text(table, "eccn"),
        tpp: number(table, "tpp"),
        die_area_mm2: number(table, "die_area_mm2"),
        performance_density: number(table, "performance_density"),
        data_center: truth("data_center"),
        memory_bandwidth_gb_s: number(table, "memory_bandwidth_gb_s"),
        interconnect_gb_s: number(table, "interconnect_gb_s"),
        accelerators: whole(table, "accelerators")?,
        accelerator: text(table, "accelerator"),
        training_operations: number(table, "training_operations"),
        open_weights: truth("open_weights"),
        derived_from_published: truth("derived_from_published"),
        base_operations: number(table, "base_operations"),
        additional_operations: number(table, "additional_operations"),
        synthetic_percent: number(table, "synthetic_percent"),
        synthetic_operations: number(table, "synthetic_operations"),
        below_published_frontier: truth("below_published_frontier"),
        advanced_node: truth("advanced_node"),
        transistors_bn: number(table, "transistors_bn"),
        ..Item::default()
    })
}

/// What stands where, whose it is; `None` where the facts say nothing of it.
fn fleet(facts: &Table<'_>) -> Result<Option<Vec<FleetRow>>, String> {
    let rows = match facts.get("fleet").map(|rows| rows.get_ref()) {
        None => return Ok(None),
        Some(DeValue::Array(rows)) => rows,
        Some(_) => return Err("fleet: not a list of tables".to_owned()),
    };
    let rows = rows.iter().zip(1_u64..).map(|(row, at)| {
        let DeValue::Table(row) = row.get_ref() else { return Err("fleet: not a table".to_owned()) };
        Ok(FleetRow {
            row: at,
            site_id: format!("site-{at}"),
            owner: text(row, "owner"),
            country: parse_text(row, "country")?,
            item: text(row, "item"),
            quantity: whole(row, "quantity")?,
        })
    });
    rows.collect::<Result<_, _>>().map(Some)
}

fn words(table: &Table<'_>, key: &str) -> Option<Vec<String>> {
    match table.get(key)?.get_ref() {
        DeValue::Array(words) => {
            Some(words.iter().filter_map(|word| word.get_ref().as_str().map(str::to_owned)).collect())
        }
        _ => None,
    }
}

fn compare(expected: &Table<'_>, decided: &Decided<'_>) -> Result<(), String> {
    let determination = decided.determination();
    let mut wrong = String::new();
    let mut differs = |key: &str, got: Option<String>| {
        let want = text(expected, key).or_else(|| {
            number(expected, key).and_then(|number| number.scaled_exact(0)).map(|number| number.to_string())
        });
        if let Some(want) = want.filter(|want| Some(want) != got.as_ref()) {
            let _ = write!(wrong, "{key} is {}, expected {want}; ", got.unwrap_or_else(|| "null".to_owned()));
        }
    };
    differs("outcome", Some(determination.label.outcome.to_string()));
    differs("eccn", decided.eccn().map(std::borrow::Cow::into_owned));
    differs("authorization", decided.exception().map(|exception| exception.name.clone()));
    differs("review_policy", determination.label.review.map(|review| review.to_string()));
    differs("tpp", decided.line.tpp.map(|tpp| tpp.ceil().to_string()));
    differs("strictest", Some(determination.strictest.to_string()));
    differs("mildest", Some(determination.mildest.to_string()));
    let steps = decided.steps();
    if let Some(DeValue::Boolean(want)) = expected.get("claimed_ok").map(|value| value.get_ref())
        && decided.claimed_ok != Some(*want)
    {
        let _ = write!(wrong, "claimed_ok is {:?}, expected {want}; ", decided.claimed_ok);
    }
    if let Some(DeValue::Boolean(want)) = expected.get("unsure").map(|value| value.get_ref())
        && decided.unsure(&steps).is_empty() == *want
    {
        wrong.push_str(if *want { "nothing is marked unsure; " } else { "something is marked unsure; " });
    }
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    if let Some(want) = words(expected, "missing")
        && sorted(want.clone()) != sorted(decided.missing.clone())
    {
        let _ = write!(wrong, "missing is {:?}, expected {want:?}; ", decided.missing);
    }
    if let Some(want) = words(expected, "readings") {
        let got: Vec<String> = decided.readings().map(|turn| turn.name.to_string()).collect();
        if sorted(want.clone()) != sorted(got.clone()) {
            let _ = write!(wrong, "readings are {got:?}, expected {want:?}; ");
        }
    }
    let obligations: Vec<String> = decided
        .obligations()
        .map(|rule| format!("{} {} {}", rule.cite, rule.text, rule.deadline).to_lowercase())
        .collect();
    for want in words(expected, "obligations").into_iter().flatten() {
        if !obligations.iter().any(|obligation| obligation.contains(&want.to_lowercase())) {
            let _ = write!(wrong, "no obligation says `{want}`; ");
        }
    }
    for (key, truth) in [("decisive", Truth::True), ("not", Truth::False)] {
        for want in words(expected, key).into_iter().flatten() {
            if !steps.iter().any(|step| step.truth == truth && step.step.cite.contains(&want)) {
                let _ = write!(wrong, "no step of the trace citing `{want}` is {}; ", truth.as_str());
            }
        }
    }
    for want in words(expected, "red_flags").into_iter().flatten() {
        if !decided.red_flags().any(|rule| rule.step.rule.contains(&want) || rule.step.cite.contains(&want)) {
            let _ = write!(wrong, "no red flag says `{want}`; ");
        }
    }
    compare_remarks(expected, decided, &mut wrong);
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn compare_remarks(expected: &Table<'_>, decided: &Decided<'_>, wrong: &mut String) {
    for want in words(expected, "remarks").into_iter().flatten() {
        if !decided.line.remarks.iter().any(|remark| remark.contains(&want)) {
            let _ = write!(wrong, "no remark says `{want}`: {:?}; ", decided.line.remarks);
        }
    }
}
