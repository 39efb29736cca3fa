//! The engine behind the lab: sample orders are decided as real ones are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tollgate_lab::{Arm, LabError, LawOracle, Permission, Policies, Probe};
use tollgate_law::{Law, Policy};
use tollgate_model::{AccountKey, AccountKind, Activity, Country, OrderLine, Outcome, Party, Tpp};

use tollgate_decide::Decider;
use tollgate_decide::{Tables, load_policy};

/// Flags that sample consignees have.
const FLAGS: [&[&str]; 4] = [&[], &["uveu"], &["agreement_data_center"], &["uveu", "agreement_data_center"]];
const EXPORTER: &str = "exporter";

/// Policies of the law in the program, and those of the user's files.
pub struct LawDesks {
    law: Arc<Law>,
    tables: Arc<Tables>,
    /// What each policy, amendments included, answered to each sample order: the law does not change while the program runs.
    known: Mutex<BTreeMap<String, Answers>>,
}

type Answers = Arc<Mutex<BTreeMap<Probe, Permission>>>;

/// Policies of which the answers are kept.
const KEPT: usize = 200;

impl LawDesks {
    /// Policies of a law, with no answers kept yet.
    pub fn new(law: Arc<Law>) -> LawDesks {
        LawDesks { law, tables: Arc::new(sample_tables()), known: Mutex::default() }
    }

    /// The policy of an arm, its amendments included.
    pub fn policy(&self, arm: &Arm) -> Result<Policy, LabError> {
        let policy = match arm.amendment() {
            Some(text) => self.law.policy_from_text(&arm.name, &text, None),
            None => load_policy(&self.law, &arm.policy),
        };
        policy.map_err(|errors| LabError::Policy(errors.to_string()))
    }
}

impl Policies for LawDesks {
    fn desk(&self, arm: &Arm) -> Result<Box<dyn LawOracle + '_>, LabError> {
        let policy = Arc::new(self.policy(arm)?);
        let unit = Tpp::whole(tollgate_law::catalog::H100_TPP.get());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        // A file of the user's own may have changed since: the digest tells.
        let answers = Arc::clone(known.entry(policy.digest.clone()).or_default());
        Ok(Box::new(SampleOracle { decider: Decider::new(policy, Arc::clone(&self.tables)), unit, answers }))
    }

    fn made_from(&self) -> Vec<(String, String)> {
        let program = format!("tollgate {}", env!("CARGO_PKG_VERSION"));
        vec![("program".to_owned(), program), ("law".to_owned(), self.law.digest.clone())]
    }
}

struct SampleOracle {
    decider: Decider,
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
            let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
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
        if let Some(gate) = self.answers.lock().unwrap_or_else(PoisonError::into_inner).get(probe) {
            return *gate;
        }
        let gate = self.decide(probe);
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(probe.clone(), gate);
        gate
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
            item: probe.item,
            quantity: probe.units,
            end_use: Some("data_center"),
            authorization: None,
        };
        let charged = self.unit.times(probe.charged);
        let used = |key: &AccountKey| if key.kind() == Some(AccountKind::Country) { charged } else { Tpp::default() };
        let Ok(decided) = self.decider.decide_on(&line, &used) else { return Permission::Unknown };
        let label = decided.determination().label;
        match label.outcome {
            Outcome::NoLicenseRequired | Outcome::LicenseException => Permission::Free,
            Outcome::LicenseRequired => Permission::License(label.review),
            Outcome::NeedsInformation => Permission::Unknown,
        }
    }
}
