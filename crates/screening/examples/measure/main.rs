//! Prints how well names are found on the benchmark of `../shared/data/screening` (or of `TOLLGATE_DATA`).
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::float_arithmetic,
    reason = "a measuring program, not a part of Tollgate"
)]

mod screened;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use serde_json::Value;
use tollgate_model::Stake;
use tollgate_screening::{Index, Ownership, Scratch, Standing, THRESHOLD};

fn folder() -> PathBuf {
    std::env::var("TOLLGATE_DATA").map_or_else(|_| PathBuf::from("../shared/data"), PathBuf::from).join("screening")
}

fn lines(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder().join("benchmark").join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The list of 2022, indexed: what `expected` in the benchmark refers to.
struct Corpus {
    index: Index,
    entries: Vec<u64>,
    texts: Vec<String>,
    scratch: Scratch,
}

/// What a query found: the best name and its score, the place and score of the right entry, and the time in milliseconds.
struct Answer {
    top: (u32, usize),
    rank: Option<usize>,
    points: u32,
    time: f64,
}

impl Corpus {
    fn read() -> Corpus {
        let mut reader = csv::Reader::from_path(folder().join("lists/csl_2022.csv")).unwrap();
        let headers = reader.headers().unwrap().clone();
        let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
        let (number, name, alt) = (column("entity_number"), column("name"), column("alt_names"));
        let (mut texts, mut entries) = (Vec::new(), Vec::new());
        for row in reader.records() {
            let row = row.unwrap();
            let names = std::iter::once(&row[name]).chain(row[alt].split(';')).map(str::trim);
            for text in names.filter(|text| !text.is_empty()) {
                texts.push(text.to_owned());
                entries.push(row[number].parse().unwrap());
            }
        }
        let start = Instant::now();
        let index = Index::build(texts.iter().map(String::as_str));
        println!("{} names indexed in {:.0} ms", index.len(), start.elapsed().as_secs_f64() * 1e3);
        Corpus { index, entries, texts, scratch: Scratch::default() }
    }

    fn ask(&mut self, text: &str, expected: &[u64]) -> Answer {
        let mut time = f64::INFINITY;
        let mut found = Vec::new();
        for _ in 0..repeats() {
            let start = Instant::now();
            let query = self.index.query(text);
            found = self.index.search(&query, least(), &mut self.scratch);
            time = time.min(start.elapsed().as_secs_f64() * 1e3);
        }
        let rank = found.iter().position(|found| expected.contains(&self.entries[found.name]));
        let top = found.first().map_or((0, 0), |found| (found.score.points, found.name));
        Answer { top, rank, points: rank.map_or(0, |rank| found[rank].score.points), time }
    }
}

/// How often each query is asked (`--repeats`): the quickest time counts, so that what else runs on the machine does not.
fn repeats() -> u32 {
    value("--repeats").map_or(1, |repeats| repeats.parse().unwrap())
}

/// From which score on names are searched (`--least`): 0 shows the place of the right entry, the default threshold is what a run of `tollgate` asks for.
fn least() -> u32 {
    value("--least").map_or(0, |least| least.parse().unwrap())
}

fn flag(name: &str) -> bool {
    std::env::args().any(|argument| argument == name)
}

fn value(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

/// Three million parties and four million stakes, a thousand of the parties listed: how long the 50 percent rule takes.
fn ownership() {
    let mut state = 1_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let stakes: Vec<Stake> = (0..4_000_000_u64)
        .map(|at| {
            let owned = if at < 3_000_000 { at } else { next(1_000_000) };
            let percent = if at < 3_000_000 { 10 + next(50) } else { 1 + next(3) };
            let owner = (owned + 1 + next(2_999_999)) % 3_000_000;
            let percent = percent.min(if owned < 1_000_000 { 24 } else { 60 }).to_string().parse().ok();
            Stake { owner_id: format!("p{owner}"), owned_id: format!("p{owned}"), percent, ..Stake::default() }
        })
        .collect();
    let listed: Vec<String> = (0..1000).map(|at| format!("p{}", at * 2_999)).collect();
    let start = Instant::now();
    let day = "2025-10-01".parse().unwrap();
    let graph = match Ownership::as_of(day, &stakes, listed.iter().map(String::as_str), [].into_iter()) {
        Ok(graph) => graph,
        Err(error) => return println!("ownership: {error}"),
    };
    let time = start.elapsed().as_secs_f64();
    let caught =
        (0..3_000_000).filter(|at| matches!(graph.standing(&format!("p{at}")), Some(Standing::Owned { .. }))).count();
    println!(
        "ownership: 3,000,000 parties, 4,000,000 stakes in {time:.1} s; {caught} parties are caught by 1,000 listed"
    );
}

fn main() {
    if flag("--ownership") {
        return ownership();
    }
    if flag("--screened") {
        return screened::measure();
    }
    if flag("--scripts") {
        let corpus = Corpus::read();
        scripts(&corpus.index);
        return scripts_searched(&corpus.texts);
    }
    let mut corpus = Corpus::read();
    let alerts = alerts(&mut corpus);
    let threshold = alerts[alerts.len() / 100];
    println!("1 percent of {} GLEIF names above {threshold}", alerts.len());
    let scores = queries(&mut corpus, threshold);
    for points in [7_000, 7_500, 8_000, 8_050, 8_250, 8_500, 9_000, 9_500] {
        let share =
            |scores: &[u32]| scores.iter().filter(|score| **score >= points).count() as f64 / scores.len() as f64;
        println!(
            "  at {points}: recall {:.4}, alerts on {:.2} percent of GLEIF names",
            share(&scores),
            share(&alerts) * 100.0
        );
    }
    labeled(&corpus.index);
    scripts(&corpus.index);
    screened::measure();
}

/// The best score of each company that is on no list, highest first.
fn alerts(corpus: &mut Corpus) -> Vec<u32> {
    let mut alerts: Vec<(u32, String)> = Vec::new();
    for line in lines("gleif_neg.jsonl") {
        let text = line["name"].as_str().unwrap();
        let answer = corpus.ask(text, &[]);
        alerts.push((answer.top.0, format!("{text} | {}", corpus.texts[answer.top.1])));
    }
    alerts.sort_by_key(|alert| std::cmp::Reverse(alert.0));
    if flag("--alerts") {
        alerts.iter().take(25).for_each(|(points, text)| println!("  {points} {text}"));
    }
    alerts.into_iter().map(|(points, _)| points).collect()
}

/// Whether a text belongs to the half of a benchmark that weights are chosen on; the figures that are published are those of the other half too.
fn is_for_tuning(text: &str) -> bool {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 32) & 1 == 0
}

/// Prints the shares of pairs at a threshold in the half that weights are chosen on, and in the other.
fn print_halves(what: &str, pairs: &[(u32, bool)], texts: &[String]) {
    for (half, tuning) in [("tuned on", true), ("not tuned on", false)] {
        let of_half = pairs.iter().zip(texts).filter(|(_, text)| is_for_tuning(text) == tuning);
        let of_half: Vec<(u32, bool)> = of_half.map(|(pair, _)| *pair).collect();
        println!(
            "  {what}, half {half} ({}): F1 {:.3} at the default threshold",
            of_half.len(),
            f1(&of_half, THRESHOLD).0
        );
    }
}

/// The score of the right entry for each perturbed list name.
fn queries(corpus: &mut Corpus, threshold: u32) -> Vec<u32> {
    let mut classes: BTreeMap<String, [u32; 4]> = BTreeMap::new();
    let (mut times, mut scores) = (Vec::new(), Vec::new());
    let shown_class = value("--missed");
    let mut printed_first = 0;
    let mut halves = [[0_u32; 2]; 2];
    for line in lines("queries.jsonl") {
        let expected: Vec<u64> = line["expected"].as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect();
        let (text, class) = (line["name"].as_str().unwrap(), line["cls"].as_str().unwrap());
        let answer = corpus.ask(text, &expected);
        let counts = classes.entry(class.to_owned()).or_default();
        counts[0] += 1;
        counts[1] += u32::from(answer.rank.is_some());
        // Entries at the same score rank alike.
        counts[2] += u32::from(answer.points == answer.top.0 && answer.points > 0);
        counts[3] += u32::from(answer.points > threshold);
        printed_first += u32::from(answer.rank == Some(0));
        let half = &mut halves[usize::from(is_for_tuning(line["orig"].as_str().unwrap_or(text)))];
        half[0] += 1;
        half[1] += u32::from(answer.points > threshold);
        if shown_class.as_deref() == Some("ties") && answer.points == answer.top.0 && answer.rank != Some(0) {
            println!("  {} {text} | {} | {}", answer.points, line["orig"], corpus.texts[answer.top.1]);
        }
        let is_shown = shown_class
            .as_ref()
            .is_some_and(|shown| class.contains(shown.as_str()) || (shown == "none" && answer.rank.is_none()));
        if is_shown && answer.points <= threshold {
            println!("  {class} {} {text} | {} | {}", answer.points, line["orig"], corpus.texts[answer.top.1]);
        }
        times.push(answer.time);
        scores.push(answer.points);
    }
    let (mut sum, mut easy) = ([0; 4], [0; 4]);
    for (class, counts) in &classes {
        println!("  {class:<22} {}", shares(counts));
        let hard = ["homoglyph", "vowel", "truncate"].iter().any(|hard| class.contains(hard));
        for (at, count) in counts.iter().enumerate() {
            sum[at] += count;
            easy[at] += if hard { 0 } else { *count };
        }
    }
    println!("all                      {}", shares(&sum));
    println!("without the three        {}", shares(&easy));
    for (half, [all, found]) in ["not tuned on", "tuned on"].into_iter().zip(halves) {
        println!("  names of the half {half} ({all}): recall {:.4}", f64::from(found) / f64::from(all.max(1)));
    }
    println!(
        "first where ties go by the order of the list, as they are printed: {:.4}",
        f64::from(printed_first) / f64::from(sum[0].max(1))
    );
    times.sort_by(f64::total_cmp);
    println!(
        "a query, quickest of {}: p50 {:.3} ms, p99 {:.3} ms",
        repeats(),
        times[times.len() / 2],
        times[times.len() * 99 / 100]
    );
    scores
}

/// Names in other scripts against their Latin spellings: those of the benchmark, and of each file of the same form behind `--scripts`.
fn scripts(index: &Index) {
    let show = value("--script");
    let mut scripts: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let files: Vec<String> = std::env::args().skip_while(|argument| argument != "--scripts").skip(1).collect();
    let texts = files.iter().map(|path| std::fs::read_to_string(path).unwrap());
    let more: Vec<Value> = texts
        .flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>())
        .collect();
    for pair in lines("xscript_pairs.jsonl").into_iter().chain(more) {
        let latin: Vec<&str> = pair["latin"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let queries = index.readings(pair["name"].as_str().unwrap());
        let score = |text: &&str| {
            let entry = index.query(text);
            queries.iter().map(|query| tollgate_screening::score(query, &entry).points).max().unwrap_or(0)
        };
        let points = latin.iter().map(score).max().unwrap_or(0);
        let counts = scripts.entry(pair["script"].as_str().unwrap().to_owned()).or_default();
        counts.0 += 1;
        counts.1 += u32::from(points >= THRESHOLD);
        if points < THRESHOLD && show.as_deref() == pair["script"].as_str() {
            let words = |name: &tollgate_screening::Name| {
                name.tokens.iter().map(|token| token.written.as_str()).collect::<Vec<_>>().join(" ")
            };
            let readings: Vec<String> = queries.iter().map(words).collect();
            println!("  {points} {} ({}) | {latin:?}", pair["name"], readings.join(" | "));
        }
    }
    for (script, (all, found)) in scripts {
        println!("script {script}: {found} of {all}, {:.3}", f64::from(found) / f64::from(all));
    }
}

/// Names in other scripts searched for among the names of a list and the Latin names of all pairs together, as they would be in use: how many are found.
fn scripts_searched(texts: &[String]) {
    let files: Vec<String> = std::env::args().skip_while(|argument| argument != "--scripts").skip(1).collect();
    let read = |path: &String| std::fs::read_to_string(path).unwrap();
    let pairs: Vec<Value> = files
        .iter()
        .map(read)
        .flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>())
        .collect();
    let latin = |pair: &Value| {
        pair["latin"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect::<Vec<String>>()
    };
    let of_pairs: Vec<String> = pairs.iter().flat_map(latin).collect();
    let index = Index::build(texts.iter().chain(&of_pairs).map(String::as_str));
    let mut scratch = Scratch::default();
    let mut scripts: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut place = texts.len();
    for pair in &pairs {
        let count = latin(pair).len();
        let right = place..place + count;
        place += count;
        let hits = index
            .readings(pair["name"].as_str().unwrap())
            .into_iter()
            .flat_map(|query| index.search(&query, THRESHOLD, &mut scratch))
            .collect::<Vec<_>>();
        let counts = scripts.entry(pair["script"].as_str().unwrap().to_owned()).or_default();
        counts.0 += 1;
        counts.1 += u32::from(hits.iter().any(|hit| right.contains(&hit.name)));
    }
    for (script, (all, found)) in scripts {
        println!("script {script}, searched: {found} of {all}, {:.3}", f64::from(found) / f64::from(all));
    }
}

/// The best F1 of pairs, and that at a threshold, with the threshold of the best.
fn f1(pairs: &[(u32, bool)], threshold: u32) -> (f64, f64, u32) {
    let at = |threshold: u32| -> f64 {
        let (mut hit, mut wrong, mut missed) = (0.0_f64, 0.0_f64, 0.0_f64);
        for (points, same) in pairs {
            match (*points >= threshold, same) {
                (true, true) => hit += 1.0,
                (true, false) => wrong += 1.0,
                (false, true) => missed += 1.0,
                (false, false) => {}
            }
        }
        2.0 * hit / (2.0 * hit + wrong + missed)
    };
    let best = (0..=100).map(|step| step * 100).max_by(|a, b| at(*a).total_cmp(&at(*b))).unwrap();
    (at(threshold), at(best), best)
}

/// Pairs labeled the same party whose names differ in a number, or in a name that is another one: their label is in dispute.
const DISPUTED: [(&str, &str); 13] = [
    ("Kim Yong-chol", "Kim Yong-chun"),
    ("Zu Zag Bong 6", "Zu Zag Bong 5"),
    ("John Doe", "Juan Doe"),
    ("State Grid Corporation of Chile", "State Grid Corporation of China"),
    ("Blackstone Real Estate Partners V L.P.", "Blackstone Real Estate Partners VI L.P."),
    ("KKR North America Fund XII L.P.", "KKR North America Fund XIII L.P."),
    ("Carlyle Partners VII L.P.", "Carlyle Partners VIII L.P."),
    ("Goldman Sachs Capital Partners V L.P.", "Goldman Sachs Capital Partners VI L.P."),
    ("Goldman Sachs Mortgage Loan Trust 2004-1", "Goldman Sachs Mortgage Loan Trust 2004-2"),
    ("Bear Stearns Asset Backed Securities Trust 2006-2", "Bear Stearns Asset Backed Securities Trust 2007-2"),
    ("JPMorgan Mortgage Trust Series 2007-1", "JPMorgan Mortgage Trust Series 2007-2"),
    ("Citigroup Capital Trust I", "Citigroup Capital Trust II"),
    ("HAN BONG SU", "HAN JANG SU"),
];

fn labeled(index: &Index) {
    let points = |a: &str, b: &str| tollgate_screening::score(&index.query(a), &index.query(b)).points;
    let mut reader = csv::Reader::from_path(folder().join("benchmark/name_pairs.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let pairs: Vec<(u32, bool)> = rows.iter().map(|row| (points(&row[2], &row[3]), &row[4] == "true")).collect();
    let show = flag("--pairs");
    for (row, (points, same)) in
        rows.iter().zip(&pairs).filter(|(_, (points, same))| show && (*points >= THRESHOLD) != *same)
    {
        println!("  {points} {same} {} | {} | {}", &row[2], &row[3], &row[1]);
    }
    let (default, best, at) = f1(&pairs, THRESHOLD);
    let texts: Vec<String> = rows.iter().map(|row| row[3].to_owned()).collect();
    print_halves("name_pairs", &pairs, &texts);
    println!("name_pairs: F1 {default:.3} at the default threshold, {best:.3} at {at}");
    let disputed = |row: &csv::StringRecord| DISPUTED.contains(&(&row[2], &row[3]));
    let rest = rows.iter().zip(&pairs).filter(|(row, (_, same))| !(*same && disputed(row)));
    let rest: Vec<(u32, bool)> = rest.map(|(_, pair)| *pair).collect();
    let (default, best, at) = f1(&rest, THRESHOLD);
    let aside = pairs.len() - rest.len();
    println!("name_pairs without {aside} disputed: F1 {default:.3} at the default threshold, {best:.3} at {at}");
    ofac_site();
    entity_checks(index);
}

/// The best and the usual F1 of the labeled pairs of entities.
fn entity_checks(index: &Index) {
    let points = |a: &str, b: &str| tollgate_screening::score(&index.query(a), &index.query(b)).points;
    let show = flag("--pairs");
    let text = std::fs::read_to_string(folder().join("benchmark/entity_checks.yml")).unwrap();
    let (mut checks, mut same, mut side, mut names) = (Vec::new(), false, 0, [const { Vec::new() }; 2]);
    let mut candidates: Vec<String> = Vec::new();
    let mut in_names = false;
    for line in text.lines().chain(["  - match: end"]) {
        let word = line.trim().trim_start_matches("- ").trim();
        let value = |key: &str| word.strip_prefix(key).map(|value| value.trim().trim_matches(['"', '\'']).to_owned());
        if let Some(next) = value("match:") {
            let [query, candidate]: [Vec<String>; 2] = std::mem::take(&mut names);
            // A list's entry is searched by every name within its names.
            let listed: Vec<String> =
                candidate.iter().flat_map(|name| tollgate_screening::split_names(name)).map(|name| name.text).collect();
            let pairs = query.iter().flat_map(|a| listed.iter().map(move |b| points(a, b)));
            if let Some(points) = pairs.max() {
                checks.push((points, same));
                candidates.push(candidate.join(";"));
                if show && (points >= THRESHOLD) != same {
                    println!("  {points} {same} {query:?} | {candidate:?}");
                }
            }
            same = next == "true";
        }
        side = if word == "query:" {
            0
        } else if word == "candidate:" {
            1
        } else {
            side
        };
        match value("name:") {
            Some(name) if !name.is_empty() => names[side].push(name),
            Some(_) => in_names = true,
            None if in_names && line.trim().starts_with("- ") && !word.contains(": ") => {
                names[side].push(word.trim_matches(['"', '\'']).to_owned())
            }
            None => in_names = false,
        }
    }
    let (default, best, at) = f1(&checks, THRESHOLD);
    print_halves("entity_checks", &checks, &candidates);
    println!("entity_checks ({}): F1 {default:.3} at the default threshold, {best:.3} at {at}", checks.len());
}

/// How far OFAC mode is from the scores that OFAC's own search showed.
fn ofac_site() {
    let mut reader = csv::Reader::from_path(folder().join("benchmark/ofac_site_pairs.csv")).unwrap();
    let errors: Vec<f64> = reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            // -1 is a name that the site did not show.
            let seen: f64 = row[2].parse::<f64>().unwrap().max(0.0);
            let error = (f64::from(tollgate_screening::ofac_score(&row[0], &row[1])) - seen).abs();
            if flag("--ofac") && error > 3.0 {
                println!("  {} {row:?}", tollgate_screening::ofac_score(&row[0], &row[1]));
            }
            error
        })
        .collect();
    println!(
        "ofac_site_pairs ({}): mean error {:.2} points",
        errors.len(),
        errors.iter().sum::<f64>() / errors.len() as f64
    );
}

fn shares(counts: &[u32; 4]) -> String {
    let share = |at: usize| f64::from(counts[at]) / f64::from(counts[0].max(1));
    format!("{:>5}  candidate {:.4}  first {:.4}  recall {:.4}", counts[0], share(1), share(2), share(3))
}
