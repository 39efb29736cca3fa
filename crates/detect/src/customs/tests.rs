//! Learning from declarations, and the published figures.

use std::path::PathBuf;

use super::*;

fn declaration(id: u64, hs6: &str, origin: &str, price: f64, fraud: bool) -> Declaration {
    Declaration {
        id,
        hs6: hs6.into(),
        departure: "SG".into(),
        origin: origin.into(),
        mass: 10.0 + (id % 7) as f64,
        price,
        price_text: price.to_string(),
        fraud: Some(fraud),
    }
}

/// Headings 8473 are false where they come by way of a third country; nothing else tells.
fn sample() -> Vec<Declaration> {
    (0..400)
        .map(|id| {
            let (chips, by_way) = (id % 2 == 0, id % 3 == 0);
            let fraud = chips && by_way && id % 10 != 0;
            declaration(
                id,
                if chips { "847330" } else { "620520" },
                if by_way { "CN" } else { "SG" },
                100.0 + id as f64,
                fraud,
            )
        })
        .collect()
}

#[test]
fn what_tells_is_learned_and_the_parts_add_up_to_the_score() {
    let all = sample();
    let scorer = Scorer::fit(&all, false);
    let scored = scorer.score(&declaration(9_999, "847330", "CN", 777.5, true));
    let other = scorer.score(&declaration(9_998, "620520", "SG", 777.5, false));
    assert!(scored.total > other.total + 2.0, "{} {}", scored.total, other.total);
    let sum: f64 = scored.parts.iter().map(|part| part.adds).sum();
    assert!((scored.total - scorer.intercept - sum).abs() < 1e-12);
    assert_eq!(scored.parts.len(), 10);
    let places: Vec<&Declaration> = all.iter().collect();
    let (first, found) = precision_at(&scorer, &places, 10);
    // Of those that come by way of a third country and are chips, 53 of 67 are false; nothing tells which.
    assert!(first == 40 && found >= 30, "{found} of {first}");
}

#[test]
fn copies_are_known_and_do_not_teach_themselves() {
    let all = sample();
    let scorer = Scorer::fit(&all, true);
    assert!(scorer.knows_copy(&all[5]) && !scorer.knows_copy(&declaration(1, "847330", "CN", 0.123, false)));
    // A declaration copied a thousand times, always false, whose code nothing else has: to itself it says nothing.
    let copies = (1_000..2_000).map(|id| declaration(id, "010101", "SG", 5.0, true));
    let taught = Scorer::fit(&sample().into_iter().chain(copies).collect::<Vec<_>>(), true);
    assert!(taught.weights.iter().all(|weight| weight.is_finite() && weight.abs() < 10.0), "{:?}", taught.weights);
}

#[test]
fn a_wrong_cell_is_told_with_row_column_and_mend() {
    let file = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
    let head = "Declaration ID,HS6 Code,Country of Departure,Country of Origin,Net Mass,Item Price,Fraud\n";
    std::fs::write(file.path(), format!("{head}1,847330,SG,CN,2.5,100,0\n2,847330,SG,CN,heavy,100,1\n")).unwrap();
    let message = read(file.path()).unwrap_err().to_string();
    assert!(
        message.contains("row 2, column `Net Mass`, value \"heavy\": is no number") && message.contains("mend:"),
        "{message}"
    );
    std::fs::write(file.path(), "Declaration ID,HS6 Code\n").unwrap();
    assert!(read(file.path()).unwrap_err().to_string().contains("column `Country of Departure`"));
}

/// On the labeled declarations, where they are here: the figures of docs/design/misdeclaration.md.
#[test]
fn the_labeled_declarations_give_the_published_figures() {
    #[expect(clippy::disallowed_methods, reason = "a test is told by the environment where the data are")]
    let data = std::env::var("TOLLGATE_DATA")
        .map_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let file = |part: &str| data.join(format!("customs/customs_df_syn_{part}_eng.csv"));
    if !file("train").exists() {
        return;
    }
    let (train, valid) = (read(&file("train")).unwrap(), read(&file("valid")).unwrap());
    let scorer = Scorer::fit(&train, false);
    let all: Vec<&Declaration> = valid.iter().collect();
    let fresh: Vec<&Declaration> = valid.iter().filter(|declaration| !scorer.knows_copy(declaration)).collect();
    assert_eq!([1, 5, 10].map(|percent| precision_at(&scorer, &all, percent)), [(82, 82), (407, 333), (814, 554)]);
    assert_eq!([1, 5, 10].map(|percent| precision_at(&scorer, &fresh, percent)), [(14, 3), (68, 27), (135, 47)]);
    let ranks: i64 = valid.iter().map(|declaration| scorer.score(declaration).rank()).sum();
    assert!((ranks + 11_163_818_288).abs() < 1_000_000, "{ranks}");
    let once = Scorer::fit(&train, true);
    assert_eq!([1, 5, 10].map(|percent| precision_at(&once, &all, percent).1), [80, 295, 490]);
}
