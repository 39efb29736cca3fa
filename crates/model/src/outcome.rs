//! What a decision says, and Kleene's truth values.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a decision says of an order line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It may go without a license (NLR).
    NoLicenseRequired,
    /// It may go under the license exception or authorization that the decision names.
    LicenseException,
    /// It may not go without a license.
    LicenseRequired,
    /// The facts given, or the provisions modeled, do not settle it.
    NeedsInformation,
}

impl Outcome {
    /// Every outcome, mildest first, [`Outcome::NeedsInformation`] last.
    pub const ALL: [Outcome; 4] =
        [Outcome::NoLicenseRequired, Outcome::LicenseException, Outcome::LicenseRequired, Outcome::NeedsInformation];

    /// The word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::NoLicenseRequired => "no_license_required",
            Outcome::LicenseException => "license_exception",
            Outcome::LicenseRequired => "license_required",
            Outcome::NeedsInformation => "needs_information",
        }
    }
}

/// How BIS reviews an application, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewPolicy {
    /// Approval is presumed.
    PresumptionOfApproval,
    /// Each application on its merits.
    CaseByCase,
    /// Denial is presumed.
    PresumptionOfDenial,
    /// Applications are denied.
    PolicyOfDenial,
}

impl ReviewPolicy {
    /// Every policy, mildest first.
    pub const ALL: [ReviewPolicy; 4] = [
        ReviewPolicy::PresumptionOfApproval,
        ReviewPolicy::CaseByCase,
        ReviewPolicy::PresumptionOfDenial,
        ReviewPolicy::PolicyOfDenial,
    ];

    /// The word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            ReviewPolicy::PresumptionOfApproval => "presumption_of_approval",
            ReviewPolicy::CaseByCase => "case_by_case",
            ReviewPolicy::PresumptionOfDenial => "presumption_of_denial",
            ReviewPolicy::PolicyOfDenial => "policy_of_denial",
        }
    }

    /// The policy that a word in a file names.
    pub fn from_word(word: &str) -> Option<ReviewPolicy> {
        ReviewPolicy::ALL.into_iter().find(|policy| policy.as_str() == word)
    }
}

/// Kleene's three truth values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// It does not hold.
    False,
    /// The facts given do not settle it.
    Unknown,
    /// It holds.
    True,
}

impl Truth {
    /// The word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Truth::False => "false",
            Truth::Unknown => "unknown",
            Truth::True => "true",
        }
    }

    /// True if both are, false if either is.
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// True if either is, false if both are.
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
            Truth::True => Truth::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Truth {
        if value { Truth::True } else { Truth::False }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ReviewPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
