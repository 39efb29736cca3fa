//! Prints how well names are found on the benchmark of `../shared/data/screening` (or of `TOLLGATE_DATA`).
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "a measuring program, not part of the product"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use serde_json::Value;
use tollgate_screening::{Index, Scratch};

fn folder() -> PathBuf {
    std::env::var("TOLLGATE_DATA").map_or_else(|_| PathBuf::from("../shared/data"), PathBuf::from).join("screening")
}

fn lines(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder().join("benchmark").join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn main() {
    let mut reader = csv::Reader::from_path(folder().join("lists/csl_2022.csv")).unwrap();
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (number, name, alt) = (column("entity_number"), column("name"), column("alt_names"));
    let (mut texts, mut entries) = (Vec::new(), Vec::new());
    for row in reader.records() {
        let row = row.unwrap();
        let entry: u64 = row[number].parse().unwrap();
        for text in
            std::iter::once(&row[name]).chain(row[alt].split(';')).map(str::trim).filter(|text| !text.is_empty())
        {
            texts.push(text.to_owned());
            entries.push(entry);
        }
    }
    let start = Instant::now();
    let index = Index::build(texts.iter().map(String::as_str));
    println!("{} names indexed in {:.0} ms", index.len(), start.elapsed().as_secs_f64() * 1e3);
    let mut scratch = Scratch::default();
    let mut best = |text: &str, expected: &[u64]| {
        let query = index.query(text);
        let start = Instant::now();
        let found = index.search(&query, 0, &mut scratch);
        let time = start.elapsed().as_secs_f64() * 1e3;
        let right = |name: usize| expected.contains(&entries[name]);
        let rank = found.iter().position(|found| right(found.name));
        let score = rank.map_or(0, |rank| found[rank].score.points);
        (found.first().map_or((0, 0), |found| (found.score.points, found.name)), rank, score, time)
    };
    let mut alerts: Vec<(u32, String, String)> = lines("gleif_neg.jsonl")
        .iter()
        .map(|line| {
            let text = line["name"].as_str().unwrap();
            let ((points, name), ..) = best(text, &[]);
            (points, text.to_owned(), texts[name].clone())
        })
        .collect();
    alerts.sort_by(|a, b| b.0.cmp(&a.0));
    let allowed = alerts.len() / 100;
    let threshold = alerts[allowed].0;
    println!("1 percent of {} GLEIF names above {threshold}", alerts.len());
    if std::env::args().any(|argument| argument == "--alerts") {
        for (points, text, hit) in alerts.iter().take(25) {
            println!("  {points} {text} | {hit}");
        }
    }
    let mut classes: BTreeMap<String, [u32; 4]> = BTreeMap::new();
    let mut times = Vec::new();
    let mut missed = Vec::new();
    for line in lines("queries.jsonl") {
        let expected: Vec<u64> = line["expected"].as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect();
        let text = line["name"].as_str().unwrap();
        let ((top, hit), rank, score, time) = best(text, &expected);
        let class = classes.entry(line["cls"].as_str().unwrap().to_owned()).or_default();
        class[0] += 1;
        class[1] += u32::from(rank.is_some());
        // Entries at the same score rank alike.
        class[2] += u32::from(score == top && score > 0);
        class[3] += u32::from(score > threshold);
        if score <= threshold {
            missed.push((
                line["cls"].as_str().unwrap().to_owned(),
                score,
                text.to_owned(),
                line["orig"].as_str().unwrap().to_owned(),
                texts[hit].clone(),
            ));
        }
        times.push(time);
    }
    let mut sum = [0; 4];
    let mut easy = [0; 4];
    for (class, counts) in &classes {
        println!(
            "  {class:<22} {:>5}  candidate {:.3}  first {:.3}  recall {:.3}",
            counts[0],
            share(counts, 1),
            share(counts, 2),
            share(counts, 3)
        );
        let hard = class.contains("homoglyph") || class.contains("vowel") || class.contains("truncate");
        for (at, count) in counts.iter().enumerate() {
            sum[at] += count;
            easy[at] += if hard { 0 } else { *count };
        }
    }
    println!(
        "all     {:>5}  candidate {:.4}  first {:.4}  recall {:.4}",
        sum[0],
        share(&sum, 1),
        share(&sum, 2),
        share(&sum, 3)
    );
    println!(
        "easier  {:>5}  candidate {:.4}  first {:.4}  recall {:.4}",
        easy[0],
        share(&easy, 1),
        share(&easy, 2),
        share(&easy, 3)
    );
    times.sort_by(f64::total_cmp);
    println!("a query: p50 {:.3} ms, p99 {:.3} ms", times[times.len() / 2], times[times.len() * 99 / 100]);
    if let Some(class) = std::env::args().skip_while(|argument| argument != "--missed").nth(1) {
        for (own, score, text, orig, hit) in
            missed.iter().filter(|(own, score, ..)| own.contains(&class) || (class == "none" && *score == 0)).take(400)
        {
            println!("  {own} {score} {text} | {orig} | {hit}");
        }
    }
    let pairs = lines("xscript_pairs.jsonl");
    let mut scripts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for pair in &pairs {
        let latin: Vec<&str> = pair["latin"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let query = index.query(pair["name"].as_str().unwrap());
        let points =
            latin.iter().map(|text| tollgate_screening::score(&query, &index.query(text)).points).max().unwrap_or(0);
        let counts = scripts.entry(pair["script"].as_str().unwrap()).or_default();
        counts.0 += 1;
        counts.1 += u32::from(points > threshold);
    }
    for (script, (all, found)) in scripts {
        println!("script {script}: {found} of {all}");
    }
}

fn share(counts: &[u32; 4], at: usize) -> f64 {
    f64::from(counts[at]) / f64::from(counts[0].max(1))
}
