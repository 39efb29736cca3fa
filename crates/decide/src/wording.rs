//! What screening found, in words.

use tollgate_model::{Date, OrderLine};
use tollgate_screening::{Basis, Effect, SanctionsProgram, Standing, percent};

use super::roles::roles;
use super::tables::Tables;

/// What lists and owners say of the parties to an order, a sentence each.
pub fn screening_sentences(order: &OrderLine<'_>, tables: &Tables) -> Vec<String> {
    let mut lines = Vec::new();
    for (role, party) in roles(order) {
        let role = role.replace('_', " ");
        for hit in tables.hits(party).iter() {
            if hit.basis == Basis::Unread {
                let (cleared, why) = (!hit.stands(order.date), hit.explanation.join("; "));
                let cleared = if cleared { " It is cleared." } else { "" };
                lines.push(format!("The {role} `{party}` is not screened by `{}`: {why}.{cleared}", hit.name));
                continue;
            }
            let taken = match (hit.same, hit.effect) {
                _ if !hit.binds(order.date) && hit.from.is_some_and(|from| order.date < from) => {
                    "not yet listed on the order's day, listed since"
                }
                _ if !hit.binds(order.date) => "its listing had ended by the order's day",
                _ if !hit.stands(order.date) => "cleared as another party",
                (_, Effect::SpeciallyDesignated) if programs_are_open(&hit.programs) => {
                    "its programs are not stated or not known, so whether 15 CFR 744.8 applies is open: look them up at OFAC, or clear the match"
                }
                (_, Effect::SpeciallyDesignated)
                    if hit.programs.iter().all(|tag| SanctionsProgram::from_tag(tag) == Some(None)) =>
                {
                    "its programs are not among those of 15 CFR 744.8, so the EAR ask for no license because of it; OFAC's own rules still bind"
                }
                (_, Effect::Other) => "that list has no effect under the EAR as modeled",
                (_, Effect::Unknown) => {
                    "it is not known what that list is for: name it in its column `list`, or clear it"
                }
                (true, _) => "taken for the listed party",
                (false, _) => "may be it: confirm it with a flag of the party, or clear it",
            };
            lines.push(format!(
                "The {role} `{party}` matches {} ({}, entry {}) with {} of 10000: {taken}.",
                hit.name, hit.list, hit.entry, hit.points
            ));
        }
        if let Some(owned) = owned_by_listed(party, order.date, tables) {
            lines.push(format!("The {role} `{party}`: {owned}."));
        }
    }
    lines
}

/// Whether an entry's programs leave open which sections name it: none is stated, or none is named and one is not known.
fn programs_are_open(programs: &[String]) -> bool {
    let groups: Vec<_> = programs.iter().map(|tag| SanctionsProgram::from_tag(tag)).collect();
    let named = groups.iter().any(|group| matches!(group, Some(Some(_))));
    !named && (groups.is_empty() || groups.contains(&None))
}

/// What the stakes of a day say of a party under the 50 percent rule, and by which of them.
pub fn owned_by_listed(party: &str, date: Date, tables: &Tables) -> Option<String> {
    let standing = tables.screened.standing(party, date)?;
    let proof = tables.screened.proof(party, date);
    let path: Vec<String> =
        proof.iter().map(|(owner, owned, share)| format!("{owner} owns {share} percent of {owned}")).collect();
    let path = if path.is_empty() { String::new() } else { format!(" ({})", path.join("; ")) };
    Some(format!("{}{path}", describe_standing(standing)))
}

/// What the stakes say, in a sentence.
pub fn describe_standing(standing: Standing) -> String {
    match standing {
        Standing::Listed => "it is on a list itself".to_owned(),
        Standing::Owned { share } => format!("listed parties own {} percent of it", percent(share)),
        Standing::Unknown { share, possible, unaccounted } => {
            let possible = match possible {
                0 => String::new(),
                possible => format!(", parties that may be listed another {}", percent(possible)),
            };
            format!(
                "listed parties are known to own {} percent of it{possible}; {} percent are unaccounted for",
                percent(share),
                percent(unaccounted)
            )
        }
        Standing::Overstated { share, accounted } => format!(
            "the stakes in it come to {} percent, more than all of it, so who owns how much is not known; listed parties are said to own {}",
            percent(accounted),
            percent(share)
        ),
        Standing::SignificantMinority { share } => {
            format!("listed parties own {} percent of it, less than half", percent(share))
        }
        Standing::Clear => "the stakes given leave listed parties less than half".to_owned(),
    }
}
