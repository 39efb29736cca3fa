//! Names held against the lists: one, or a hundred that were pasted.

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_decide::{MatchLimits, find};
use tollgate_model::Country;
use tollgate_report::pages::country_code;
use tollgate_screening::{Query as Name, Scratch};

use super::super::access::Right;
use super::kept::SentForm;
use super::parties::card;
use super::{Refused, View};
use crate::today;

/// Names in one look, and matches of each that are shown.
const NAMES: usize = 100;
const SHOWN: usize = 10;
/// The longest name, in characters.
const LONGEST: usize = 200;

fn page(view: &View, names: &str, results: Value) -> Response {
    let lists = view.app().screener.versions.iter().map(
        |list| json!({ "file": list.file, "date": list.date.map(|date| date.to_string()), "entries": list.entries }),
    );
    let context = json!({ "names": names, "results": results, "lists": lists.collect::<Vec<_>>(), "most": NAMES, "may_find": false });
    view.render("screen.html", "nav.screen", context)
}

pub(super) async fn form(view: View) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Try)?;
    Ok(page(&view, "", Value::Null))
}

#[derive(Deserialize)]
pub(super) struct NamesForm {
    csrf: String,
    #[serde(default)]
    names: String,
}

/// A pasted line as a name and a country, which may stand behind a tab or a semicolon; a country that is not understood stays a part of the name.
fn parted(line: &str) -> (&str, Option<Country>) {
    let parted = line.rsplit_once(['\t', ';']);
    let known = parted.and_then(|(name, country)| {
        let code = country_code(country).unwrap_or(country.trim());
        Some((name.trim(), Country::from_text(code).ok()?))
    });
    known.map_or((line, None), |(name, country)| (name, Some(country)))
}

pub(super) async fn names(view: View, sent: SentForm<NamesForm>) -> Result<Response, Refused> {
    let (view, form) = view.keeping(sent, |_| "/screen".to_owned());
    let (view, _) = view.proved(Right::Try, &form.csrf)?;
    let lines: Vec<String> =
        form.names.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let left_out = lines.len().saturating_sub(NAMES);
    let (screener, threshold) = (std::sync::Arc::clone(&view.app().screener), view.app().threshold);
    let work = move || {
        let mut scratch = Scratch::default();
        let one = |line: &String| {
            let shown: String = line.chars().take(LONGEST).collect();
            let (name, country) = parted(&shown);
            let names = [name];
            let query = Name { names: &names, country, ..Name::default() };
            let hits = find(&screener, query, MatchLimits { threshold_points: threshold, shown: SHOWN }, &mut scratch);
            let cards: Vec<Value> = hits.iter().map(|hit| card(hit, today())).collect();
            json!({ "name": name, "country": country.map(Country::code), "matches": cards, "is_cut": shown.len() < line.len() })
        };
        lines.iter().take(NAMES).map(one).collect::<Vec<_>>()
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(results) => {
            let hits = results.iter().filter(|result| result.get("matches") != Some(&json!([]))).count();
            let results = json!({ "rows": results, "hits": hits, "left_out": left_out });
            Ok(page(&view, &form.names, results))
        }
        Err(error) => Err(view.wrong(&error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_may_stand_behind_a_name() {
        let code = |line| {
            let (name, country) = parted(line);
            (name, country.map(Country::code))
        };
        assert_eq!(code("Huawei; China"), ("Huawei", Some("CN")));
        assert_eq!(code("Acme\tMY"), ("Acme", Some("MY")));
        assert_eq!(code("Acme; Co., Ltd."), ("Acme; Co., Ltd.", None));
    }
}
