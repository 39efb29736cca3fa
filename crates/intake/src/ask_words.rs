//! The words of a question in one line, and those that change what is asked.

/// How a question may begin.
pub(crate) const OPENINGS: &[&str] = &[
    "can i ship",
    "can we ship",
    "may i ship",
    "may we ship",
    "can i export",
    "may i export",
    "can i send",
    "can we export",
    "can i sell",
    "ship",
    "export",
    "send",
    "sell",
    "is it allowed to ship",
    "can we send",
    "can we sell",
    "can i deliver",
    "can we deliver",
    "could i ship",
    "could we ship",
    "could i send",
    "could we send",
    "could we export",
    "may i send",
    "may we send",
    "may we export",
    "are we allowed to ship",
    "are we allowed to send",
    "am i allowed to ship",
    "we want to ship",
    "we would like to ship",
    "i want to ship",
    "i would like to ship",
    "deliver",
    "darf ich",
    "d\u{fc}rfen wir",
    "kann ich",
    "k\u{f6}nnen wir",
    "ich m\u{f6}chte",
    "wir m\u{f6}chten",
];

/// Verbs with which a German question ends.
pub(crate) const GERMAN_ENDINGS: &[&str] =
    &["liefern", "exportieren", "ausf\u{fc}hren", "senden", "schicken", "versenden", "verkaufen", "verschicken"];

/// What ends a Japanese question behind the recipient and its particle: whether something may be sent.
pub(crate) const JAPANESE_ENDINGS: &[&str] = &[
    "\u{8f38}\u{51fa}\u{3067}\u{304d}\u{307e}\u{3059}\u{304b}",
    "\u{8f38}\u{51fa}\u{3057}\u{3066}\u{3082}\u{3088}\u{3044}\u{3067}\u{3059}\u{304b}",
    "\u{8f38}\u{51fa}\u{3057}\u{3066}\u{3082}\u{3044}\u{3044}\u{3067}\u{3059}\u{304b}",
    "\u{8f38}\u{51fa}\u{3057}\u{305f}\u{3044}",
    "\u{8f38}\u{51fa}",
    "\u{51fa}\u{8377}\u{3067}\u{304d}\u{307e}\u{3059}\u{304b}",
    "\u{51fa}\u{8377}\u{3057}\u{3066}\u{3082}\u{3088}\u{3044}\u{3067}\u{3059}\u{304b}",
    "\u{9001}\u{308c}\u{307e}\u{3059}\u{304b}",
    "\u{9001}\u{3063}\u{3066}\u{3082}\u{3088}\u{3044}\u{3067}\u{3059}\u{304b}",
    "\u{8ca9}\u{58f2}\u{3067}\u{304d}\u{307e}\u{3059}\u{304b}",
];

/// Openings behind which a mark of question at the end is no doubt.
pub(crate) const QUESTION_OPENINGS: &[&str] = &[
    "can i",
    "can we",
    "could i",
    "could we",
    "may i",
    "may we",
    "is it allowed to",
    "are we allowed to",
    "am i allowed to",
    "darf ich",
    "d\u{fc}rfen wir",
    "kann ich",
    "k\u{f6}nnen wir",
];

/// Words of politeness before an opening, which change nothing.
pub(crate) const GREETINGS: &[&str] = &["please", "hi", "hello", "hi,", "hello,", "please,"];

/// The small words by which one language divides a question.
pub(crate) struct Language {
    /// Before the recipient.
    pub(crate) to: &'static [&'static str],
    /// Before the country of origin.
    pub(crate) from: &'static [&'static str],
    /// Before the end use.
    pub(crate) end_use: &'static [&'static str],
}

/// The languages in which questions are divided, English first: the first of which a word for `to` is found is taken.
pub(crate) const LANGUAGES: &[Language] = &[
    Language { to: &["to", "->", "=>", "\u{2192}"], from: &["from"], end_use: &["for"] },
    Language { to: &["an", "nach"], from: &["aus", "von"], end_use: &["f\u{fc}r", "zur", "zum"] },
    Language {
        to: &["\u{e0}", "a", "al", "vers", "hacia", "para"],
        from: &["depuis", "desde", "da"],
        end_use: &["pour", "para", "per"],
    },
];

/// Words between two kinds of goods.
pub(crate) const BETWEEN: &[&str] = &["and", "+", "&", "plus", "und", "et", "y", "e"];
/// Words between two names that may be of one party or of two.
pub(crate) const BESIDE: &[&str] = &["and", "&", "plus", "with", "und", "et", "y"];
/// Words before an item that change nothing.
pub(crate) const ADJECTIVES: &[&str] = &[
    "used",
    "new",
    "refurbished",
    "second-hand",
    "secondhand",
    "unused",
    "of",
    "the",
    "units",
    "unit",
    "pieces",
    "piece",
    "pcs",
    "pc",
    "qty",
    "quantity",
    "st\u{fc}ck",
    "unidades",
    "unit\u{e9}s",
];
/// Words beside the name of an item that say no more than what it is: makers, families and kinds of goods.
pub(crate) const PLAIN_WORDS: &[&str] = &[
    "nvidia",
    "amd",
    "intel",
    "geforce",
    "radeon",
    "instinct",
    "tesla",
    "quadro",
    "gpu",
    "gpus",
    "card",
    "cards",
    "graphics",
    "accelerator",
    "accelerators",
    "chip",
    "chips",
    "ai",
    "board",
    "boards",
    "module",
    "modules",
    "server",
    "servers",
    "system",
    "systems",
    "node",
    "nodes",
    "rack",
    "racks",
    "edition",
    "founders",
    "gaming",
    "tensor",
    "core",
    "pcie",
    "of",
    "with",
    "the",
    "x",
    "type",
    "model",
    "video",
    "desktop",
    "workstation",
    "karte",
    "karten",
    "grafikkarte",
    "grafikkarten",
    "carte",
    "cartes",
    "tarjeta",
    "tarjetas",
    "units",
    "unit",
    "pieces",
    "pcs",
];
/// Numbers as words.
pub(crate) const NUMBERS: &[(&str, i64)] = &[
    ("a", 1),
    ("an", 1),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("ein", 1),
    ("eine", 1),
    ("einen", 1),
    ("zwei", 2),
    ("drei", 3),
    ("vier", 4),
    ("f\u{fc}nf", 5),
    ("sechs", 6),
    ("sieben", 7),
    ("acht", 8),
    ("neun", 9),
    ("zehn", 10),
    ("un", 1),
    ("une", 1),
    ("deux", 2),
    ("trois", 3),
    ("quatre", 4),
    ("cinq", 5),
    ("sept", 7),
    ("huit", 8),
    ("neuf", 9),
    ("dix", 10),
    ("uno", 1),
    ("una", 1),
    ("dos", 2),
    ("tres", 3),
    ("cuatro", 4),
    ("cinco", 5),
    ("seis", 6),
    ("siete", 7),
    ("ocho", 8),
    ("nueve", 9),
    ("diez", 10),
];

/// Words beside an item that change what is asked, and that the grammar does not know: more or fewer than the number before them says, none at all, or
/// again and again.
pub(crate) const CHANGES: &[&str] = &[
    "not",
    "no",
    "never",
    "none",
    "without",
    "except",
    "but",
    "or",
    "dozen",
    "dozens",
    "hundred",
    "hundreds",
    "thousand",
    "thousands",
    "million",
    "millions",
    "billion",
    "k",
    "score",
    "pair",
    "pairs",
    "couple",
    "half",
    "quarter",
    "double",
    "per",
    "each",
    "every",
    "weekly",
    "monthly",
    "yearly",
    "annually",
    "between",
    "about",
    "around",
    "approximately",
    "roughly",
    "almost",
    "several",
    "few",
    "some",
    "many",
    "least",
    "most",
    "than",
    "minus",
    "less",
    "fewer",
    "times",
    "maybe",
    "if",
    "unless",
];
/// Words in a name or behind it that name a further party or place, of which the grammar knows one each, or that leave open which it is.
pub(crate) const FURTHER: &[&str] = &[
    "or",
    "via",
    "through",
    "not",
    "except",
    "instead",
    "without",
    "care",
    "c/o",
    "then",
    "later",
    "afterwards",
    "oder",
    "ou",
    "maybe",
    "perhaps",
    "possibly",
    "probably",
    "presumably",
    "likely",
    "vielleicht",
    "tbd",
    "tba",
    "tbc",
    "n/a",
    "whoever",
    "someone",
    "somebody",
    "anyone",
    "anybody",
    "near",
];
/// Words of how a party stands to another. Behind the first comma, or in parentheses, they name a further party.
pub(crate) const RELATIONS: &[&str] = &[
    "subsidiary",
    "subsidiaries",
    "affiliate",
    "affiliated",
    "owned",
    "controlled",
    "parent",
    "behalf",
    "agent",
    "formerly",
    "aka",
    "dba",
    "fka",
    "headquartered",
    "headquarters",
    "hq",
    "notify",
    "consignee",
    "forwarder",
    "user",
    "tochter",
    "filiale",
    "filial",
    "member",
    "owner",
    "owners",
    "shareholder",
    "company",
    "firm",
];
/// Phrases that name a further party wherever they stand.
pub(crate) const FOR_OTHERS: &[&str] = &[
    "on behalf of",
    "paid by",
    "paid for by",
    "via ",
    "through ",
    "owned by",
    "controlled by",
    "in the name of",
    "by order of",
    "subsidiary of",
    "affiliate of",
    "branch of",
    "part of",
    "member of",
    "division of",
    "arm of",
    "formerly ",
    "end user ",
    "end-user ",
];
/// How the country of headquarters is said.
pub(crate) const SEATS: &[&str] = &[
    "headquartered in ",
    "with headquarters in ",
    "headquarters in ",
    "headquarters: ",
    "headquarters ",
    "hq in ",
    "hq: ",
    "hq ",
    "hauptsitz in ",
    "sitz in ",
];
/// Parts of a name that stand behind a comma.
pub(crate) const LEGAL_FORMS: &[&str] = &[
    "inc",
    "ltd",
    "limited",
    "llc",
    "llp",
    "lp",
    "plc",
    "corp",
    "corporation",
    "co",
    "coltd",
    "gmbh",
    "ag",
    "sa",
    "sas",
    "sarl",
    "srl",
    "spa",
    "bv",
    "nv",
    "ab",
    "as",
    "oy",
    "aps",
    "kk",
    "pty",
    "ptyltd",
    "pte",
    "pteltd",
    "sdnbhd",
    "jsc",
    "pjsc",
    "ooo",
    "sl",
    "lda",
];
/// Codes of countries that are legal forms or other short words of English too, so that they stand behind names and behind `in`.
pub(crate) const WORD_CODES: &[&str] = &["AI", "BI", "HR", "IO", "IT", "KG", "ME", "ML", "PR", "QA", "TV"];
/// Words before the name of a country with which it is no longer that country's name alone: `New Jersey`, `Bank of China`.
pub(crate) const QUALIFIERS: &[&str] = &[
    "of", "the", "de", "du", "del", "der", "von", "and", "&", "for", "near", "new", "north", "northern", "south",
    "southern", "east", "eastern", "west", "western", "central", "inner", "outer", "upper", "lower", "little",
    "greater", "great", "occupied", "former", "not", "no", "air", "royal", "baja",
];
/// Words with which a description of somebody begins, as in `a client in Bergen`.
pub(crate) const DESCRIPTIONS: &[&str] = &[
    "a", "an", "our", "my", "your", "his", "her", "their", "some", "any", "another", "this", "that", "one", "ein",
    "eine", "einen", "un", "une", "unser",
];
/// Names of countries, as [`plain`](crate::text::plain) makes them, that are names of persons, places or things too.
pub(crate) const HOMONYMS: &[&str] = &[
    "jordan", "chad", "georgia", "jersey", "guinea", "niger", "dominica", "holland", "chili", "indie", "names", "siri",
    "viro",
];

/// Marks with which a writer says that a word is in doubt or that more is to be said of it.
pub(crate) fn is_doubt(mark: char) -> bool {
    matches!(mark, '?' | '\u{61f}' | '\u{bf}' | '\u{203d}' | '*' | '~')
}

/// Codes of states of the United States that are codes of countries too.
pub(crate) const STATES: &[&str] = &[
    "AL", "AR", "AZ", "CA", "CO", "DE", "GA", "ID", "IL", "IN", "KY", "LA", "MA", "MD", "ME", "MN", "MO", "MS", "MT",
    "NC", "NE", "PA", "SC", "SD", "TN", "VA", "PR", "GU",
];

/// A number in digits or as a word; `4x` is four, and `10k` is ten thousand.
pub(crate) fn count(word: &str) -> Option<i64> {
    let lower = word.to_lowercase();
    let bare = ["pcs", "pc", "x", "\u{d7}"].into_iter().find_map(|ending| lower.strip_suffix(ending)).unwrap_or(&lower);
    let (digits, scale) = bare.strip_suffix('k').map_or((bare, 1), |digits| (digits, 1_000));
    let by_word = NUMBERS.iter().find(|(name, _)| *name == lower).map(|(_, value)| *value);
    // A comma divides thousands; `2,5` is no whole number.
    let mut groups = digits.split(',');
    let is_grouped =
        groups.next().is_some_and(|first| (1..=3).contains(&first.len())) && groups.all(|group| group.len() == 3);
    let plain = if is_grouped { digits.replace(',', "") } else { digits.to_owned() };
    let plain = plain.bytes().all(|byte| byte.is_ascii_digit()).then_some(plain);
    let counted = plain.and_then(|plain| plain.parse::<i64>().ok()?.checked_mul(scale));
    by_word.or(counted).filter(|count| (1..=1_000_000_000).contains(count))
}
