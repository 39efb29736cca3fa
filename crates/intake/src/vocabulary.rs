//! The word lists and profiles of `data/`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;

use crate::text::plain;

/// Lists of words, as [`plain`] makes them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) totals: BTreeSet<String>,
    pub(crate) assemblies: BTreeSet<String>,
    pub(crate) accessories: BTreeSet<String>,
    pub(crate) services: BTreeSet<String>,
    pub(crate) compute: BTreeSet<String>,
    pub(crate) context: BTreeSet<String>,
    pub(crate) pieces: BTreeSet<String>,
    pub(crate) nobody: BTreeSet<String>,
    pub(crate) roles: BTreeSet<String>,
    pub(crate) determiners: BTreeSet<String>,
    pub(crate) placeholders: BTreeSet<String>,
    pub(crate) divided: BTreeSet<String>,
    pub(crate) containers: BTreeSet<String>,
    pub(crate) containers_counted: BTreeSet<String>,
    pub(crate) others: BTreeSet<String>,
    pub(crate) same_as_consignee: BTreeSet<String>,
    pub(crate) day_doubts: BTreeSet<String>,
    /// As they are written.
    pub(crate) day_doubt_parts: BTreeSet<String>,
    pub(crate) parts: BTreeSet<String>,
}

/// A well-known kind of export.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) signs: Vec<String>,
    pub(crate) columns: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) fill_down: bool,
    #[serde(default)]
    pub(crate) origin: Option<String>,
    /// Whether quantities without a unit count packages.
    #[serde(default)]
    pub(crate) counts_packages: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profiles {
    profile: Vec<Profile>,
}

/// The headers of a section: each word with its target and its place in the target's list.
pub(crate) type Headers = BTreeMap<String, (String, usize)>;

fn read<T: for<'a> Deserialize<'a>>(text: &str) -> Option<T> {
    let read = toml::from_str(text).ok();
    tollgate_model::always!(read.is_some(), "the word lists of intake are TOML");
    read
}

/// The word lists.
pub(crate) fn word_lists() -> &'static Words {
    static TABLE: OnceLock<Words> = OnceLock::new();
    TABLE.get_or_init(|| {
        let Some(words) = read::<Words>(include_str!("../data/words.toml")) else { return Words::default() };
        let plainly = |words: BTreeSet<String>| words.iter().map(|word| plain(word)).collect();
        Words {
            totals: plainly(words.totals),
            assemblies: plainly(words.assemblies),
            accessories: plainly(words.accessories),
            services: plainly(words.services),
            compute: plainly(words.compute),
            context: plainly(words.context),
            pieces: plainly(words.pieces),
            nobody: plainly(words.nobody),
            roles: plainly(words.roles),
            determiners: plainly(words.determiners),
            placeholders: plainly(words.placeholders),
            divided: plainly(words.divided),
            containers: plainly(words.containers),
            containers_counted: plainly(words.containers_counted),
            others: plainly(words.others),
            same_as_consignee: plainly(words.same_as_consignee),
            day_doubts: plainly(words.day_doubts),
            day_doubt_parts: words.day_doubt_parts,
            parts: plainly(words.parts),
        }
    })
}

/// The profiles, with plain headers.
pub(crate) fn profiles() -> &'static [Profile] {
    static TABLE: OnceLock<Vec<Profile>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let read: Option<Profiles> = read(include_str!("../data/profiles.toml"));
        let mut profiles = read.map_or_else(Vec::new, |read| read.profile);
        for profile in &mut profiles {
            profile.signs = profile.signs.iter().map(|sign| plain(sign)).collect();
            profile.columns = profile.columns.iter().map(|(header, target)| (plain(header), target.clone())).collect();
        }
        profiles
    })
}

/// The headers of a section, `orders` or `parties`.
pub(crate) fn headers(section: &str) -> &'static Headers {
    static TABLE: OnceLock<BTreeMap<String, Headers>> = OnceLock::new();
    static NONE: Headers = Headers::new();
    let table = TABLE.get_or_init(|| {
        type Sections = BTreeMap<String, BTreeMap<String, Vec<String>>>;
        let mut table = BTreeMap::new();
        let Some(sections) = read::<Sections>(include_str!("../data/headers.toml")) else { return table };
        for (section, targets) in sections {
            let mut headers = Headers::new();
            for (target, words) in targets {
                for (place, word) in words.iter().enumerate() {
                    headers.entry(plain(word)).or_insert((target.clone(), place + 1));
                }
                headers.entry(plain(&target)).or_insert((target.clone(), 0));
            }
            table.insert(section, headers);
        }
        table
    });
    table.get(section).unwrap_or(&NONE)
}

/// The targets that a kind of table has; none where it is no kind.
pub(crate) fn known_targets(kind: &str) -> BTreeSet<&'static str> {
    headers(kind).values().map(|(target, _)| target.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_read() {
        assert!(word_lists().totals.contains("grandtotal"));
        assert!(headers("orders").contains_key("最終仕向国"));
        assert!(headers("parties").len() > 50);
        let targets: BTreeSet<&str> = headers("orders").values().map(|(target, _)| target.as_str()).collect();
        for profile in profiles() {
            for target in profile.columns.values().filter(|target| !target.is_empty()) {
                assert!(targets.contains(target.as_str()), "{target}");
            }
        }
    }
}
