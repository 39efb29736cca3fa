//! The flags of a party, asked for many a time on every line, and nearly always not there.

use std::collections::BTreeSet;

/// Flags by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FlagSet {
    names: BTreeSet<String>,
    /// A bit for what each name looks like: a name whose bit is not set is not there, and needs not be looked for.
    looks: u64,
}

/// The bit of a name, by its length and its first and last letter.
fn look(name: &str) -> u64 {
    let letters = name.as_bytes();
    let ends = [letters.first(), letters.last()].into_iter().flatten().map(|letter| usize::from(*letter));
    1 << (ends.sum::<usize>().wrapping_add(letters.len()) & 63)
}

impl FlagSet {
    pub(crate) fn insert(&mut self, name: String) {
        self.looks |= look(&name);
        self.names.insert(name);
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.looks & look(name) != 0 && self.names.contains(name)
    }

    /// The names, in alphabetical order.
    pub(crate) fn names(&self) -> &BTreeSet<String> {
        &self.names
    }
}

impl Extend<String> for FlagSet {
    fn extend<I: IntoIterator<Item = String>>(&mut self, names: I) {
        names.into_iter().for_each(|name| self.insert(name));
    }
}

impl FromIterator<String> for FlagSet {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> FlagSet {
        let mut flags = FlagSet::default();
        flags.extend(names);
        flags
    }
}

#[cfg(test)]
mod tests {
    use super::FlagSet;

    #[test]
    fn a_flag_is_there_exactly_where_it_was_put() {
        let names = ["", "?", "a", "entity_list", "entity_lisu", "tntity_lise", "nveu:SG", "ü"];
        for there in names {
            let flags: FlagSet = [there.to_owned()].into_iter().collect();
            for name in names {
                assert_eq!(flags.contains(name), name == there, "{there} {name}");
            }
        }
    }
}
