//! What an entry of the Entity List states of its own scope and review.

/// How applications for an entry of the Entity List are reviewed, as its column states it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewPolicy {
    /// The entry states none, or one that is not read: a presumption of denial is taken.
    #[default]
    Unstated,
    /// Case by case, and nothing stricter for any item.
    CaseByCase,
    /// A presumption of denial.
    PresumptionOfDenial,
    /// A policy of denial, but for food and medicine.
    PolicyOfDenial,
}

impl ReviewPolicy {
    /// What the column of an entry says. A text that has a milder and a stricter policy for different items is read as the stricter one, since
    /// computing items are never food or medicine; one that sends the reader to another section is not read.
    pub fn from_text(text: &str) -> ReviewPolicy {
        let plain = text.to_lowercase().replace(['-', '\u{2010}', '\u{2011}'], " ");
        if plain.contains("policy of denial") {
            return ReviewPolicy::PolicyOfDenial;
        }
        if plain.contains("denial") {
            return ReviewPolicy::PresumptionOfDenial;
        }
        if plain.contains("case by case") && !plain.contains('§') {
            ReviewPolicy::CaseByCase
        } else {
            ReviewPolicy::Unstated
        }
    }
}

/// The footnote of an entry, which the Consolidated Screening List prints as a bare digit behind its license requirement; found by the section
/// that the requirement cites (734.9(e)(1) is 1, (g) is 3, (e)(2) is 4, (e)(3) is 5). `None` where it has none.
pub fn footnote_of(requirement: &str) -> Option<u8> {
    let squashed: String = requirement.chars().filter(|letter| !letter.is_whitespace()).collect();
    let cited = [("734.9(e)(3)", 5), ("734.9(g)", 3), ("734.9(e)(1)", 1), ("734.9(e)(2)", 4)];
    let cite = cited.into_iter().find(|(cite, _)| squashed.contains(cite)).map(|(_, footnote)| footnote);
    let digit =
        squashed.chars().next_back().and_then(|last| last.to_digit(10)).and_then(|digit| u8::try_from(digit).ok());
    cite.or(digit.filter(|digit| matches!(digit, 1 | 3 | 4 | 5)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_read_as_entries_word_them() {
        for (text, policy) in [
            ("Presumption of denial", ReviewPolicy::PresumptionOfDenial),
            ("Presumption of Denial.", ReviewPolicy::PresumptionOfDenial),
            ("Case-by-case basis", ReviewPolicy::CaseByCase),
            ("Case by case review", ReviewPolicy::CaseByCase),
            (
                "Case-by-case review for items for the safety of flight; presumption of denial for all others",
                ReviewPolicy::PresumptionOfDenial,
            ),
            (
                "Policy of denial for all items subject to the EAR apart from food and medicine designated as EAR99, reviewed case-by-case",
                ReviewPolicy::PolicyOfDenial,
            ),
            ("See § 744.2(d) of the EAR", ReviewPolicy::Unstated),
            ("", ReviewPolicy::Unstated),
        ] {
            assert_eq!(ReviewPolicy::from_text(text), policy, "{text}");
        }
    }

    #[test]
    fn footnotes_stand_behind_the_requirement() {
        for (text, footnote) in [
            ("For all items subject to the EAR. (See § 744.11 of the EAR)", None),
            ("For all items subject to the EAR. (See §§ 734.9(e)(2) and 744.11 of the EAR)4", Some(4)),
            ("For all items subject to the EAR (see §§ 734.9(e) 1 and 744.11 of the EAR)1", Some(1)),
            ("For all items subject to the EAR (See §§ 734.9(e)(3), 744.11 of the EAR).5", Some(5)),
            ("For all items subject to the EAR. (See §§ 734.9(g),3 746.8(a)(3), and 744.21(b) of the EAR)", Some(3)),
        ] {
            assert_eq!(footnote_of(text), footnote, "{text}");
        }
    }
}
