//! The word tables under `data/`.

use tollgate_model::Lookup;

/// The lines of a table that are not empty and no comment.
pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The lines of a table of two columns.
pub(crate) fn pairs(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(text).filter_map(|line| line.split_once('\t'))
}

/// What the English words of a lexicon are called otherwise, by the first entry that is a single word: `kogyo`, `industrial` of `industry`.
pub(crate) fn synonyms(text: &'static str) -> Lookup<&'static str, &'static str> {
    let mut of_word = Lookup::default();
    for (_, entry) in pairs(text) {
        if let Some((word, also)) = entry.split_once('\t').filter(|(word, _)| !word.contains(' ')) {
            of_word.entry(word).or_insert(also);
        }
    }
    of_word
}

/// The letters that a run spells by their names, where it is made of two or more; `&` stands between some and is no letter. `names` are those of letters
/// in a script, a longer one before a shorter one with which it begins.
pub(crate) fn spelt_letters(run: &[char], names: &[(&str, char)]) -> Option<String> {
    let text: String = run.iter().collect();
    let mut rest = text.as_str();
    let mut letters = String::new();
    while !rest.is_empty() {
        let (name, letter) = names.iter().find(|(name, _)| rest.starts_with(name))?;
        letters.extend(Some(*letter).filter(|letter| *letter != '&'));
        rest = rest.strip_prefix(name)?;
    }
    (letters.len() >= 2).then_some(letters)
}
