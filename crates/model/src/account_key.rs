//! Which account a shipment is charged to.

use serde::{Deserialize, Serialize};

use crate::period::Period;

/// The accounts that Tollgate knows by name: those of the law's files, and two that the office keeps beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountKind {
    /// What goes to a country of the diffusion rule's second tier.
    Country,
    /// What an ultimate consignee's parent gets under License Exception LPP in a calendar year.
    Lpp,
    /// All that it gets, with or without that exception.
    LppAll,
    /// What goes under License Exception AIA.
    Aia,
    /// What a national validated end-user gets in a country.
    Nveu,
    /// The installed base of a universal validated end-user in a country: kept without a ceiling, for the ratios.
    Uveu,
    /// What has gone under a license: kept without a ceiling, for comparison with what was granted.
    License,
}

impl AccountKind {
    /// Every kind.
    pub const ALL: [AccountKind; 7] = [
        AccountKind::Country,
        AccountKind::Lpp,
        AccountKind::LppAll,
        AccountKind::Aia,
        AccountKind::Nveu,
        AccountKind::Uveu,
        AccountKind::License,
    ];

    /// Its name in records and in the law's files.
    pub fn as_str(self) -> &'static str {
        match self {
            AccountKind::Country => "country",
            AccountKind::Lpp => "lpp",
            AccountKind::LppAll => "lpp_all",
            AccountKind::Aia => "aia",
            AccountKind::Nveu => "nveu",
            AccountKind::Uveu => "uveu",
            AccountKind::License => "license",
        }
    }

    /// The kind of a name; `None` for an account that a policy of the user's own adds.
    pub fn from_name(name: &str) -> Option<AccountKind> {
        AccountKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether its ceiling is that of the law. The two accounts that the office keeps beside the law are counted without one.
    pub fn is_of_law(self) -> bool {
        !matches!(self, AccountKind::Uveu | AccountKind::License)
    }
}

/// Which account: two shipments are charged to the same account exactly where all four parts are equal, byte by byte.
///
/// The order of its fields is that of its JSON, which is hashed: it never changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountKey {
    /// The name that the law's file gives it, such as `lpp`.
    pub rule: String,
    /// The party, or the country where the account is a country's.
    pub holder: String,
    /// The country, where a party has an account for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// What it counts over.
    pub period: Period,
}

impl AccountKey {
    /// The kind of account; `None` for one that a policy of the user's own adds.
    pub fn kind(&self) -> Option<AccountKind> {
        AccountKind::from_name(&self.rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_by_their_names() {
        for kind in AccountKind::ALL {
            assert_eq!(AccountKind::from_name(kind.as_str()), Some(kind));
        }
        let key =
            |rule: &str| AccountKey { rule: rule.into(), holder: "p1".into(), country: None, period: Period::All };
        assert_eq!(key("uveu").kind(), Some(AccountKind::Uveu));
        for name in ["", "UVEU", "lpp ", "of_my_own"] {
            assert_eq!(key(name).kind(), None, "{name}");
        }
    }
}
