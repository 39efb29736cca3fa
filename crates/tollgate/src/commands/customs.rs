//! Customs declarations: which are likelier to be false, learned from those of which it is known.

use std::io::Write as _;

use tollgate_detect::customs::{Declaration, Scorer, precision_at, read};
use tollgate_records::{Output, csv_text};

use super::{Failure, print};
use clap::Args;
use std::path::PathBuf;
use tollgate_decide::RunError;

#[derive(Args)]
#[command(after_help = "Example:
  tollgate customs --learn train.csv --on valid.csv --out scores.csv
The columns are Declaration ID, HS6 Code, Country of Departure, Country of Origin, Net Mass, Item Price and, where it is known, Fraud (0 or 1).
A score ranks; it is no calibrated probability. docs/design/misdeclaration.md says how it is made and what its figures mean.")]
pub(crate) struct CustomsArguments {
    /// Declarations of which it is known whether they were false
    #[arg(long, value_name = "FILE")]
    pub(crate) learn: PathBuf,
    /// Declarations to be ranked; where it is known of them too, how well that went is told
    #[arg(long, value_name = "FILE")]
    pub(crate) on: PathBuf,
    /// Let all copies of one declaration count once
    #[arg(long)]
    pub(crate) copies_once: bool,
    /// Where the scores go, as CSV, with what each part adds
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

pub(crate) fn customs(arguments: &CustomsArguments) -> Result<(), Failure> {
    let learned = read(&arguments.learn)?;
    let declarations = read(&arguments.on)?;
    let scorer = Scorer::fit(&learned, arguments.copies_once);
    let mut text = format!("{} declarations learned from, {} scored\n", learned.len(), declarations.len());
    let known: Vec<&Declaration> = declarations.iter().filter(|declaration| declaration.fraud.is_some()).collect();
    let fresh: Vec<&Declaration> =
        known.iter().filter(|declaration| !scorer.knows_copy(declaration)).copied().collect();
    for (what, group) in [("all", &known), ("no copy among those learned from", &fresh)] {
        if group.is_empty() {
            continue;
        }
        text.push_str(&format!("{} declarations, {what}: false of the first\n", group.len()));
        for percent in [1, 5, 10] {
            let (first, found) = precision_at(&scorer, group, percent);
            #[expect(clippy::cast_precision_loss, reason = "numbers of declarations")]
            let share = found as f64 / first.max(1) as f64;
            text.push_str(&format!("  {percent:>3} %: {found} of {first}, {share:.3}\n"));
        }
    }
    if let Some(out) = &arguments.out {
        let failed = |error| RunError::Output(out.clone(), error);
        let mut output = Output::create(out).map_err(failed)?;
        output.write_all(scores(&scorer, &declarations).as_bytes()).map_err(failed)?;
        output.commit().map_err(failed)?;
        text.push_str(&format!("written: {}\n", out.display()));
    }
    print(&text)
}

/// Scores with what each part adds, the likeliest to be false first.
fn scores(scorer: &Scorer, declarations: &[Declaration]) -> String {
    let mut scored: Vec<_> =
        declarations.iter().map(|declaration| (scorer.score(declaration), declaration.id)).collect();
    scored.sort_by_key(|(scored, id)| (std::cmp::Reverse(scored.rank()), *id));
    let parts = scored.iter().take(1).flat_map(|(scored, _)| scored.parts.iter().map(|part| part.name));
    let header: Vec<String> = ["declaration_id", "log_odds"].into_iter().chain(parts).map(str::to_owned).collect();
    let rows = scored.iter().map(|(scored, id)| {
        let adds = scored.parts.iter().map(|part| format!("{:.6}", part.adds));
        [id.to_string(), format!("{:.6}", scored.total)].into_iter().chain(adds).collect()
    });
    csv_text(std::iter::once(header).chain(rows))
}
