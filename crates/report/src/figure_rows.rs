//! A study as text: its figures as rows for a spreadsheet, its answers for a person.

use std::path::Path;

use tollgate_lab::{Figure, Study};

/// A row of headers.
fn header(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A figure's id, and its values as tidy rows, one observation each, below a row of headers.
pub fn figure_rows(figure: &Figure) -> (String, Vec<Vec<String>>) {
    let mut rows = Vec::new();
    let text = |value: f64| value.to_string();
    let caption = match figure {
        Figure::Fan(fan) => {
            rows.push(header(&["series", "x", "p5", "p50", "p95"]));
            for band in &fan.series {
                for (((x, low), middle), high) in fan.x.iter().zip(&band.p5).zip(&band.p50).zip(&band.p95) {
                    rows.push(vec![band.name.clone(), text(*x), text(*low), text(*middle), text(*high)]);
                }
            }
            &fan.caption
        }
        Figure::Density(density) => {
            rows.push(header(&["series", "from", "to", "share"]));
            for (name, shares) in &density.series {
                for ((from, to), share) in density.edges.iter().zip(density.edges.iter().skip(1)).zip(shares) {
                    rows.push(vec![name.clone(), text(*from), text(*to), text(*share)]);
                }
            }
            &density.caption
        }
        Figure::Tornado(tornado) => {
            rows.push(header(&["parameter", "low", "high", "result_at_low", "result_at_high", "base"]));
            for row in &tornado.rows {
                let (low, high) = row.result;
                rows.push(vec![
                    row.name.clone(),
                    row.at.0.clone(),
                    row.at.1.clone(),
                    text(low),
                    text(high),
                    text(tornado.base),
                ]);
            }
            &tornado.caption
        }
        Figure::Indices(indices) => {
            rows.push(header(&["parameter", "first", "first_low", "first_high", "total", "total_low", "total_high"]));
            for row in &indices.rows {
                let numbers = [
                    row.first,
                    row.first_interval.0,
                    row.first_interval.1,
                    row.total,
                    row.total_interval.0,
                    row.total_interval.1,
                ];
                rows.push(std::iter::once(row.name.clone()).chain(numbers.map(text)).collect());
            }
            &indices.caption
        }
        other => return rows_of_parts(other),
    };
    (caption.id.clone(), rows)
}

/// As [`figure_rows`], for the figures that compare parts of a whole.
fn rows_of_parts(figure: &Figure) -> (String, Vec<Vec<String>>) {
    let mut rows = Vec::new();
    let text = |value: f64| value.to_string();
    let caption = match figure {
        Figure::Lorenz(lorenz) => {
            rows.push(header(&["series", "rank", "share", "gini"]));
            for (name, shares, gini) in &lorenz.series {
                for (rank, share) in shares.iter().enumerate() {
                    rows.push(vec![name.clone(), (rank + 1).to_string(), text(*share), text(*gini)]);
                }
            }
            &lorenz.caption
        }
        Figure::Tiles(tiles) => {
            rows.push(header(&["country", "tier", "value"]));
            for tile in &tiles.tiles {
                rows.push(vec![tile.country.clone(), tile.tier.to_string(), text(tile.value)]);
            }
            &tiles.caption
        }
        Figure::Bars(bars) => {
            rows.push(header(&["bar", "part", "value"]));
            for (name, values) in &bars.bars {
                for (part, value) in bars.parts.iter().zip(values) {
                    rows.push(vec![name.clone(), part.clone(), text(*value)]);
                }
            }
            &bars.caption
        }
        Figure::Table(table) => {
            rows.push(table.columns.clone());
            rows.extend(table.rows.iter().cloned());
            &table.caption
        }
        // What `figure_rows` takes itself.
        Figure::Fan(_) | Figure::Density(_) | Figure::Tornado(_) | Figure::Indices(_) => return (String::new(), rows),
    };
    (caption.id.clone(), rows)
}

/// The answers of a study for a person, and where its results are.
pub fn study_text(study: &Study, out: &Path) -> String {
    let list = |lines: &[String]| lines.iter().map(|line| format!("  - {line}\n")).collect::<String>();
    format!(
        "{}\n{}\n{}where this rests on judgement:\n{}written: {}: results.json, report.html and a .csv for each figure\n",
        study.name,
        study.question,
        list(&study.answers),
        list(&study.caveats),
        out.display()
    )
}
