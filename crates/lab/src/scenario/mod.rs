//! What a study asks: parameters with their sources, and arms, each a change of the law or of the scenario.

mod amendment;
mod arms;
mod read;

use std::collections::BTreeMap;

use tollgate_model::{Country, Date};
use toml::de::DeValue;

pub use read::ScenarioError;
use read::{At, Source};

use crate::distribution::{Distribution, Sampler};
use crate::figure::Assumption;
use crate::model::parameters::{COUNT, Parameter, Point, at};

/// H100 as the law counts them: TPP of one.
pub(crate) const H100_TPP: f64 = 15_824.0;

const BASE: &str = include_str!("../../../../scenarios/base.toml");

/// What a scenario studies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudyKind {
    /// What the license-free threshold changes.
    Threshold,
    /// What government agreements change.
    Agreements,
    /// What a budget changes, and how to spend it.
    Enforcement,
    /// What a delay changes.
    Delay,
    /// The lead in compute under several policies.
    Advantage,
    /// What training costs on older chips.
    Tenfold,
    /// Policies side by side, whatever they differ in.
    Compare,
    /// A world of orders, written out.
    World,
}

impl StudyKind {
    const WORDS: [(&str, StudyKind); 8] = [
        ("threshold", StudyKind::Threshold),
        ("agreements", StudyKind::Agreements),
        ("enforcement", StudyKind::Enforcement),
        ("delay", StudyKind::Delay),
        ("advantage", StudyKind::Advantage),
        ("tenfold", StudyKind::Tenfold),
        ("compare", StudyKind::Compare),
        ("world", StudyKind::World),
    ];
}

/// Whom an allocation counts as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Each consignee on its own.
    Consignee,
    /// All under one ultimate parent, as in 15 CFR 740.29.
    #[default]
    UltimateParent,
    /// All that are found to be linked.
    Cluster,
}

/// A policy and how it is carried out.
#[derive(Clone, Debug)]
pub struct Arm {
    /// Its name.
    pub name: String,
    /// The policy's name, or a file of the user's own.
    pub policy: String,
    /// A lower or higher license-free limit, in H100 a consignee and year.
    pub threshold_h100: Option<f64>,
    /// The day from which the rule holds, where not on the law's own.
    pub effective: Option<Date>,
    /// The day on which that could be known.
    pub announced: Option<Date>,
    /// Times the enforcement budget of 2025.
    pub budget: f64,
    /// Whom an allocation counts as one.
    pub scope: Scope,
    /// Whether chips tell where they are.
    pub verification: bool,
    /// License exceptions that are switched off.
    pub exceptions_off: Vec<String>,
    /// Countries in another tier than the law's.
    pub tiers: Vec<(Country, u8)>,
    /// Countries with a government agreement and secure data centers.
    pub agreements: Vec<Country>,
}

/// A country's part in honest demand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// Which.
    pub country: Country,
    /// Its tier in the scenario's table, which says only of whose demand it is a share: the law says who is in a tier.
    pub tier: u8,
    /// Its share of the tier's demand.
    pub share: f64,
}

/// A scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What is studied.
    pub kind: StudyKind,
    /// A title.
    pub title: String,
    /// The question.
    pub question: String,
    /// Random draws.
    pub draws: u64,
    /// The seed.
    pub seed: u64,
    /// The arms, the first of which the others are compared with.
    pub arms: Vec<Arm>,
    /// Numbers of the study's own, by name.
    pub own: BTreeMap<String, Vec<f64>>,
    /// Honest demand by country.
    pub demand: Vec<Demand>,
    pub(crate) parameters: Vec<Given>,
    /// What no quarter of the model turns on: the formula of training cost, and the agency of a world of orders.
    pub(crate) named: BTreeMap<&'static str, Given>,
    /// Cases of that, each with what it takes otherwise.
    pub(crate) cases: Vec<(String, BTreeMap<&'static str, Given>)>,
}

/// Parameters of the formula of training cost, by name.
pub(crate) const TENFOLD: [&str; 12] = [
    "tenfold.date",
    "tenfold.vintage",
    "tenfold.frontier_lag",
    "tenfold.price_doubling",
    "tenfold.energy_doubling",
    "tenfold.energy_share",
    "tenfold.precision",
    "tenfold.premium",
    "tenfold.utilization",
    "tenfold.electricity",
    "power.training",
    "power.data",
];

/// Parameters of the agency in a world of orders, by name.
pub(crate) const AGENCY: [&str; 8] = [
    "agency.checks",
    "agency.officers",
    "agency.officer_hours",
    "agency.check_hours",
    "agency.case_hours",
    "agency.tips",
    "agency.found",
    "agency.reviewers",
];

/// A parameter as a scenario gives it.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) own: Distribution,
    unit: String,
    pub(crate) source: String,
}

impl Given {
    fn listed(&self, name: &str) -> Assumption {
        let (value, unit, source) = (self.own.text(), self.unit.clone(), self.source.clone());
        Assumption { name: name.to_owned(), value, unit, source }
    }

    pub(crate) fn judgement(&self) -> bool {
        self.source.starts_with("judgement")
    }
}

const KEYS: [&str; 11] =
    ["case", "title", "question", "study", "draws", "seed", "policy", "parameters", "arm", "study_values", "demand"];

/// How large honest tier-2 buyers are: a lognormal distribution of what one wants in a year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BuyerSize {
    /// H100e a year of the median buyer.
    pub median_h100e: f64,
    /// Standard deviation of the natural logarithm of that.
    pub log_spread: f64,
}

impl Scenario {
    /// Reads a scenario on top of the base.
    pub fn read(file: &str, text: &str) -> Result<Scenario, Vec<ScenarioError>> {
        let mut parameters: BTreeMap<&'static str, Given> = BTreeMap::new();
        let mut named: BTreeMap<&'static str, Given> = BTreeMap::new();
        let mut demand = Vec::new();
        let mut base = Source::new("scenarios/base.toml", BASE);
        let document = base.document();
        let entries = base.entries(&document, &KEYS);
        read_parameters(&mut base, entries.get("parameters"), (&mut parameters, &mut named));
        read_demand(&mut base, entries.get("demand"), &mut demand);

        let mut source = Source::new(file, text);
        let document = source.document();
        let entries = source.entries(&document, &KEYS);
        read_parameters(&mut source, entries.get("parameters"), (&mut parameters, &mut named));
        if entries.contains_key("demand") {
            demand.clear();
            read_demand(&mut source, entries.get("demand"), &mut demand);
        }
        let scenario = Scenario {
            kind: kind(&mut source, entries.get("study")),
            title: source.text(entries.get("title"), "title").unwrap_or_default(),
            question: source.text(entries.get("question"), "question").unwrap_or_default(),
            draws: whole(&mut source, entries.get("draws"), "draws", (1.0, 1e10)).unwrap_or(100_000),
            seed: whole(&mut source, entries.get("seed"), "seed", (0.0, 9e15)).unwrap_or(1),
            arms: arms::read_arms(&mut source, &entries),
            cases: read_cases(&mut source, entries.get("case")),
            named,
            own: read_own(&mut source, entries.get("study_values")),
            demand,
            parameters: Parameter::ALL.iter().filter_map(|parameter| parameters.remove(parameter.name())).collect(),
        };
        if base.errors.is_empty() && scenario.parameters.len() != COUNT {
            base.wrong(1, "a parameter of the model is missing", "add it");
        }
        base.errors.append(&mut source.errors);
        base.errors.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        if base.errors.is_empty() { Ok(scenario) } else { Err(base.errors) }
    }

    /// Every parameter, as it is listed.
    pub fn assumptions(&self) -> Vec<Assumption> {
        let of = |names: &[&str]| -> Vec<Assumption> {
            let own = self.named.iter().filter(|(name, _)| names.contains(name));
            own.map(|(name, given)| given.listed(name)).collect()
        };
        if self.kind != StudyKind::Tenfold {
            let all = Parameter::ALL.iter().zip(&self.parameters);
            let mut listed: Vec<Assumption> = all.map(|(parameter, given)| given.listed(parameter.name())).collect();
            if self.kind == StudyKind::World {
                listed.extend(of(&AGENCY));
            }
            return listed;
        }
        let mut listed = of(&TENFOLD);
        for (case, own) in &self.cases {
            listed.extend(own.iter().map(|(name, given)| given.listed(&format!("{case}: {name}"))));
        }
        listed
    }

    /// The median of a parameter, by its name in files.
    pub fn median(&self, name: &str) -> Option<f64> {
        let own = Parameter::ALL.iter().position(|parameter| parameter.name() == name);
        let given = own.and_then(|place| self.parameters.get(place)).or_else(|| self.named.get(name));
        given.map(|given| given.own.median())
    }

    /// The distribution of a quantity outside the aggregate model, by its name in files; nothing where the scenario does not have it.
    pub fn distribution(&self, name: &str) -> Option<&Distribution> {
        self.named.get(name).map(|given| &given.own)
    }

    /// How large honest tier-2 buyers are, at the medians of what the scenario assumes.
    pub fn buyer_size(&self) -> BuyerSize {
        let point = self.point(0.5);
        BuyerSize { median_h100e: at(&point, Parameter::BuyerMedian), log_spread: at(&point, Parameter::BuyerSpread) }
    }

    pub(crate) fn samplers(&self) -> Vec<Sampler> {
        self.parameters.iter().map(|given| Sampler::new(&given.own)).collect()
    }

    /// Every parameter at a share of its distribution.
    pub(crate) fn point(&self, share: f64) -> Point {
        let mut point = [0.0; COUNT];
        point.iter_mut().zip(&self.parameters).for_each(|(own, given)| *own = given.own.quantile(share));
        point
    }

    /// A number of the study's own, or what it is where the scenario is silent.
    pub fn value(&self, name: &str, otherwise: f64) -> f64 {
        self.own.get(name).and_then(|values| values.first()).copied().unwrap_or(otherwise)
    }
}

fn kind(source: &mut Source<'_>, entry: Option<&At<'_, '_>>) -> StudyKind {
    let words: Vec<&str> = StudyKind::WORDS.iter().map(|(word, _)| *word).collect();
    let mend = format!("add `study = \"…\"`, one of {}", words.join(", "));
    let Some((value, line)) = entry else {
        source.wrong(1, "`study` is missing", mend);
        return StudyKind::Advantage;
    };
    let DeValue::String(word) = value else {
        source.wrong(*line, "`study` is no text", mend);
        return StudyKind::Advantage;
    };
    let known = StudyKind::WORDS.iter().find(|(own, _)| own == word);
    if known.is_none() {
        source.wrong(*line, format!("there is no study `{word}`"), mend);
    }
    known.map_or(StudyKind::Advantage, |(_, kind)| *kind)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the ends are checked")]
fn whole(source: &mut Source<'_>, entry: Option<&At<'_, '_>>, name: &str, ends: (f64, f64)) -> Option<u64> {
    let entry = entry.map(|(value, line)| (*value, *line));
    let entry: Option<At<'_, '_>> = entry;
    let (_, line) = entry?;
    let number = number_of(source, entry, name, ends)?;
    if number.fract() != 0.0 {
        source.wrong(line, format!("`{name}` is {number}"), "write a whole number");
        return None;
    }
    Some(number as u64)
}

fn number_of(source: &mut Source<'_>, entry: Option<At<'_, '_>>, name: &str, ends: (f64, f64)) -> Option<f64> {
    let (value, line) = entry?;
    let number: Option<f64> = match value {
        DeValue::Float(number) => number.as_str().parse().ok(),
        DeValue::Integer(number) => number.as_str().parse().ok(),
        _ => None,
    };
    let within = number.filter(|number| (ends.0..=ends.1).contains(number));
    if within.is_none() {
        source.wrong(line, format!("`{name}` is no number from {} to {}", ends.0, ends.1), "write one, without quotes");
    }
    within
}

fn read_parameters<'a>(
    source: &mut Source<'a>,
    entry: Option<&At<'_, 'a>>,
    (parameters, named): (&mut BTreeMap<&'static str, Given>, &mut BTreeMap<&'static str, Given>),
) {
    let Some((value, line)) = entry else { return };
    let DeValue::Table(table) = value else {
        source.wrong(*line, "`parameters` is no table", "write [parameters] and a line for each");
        return;
    };
    let names: Vec<&str> =
        Parameter::ALL.iter().map(|parameter| parameter.name()).chain(TENFOLD).chain(AGENCY).collect();
    for (name, (value, line)) in source.entries(table, &names) {
        let DeValue::Table(own) = value else {
            let mend = "write { value = 1.0, unit = \"…\", source = \"…\" }";
            source.wrong(line, format!("`{name}` is no table"), mend);
            continue;
        };
        let keys = ["value", "uniform", "triangular", "normal", "lognormal", "unit", "source"];
        let entries = source.entries(own, &keys);
        let distribution = source.distribution(&name, &entries, line);
        let [unit, said] =
            ["unit", "source"].map(|key| source.text(entries.get(key), key).filter(|text| !text.trim().is_empty()));
        for (key, text) in [("unit", &unit), ("source", &said)] {
            if text.is_none() {
                let mend =
                    if key == "source" { "add `source = \"…\"`, or \"judgement\"" } else { "add `unit = \"…\"`" };
                source.wrong(line, format!("`{name}` has no {key}"), mend);
            }
        }
        let key = Parameter::ALL
            .iter()
            .map(|parameter| parameter.name())
            .chain(TENFOLD)
            .chain(AGENCY)
            .find(|own| *own == name);
        if let (Some(key), Some(own), Some(unit), Some(source)) = (key, distribution, unit, said) {
            let into = if TENFOLD.contains(&key) || AGENCY.contains(&key) { &mut *named } else { &mut *parameters };
            into.insert(key, Given { own, unit, source });
        }
    }
}

fn read_cases<'a>(source: &mut Source<'a>, entry: Option<&At<'_, 'a>>) -> Vec<(String, BTreeMap<&'static str, Given>)> {
    let Some((DeValue::Array(list), _)) = entry else { return Vec::new() };
    let mut cases = Vec::new();
    for item in list {
        let (DeValue::Table(table), line) = source.at(item) else { continue };
        let entries = source.entries(table, &["name", "parameters"]);
        let name = source.text(entries.get("name"), "name");
        if name.is_none() {
            source.wrong(line, "a case has no name", "add `name = \"…\"`");
        }
        let (mut none, mut own) = (BTreeMap::new(), BTreeMap::new());
        read_parameters(source, entries.get("parameters"), (&mut none, &mut own));
        cases.push((name.unwrap_or_default(), own));
    }
    cases
}

fn read_demand<'a>(source: &mut Source<'a>, entry: Option<&At<'_, 'a>>, demand: &mut Vec<Demand>) {
    let Some((value, line)) = entry else { return };
    let DeValue::Table(table) = value else {
        source.wrong(*line, "`demand` is no table", "write [demand] and tier1, tier2, tier3");
        return;
    };
    let entries = source.entries(table, &["source", "tier1", "tier2", "tier3"]);
    if source.text(entries.get("source"), "source").is_none() {
        source.wrong(*line, "`demand` has no source", "add `source = \"…\"`, or \"judgement\"");
    }
    for (tier, name) in [(1, "tier1"), (2, "tier2"), (3, "tier3")] {
        let Some((DeValue::Table(shares), line)) = entries.get(name) else { continue };
        let mut own = Vec::new();
        for (code, (value, line)) in source.entries(shares, &[]) {
            let country: Option<Country> = code.parse().ok();
            if country.is_none() {
                source.wrong(line, format!("there is no country `{code}`"), "write its code of ISO 3166-1, such as SG");
            }
            let weight = source.number(Some(&(value, line)), &code, (0.0, 1e12));
            if let (Some(country), Some(share)) = (country, weight) {
                own.push(Demand { country, tier, share });
            }
        }
        let sum: f64 = own.iter().map(|demand| demand.share).sum();
        if sum <= 0.0 {
            source.wrong(*line, format!("`{name}` has no demand"), "give a country a share above 0");
        }
        demand.extend(own.into_iter().map(|demand| Demand { share: demand.share / sum, ..demand }));
    }
}

fn read_own<'a>(source: &mut Source<'a>, entry: Option<&At<'_, 'a>>) -> BTreeMap<String, Vec<f64>> {
    let Some((DeValue::Table(table), _)) = entry else { return BTreeMap::new() };
    let mut own = BTreeMap::new();
    for (name, entry) in source.entries(table, &[]) {
        let values = match entry.0 {
            DeValue::Array(_) => source.numbers(Some(&entry), &name, (0.0, 1e15)),
            _ => source.number(Some(&entry), &name, (0.0, 1e15)).into_iter().collect(),
        };
        own.insert(name, values);
    }
    own
}
