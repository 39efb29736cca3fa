//! The engine behind the lab: sample orders are decided as real ones are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tollgate_lab::{Arm, LabError, LawFacts, LawOracle, Permission, Policies, Probe, Ratios};
use tollgate_law::catalog::H100_TPP;
use tollgate_law::{Law, Policy};
use tollgate_model::{AccountKey, AccountKind, Activity, Country, Date, OrderLine, Outcome, Party, Tpp};

use tollgate_decide::Decider;
use tollgate_decide::{Tables, load_policy};

/// Flags that sample consignees have; `nveu` stands for that of a national validated end-user in its country.
const FLAGS: [&[&str]; 6] = [
    &[],
    &["uveu"],
    &["nveu"],
    &["agreement_data_center"],
    &["uveu", "agreement_data_center"],
    &["nveu", "agreement_data_center"],
];
const EXPORTER: &str = "exporter";

/// Policies of the law in the program, and those of the user's files.
pub struct LawDesks {
    law: Arc<Law>,
    tables: Arc<Tables>,
    /// What each policy, amendments included, answered to each sample order: the law does not change while the program runs.
    known: Mutex<BTreeMap<String, Answers>>,
}

type Answers = Arc<Mutex<BTreeMap<Probe, Permission>>>;

/// The most policies of which answers are kept.
const MOST_POLICIES: usize = 200;

impl LawDesks {
    /// Policies of a law, with no answers kept yet.
    pub fn new(law: Arc<Law>) -> LawDesks {
        LawDesks { law, tables: Arc::new(sample_tables()), known: Mutex::default() }
    }

    /// The policy of an arm, its amendments included.
    pub fn policy(&self, arm: &Arm) -> Result<Policy, LabError> {
        let facts = self.facts()?;
        // Who is in a tier by the policy that the arm begins with matters only where it moves somebody.
        let base = if arm.tiers.is_empty() { None } else { Some(self.base(arm)?) };
        let is_in = |group: &str, country| {
            let members = base.as_ref().and_then(|base| base.groups.countries(group, facts.published));
            members.is_some_and(|members| members.contains(&country))
        };
        match arm.amendment(&facts, &is_in) {
            Some(text) => self.law.policy_from_text(&arm.name, &text, None).map_err(unusable),
            None => self.base(arm),
        }
    }

    /// The policy of an arm without its amendments.
    fn base(&self, arm: &Arm) -> Result<Policy, LabError> {
        load_policy(&self.law, &arm.policy).map_err(unusable)
    }
}

fn unusable(errors: impl std::fmt::Display) -> LabError {
    LabError::Policy(errors.to_string())
}

/// How the law cites the groups of countries that are tier 1 and tier 3 of the rule.
const TIER1_CITATION: &str = "15 CFR 740, supplement no. 5, paragraph (a)";
const TIER3_CITATION: &str = "15 CFR 740, supplement no. 1, Country Group D:5";
/// Where the license-free limit stands.
const LIMIT_PROVISION: &str = "740/740.29-lpp";
const LIMIT_PARAMETER: &str = "limit";
/// Where the ratios of universal validated end-users stand.
const RATIO_PROVISION: &str = "748/748.15-veu";

impl Policies for LawDesks {
    fn facts(&self) -> Result<LawFacts, LabError> {
        let missing = |what: &str| LabError::Policy(format!("the law has no {what}\n  mend: use a law that has it"));
        let provision = self.law.provisions.iter().find(|provision| provision.path == LIMIT_PROVISION);
        let version = provision.and_then(|provision| provision.versions.first());
        let version = version.ok_or_else(|| missing(LIMIT_PROVISION))?;
        let limit = version.parameters.get(LIMIT_PARAMETER).and_then(|limit| limit.on(version.from));
        let limit = limit.and_then(|limit| limit.scaled_exact(0)).ok_or_else(|| missing("limit in 740/740.29-lpp"))?;
        let group = |citation: &str| {
            let mut names = self.law.groups.names().into_iter();
            let name = names.find(|name| self.law.groups.citation(name) == Some(citation));
            name.map(str::to_owned).ok_or_else(|| missing(citation))
        };
        Ok(LawFacts {
            h100_tpp: H100_TPP.get(),
            license_free_tpp: limit,
            published: version.known_from,
            compliance: version.from,
            tier1_group: group(TIER1_CITATION)?,
            tier3_group: group(TIER3_CITATION)?,
        })
    }

    fn oracle(&self, arm: &Arm) -> Result<Box<dyn LawOracle + '_>, LabError> {
        let policy = Arc::new(self.policy(arm)?);
        let unit = Tpp::whole(H100_TPP.get());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_POLICIES {
            known.clear();
        }
        // A file of the user's own may have changed since: the digest tells.
        let answers = Arc::clone(known.entry(policy.digest.clone()).or_default());
        let decider = Decider::new(Arc::clone(&policy), Arc::clone(&self.tables));
        Ok(Box::new(SampleOracle { decider, policy, unit, answers }))
    }

    fn made_from(&self) -> Vec<(String, String)> {
        let program = format!("tollgate {}", env!("CARGO_PKG_VERSION"));
        vec![("program".to_owned(), program), ("law".to_owned(), self.law.digest.clone())]
    }
}

struct SampleOracle {
    decider: Decider,
    policy: Arc<Policy>,
    /// TPP of an H100.
    unit: Tpp,
    answers: Answers,
}

/// The id of the sample consignee of a country with some flags.
fn consignee(country: Country, flags: &[String]) -> String {
    format!("{country}:{}", flags.join(";"))
}

/// An exporter in the United States, and for each country and kind of consignee one of them.
fn sample_tables() -> Tables {
    let us = Some(Country::UNITED_STATES);
    let exporter = Party { party_id: EXPORTER.to_owned(), country: us, hq_country: us, ..Party::default() };
    let mut parties = BTreeMap::from([(EXPORTER.to_owned(), exporter)]);
    for country in Country::all() {
        for flags in FLAGS {
            let flag_of = |flag: &&str| if *flag == "nveu" { format!("nveu:{country}") } else { (*flag).to_owned() };
            let flags: Vec<String> = flags.iter().map(flag_of).collect();
            let id = consignee(country, &flags);
            // Whoever is validated everywhere has its seat in the first tier.
            let seat = if flags.iter().any(|flag| flag == "uveu") { us } else { Some(country) };
            let party =
                Party { party_id: id.clone(), country: Some(country), hq_country: seat, flags, ..Party::default() };
            parties.insert(id, party);
        }
    }
    Tables { parties, ..Tables::default() }
}

impl LawOracle for SampleOracle {
    fn probe(&mut self, probe: &Probe) -> Permission {
        if let Some(permission) = self.answers.lock().unwrap_or_else(PoisonError::into_inner).get(probe) {
            return *permission;
        }
        let permission = self.decide(probe);
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(probe.clone(), permission);
        permission
    }

    fn ratios(&mut self, date: Date) -> Option<Ratios> {
        let share = |name: &str| {
            let percent = self.policy.parameter_ratio(RATIO_PROVISION, name, date).filter(|percent| percent.den > 0)?;
            #[expect(clippy::cast_precision_loss, reason = "percents are small")]
            let share = percent.num as f64 / percent.den as f64 / 100.0;
            Some(share)
        };
        Some(Ratios { outside: share("uveu_outside")?, country: share("uveu_country")?, abroad: share("uveu_abroad")? })
    }
}

impl SampleOracle {
    fn decide(&mut self, probe: &Probe) -> Permission {
        let consignee = consignee(probe.destination, &probe.flags);
        let line = OrderLine {
            unread: &[],
            order_id: "sample",
            line: 1,
            date: probe.date,
            activity: Activity::Export,
            exporter: Some(EXPORTER),
            purchaser: None,
            intermediate_consignee: None,
            ultimate_consignee: &consignee,
            end_user: None,
            freight_forwarder: None,
            lpp_operator: None,
            origin: Some(Country::UNITED_STATES),
            destination: probe.destination,
            via: None,
            item: probe.item,
            quantity: probe.units,
            end_use: Some(probe.end_use),
            authorization: None,
        };
        let charged = self.unit.times(probe.charged);
        let national = probe.flags.iter().any(|flag| flag.starts_with("nveu:"));
        let account = if national { AccountKind::Nveu } else { AccountKind::Country };
        let used = |key: &AccountKey| if key.kind() == Some(account) { charged } else { Tpp::default() };
        let Ok(decided) = self.decider.decide_on(&line, &used) else { return Permission::Unknown };
        let determination = decided.determination();
        let (label, free) = (determination.label, [Outcome::NoLicenseRequired, Outcome::LicenseException]);
        match label.outcome {
            Outcome::NoLicenseRequired | Outcome::LicenseException => Permission::Free,
            Outcome::LicenseRequired => Permission::License(label.review),
            Outcome::NeedsInformation => Permission::Open {
                mild_free: free.contains(&determination.mildest),
                strict_free: free.contains(&determination.strictest),
                review: label.review,
            },
        }
    }
}
