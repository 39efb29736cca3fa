//! Which words of two names are one, and which are not.

use tollgate_screening::{Index, THRESHOLD, fold, score};

/// What two names score, where a list has the second.
fn points(query: &str, entry: &str) -> u32 {
    let index = Index::build([entry, "Bergen Bakeri AS"].into_iter());
    score(&index.query(query), &index.query(entry)).points
}

#[test]
fn numbers_in_digits_and_in_words_are_one_and_others_are_others() {
    for (query, entry) in [("Quvexa Plant 9", "Quvexa Plant Nine"), ("Fourth Quvexa Plant", "4 Quvexa Plant")] {
        assert!(points(query, entry) >= THRESHOLD, "{query} | {entry}");
    }
    for (query, entry) in [("Quvexa Plant 8", "Quvexa Plant Nine"), ("Quvexa Fund II", "Quvexa Fund III")] {
        assert!(points(query, entry) < THRESHOLD, "{query} | {entry}");
    }
}

#[test]
fn a_place_in_brackets_matters_little_between_companies_of_one_kind() {
    let listed = "Quvexa Optics Ltd";
    let [bracketed, plain, other_form] =
        ["Quvexa Optics (Norge) Ltd", "Quvexa Optics Norge Ltd", "Quvexa Optics (Norge) AS"]
            .map(|name| points(name, listed));
    assert!(bracketed > plain && bracketed > other_form, "{bracketed} {plain} {other_form}");
    let other_place = points("Quvexa Optics (Norge) Ltd", "Quvexa Optics (Shenzhen) Ltd");
    assert!(other_place < bracketed, "{other_place} {bracketed}");
}

#[test]
fn letters_that_stand_by_themselves_are_no_word_without_its_vowels() {
    assert!(points("Q V K Optics", "Quvek Optics") < points("Qvk Optics", "Quvek Optics"));
    assert_eq!(fold("H and M Optics"), fold("H & M Optics"));
    assert_eq!(points("Q.V.K. Optics", "QVK Optics"), 10_000);
}
