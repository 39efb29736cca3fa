//! Software, technology and services that are named by the item they are for: `B200 driver`, `design files of H100`, `hours of H100`.

/// Words that say that what is named is software, technology or a service for the item beside them.
const WORDS: &[&str] = &[
    "blueprint",
    "blueprints",
    "driver",
    "drivers",
    "firmware",
    "gds",
    "gdsii",
    "hour",
    "hours",
    "iaas",
    "instance",
    "instances",
    "netlist",
    "netlists",
    "rental",
    "rtl",
    "schematic",
    "schematics",
    "sdk",
    "software",
    "technology",
];

/// Pairs of words that say so.
const PAIRS: &[(&str, &[&str])] = &[
    ("cloud", &["access", "compute", "hours", "instance", "instances", "rental", "service", "services", "time"]),
    ("design", &["data", "database", "documentation", "documents", "file", "files"]),
    ("gpu", &["hour", "hours", "time"]),
    ("mask", &["data", "set", "sets"]),
    ("source", &["code", "codes"]),
    ("technical", &["assistance", "data", "documentation"]),
];

/// Words between such a word and the item it is for.
const LINKS: &[&str] = &["of", "for", "on", "the", "an", "a", "nvidia", "amd"];

/// The words beside an item's name, from `first` to before `end` of a text's words, that say that not the item itself is meant; `None` where there are none.
pub(crate) fn words_beside(words: &[String], first: usize, end: usize) -> Option<String> {
    let word = |at: usize| words.get(at).map(String::as_str);
    let here = |at: usize| -> Option<String> {
        let (one, next) = (word(at)?, word(at + 1).unwrap_or(""));
        if let Some((_, seconds)) = PAIRS.iter().find(|(start, _)| *start == one)
            && seconds.contains(&next)
        {
            return Some(format!("{one} {next}"));
        }
        WORDS.contains(&one).then(|| one.to_owned())
    };
    if let Some(behind) = here(end) {
        return Some(behind);
    }
    // Back over `of the`, `for`.
    let mut at = first;
    while at.checked_sub(1).and_then(word).is_some_and(|link| LINKS.contains(&link)) {
        at -= 1;
    }
    let pair = at.checked_sub(2).filter(|_| at < first).and_then(here).filter(|found| found.contains(' '));
    pair.or_else(|| at.checked_sub(1).filter(|_| at < first).and_then(here))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(text: &str, item: &str) -> Option<String> {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let at = words.iter().position(|word| word == item).unwrap_or(0);
        words_beside(&words, at, at + 1)
    }

    #[test]
    fn what_is_for_an_item_is_not_the_item() {
        for (text, said) in [
            ("h100 driver software", "driver"),
            ("h100 design files", "design files"),
            ("source code of the h100", "source code"),
            ("hours of h100", "hours"),
            ("technology for nvidia h100", "technology"),
            ("h100 cloud rental", "cloud rental"),
        ] {
            assert_eq!(beside(text, "h100").as_deref(), Some(said), "{text}");
        }
        for text in ["h100 with driver cd", "h100 cloud server", "server with h100", "software and h100", "design h100"]
        {
            assert_eq!(beside(text, "h100"), None, "{text}");
        }
    }
}
