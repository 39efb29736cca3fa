//! Counts of what is not yet as it should be: none may rise.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::source::root;

const FILE: &str = "xtask/tests/tidy/known.txt";
const HEAD: &str = "# rule, where, how often today; no count may rise. TOLLGATE_TIDY=write cargo test -p xtask --test tidy writes this file.\n";
/// Tests run in threads of one process, and may each rewrite their part of the file.
static WRITING: Mutex<()> = Mutex::new(());

/// How often a rule is broken at each place.
pub(crate) type Counts = BTreeMap<String, usize>;

fn parse(text: &str) -> BTreeMap<(String, String), usize> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let cells = lines.filter_map(|line| {
        let (rule, rest) = line.split_once('\t')?;
        let (place, count) = rest.split_once('\t')?;
        Some(((rule.to_owned(), place.to_owned()), count.parse().ok()?))
    });
    cells.collect()
}

#[expect(clippy::disallowed_methods, reason = "a test has no arguments")]
fn is_writing() -> bool {
    std::env::var("TOLLGATE_TIDY").is_ok_and(|value| value == "write")
}

fn write(rule: &str, counts: &Counts) {
    let path = root().join(FILE);
    let mut all = parse(&std::fs::read_to_string(&path).unwrap_or_default());
    all.retain(|(other, _), _| other != rule);
    all.extend(counts.iter().map(|(place, count)| ((rule.to_owned(), place.clone()), *count)));
    let lines = all.iter().map(|((rule, place), count)| format!("{rule}\t{place}\t{count}\n"));
    std::fs::write(path, HEAD.to_owned() + &lines.collect::<String>()).unwrap();
}

/// Fails where a count is above the one in `known.txt` (zero where the place is not named there), and prints the sum.
pub(crate) fn hold(rule: &str, why: &str, counts: &Counts) {
    let _guard = WRITING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if is_writing() {
        write(rule, counts);
    }
    let known = parse(&std::fs::read_to_string(root().join(FILE)).unwrap_or_default());
    let allowed = |place: &String| known.get(&(rule.to_owned(), place.clone())).copied().unwrap_or(0);
    let before: usize = known.iter().filter(|((other, _), _)| other == rule).map(|(_, count)| count).sum();
    println!("{rule}: {} (allowed: {before})", counts.values().sum::<usize>());
    let risen: Vec<String> = counts
        .iter()
        .filter(|(place, count)| **count > allowed(place))
        .map(|(place, count)| format!("  {place}: {count}, {} allowed", allowed(place)))
        .collect();
    assert!(risen.is_empty(), "{rule}: {why}\n{}", risen.join("\n"));
}
