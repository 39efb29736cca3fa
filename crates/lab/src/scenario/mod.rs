//! What a study asks: parameters with their sources, and arms, each a change of the law or of the scenario.

mod amendment;
mod arms;
mod checks;
mod constants;
mod correlation;
mod evidence;
mod model_constants;
mod read;
mod scheme_constants;
#[cfg(test)]
mod tests;
mod trade_constants;

use std::collections::BTreeMap;

use tollgate_model::{Country, Date, Diagnostics, never};
use tollgate_strict_toml::TomlFile;

pub use constants::WholeRange;
pub(crate) use correlation::Correlation;
pub(crate) use evidence::{BACK_CAST_YEAR, Evidence};
pub use model_constants::ModelConstants;
use read::Parameters;
pub use scheme_constants::SchemeConstants;
pub use trade_constants::TradeConstants;

use crate::distribution::{Distribution, Sampler, number};
use crate::figure::Assumption;
use crate::model::parameters::{COUNT, Parameter, Point, at};

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

    /// Whether it draws the parameters of the aggregate model.
    pub(crate) fn has_draws(self) -> bool {
        !matches!(self, StudyKind::Tenfold | StudyKind::World)
    }
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
    /// The day from which it holds no more.
    pub until: Option<Date>,
    /// The policy that holds before and after it.
    pub before: String,
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
    /// Whether tenants from tier 3 need a license to rent abroad.
    pub tenant_rule: bool,
    /// The ratios of universal validated end-users that are set otherwise, in percent, by the law's name for each.
    pub ratios: Vec<(&'static str, f64)>,
    /// Parameters that hold for this arm alone, by name, each at a value.
    pub set: Vec<(&'static str, f64)>,
    /// When the budget, the scope, location verification, agreements and the rule for tenants hold.
    pub budget_dates: Span,
    /// See [`Arm::budget_dates`].
    pub scope_dates: Span,
    /// See [`Arm::budget_dates`].
    pub verification_dates: Span,
    /// See [`Arm::budget_dates`].
    pub agreement_dates: Span,
    /// See [`Arm::budget_dates`].
    pub tenant_dates: Span,
}

/// When something holds: from a day on, until a day that is excluded; always where neither is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: Option<Date>,
    /// The day from which it holds no more.
    pub until: Option<Date>,
}

impl Span {
    /// Whether it holds on a day.
    pub fn holds(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

impl Arm {
    /// An arm that takes a policy as it is.
    pub fn plain(policy: String) -> Arm {
        Arm {
            name: policy.clone(),
            policy,
            threshold_h100: None,
            effective: None,
            announced: None,
            until: None,
            before: "ear".to_owned(),
            budget: 1.0,
            scope: Scope::UltimateParent,
            verification: false,
            exceptions_off: Vec::new(),
            tiers: Vec::new(),
            agreements: Vec::new(),
            tenant_rule: false,
            ratios: Vec::new(),
            set: Vec::new(),
            budget_dates: Span::default(),
            scope_dates: Span::default(),
            verification_dates: Span::default(),
            agreement_dates: Span::default(),
            tenant_dates: Span::default(),
        }
    }

    /// Whether its policy holds on a day, not the one before it.
    pub(crate) fn rule_holds(&self, day: Date) -> bool {
        Span { from: self.effective, until: self.until }.holds(day)
    }

    /// Whether its policy is still to come on a day.
    pub(crate) fn rule_is_ahead(&self, day: Date) -> bool {
        self.effective.is_some_and(|effective| day < effective)
    }

    /// Every day on which something of it begins or ends.
    pub(crate) fn days(&self) -> Vec<Date> {
        let rule = Span { from: self.effective, until: self.until };
        let spans = [
            rule,
            self.budget_dates,
            self.scope_dates,
            self.verification_dates,
            self.agreement_dates,
            self.tenant_dates,
        ];
        spans.iter().flat_map(|span| [span.from, span.until]).chain([self.announced]).flatten().collect()
    }
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
    /// So many of the first draws are kept one by one: none where a scenario was just read.
    pub keep_draws: u64,
    /// The name of its file, and its text.
    pub file: String,
    /// See [`Scenario::file`].
    pub text: String,
    /// The arms, the first of which the others are compared with.
    pub arms: Vec<Arm>,
    /// Numbers that a single study takes, by name.
    pub study_values: BTreeMap<&'static str, f64>,
    /// Honest demand by country.
    pub demand: Vec<Demand>,
    /// Constants of the aggregate model.
    pub(crate) constants: ModelConstants,
    /// Constants of honest trade and of the agency in a world of orders.
    pub trade: TradeConstants,
    /// Constants of the schemes in a world of orders.
    pub schemes: SchemeConstants,
    /// Whether draws are held to what is known of the years gone by, and what that is.
    pub(crate) calibrate: bool,
    pub(crate) evidence: Vec<Evidence>,
    /// Parameters that go together.
    pub(crate) correlations: Vec<Correlation>,
    pub(crate) parameters: Vec<ParameterEntry>,
    /// What no quarter of the model draws: the formula of training cost, the agency of a world of orders, and constants.
    pub(crate) named: BTreeMap<&'static str, ParameterEntry>,
    /// Cases of that, each with what it takes otherwise.
    pub(crate) cases: Vec<(String, BTreeMap<&'static str, ParameterEntry>)>,
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
pub(crate) struct ParameterEntry {
    pub(crate) distribution: Distribution,
    unit: String,
    pub(crate) source: String,
}

impl ParameterEntry {
    fn assumption(&self, name: &str) -> Assumption {
        let value = self.distribution.text_by(&|value| self.number(value));
        let (unit, source) = (self.unit.clone(), self.source.clone());
        Assumption { name: name.to_owned(), value, unit, source }
    }

    /// A value of it as a person writes it: a year is a year, not a count.
    pub(crate) fn number(&self, value: f64) -> String {
        if self.unit == "year" { format!("{}", (value * 100.0).round() / 100.0) } else { number(value) }
    }

    /// Whether its source is a judgement, in part or whole, or names nothing that could be looked up.
    pub(crate) fn judgement(&self) -> bool {
        let source = self.source.to_lowercase();
        let words = ["judgement", "judgment", "assum", "guess", "derived", "own fit"];
        let names_something =
            source.split(|letter: char| !letter.is_alphanumeric()).any(|word| word.chars().count() > 3);
        words.iter().any(|word| source.contains(word)) || !names_something
    }
}

/// How large honest tier-2 buyers are: a lognormal distribution of what one wants in a year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BuyerSize {
    /// H100e a year of the median buyer.
    pub median_h100e: f64,
    /// Standard deviation of the natural logarithm of that.
    pub log_spread: f64,
}

impl Scenario {
    /// Reads a scenario on top of the base; all mistakes are reported at once.
    pub fn read(file: &str, text: &str) -> Result<Scenario, Diagnostics> {
        let mut parameters = Parameters::default();
        let base = TomlFile::parse("scenarios/base.toml", BASE);
        let root = base.root();
        read::read_parameters(&root, &mut parameters);
        let base_demand = read::read_demand(&root).unwrap_or_else(|| {
            root.missing("demand", "{ source = \"…\", tier2 = { SG = 1.0 } }");
            Vec::new()
        });
        let base_values = read::read_study_values(&root, None);
        for key in read::study_value_names().filter(|key| !base_values.contains_key(key)) {
            base.report("missing-key", 1, format!("`{key}` is missing"), "add it under [study_values]");
        }
        let mut evidence = Vec::new();
        evidence::read_evidence(&root, None, &mut evidence);
        let _documentary = (root.text("title"), root.text("question"));
        root.finish();
        if parameters.of_model.len() != COUNT {
            base.report("missing-key", 1, "a parameter of the model is missing", "add it");
        }
        for key in read::named_keys().filter(|key| !parameters.named.contains_key(key)) {
            base.report("missing-key", 1, format!("`{key}` is missing"), "add it with its unit and source");
        }
        let base = base.into_diagnostics();
        if !base.0.is_empty() {
            return Err(base);
        }

        let toml = TomlFile::parse(file, text);
        let root = toml.root();
        read::read_parameters(&root, &mut parameters);
        let kind = read::read_kind(&root);
        let mut study_values = base_values;
        study_values.extend(read::read_study_values(&root, Some(kind)));
        let entries = parameters.of_model.iter().chain(&parameters.named).map(|(name, entry)| (*name, entry)).collect();
        let named = checks::Named { entries, lines: &parameters.lines };
        named.check(&root, kind);
        let shares = named.shares();
        evidence::read_evidence(&root, Some(kind), &mut evidence);
        let of_model: Vec<ParameterEntry> =
            Parameter::ALL.iter().filter_map(|parameter| parameters.of_model.remove(parameter.name())).collect();
        let scenario = Scenario {
            kind,
            // A scenario need have neither.
            title: root.text_value("title").unwrap_or_else(|| "".to_owned()),
            question: root.text_value("question").unwrap_or_else(|| "".to_owned()),
            draws: read::read_draws(&root).unwrap_or(100_000),
            seed: read::read_seed(&root).unwrap_or(1),
            keep_draws: 0,
            calibrate: evidence::read_calibrate(&root, kind),
            evidence,
            file: file.to_owned(),
            text: text.to_owned(),
            arms: arms::read_arms(&root, kind, shares),
            cases: read::read_cases(&root, &parameters.units, kind),
            constants: ModelConstants::of(&parameters.named),
            trade: TradeConstants::of(&parameters.named),
            schemes: SchemeConstants::of(&parameters.named),
            named: parameters.named,
            study_values,
            demand: read::read_demand(&root).unwrap_or(base_demand),
            correlations: correlation::read_correlations(&root, kind, &of_model),
            parameters: of_model,
        };
        root.finish();
        let Diagnostics(found) = toml.into_diagnostics();
        if found.is_empty() { Ok(scenario) } else { Err(Diagnostics::in_order_of_place(found)) }
    }

    /// The text of what every scenario stands on.
    pub fn base_text() -> &'static str {
        BASE
    }

    /// The unit of a quantity, by its name in files; none where there is none of this name.
    pub fn unit(&self, name: &str) -> Option<&str> {
        let place = Parameter::ALL.iter().position(|parameter| parameter.name() == name);
        let entry = place.and_then(|place| self.parameters.get(place)).or_else(|| self.named.get(name));
        entry.map(|entry| entry.unit.as_str())
    }

    /// The name and unit of each parameter of the model, in order.
    pub(crate) fn parameter_units(&self) -> Vec<(String, String)> {
        let all = Parameter::ALL.iter().zip(&self.parameters);
        all.map(|(parameter, entry)| (parameter.name().to_owned(), entry.unit.clone())).collect()
    }

    /// The constants of the aggregate model.
    pub(crate) fn model_constants(&self) -> impl Iterator<Item = &ParameterEntry> {
        ModelConstants::LIMITS.iter().filter_map(|limits| self.named.get(limits.key))
    }

    /// Every parameter, as it is listed.
    pub fn assumptions(&self) -> Vec<Assumption> {
        let of = |names: &[&str]| -> Vec<Assumption> {
            let entries = self.named.iter().filter(|(name, _)| names.contains(name));
            entries.map(|(name, entry)| entry.assumption(name)).collect()
        };
        if self.kind != StudyKind::Tenfold {
            let all = Parameter::ALL.iter().zip(&self.parameters);
            let mut listed: Vec<Assumption> =
                all.map(|(parameter, entry)| entry.assumption(parameter.name())).collect();
            if self.kind == StudyKind::World {
                listed.extend(of(&AGENCY));
            }
            return listed;
        }
        let mut listed = of(&TENFOLD);
        for (case, entries) in &self.cases {
            listed.extend(entries.iter().map(|(name, entry)| entry.assumption(&format!("{case}: {name}"))));
        }
        listed
    }

    /// The median of a parameter, by its name in files.
    pub fn median(&self, name: &str) -> Option<f64> {
        let place = Parameter::ALL.iter().position(|parameter| parameter.name() == name);
        let entry = place.and_then(|place| self.parameters.get(place)).or_else(|| self.named.get(name));
        entry.map(|entry| entry.distribution.median())
    }

    /// The distribution of a quantity outside the aggregate model, by its name in files; nothing where the scenario does not have it.
    pub fn distribution(&self, name: &str) -> Option<&Distribution> {
        self.named.get(name).map(|entry| &entry.distribution)
    }

    /// How large honest tier-2 buyers are, at the medians of what the scenario assumes.
    pub fn buyer_size(&self) -> BuyerSize {
        let point = self.point(0.5);
        BuyerSize { median_h100e: at(&point, Parameter::BuyerMedian), log_spread: at(&point, Parameter::BuyerSpread) }
    }

    pub(crate) fn samplers(&self) -> Vec<Sampler> {
        self.parameters.iter().map(|entry| Sampler::new(&entry.distribution)).collect()
    }

    /// Every parameter at a share of its distribution.
    pub(crate) fn point(&self, share: f64) -> Point {
        let mut point = [0.0; COUNT];
        point.iter_mut().zip(&self.parameters).for_each(|(value, entry)| *value = entry.distribution.quantile(share));
        point
    }

    /// A number that a single study takes, by its name in `[study_values]`; `scenarios/base.toml` has each where the scenario is silent.
    pub fn study_value(&self, name: &str) -> f64 {
        self.study_values.get(name).copied().unwrap_or_else(|| {
            never!("scenarios/base.toml has every study value: {name}");
            0.0
        })
    }
}
