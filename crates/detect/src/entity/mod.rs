//! Entities before patterns: which parties are one, and what ties them.
//!
//! A pair of parties that share an identifier has evidence of being one hand: a log-likelihood ratio by kind of identifier, less the rarer the
//! sharing tells (Fellegi and Sunter 1969: a value that many share says little). Pairs with enough of it are joined; no component grows so far that
//! hubs melt strangers into one.

mod clusters;
mod links;
mod stakes;
mod standing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use tollgate_model::{Party, Stake};

pub use links::{Link, LinkKind};
pub use stakes::TotalStake;
pub(crate) use standing::quarter_no;
pub use standing::{Circumstances, Standings};

/// What ties parties.
#[derive(Debug, Default)]
pub struct Entities {
    /// Pairs that share something.
    pub links: Vec<Link>,
    /// Stakes through chains.
    pub stakes: Vec<TotalStake>,
    /// What is known of buyers besides any scheme; empty until their lines have been decided.
    pub standings: Standings,
    roots: ById,
    clusters: ById,
}

/// An id for an id.
#[expect(clippy::disallowed_types, reason = "looked up twice a line, never iterated")]
type ById = std::collections::HashMap<String, String, ahash::RandomState>;

impl Entities {
    /// Resolves parties. `roots` gives the ultimate parent of each party that is not its own; `payers` who paid for whose orders: payer and consignee, each
    /// pair once.
    pub fn resolve(
        parties: &BTreeMap<String, Party>,
        stakes: &[Stake],
        roots: BTreeMap<String, String>,
        payers: &[(String, String)],
    ) -> Entities {
        let links = links::links(parties, &roots, payers);
        let clusters = clusters::clusters(&links, &roots);
        let stakes = stakes::total_stakes(stakes, parties);
        let (roots, clusters) = (roots.into_iter().collect(), clusters.into_iter().collect());
        Entities { links, stakes, standings: Standings::default(), roots, clusters }
    }

    /// The ultimate parent of a party; itself where none is known.
    pub fn root<'a>(&'a self, party: &'a str) -> &'a str {
        self.roots.get(party).map_or(party, String::as_str)
    }

    /// The smallest root of those that are taken for one with the party's.
    pub fn cluster<'a>(&'a self, party: &'a str) -> &'a str {
        let root = self.root(party);
        self.clusters.get(root).map_or(root, String::as_str)
    }
}

/// Text as it is compared: lower case, letters and digits of any script, one blank between.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().flat_map(char::to_lowercase));
    }
    plain
}
