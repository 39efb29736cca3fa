//! What a decision comes to, in a few bytes, and as a number in a column.

use tollgate_law::Policy;
use tollgate_law::program::{Label, Program};
use tollgate_model::{Outcome, ReviewPolicy};

/// What a line comes to under a policy: the label of a decision without its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The outcome.
    pub outcome: Outcome,
    /// The review policy, where a license is required.
    pub review: Option<ReviewPolicy>,
    /// Place of the exception's name among [`ExceptionNames`].
    pub exception: Option<u16>,
}

/// The place of a value among all of its kind, from 1; 0 where there is none.
fn code_of<T: PartialEq>(all: &[T], value: Option<&T>) -> i32 {
    value.and_then(|value| (1..).zip(all).find(|(_, other)| *other == value)).map_or(0, |(code, _)| code)
}

/// The place, from 0, that a code from 1 stands for; `None` for 0 and below.
fn place_of(code: i32) -> Option<usize> {
    usize::try_from(code).ok()?.checked_sub(1)
}

impl Verdict {
    /// The verdict of a label of this program.
    pub(crate) fn from_label(label: Label, program: &Program, names: &ExceptionNames) -> Verdict {
        let exception = label.exception.and_then(|at| program.exceptions.get(usize::from(at)));
        let exception = exception.map(|exception| names.place(&exception.name));
        Verdict { outcome: label.outcome, review: label.review, exception }
    }

    /// The number that stands for it in columns: three bits of the outcome, three of the review, the rest of the exception, each from 1.
    pub(crate) fn code(self) -> i32 {
        let outcome = code_of(&Outcome::ALL, Some(&self.outcome));
        let review = code_of(&ReviewPolicy::ALL, self.review.as_ref());
        outcome + 8 * review + 64 * self.exception.map_or(0, |place| i32::from(place) + 1)
    }

    /// The verdict that [`Verdict::code`] gives a number; `None` for a number that stands for none.
    pub(crate) fn from_code(code: i32) -> Option<Verdict> {
        Some(Verdict {
            outcome: *Outcome::ALL.get(place_of(code % 8)?)?,
            review: place_of(code / 8 % 8).and_then(|place| ReviewPolicy::ALL.get(place).copied()),
            exception: place_of(code / 64).and_then(|place| u16::try_from(place).ok()),
        })
    }

    /// The outcome in words, with the review policy or the exception in brackets.
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
    /// The names of every exception in any version of the policies, sorted.
    pub fn from_policies<'a>(policies: impl IntoIterator<Item = &'a Policy>) -> ExceptionNames {
        let versions =
            policies.into_iter().flat_map(|policy| &policy.provisions).flat_map(|provision| &provision.versions);
        let mut names: Vec<String> =
            versions.flat_map(|version| &version.rules.exceptions).map(|exception| exception.name.clone()).collect();
        names.sort();
        names.dedup();
        ExceptionNames(names)
    }

    /// The place of a name; past the end, where there is no text, for one that is not known.
    fn place(&self, name: &str) -> u16 {
        let place = self.0.iter().position(|other| other == name);
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
                    let verdict = Verdict { outcome, review, exception };
                    assert_eq!(Verdict::from_code(verdict.code()), Some(verdict));
                }
            }
        }
        assert_eq!((Verdict::from_code(0), Verdict::from_code(-7)), (None, None));
    }
}
