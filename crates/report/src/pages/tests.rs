//! Pages and pictures: strings in every language, hostile text, and what a picture says.

use std::collections::{BTreeMap, BTreeSet};

use super::picture::{Edge, MonthTpp, Node, Shipment, Shipped, Tie, months, network, shipments, world};
use super::*;

/// The keys that templates ask for by name.
fn template_keys() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (_, text) in TEMPLATES {
        let parts: Vec<&str> = text.split("t(\"").collect();
        for (before, part) in parts.iter().zip(parts.iter().skip(1)) {
            // Filters and functions whose names end so, such as `split`, take no key.
            let is_longer = before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
            let (key, rest) = part.split_once('"').unwrap();
            if !is_longer && !rest.trim_start().starts_with('~') {
                keys.insert(key.to_owned());
            }
        }
    }
    keys
}

#[test]
fn every_language_has_every_string() {
    Pages::new().unwrap();
    let english: BTreeSet<&String> = Language::English.strings().keys().collect();
    let japanese: BTreeSet<&String> = Language::Japanese.strings().keys().collect();
    assert!(!english.is_empty());
    assert_eq!(english, japanese, "a key is missing from a file of strings");
    for key in template_keys() {
        assert!(english.contains(&key), "no string is called {key}");
    }
    for (key, text) in Language::English.strings() {
        let holes = |text: &str| -> BTreeSet<String> {
            text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name.to_owned()).collect()
        };
        assert_eq!(holes(text), holes(&Language::Japanese.strings()[key]), "{key} takes other values in Japanese");
    }
}

#[test]
fn a_language_is_taken_from_what_the_browser_asks_for() {
    assert_eq!(Language::accepted("ja-JP,en;q=0.5"), Language::Japanese);
    assert_eq!(Language::accepted("fr, en"), Language::English);
    assert_eq!(Language::accepted(""), Language::English);
}

#[test]
fn hostile_text_is_shown_as_text() {
    let name = "<script>alert(1)</script>\u{202e}\"'&".to_owned();
    let nodes = [
        Node { id: name.clone(), name: name.clone(), subject: true },
        Node { id: "b".into(), name: "x".repeat(10_000), subject: false },
    ];
    let edges = [
        Edge { from: 0, to: 1, tie: Tie::Ships, label: name.clone() },
        Edge { from: 1, to: 0, tie: Tie::Ships, label: String::new() },
        Edge { from: 0, to: 9, tie: Tie::Owns, label: String::new() },
    ];
    let drawn = network(&name, &nodes, &edges);
    assert!(!drawn.contains("<script") && drawn.len() < 10_000, "{drawn}");
    let page = Pages::new().unwrap();
    let context = serde_json::json!({ "lang": "en", "title": name, "detail": name, "mend": "", "key": null, "user": null, "other_lang": "ja", "here": name });
    let html = page.render("problem.html", context).unwrap();
    assert!(!html.contains("<script>alert"), "{html}");
}

#[test]
fn pictures_say_what_they_show() {
    let countries = BTreeMap::from([("SG".to_owned(), Shipped { tier: 2, tpp: 26.9e6 })]);
    let map = world("map", &countries, 1_000.0);
    assert!(map.contains("<title>SG: 26.9 M TPP</title><rect class=\"t2\""), "{map}");
    assert_eq!(map.matches("class=\"tile\"").count(), 242);
    let year = [MonthTpp { name: "2026-01".into(), tpp: [1.0, 2.0, 0.0] }];
    // Three bars on a wide screen, and three on a phone.
    assert_eq!(months("m", &year).matches("<rect").count(), 6);
    let list = |tpp| Shipment { day: 1.0, label: "2026-01-02 A".into(), year: 2026, tpp };
    let over = shipments("s", &[list(20e6), list(10e6)], Some(26.9e6));
    assert_eq!((over.matches("dot over").count(), over.matches("class=\"dot\"").count()), (2, 2));
    assert!(shipments("s", &[], None).ends_with("</svg>"));
    // On a phone the map stands in three parts, each drawn from the same tiles; nothing is drawn wider than a phone can show.
    assert_eq!(map.matches("<use href=\"#tiles\"/>").count(), 3);
    let node = |id: &str| Node { id: id.into(), name: id.into(), subject: false };
    let edge = Edge { from: 0, to: 1, tie: Tie::Ships, label: "PO-1".into() };
    for picture in [months("m", &year), over, network("n", &[node("a"), node("b")], &[edge])] {
        assert_eq!((picture.matches("picture on-wide").count(), picture.matches("picture on-phone").count()), (1, 1));
        let (_, phone) = picture.split_once("picture on-phone\" viewBox=\"0 0 ").unwrap();
        assert!(phone.starts_with("340 "), "{phone}");
    }
}
