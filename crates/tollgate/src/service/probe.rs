//! The engine behind the lab: sample orders are decided as real ones are.

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate_lab::{Arm, Desk, Gate, LabError, Policies, Probe};
use tollgate_law::{Law, Policy};
use tollgate_model::{Activity, Country, OrderLine, Outcome, Party, Tpp};

use super::decider::Decider;
use super::tables::{Tables, load_policy};

/// Flags that sample consignees have.
const FLAGS: [&[&str]; 4] = [&[], &["uveu"], &["agreement_data_center"], &["uveu", "agreement_data_center"]];
const EXPORTER: &str = "exporter";

/// Policies of the law in the program, and those of the user's files.
pub(crate) struct LawDesks {
    law: Arc<Law>,
    tables: Arc<Tables>,
}

impl LawDesks {
    pub(crate) fn new(law: Arc<Law>) -> LawDesks {
        LawDesks { law, tables: Arc::new(sample_tables()) }
    }

    /// The policy of an arm, its amendments included.
    pub(crate) fn policy(&self, arm: &Arm) -> Result<Policy, LabError> {
        let policy = match arm.amendment() {
            Some(text) => self.law.policy_from_text(&arm.name, &text, None),
            None => load_policy(&self.law, &arm.policy),
        };
        policy.map_err(|errors| LabError::Policy(errors.to_string()))
    }
}

impl Policies for LawDesks {
    fn desk(&self, arm: &Arm) -> Result<Box<dyn Desk + '_>, LabError> {
        let policy = Arc::new(self.policy(arm)?);
        let unit = Tpp::whole(15_824);
        Ok(Box::new(SampleDesk { decider: Decider::new(policy, Arc::clone(&self.tables)), unit }))
    }

    fn made_from(&self) -> Vec<(String, String)> {
        let program = format!("tollgate {}", env!("CARGO_PKG_VERSION"));
        vec![("program".to_owned(), program), ("law".to_owned(), self.law.digest.clone())]
    }
}

struct SampleDesk {
    decider: Decider,
    /// TPP of an H100.
    unit: Tpp,
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

impl Desk for SampleDesk {
    fn probe(&mut self, probe: &Probe) -> Gate {
        let consignee = consignee(probe.destination, &probe.flags);
        let line = OrderLine {
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
        let used = |key: &tollgate_ledger::AccountKey| if key.rule == "country" { charged } else { Tpp::default() };
        let Ok(decided) = self.decider.decide_on(&line, &used) else { return Gate::Unknown };
        let label = decided.determination().label;
        match label.outcome {
            Outcome::NoLicenseRequired | Outcome::LicenseException => Gate::Free,
            Outcome::LicenseRequired => Gate::License(label.review),
            Outcome::NeedsInformation => Gate::Unknown,
        }
    }
}
