//! The days behind a policy's name: as of which the law is taken, and as of which it is known.

use std::fmt::{Display, Formatter, Result as FormatResult};

use tollgate_model::{Date, Diagnostic, Diagnostics, Place};

/// What stands before a day of knowledge.
const KNOWN: &str = "known:";

/// The days as of which a policy is taken. Written as they stand behind its name: `@2025-06-01@known:2025-01-20`, nothing where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyDays {
    /// The day as of which the law is taken, whatever the order's day.
    pub fixed: Option<Date>,
    /// The day on which somebody must have been able to know what the policy is made from.
    pub known: Option<Date>,
}

impl PolicyDays {
    /// Whether something that anybody can know from a day on is known.
    pub(crate) fn knows(&self, known_from: Date) -> bool {
        self.known.is_none_or(|known| known_from <= known)
    }
}

impl Display for PolicyDays {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> FormatResult {
        if let Some(day) = self.fixed {
            write!(formatter, "@{day}")?;
        }
        match self.known {
            Some(day) => write!(formatter, "@{KNOWN}{day}"),
            None => Ok(()),
        }
    }
}

/// Splits `ear@2024-05-01@known:2024-04-01` into the name and the days, either of which may be absent. Refuses what is no day, and two of one kind.
pub fn split_days(name: &str) -> Result<(&str, PolicyDays), Diagnostics> {
    let (mut base, mut days) = (name, PolicyDays::default());
    while let Some((before, suffix)) = base.rsplit_once('@') {
        let (text, place) = match suffix.strip_prefix(KNOWN) {
            Some(text) => (text, &mut days.known),
            None => (suffix, &mut days.fixed),
        };
        let Ok(day) = text.parse::<Date>() else {
            let what = format!("`{suffix}` behind the `@` is no day");
            let mend = "write it as in `ear@2024-05-01`, or `ear@known:2024-05-01` for what was known by then";
            return Err(policy_error("not-a-date", name, what, mend.to_owned()));
        };
        if place.replace(day).is_some() {
            let what = format!("`{name}` names two days of one kind");
            let mend = "leave one of them: `@DAY` is the day of the law, `@known:DAY` that of what was known";
            return Err(policy_error("two-days", name, what, mend.to_owned()));
        }
        base = before;
    }
    Ok((base, days))
}

/// The name of a policy as it could be known on a day. Refuses a name that has another such day already, and one with what is no day in it.
pub fn name_known_on(name: &str, day: Date) -> Result<String, Diagnostics> {
    let (base, days) = split_days(name)?;
    match days.known {
        Some(other) if other != day => {
            let what = format!("`{name}` is to be known as of {other}, and as of {day} too");
            let mend = format!("take `@{KNOWN}{other}` out of the name, or leave out the other day");
            Err(policy_error("two-days", name, what, mend))
        }
        _ => Ok(format!("{base}{}", PolicyDays { known: Some(day), ..days })),
    }
}

/// One mistake of a whole policy file, or of the name of a policy.
pub(crate) fn policy_error(code: &'static str, file: &str, what: String, mend: String) -> Diagnostics {
    Diagnostics::from(Diagnostic::new(code, Place::file(file), what, mend))
}
