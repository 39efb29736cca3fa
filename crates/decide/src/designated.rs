//! Which parties are designated under the sanctions programs that 15 CFR 744.8 names: by their flags, and by the lists.

use std::sync::Arc;

use tollgate_law::facts::{self, FactId, Facts};
use tollgate_model::Truth;
use tollgate_screening::SanctionsProgram;

use super::parties::PartyFacts;

/// The fact of each group of programs.
const FACTS: [(FactId, SanctionsProgram); 7] = [
    (facts::SDN_RUSSIA, SanctionsProgram::Russia),
    (facts::SDN_FTO, SanctionsProgram::ForeignTerrorist),
    (facts::SDN_SDGT, SanctionsProgram::GlobalTerrorist),
    (facts::SDN_SDT, SanctionsProgram::Terrorist),
    (facts::SDN_NPWMD, SanctionsProgram::Proliferator),
    (facts::SDN_NARCOTICS, SanctionsProgram::Criminal),
    (facts::SDN_IRAQ, SanctionsProgram::Iraq),
];

/// Sets the facts of 744.8 by the parties' flags (`sdn:SDGT`; `sdn` alone says that the programs are not known).
pub(crate) fn set_flagged(facts: &mut Facts, parties: [Option<&Arc<PartyFacts>>; 5]) {
    let flagged: Vec<Vec<String>> = parties.iter().flatten().filter_map(|party| party.sanctions_programs()).collect();
    for (fact, program) in FACTS {
        let truth = flagged.iter().map(|programs| under_program(programs, program)).max().unwrap_or(Truth::False);
        raise(facts, fact, Truth::False, truth);
    }
}

/// Raises the facts of 744.8 by what the lists say; `designated` says whether a party is designated under a group of programs.
pub(crate) fn set_listed(facts: &mut Facts, designated: &dyn Fn(SanctionsProgram) -> Truth) {
    for (fact, program) in FACTS {
        let known = facts.get(fact).map_or(Truth::Unknown, |value| Truth::from(value == 1));
        raise(facts, fact, known, designated(program));
    }
}

fn raise(facts: &mut Facts, fact: FactId, known: Truth, found: Truth) {
    match known.max(found) {
        Truth::True => facts.set(fact, 1),
        Truth::False => facts.set(fact, 0),
        Truth::Unknown => facts.forget(fact),
    }
}

/// Whether programs put their entry into a group: unknown where none is stated, or where one is not known and none is of the group.
pub(crate) fn under_program(programs: &[String], program: SanctionsProgram) -> Truth {
    let groups: Vec<_> = programs.iter().map(|tag| SanctionsProgram::from_tag(tag)).collect();
    if groups.contains(&Some(Some(program))) {
        return Truth::True;
    }
    if groups.is_empty() || groups.contains(&None) { Truth::Unknown } else { Truth::False }
}
