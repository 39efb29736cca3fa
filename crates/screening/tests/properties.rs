//! What a score may and may not depend on.
#![expect(clippy::indexing_slicing, reason = "a test that cannot go on must stop, helpers included")]

use std::sync::LazyLock;

use proptest::prelude::*;
use tollgate_screening::{Index, Query, Scratch, Screener, read_lists};

const WORDS: [&str; 24] = [
    "alpha",
    "baikal",
    "cedar",
    "delta",
    "ebro",
    "falcon",
    "granite",
    "harbor",
    "indigo",
    "jasmine",
    "karelia",
    "lotus",
    "meridian",
    "nordic",
    "opal",
    "pacific",
    "quartz",
    "riviera",
    "sakhalin",
    "taiga",
    "technology",
    "trading",
    "systems",
    "electronics",
];

fn name(words: &[usize]) -> String {
    words.iter().map(|at| WORDS[at % WORDS.len()]).collect::<Vec<_>>().join(" ")
}

static LISTED: LazyLock<Vec<String>> = LazyLock::new(|| {
    (0..200_usize).map(|at| format!("{} {} {} Ltd", WORDS[at % 19], WORDS[at * 7 % 20], WORDS[20 + at % 4])).collect()
});
static INDEX: LazyLock<Index> = LazyLock::new(|| Index::build(LISTED.iter().map(String::as_str)));

fn points(a: &str, b: &str) -> u32 {
    tollgate_screening::score(&INDEX.query(a), &INDEX.query(b)).points
}

/// The most that another order of words takes off, in basis points.
const ORDER: u32 = 200;

proptest! {
    #[test]
    fn case_spacing_and_marks_change_nothing(words in prop::collection::vec(0..24_usize, 1..5), other in prop::collection::vec(0..24_usize, 1..5)) {
        let (a, b) = (name(&words), name(&other));
        let plain = points(&a, &b);
        prop_assert_eq!(points(&a.to_uppercase(), &b), plain);
        prop_assert_eq!(points(&a.replace(' ', " \u{200b} "), &b), plain);
        prop_assert_eq!(points(&a.replace('a', "a\u{301}"), &b), plain);
        prop_assert_eq!(points(&a.replace(' ', "-"), &b), plain);
    }

    #[test]
    fn another_order_of_words_takes_little_off(words in prop::collection::btree_set(0..24_usize, 2..5)) {
        let words: Vec<usize> = words.into_iter().collect();
        let turned: Vec<usize> = words.iter().rev().copied().collect();
        let score = points(&name(&turned), &name(&words));
        prop_assert!((10_000 - ORDER - 2_000..10_000).contains(&score), "{}", score);
        prop_assert!(points(&name(&words), &name(&words)) == 10_000);
    }

    #[test]
    fn one_more_word_that_the_entry_has_never_lowers_the_score(words in prop::collection::btree_set(0..20_usize, 2..5)) {
        let words: Vec<usize> = words.into_iter().collect();
        let fewer = points(&name(&words[..words.len() - 1]), &name(&words));
        prop_assert!(points(&name(&words), &name(&words)) >= fewer);
    }

    #[test]
    fn names_without_lost_words_score_the_same_both_ways(words in prop::collection::btree_set(0..20_usize, 1..4), typo in 0..3_usize) {
        let entry = name(&words.into_iter().collect::<Vec<_>>());
        let query = entry.replacen(["a", "e", "r"][typo], "", 1);
        prop_assert_eq!(points(&query, &entry), points(&entry, &query));
    }

    #[test]
    fn evidence_for_a_match_never_lowers_it(pick in 0..200_usize, drop in 0..3_usize) {
        let rows: Vec<String> = LISTED.iter().map(|name| format!("{name},CN\n")).collect();
        let text = format!("name,country\n{}", rows.concat());
        let screener = Screener::new(read_lists(&[("own.csv".into(), text.into_bytes())]).unwrap());
        let words: Vec<&str> = LISTED[pick].split(' ').collect();
        let query: Vec<&str> = words.iter().enumerate().filter(|(at, _)| *at != drop).map(|(_, word)| *word).collect();
        let query = query.join(" ");
        let best = |country: Option<&str>| {
            let country = country.map(|code| code.parse().unwrap());
            screener.screen(Query { names: &[&query], country, ..Query::default() }, 0, 1, &mut Scratch::default())[0].points
        };
        prop_assert!(best(Some("CN")) >= best(None));
        prop_assert!(best(None) >= best(Some("FR")));
    }
}

#[test]
fn odd_names_are_searched_without_harm() {
    let long = "Aurora ".repeat(200_000);
    for text in
        ["", " ", "!!!", "Ltd", "Co., Ltd.", "\u{0}\u{1b}[31m", "\u{202e}gnirT", "123", "a", long.as_str(), "名", "🜁🜂"]
    {
        let query = INDEX.query(text);
        for found in INDEX.search(&query, 0, &mut Scratch::default()) {
            assert!(found.score.points <= 10_000);
        }
    }
}
