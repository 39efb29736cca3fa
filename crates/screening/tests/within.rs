//! A listed name is found in whatever a party's name says beside it, however common its words are.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use tollgate_screening::{Query, Scratch, Screener, THRESHOLD, read_lists};

/// How a listed name is written within a longer one; `@` stands for it.
const FORMS: [&str; 28] = [
    "Lion Cloud Pte Ltd c/o @",
    "Lion Cloud Pte Ltd c/- @",
    "@ c/o Lion Cloud Pte Ltd",
    "Lion Cloud Pte Ltd (formerly @)",
    "Lion Cloud (ex-@)",
    "Lion Cloud f/k/a @",
    "@ d/b/a Lion Cloud",
    "Lion Cloud trading as @",
    "Attn: Mr Tan, @",
    "Lion Cloud / @",
    "@/Lion Cloud",
    "Lion Cloud [@]",
    "@ (Lion Cloud)",
    "@ | Lion Cloud",
    "Lion Cloud; @",
    "Lion Cloud, @",
    "Branch of @",
    "@ Singapore Branch",
    "@ Beijing Representative Office",
    "Procurement Department of @",
    "Lion Cloud on behalf of @",
    "Lion Cloud as agent for @",
    "Lion Cloud via @",
    "Lion Cloud through @",
    "@, Purchasing Dept.",
    "Lion Cloud - @",
    "@ - Warehouse 4",
    "Lion Cloud (part of @)",
];

/// Names of rare words, of common words, of one word, and with marks of their own.
const LISTED: [&str; 13] = [
    "Volga Kestrel Optics LLC",
    "KOROLEV, Ivan Petrovich",
    "ALI, Ahmad",
    "ORION",
    "GLS",
    "ELECTRONICS INSTITUTE",
    "AMAN GROUP",
    "PCC (UK)",
    "Smartcom (Hong Kong) Co., Limited",
    "STARS GROUP SAL (HOLDING)",
    "D.E.S. INTERNATIONAL CO. LTD.",
    "BB Bold Bridge International",
    "SL Kestrel",
];

fn screener() -> Screener {
    let rows: Vec<String> = LISTED.iter().map(|name| format!("\"{name}\",Entity List")).collect();
    let text = format!("name,list\n{}\n", rows.join("\n"));
    Screener::new(read_lists(&[("own.csv".to_owned(), text.into_bytes())]).unwrap())
}

#[test]
fn a_listed_name_is_found_within_every_form() {
    let screener = screener();
    let mut scratch = Scratch::default();
    let mut missed = Vec::new();
    for (form, name) in FORMS.iter().flat_map(|form| LISTED.iter().map(move |name| (form, name))) {
        let text = form.replace('@', name);
        let hits = screener.screen(Query { names: &[&text], ..Query::default() }, THRESHOLD, 20, &mut scratch);
        if !hits.iter().any(|hit| screener.entries[hit.entry].title() == *name) {
            missed.push(text);
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_is_part_of_a_name_is_never_taken_for_the_listed_party() {
    let screener = screener();
    let mut scratch = Scratch::default();
    for text in
        ["Lion Cloud / ORION", "Orion (Singapore) Pte Ltd", "Lion Cloud, GLS", "Volga Kestrel Optics LLC Plant No. 2"]
    {
        let hits = screener.screen(Query { names: &[text], ..Query::default() }, THRESHOLD, 20, &mut scratch);
        assert!(!hits.is_empty() && !hits.iter().any(|hit| screener.is_same(hit)), "{text}");
    }
    // A place in brackets is no listed company that has its name.
    for text in ["Blue Heron (Shanghai) Co., Ltd.", "Mr Tan, Blue Heron Ltd", "Blue Heron, S.L."] {
        let hits = screener.screen(Query { names: &[text], ..Query::default() }, THRESHOLD, 20, &mut scratch);
        assert!(hits.is_empty(), "{text}");
    }
}

#[test]
fn forms_behind_commas_and_what_goes_on_behind_brackets_are_no_names() {
    let text = "name,list\nSPC,Entity List\nDigital Technologies LLC,Entity List\n";
    let screener = Screener::new(read_lists(&[("own.csv".to_owned(), text.as_bytes().to_vec())]).unwrap());
    let is_found = |text: &&str| {
        let query = Query { names: &[*text], ..Query::default() };
        !screener.screen(query, THRESHOLD, 10, &mut Scratch::default()).is_empty()
    };
    let wrong = ["Bergen Bakeri, SPC", "Bergen Bakeri (3), SPC", "Yinovar (Shenzhen) Digital Technology Co., Limited"];
    let wrong: Vec<&str> = wrong.into_iter().filter(is_found).collect();
    let right = [
        "SPC",
        "SPC / Bergen Bakeri",
        "Bergen Bakeri c/o SPC",
        "Bergen Bakeri (SPC)",
        "Bergen Bakeri (Digital Technologies LLC)",
        "Bergen Bakeri (Shenzhen) c/o Digital Technologies LLC",
        "Bergen Bakeri (Shenzhen) / Digital Technologies LLC",
    ];
    let missed: Vec<&str> = right.into_iter().filter(|text| !is_found(text)).collect();
    assert!(wrong.is_empty() && missed.is_empty(), "{wrong:#?} {missed:#?}");
}
