//! How much of a party's name is searched, and how strictly: parts of it are names of others less often than not.

use crate::name::Name;

/// How much of a party's name is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// What stands beside words such as `c/o`.
    SetOff,
    /// What stands between marks such as brackets, in two words or more.
    Piece,
    /// One word, or common words, of which only the same ones count.
    Word,
    /// What tells so little that only the whole of a listed name counts, with its legal forms.
    Same,
    /// What tells a listed name apart, beside common words.
    Core,
}

/// What words must tell, in hundredths of a bit, to be searched as a name that may be misspelled: `(Shanghai)` and `/ Trading` are no whole names.
const LONE_WORD_WEIGHT: u32 = 900;
/// What a piece between marks must tell for names to count that are not wholly the same.
const PIECE_WEIGHT: u32 = 1_300;
/// How alike the words of a piece must be to a listed name's.
pub(crate) const PIECE_ALIKE: u32 = 9_300;

/// What the words of a name tell beside its legal forms, in hundredths of a bit.
fn word_weight(name: &Name) -> u32 {
    name.tokens.iter().filter(|token| !token.form).map(|token| token.weight).sum()
}

/// Whether the words of a name tell so little that it stands for a name only where brackets, slashes or words set it off.
pub(crate) fn tells_little(name: &Name) -> bool {
    word_weight(name) < PIECE_WEIGHT
}

impl Extent {
    /// How a part of a name is searched. `set_off` says that words such as `c/o` stand beside it.
    pub(crate) fn of_part(name: &Name, set_off: bool) -> Extent {
        let weight = word_weight(name);
        let words = name.tokens.iter().filter(|token| !token.form).count();
        match (set_off, words) {
            (true, _) if weight >= LONE_WORD_WEIGHT => Extent::SetOff,
            (true, _) => Extent::Word,
            (false, _) if tells_little(name) => Extent::Same,
            (false, 0 | 1) => Extent::Word,
            (false, _) => Extent::Piece,
        }
    }
}
