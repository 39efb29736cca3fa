//! What is known of a party beside its names. What agrees closes a part of the gap to certainty; what differs costs little, since companies
//! have several addresses and lists old ones; what either side lacks costs nothing.

/// What one kind of evidence says of a match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Agreement {
    /// The entry has what the party has.
    Agree,
    /// It has something else.
    Differ,
    /// Either side states none: this costs nothing.
    #[default]
    Unknown,
}

/// What is known beside the names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The countries.
    pub country: Agreement,
    /// The city among the entry's addresses; never differs.
    pub city: Agreement,
    /// The street address; never differs.
    pub address: Agreement,
    /// A register number, tax number or the like; never differs, since a party has several.
    pub id: Agreement,
    /// The day of incorporation or birth.
    pub date: Agreement,
}

/// What each kind does: its name, the part of the gap to 10,000 that agreement closes, and what is left of the score where it differs, in percent.
const WORTH: [(&str, u32, u32); 5] = [
    ("country", 15, 95),
    ("city", 5, 100),
    ("address", 40, 100),
    ("register number", 80, 100),
    ("day of incorporation or birth", 20, 97),
];

impl Evidence {
    fn kinds(self) -> [Agreement; 5] {
        [self.country, self.city, self.address, self.id, self.date]
    }

    /// A name's score moved by all of it.
    pub(crate) fn weigh(self, points: u32) -> u32 {
        let kinds = self.kinds().into_iter().zip(WORTH);
        kinds.fold(points, |points, (kind, (_, closes, left))| match kind {
            Agreement::Agree => points + 10_000_u32.saturating_sub(points) * closes / 100,
            Agreement::Differ => points * left / 100,
            Agreement::Unknown => points,
        })
    }

    /// A sentence for each kind that says something.
    pub(crate) fn sentences(self) -> impl Iterator<Item = String> {
        self.kinds().into_iter().zip(WORTH).filter_map(|(kind, (name, closes, left))| match kind {
            Agreement::Agree => Some(format!("the {name} agrees: {closes} percent of what lacks to 10000 is added")),
            Agreement::Differ => Some(format!("the {name} differs: {} percent off", 100 - left)),
            Agreement::Unknown => None,
        })
    }
}

/// Whether a party's one fact is among an entry's several; unknown where either side states none.
pub(crate) fn compare<T: PartialEq>(party: Option<T>, entry: &[T]) -> Agreement {
    match party {
        Some(fact) if entry.contains(&fact) => Agreement::Agree,
        Some(_) if !entry.is_empty() => Agreement::Differ,
        _ => Agreement::Unknown,
    }
}

/// A register number without spaces, marks and leading zeros; nothing where it is too short to tell anything.
pub(crate) fn plain_id(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let plain = plain.trim_start_matches('0');
    (plain.len() >= 5 && plain.bytes().any(|byte| byte.is_ascii_digit())).then(|| plain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_raises_and_difference_lowers() {
        let all = [Agreement::Agree, Agreement::Unknown, Agreement::Differ];
        for points in [0, 1, 4_000, 8_049, 9_990, 10_000] {
            for kind in 0..5 {
                let with = |agreement| {
                    let mut evidence = Evidence::default();
                    let field = match kind {
                        0 => &mut evidence.country,
                        1 => &mut evidence.city,
                        2 => &mut evidence.address,
                        3 => &mut evidence.id,
                        _ => &mut evidence.date,
                    };
                    *field = agreement;
                    evidence.weigh(points)
                };
                let [agree, unknown, differ] = all.map(with);
                assert!(agree >= unknown && unknown == points && unknown >= differ && agree <= 10_000);
            }
        }
    }

    #[test]
    fn register_numbers_are_compared_without_marks() {
        assert_eq!(plain_id("00-112 233/A").as_deref(), Some("112233A"));
        assert_eq!((plain_id("1234"), plain_id("ABCDEF")), (None, None));
    }
}
