//! Parties by name.

use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_decide::Tables;
use tollgate_model::Party;

use super::super::problem::Problem;
use super::{View, plain_text};

/// The tables with all that was found about list matches.
pub(super) async fn tables(view: &View) -> Result<Arc<Tables>, Problem> {
    let desk = Arc::clone(&view.app().desk);
    let tables = view.app().with_ledger(move |ledger| Ok::<_, Problem>(Arc::clone(&desk.decider(ledger)?.tables)));
    tables.await?
}

/// The names of parties by id; what has no row is left out.
pub(super) async fn names(view: &View, ids: Vec<String>) -> Result<Value, Problem> {
    let tables = tables(view).await?;
    let named = ids.into_iter().filter_map(|id| {
        let name = tables.parties.get(&id)?.name.clone()?;
        Some((id, Value::from(name)))
    });
    Ok(Value::Object(named.collect()))
}

/// Whether each word of a search begins a word of a text.
fn fits(text: &str, words: &[String]) -> bool {
    let text = text.to_lowercase();
    let begins = |word: &String| {
        text.split(|letter: char| !letter.is_alphanumeric()).any(|part| part.starts_with(word.as_str()))
            || (!word.is_ascii() && text.contains(word.as_str()))
    };
    words.iter().all(begins)
}

/// The parties that a search means: by the beginning of the id, or by any words of a name.
fn meant<'a>(tables: &'a Tables, q: &str) -> impl Iterator<Item = (&'a String, &'a Party)> {
    let q = q.trim().to_lowercase();
    let words: Vec<String> =
        q.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    tables.parties.iter().filter(move |(id, party)| {
        id.to_lowercase().starts_with(&q) || (!words.is_empty() && party.names().iter().any(|name| fits(name, &words)))
    })
}

/// The ids of the parties that a search means by name.
pub(super) async fn ids(view: &View, q: &str, most: usize) -> Result<Vec<String>, Problem> {
    let tables = tables(view).await?;
    Ok(meant(&tables, q).map(|(id, _)| id.clone()).take(most).collect())
}

/// The id of the one party that an id means which nobody has: in another letter case or width. `None` where there is none, or are several.
pub(super) async fn id_alike(view: &View, id: &str) -> Result<Option<String>, Problem> {
    let tables = tables(view).await?;
    let plain = plain_text(id);
    let mut alike = tables.parties.keys().filter(|known| known.eq_ignore_ascii_case(&plain));
    let first = alike.next().filter(|known| *known != id);
    Ok(first.filter(|_| alike.next().is_none()).cloned())
}

/// Rows of parties that a search means.
pub(super) async fn rows(view: &View, q: &str, most: usize) -> Result<Vec<Value>, Problem> {
    let tables = tables(view).await?;
    let row = |(id, party): (&String, &Party)| json!({ "id": id, "name": party.name, "country": party.country.map(|country| country.code()), "matches": tables.hits(id).len() });
    Ok(meant(&tables, q).take(most).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_is_found_by_any_word_of_its_name() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(fits("Huawei Technologies Co., Ltd.", &words("tech hua")));
        assert!(!fits("Huawei Technologies Co., Ltd.", &words("awei")));
        assert!(fits("华为技术有限公司", &words("技术")));
    }
}
