//! The text of every page in every language, as snapshots in `tests/snapshots/`, from the fixed contexts in `tests/pages.json`.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test -p tollgate-report`, and look at the difference.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Language, Pages, TEMPLATES};

/// A page with what it shows, but for what is the same on every page.
#[derive(Deserialize)]
struct Sample {
    page: String,
    context: BTreeMap<String, Json>,
}

fn samples() -> BTreeMap<String, Sample> {
    serde_json::from_str(include_str!("../../tests/pages.json")).unwrap()
}

/// What is the same on every page, with what a sample adds or puts in its place.
fn context(sample: &Sample, language: Language) -> BTreeMap<String, Json> {
    let Json::Object(common) = json!({
        "lang": language.code(), "other_lang": if language == Language::English { "ja" } else { "en" },
        "here": "/orders?q=a&sort=date", "title": "A title",
        "pages": [{ "name": "orders", "path": "orders", "here": true }, { "name": "law", "path": "law", "here": false }],
        "user": { "name": "mika <m>", "role": "officer" }, "csrf": "secret",
    }) else {
        panic!("an object was written")
    };
    common.into_iter().chain(sample.context.clone()).collect()
}

#[test]
fn every_template_has_a_sample() {
    let shown: BTreeSet<String> = samples().into_values().map(|sample| sample.page).collect();
    // The frame of all pages, and parts that several of them use.
    let parts = ["base.html", "parts.html", "argument.html", "verdict.html", "match.html"];
    for (name, _) in TEMPLATES.iter().filter(|(name, _)| !parts.contains(name)) {
        assert!(shown.contains(*name), "{name} has no sample in tests/pages.json");
    }
}

#[test]
fn pages_are_as_they_were() {
    let pages = Pages::new().unwrap();
    for language in Language::ALL {
        for (name, sample) in samples() {
            let html = pages.render(&sample.page, context(&sample, language)).unwrap();
            insta::with_settings!({ snapshot_path => "../../tests/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("{name}_{}", language.code()), html);
            });
        }
    }
}
