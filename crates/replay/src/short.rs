use tollgate_law::Policy;
use tollgate_law::program::{Label, Program};
use tollgate_model::{Outcome, ReviewPolicy};

/// A decision in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Short {
    /// What it comes to.
    pub outcome: Outcome,
    /// The review policy, where a license is required.
    pub review: Option<ReviewPolicy>,
    /// Place of the exception's name among [`ExceptionNames`].
    pub exception: Option<u16>,
}

impl Short {
    pub(crate) fn of(label: Label, program: &Program, names: &ExceptionNames) -> Short {
        let exception = label.exception.and_then(|at| program.exceptions.get(usize::from(at)));
        let exception = exception.map(|exception| names.place(&exception.name));
        Short { outcome: label.outcome, review: label.review, exception }
    }

    /// As a number, for columns.
    pub(crate) fn code(self) -> i32 {
        let place = |found: Option<usize>| found.map_or(0, |place| i32::try_from(place + 1).unwrap_or(0));
        let outcome = Outcome::ALL.iter().position(|own| *own == self.outcome);
        let review = self.review.and_then(|review| ReviewPolicy::ALL.iter().position(|own| *own == review));
        place(outcome) + 8 * place(review) + 64 * self.exception.map_or(0, |place| i32::from(place) + 1)
    }

    /// Of a number.
    pub(crate) fn from_code(code: i32) -> Option<Short> {
        let place = |code: i32| usize::try_from(code).ok()?.checked_sub(1);
        Some(Short {
            outcome: *Outcome::ALL.get(place(code % 8)?)?,
            review: place(code / 8 % 8).and_then(|place| ReviewPolicy::ALL.get(place).copied()),
            exception: place(code / 64).and_then(|place| u16::try_from(place).ok()),
        })
    }

    /// In words.
    pub fn text(self, names: &ExceptionNames) -> String {
        match (self.outcome, self.review, self.exception.and_then(|place| names.text(place))) {
            (outcome, Some(review), _) => format!("{} ({})", outcome.as_str(), review.as_str()),
            (outcome, None, Some(name)) => format!("{} ({name})", outcome.as_str()),
            (outcome, None, None) => outcome.as_str().to_owned(),
        }
    }
}

/// Names of exceptions, the same for all policies that are compared.
#[derive(Clone, Debug, Default)]
pub struct ExceptionNames(Vec<String>);

impl ExceptionNames {
    /// Of every exception of the policies.
    pub fn of<'a>(policies: impl IntoIterator<Item = &'a Policy>) -> ExceptionNames {
        let versions =
            policies.into_iter().flat_map(|policy| &policy.provisions).flat_map(|provision| &provision.versions);
        let mut names: Vec<String> =
            versions.flat_map(|version| &version.rules.exceptions).map(|exception| exception.name.clone()).collect();
        names.sort();
        names.dedup();
        ExceptionNames(names)
    }

    fn place(&self, name: &str) -> u16 {
        let place = self.0.iter().position(|own| own == name);
        place.and_then(|place| u16::try_from(place).ok()).unwrap_or(u16::MAX)
    }

    fn text(&self, place: u16) -> Option<&str> {
        self.0.get(usize::from(place)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_back() {
        for outcome in Outcome::ALL {
            for review in ReviewPolicy::ALL.map(Some).into_iter().chain([None]) {
                for exception in [None, Some(0), Some(17)] {
                    let short = Short { outcome, review, exception };
                    assert_eq!(Short::from_code(short.code()), Some(short));
                }
            }
        }
        assert_eq!((Short::from_code(0), Short::from_code(-7)), (None, None));
    }
}
