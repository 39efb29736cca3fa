//! What an arm changes in its policy, written as an amendment of the law.

use std::fmt::Write as _;

use tollgate_model::Country;

use super::Arm;
use crate::rules::LawFacts;

/// License exceptions that can be switched off: name, provision, and the ids in it.
pub(super) const EXCEPTIONS: [(&str, &str, &[&str]); 7] = [
    ("LPP", "740/740.29-lpp", &["LPP"]),
    ("AIA", "740/740.27-aia", &["AIA-chips", "AIA-weights"]),
    ("ACM", "740/740.28-acm", &["ACM"]),
    ("NAC", "740/740.8-nac-aca", &["NAC"]),
    ("ACA", "740/740.8-nac-aca", &["ACA"]),
    ("UVEU", "748/748.15-veu", &["UVEU"]),
    ("NVEU", "748/748.15-veu", &["NVEU"]),
];

impl Arm {
    /// The arm's changes of the law as the text of a policy file of its own; none where it makes none. They hold from the day on which the rule was
    /// published. `is_in` says whether a country is in a group of the arm's policy on that day: who is there does not enter, who is not does not leave.
    pub fn amendment(&self, facts: &LawFacts, is_in: &dyn Fn(&str, Country) -> bool) -> Option<String> {
        let mut text = String::new();
        let (from, first, third) = (facts.published, facts.tier1_group.as_str(), facts.tier3_group.as_str());
        if let Some(units) = self.threshold_h100 {
            #[expect(clippy::cast_precision_loss, reason = "TPP of a chip are far below 2^53")]
            let tpp = facts.h100_tpp as f64;
            let _ = write!(
                text,
                "[[amend]]\nprovision = \"740/740.29-lpp\"\nfrom = {from}\nsource = \"anthropic.2025-04\"\nwhy = \"A threshold of {units} H100.\"\n[amend.parameters.limit]\nvalue = {:.0}\nunit = \"TPP\"\nassumption = \"A lever of the simulation.\"\n",
                units * tpp
            );
        }
        for exception in &self.exceptions_off {
            let Some((_, provision, ids)) = EXCEPTIONS.iter().find(|(name, ..)| name == exception) else { continue };
            let _ = write!(
                text,
                "[[amend]]\nprovision = \"{provision}\"\nfrom = {from}\nsource = \"anthropic.2025-04\"\nwhy = \"{exception} is switched off.\"\nremove = {ids:?}\n"
            );
        }
        if !self.ratios.is_empty() {
            let _ = write!(
                text,
                "[[amend]]\nprovision = \"748/748.15-veu\"\nfrom = {from}\nsource = \"anthropic.2025-04\"\nwhy = \"Other ratios of universal validated end-users.\"\n"
            );
            for (name, percent) in &self.ratios {
                let _ = write!(
                    text,
                    "[amend.parameters.{name}]\nvalue = {percent}\nunit = \"percent\"\nassumption = \"A lever of the simulation.\"\n"
                );
            }
        }
        for (country, tier) in &self.tiers {
            let (group, other) = if *tier == 3 { (third, first) } else { (first, third) };
            let (enters, leaves): (&[&str], &[&str]) =
                if *tier == 2 { (&[], &[first, third]) } else { (&[group], &[other]) };
            let enters = enters.iter().filter(|group| !is_in(group, *country)).map(|group| ("add", group));
            let leaves = leaves.iter().filter(|group| is_in(group, *country)).map(|group| ("remove", group));
            for (verb, group) in enters.chain(leaves) {
                let _ = write!(
                    text,
                    "[[change]]\ngroup = \"{group}\"\n{verb} = [\"{country}\"]\nfrom = {from}\nknown_from = {from}\nsource = \"anthropic.2025-04\"\n"
                );
            }
        }
        (!text.is_empty())
            .then(|| format!("title = \"{}\"\nbase = \"{}\"\n{text}", self.name.replace('"', "'"), self.policy))
    }
}
