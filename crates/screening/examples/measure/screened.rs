//! Names through the whole of [`Screener::screen`], with the names within them: alerts, time, and listed parties in every form.

use std::time::Instant;

use tollgate_screening::{Query, Scratch, Screener, THRESHOLD, read_lists};

use super::{folder, lines, value};

/// How a listed name is written within a longer one; `@` stands for it.
const FORMS: [&str; 42] = [
    "Lion Cloud, C/O: @",
    "Lion Cloud, care of @",
    "Lion Cloud (f.k.a. @)",
    "Lion Cloud d.b.a. @",
    "For the attention of @",
    "ATTN @",
    "@, Shanghai Br.",
    "@ Dept. of Procurement",
    "Lion Cloud／@",
    "Lion Cloud（@）",
    "Lion Cloud <@>",
    "@, Singapore Branch Office",
    "Lion Cloud Pte Ltd c/o @",
    "@ c/o Lion Cloud Pte Ltd",
    "Lion Cloud Pte Ltd (formerly @)",
    "Lion Cloud f/k/a @",
    "@ d/b/a Lion Cloud",
    "Lion Cloud trading as @",
    "Attn: Mr Tan, @",
    "Lion Cloud / @",
    "@/Lion Cloud",
    "Lion Cloud [@]",
    "Branch of @",
    "@ Singapore Branch",
    "Procurement Department of @",
    "Lion Cloud on behalf of @",
    "@, Purchasing Dept.",
    "Lion Cloud - @",
    "@ (Lion Cloud)",
    "@ | Lion Cloud",
    "Lion Cloud Pte Ltd, now known as @",
    "@ - Warehouse 4",
    "Lion Cloud Pte Ltd as agent for @",
    "@ Beijing Representative Office",
    "Lion Cloud {@}",
    "@\\Lion Cloud",
    "Lion Cloud; @",
    "Attention: @, Hangar 3",
    "Subsidiary of @",
    "@ dba: Lion Cloud",
    "Lion Cloud, previously @",
    "Lion Cloud fka @ (Singapore)",
];

/// Shares of names with a match and times in milliseconds.
struct Tally {
    all: usize,
    matched: usize,
    by_part: usize,
    times: Vec<f64>,
}

impl Tally {
    fn of<'a>(screener: &Screener, texts: impl Iterator<Item = &'a str>, shown: bool) -> Tally {
        let mut tally = Tally { all: 0, matched: 0, by_part: 0, times: Vec::new() };
        let mut scratch = Scratch::default();
        for text in texts {
            let start = Instant::now();
            let found = screener.screen(Query { names: &[text], ..Query::default() }, THRESHOLD, 10, &mut scratch);
            tally.times.push(start.elapsed().as_secs_f64() * 1e3);
            tally.all += 1;
            tally.matched += usize::from(!found.is_empty());
            // Without its parts the name would have no match.
            let by_part = !found.is_empty() && found.iter().all(|hit| hit.part);
            tally.by_part += usize::from(by_part);
            if let Some(hit) = found.first().filter(|_| shown) {
                println!("  {} {} {text} | {}", hit.points, if hit.part { "part" } else { "whole" }, hit.name);
            }
        }
        tally.times.sort_by(f64::total_cmp);
        tally
    }

    fn print(&self, what: &str) {
        let percent = |count: usize| count as f64 * 100.0 / self.all.max(1) as f64;
        println!(
            "{what} ({}): {:.2} percent with a match at {THRESHOLD}, {:.2} only by a part; p50 {:.3} ms, p99 {:.3} ms",
            self.all,
            percent(self.matched),
            percent(self.by_part),
            self.times[self.times.len() / 2],
            self.times[self.times.len() * 99 / 100]
        );
    }
}

/// Prints the figures of whole screening.
pub(super) fn measure() {
    let bytes = std::fs::read(folder().join("lists/csl_2022.csv")).unwrap();
    let start = Instant::now();
    let lists = read_lists(&[("csl.csv".to_owned(), bytes)]).unwrap();
    let read = start.elapsed().as_secs_f64();
    let screener = Screener::new(lists);
    println!(
        "screener of {} names: read in {read:.2} s, ready in {:.2} s",
        screener.name_count(),
        start.elapsed().as_secs_f64()
    );
    let shown = super::flag("--alerts");
    let text = |line: &serde_json::Value| line["name"].as_str().unwrap().to_owned();
    let negatives: Vec<String> = lines("gleif_neg.jsonl").iter().map(text).collect();
    Tally::of(&screener, negatives.iter().map(String::as_str), false).print("companies on no list");
    let queries: Vec<String> = lines("queries.jsonl").iter().map(text).collect();
    Tally::of(&screener, queries.iter().map(String::as_str), false).print("perturbed list names");
    if let Some(path) = value("--names") {
        let text = std::fs::read_to_string(&path).unwrap();
        Tally::of(&screener, text.lines(), shown).print(&path);
    }
    planted(&screener);
}

/// Listed names in every form of [`FORMS`]: how many are found.
fn planted(screener: &Screener) {
    let names: Vec<(usize, &str)> = screener
        .entries
        .iter()
        .enumerate()
        .filter_map(|(place, entry)| Some((place, entry.names.first()?.text.as_str())))
        .step_by(20)
        .collect();
    let mut scratch = Scratch::default();
    let (mut all, mut missed) = (0, 0);
    for form in FORMS {
        let mut lost = 0;
        for (place, name) in &names {
            let text = form.replace('@', name);
            let query = Query { names: &[&text], ..Query::default() };
            let found = screener.screen(query, THRESHOLD, usize::MAX, &mut scratch);
            let is_found = found.iter().any(|hit| hit.entry == *place || hit.name == *name);
            lost += u32::from(!is_found);
            if !is_found && super::flag("--planted") {
                println!("  {form}: {name}");
            }
        }
        all += names.len();
        missed += lost;
        println!("  planted as `{form}`: {lost} of {} missed", names.len());
    }
    println!("planted: {missed} of {all} missed");
}
