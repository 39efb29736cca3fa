//! The words of item names: which say nothing, which name a maker, a form or a memory; from `law/catalog/words.csv`.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_model::{Diagnostic, Place};

/// What a word of a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WordClass {
    /// Says nothing about which item it is: `gpu`, `card`, `used`.
    Filler,
    /// Names who makes or sells it.
    Maker,
    /// Names who makes boards with the chips of others; what else it says of them is a series.
    Partner,
    /// A series of a board maker: `gaming`, `windforce`.
    Series,
    /// A kind of memory: `hbm3`.
    MemoryKind,
    /// How it is plugged in, as a card.
    CardForm,
    /// How it is plugged in, as a module.
    ModuleForm,
    /// A generation of chips: `hopper`.
    Generation,
    /// Stands in many names and tells none apart: `server`.
    Common,
}

impl WordClass {
    const ALL: [(WordClass, &'static str); 9] = [
        (WordClass::Filler, "filler"),
        (WordClass::Maker, "maker"),
        (WordClass::Partner, "partner"),
        (WordClass::Series, "series"),
        (WordClass::MemoryKind, "memory_kind"),
        (WordClass::CardForm, "card_form"),
        (WordClass::ModuleForm, "module_form"),
        (WordClass::Generation, "generation"),
        (WordClass::Common, "common"),
    ];
}

/// The words that are known.
#[derive(Debug, Default)]
pub(crate) struct Words {
    classes: BTreeMap<String, WordClass>,
    same: BTreeMap<String, String>,
    designers: BTreeSet<String>,
}

/// A name taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameParts {
    /// What tells the item apart, cut where letters and digits meet.
    pub core: Vec<String>,
    /// Every word that says something, whole, without the size and the kind of memory.
    pub words: BTreeSet<String>,
    /// Gigabytes of memory.
    pub memory_gb: Option<u32>,
    /// Kinds of memory.
    pub memory_kinds: Vec<String>,
    /// How it is plugged in.
    pub forms: Vec<(WordClass, String)>,
    /// Generations of chips.
    pub generations: Vec<String>,
    /// Series of board makers.
    pub series: Vec<String>,
    /// Whether a board maker is named.
    pub partner: bool,
    /// The designers of chips that are named.
    pub designers: BTreeSet<String>,
    /// Every letter and digit, in order.
    pub letters: String,
}

/// Which parts of a name are left out in looking for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Without {
    pub memory_kinds: bool,
    pub memory: bool,
    pub forms: bool,
    pub generations: bool,
    pub series: bool,
}

impl NameParts {
    /// The parts as one key, in any order of words.
    pub(crate) fn key(&self, without: Without) -> String {
        let mut words: Vec<&str> = self.core.iter().map(String::as_str).collect();
        let memory = self.memory_gb.filter(|_| !without.memory).map(|memory| format!("{memory}gb"));
        words.extend(memory.as_deref());
        let lists = [
            (&self.memory_kinds, without.memory_kinds),
            (&self.generations, without.generations),
            (&self.series, without.series),
        ];
        for (list, left_out) in lists {
            words.extend(list.iter().filter(|_| !left_out).map(String::as_str));
        }
        words.extend(self.forms.iter().filter(|_| !without.forms).map(|(_, word)| word.as_str()));
        words.sort_unstable();
        words.join(" ")
    }
}

impl Words {
    pub(crate) fn read(&mut self, file: &str, text: &str, errors: &mut Vec<Diagnostic>) {
        for (row, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.is_empty()) {
            let mut wrong = |what: String, mend: &str| {
                errors.push(Diagnostic::new("bad-word", Place::line(file, row + 1), what, mend));
            };
            let cells: Vec<&str> = line.split(',').collect();
            let [word, class, same] = cells.as_slice() else {
                wrong("a row has three cells".to_owned(), "write word,class,same_as");
                continue;
            };
            if !same.is_empty() {
                self.same.insert((*word).to_owned(), (*same).to_owned());
                continue;
            }
            let class = if *class == "designer" { "maker" } else { *class };
            let Some((class, _)) = WordClass::ALL.into_iter().find(|(_, name)| *name == class) else {
                wrong(
                    format!("`{class}` is no class of words"),
                    "write filler, maker, designer, partner, series, memory_kind, card_form, module_form, generation or common",
                );
                continue;
            };
            if cells.get(1) == Some(&"designer") {
                self.designers.insert((*word).to_owned());
            }
            self.classes.insert((*word).to_owned(), class);
        }
    }

    /// Whether a word stands in many names and tells none apart.
    pub(crate) fn is_common(&self, word: &str) -> bool {
        self.classes.contains_key(word)
    }

    /// Whether a maker is one of those who design the chips of the catalog and no others.
    pub(crate) fn names_designer(&self, maker: &str) -> bool {
        maker.split(' ').any(|word| self.designers.contains(word))
    }

    /// Takes a name apart. Where all its words say nothing, they are what tells it apart.
    pub(crate) fn parts(&self, name: &str) -> NameParts {
        let words = self.cut(name);
        let mut parts = NameParts { letters: words.concat(), ..NameParts::default() };
        let mut fillers = Vec::new();
        for word in &words {
            let class = self.classes.get(word);
            let says = !matches!(
                class,
                Some(
                    WordClass::Filler
                        | WordClass::Maker
                        | WordClass::Partner
                        | WordClass::Series
                        | WordClass::MemoryKind
                )
            );
            if says && memory(word).is_none() {
                parts.words.insert(word.clone());
            }
            match class {
                Some(WordClass::Filler) => fillers.push(word.as_str()),
                Some(WordClass::Maker) => {
                    parts.designers.extend(self.designers.get(word).cloned());
                    fillers.push(word);
                }
                Some(WordClass::Partner) => {
                    parts.partner = true;
                    fillers.push(word);
                }
                Some(WordClass::Series) => parts.series.push(word.clone()),
                Some(WordClass::MemoryKind) => parts.memory_kinds.push(word.clone()),
                Some(WordClass::Generation) => parts.generations.push(word.clone()),
                Some(class @ (WordClass::CardForm | WordClass::ModuleForm)) => {
                    parts.forms.push((*class, word.clone()));
                }
                Some(WordClass::Common) => parts.core.push(word.clone()),
                None => match memory(word) {
                    Some(memory) if parts.memory_gb.is_none() => parts.memory_gb = Some(memory),
                    _ => parts.core.extend(atoms(word)),
                },
            }
        }
        let rest = [&parts.memory_kinds, &parts.generations, &parts.series].iter().all(|list| list.is_empty());
        if parts.core.is_empty() && rest && parts.memory_gb.is_none() && parts.forms.is_empty() {
            parts.core = fillers.into_iter().map(str::to_owned).collect();
        }
        parts
    }

    /// The words of a name: lower case, cut at what is neither letter nor digit, `80 gb` joined, synonyms replaced.
    fn cut(&self, name: &str) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let lower = name
            .to_lowercase()
            .replace("(r)", " ")
            .replace("(tm)", " ")
            .replace("pci express", "pcie")
            .replace("pci-express", "pcie")
            .replace("pci-e", "pcie")
            .replace("ada lovelace", "lovelace");
        for run in lower.split(|letter: char| !letter.is_alphanumeric()) {
            for word in scripts(run) {
                let word = self.same.get(word).map_or(word, String::as_str);
                for word in word.split(' ').filter(|word| !word.is_empty()) {
                    match words.last_mut() {
                        Some(last)
                            if matches!(word, "gb" | "gib") && last.bytes().all(|byte| byte.is_ascii_digit()) =>
                        {
                            last.push_str("gb");
                        }
                        _ => words.push(word.to_owned()),
                    }
                }
            }
        }
        words
    }
}

/// A run of letters and digits, cut where Latin letters meet those of another script.
fn scripts(run: &str) -> impl Iterator<Item = &str> {
    let mut rest = run;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.char_indices().find(|(_, letter)| letter.is_ascii() != first.is_ascii());
        let (word, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(word)
    })
}

/// The gigabytes that a word such as `80gb`, `24g` or `o24g` states.
fn memory(word: &str) -> Option<u32> {
    let digits = word.strip_suffix("gib").or_else(|| word.strip_suffix("gb")).or_else(|| word.strip_suffix('g'))?;
    let digits = digits.strip_prefix('o').unwrap_or(digits);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// A word cut where letters and digits meet; a count such as `8x` stays whole.
fn atoms(word: &str) -> Vec<String> {
    let is_count = word.strip_suffix('x').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    if is_count && word.len() > 1 && word.len() < 4 {
        return vec![word.to_owned()];
    }
    let mut atoms: Vec<String> = Vec::new();
    let mut digits = None;
    for letter in word.chars() {
        let is_digit = letter.is_ascii_digit();
        match atoms.last_mut() {
            Some(last) if digits == Some(is_digit) => last.push(letter),
            _ => atoms.push(letter.to_string()),
        }
        digits = Some(is_digit);
    }
    atoms
}
