//! Which owners make listed whom they own by half, by the flags of their rows.

use tollgate_model::{Date, Party, Truth};
use tollgate_screening::SanctionsProgram;

use super::designated::under_program;
use super::flags::flags_of;

/// The flags that [`owner_flagged`] looks at, each of which may have a day behind a colon.
pub(crate) const OWNER_FLAGS: [&str; 5] = ["entity_list", "military_end_user", "affiliate_50", "military", "sdn"];

/// Whether the flags of a row say on a day that the party makes listed whom it owns by half (15 CFR 744, supplement no. 8, paragraph (a)): that it is on the
/// Entity List or the list of military end users, designated under a program of 744.8(a)(1), or owned so itself; unknown where its programs are not stated or not known, and
/// where a flag is not understood.
pub(crate) fn owner_flagged(party: &Party, day: Date) -> Truth {
    if party.flags.is_empty() {
        return Truth::False;
    }
    let is_read = flags_of(party.flags.iter().map(String::as_str)).unread.is_empty();
    let (mut programs, mut truth) = (Vec::new(), if is_read { Truth::False } else { Truth::Unknown });
    for flag in &party.flags {
        let (word, behind) =
            flag.split_once(':').map_or((flag.as_str(), None), |(word, rest)| (word, Some(rest.trim())));
        let since = behind.and_then(|text| text.parse::<Date>().ok());
        if since.is_some_and(|since| since > day) {
            continue;
        }
        match (word, behind.filter(|_| since.is_none())) {
            ("entity_list" | "military_end_user" | "affiliate_50", _) => return Truth::True,
            ("sdn", Some(program)) => programs.push(program.to_owned()),
            // Whoever is flagged as military may stand on the list of military end users.
            ("sdn", None) | ("military", _) => truth = Truth::Unknown,
            _ => {}
        }
    }
    let under = |program| if programs.is_empty() { Truth::False } else { under_program(&programs, program) };
    SanctionsProgram::ALL.map(under).into_iter().fold(truth, Truth::max)
}
