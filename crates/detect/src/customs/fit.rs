//! Learning from declarations of which it is known whether they were false.

use std::collections::BTreeMap;

use tollgate_model::never;

use super::{Declaration, PARTS, Scorer, Tally, increments, keys, logit, value_per_kg};

/// How strongly weights are drawn to zero.
const RIDGE: f64 = 1.0;
/// Bins of masses, prices and values.
const BINS: usize = 20;

/// The edges of at most [`BINS`] bins that hold about as many values each, in order and each once.
fn edges(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    let mut edges: Vec<f64> = Vec::new();
    for place in 1..BINS {
        if let Some(edge) = values.get(place * values.len() / BINS)
            && edges.last().is_none_or(|last| edge > last)
        {
            edges.push(*edge);
        }
    }
    edges
}

impl Scorer {
    /// Learns from declarations of which it is known whether they were false. With `blocks_once` all copies of a declaration count as one.
    pub fn fit(declarations: &[Declaration], blocks_once: bool) -> Scorer {
        let known: Vec<(&Declaration, f64)> = declarations
            .iter()
            .filter_map(|declaration| Some((declaration, f64::from(u8::from(declaration.fraud?)))))
            .collect();
        let of = |pick: &dyn Fn(&Declaration) -> f64| {
            edges(known.iter().map(|(declaration, _)| pick(declaration)).collect())
        };
        let edges = [of(&|declaration| declaration.mass), of(&|declaration| declaration.price), of(&value_per_kg)];
        let mut sizes: BTreeMap<String, f64> = BTreeMap::new();
        for (declaration, _) in &known {
            *sizes.entry(declaration.block()).or_default() += 1.0;
        }
        let rows: Vec<TrainingRow> = known
            .iter()
            .map(|(declaration, truth)| {
                let block = declaration.block();
                let size = sizes.get(&block).copied().unwrap_or(1.0);
                TrainingRow {
                    keys: keys(&edges, declaration),
                    weight: if blocks_once { 1.0 / size } else { 1.0 },
                    truth: *truth,
                    block,
                }
            })
            .collect();
        let all: f64 = rows.iter().map(|row| row.weight).sum();
        let base = (rows.iter().map(|row| row.weight * row.truth).sum::<f64>() / all.max(1.0)).clamp(1e-6, 1.0 - 1e-6);
        let (tables, block_tables) = tally(&rows);
        let encoded: Vec<Vec<f64>> = rows.iter().map(|row| encode(base, row, &tables, &block_tables)).collect();
        let (intercept, weights) = regress(&rows, &encoded, base);
        Scorer { edges, base, tables, intercept, weights, blocks: sizes.into_keys().collect() }
    }
}

/// A declaration that is learned from.
struct TrainingRow {
    /// The values of its parts.
    keys: Vec<String>,
    weight: f64,
    truth: f64,
    block: String,
}

/// By part, the declarations that have each value.
type Tallies<K> = Vec<BTreeMap<K, Tally>>;

/// The declarations by value of each part, and the same by value and block.
fn tally(rows: &[TrainingRow]) -> (Tallies<String>, Tallies<(String, String)>) {
    let mut tables: Tallies<String> = vec![BTreeMap::new(); PARTS.len()];
    let mut blocks: Tallies<(String, String)> = vec![BTreeMap::new(); PARTS.len()];
    let add = |tally: &mut Tally, row: &TrainingRow| {
        tally.all += row.weight;
        tally.false_ones += row.weight * row.truth;
    };
    for row in rows {
        for ((key, table), of_blocks) in row.keys.iter().zip(&mut tables).zip(&mut blocks) {
            add(table.entry(key.clone()).or_default(), row);
            add(of_blocks.entry((key.clone(), row.block.clone())).or_default(), row);
        }
    }
    (tables, blocks)
}

/// What each part says of a row, by all others but its copies.
fn encode(base: f64, row: &TrainingRow, tables: &Tallies<String>, blocks: &Tallies<(String, String)>) -> Vec<f64> {
    let tallies: Vec<Tally> = row
        .keys
        .iter()
        .zip(tables.iter().zip(blocks))
        .map(|(key, (table, block))| {
            let all = table.get(key).copied().unwrap_or(Tally::NONE);
            let of_block = block.get(&(key.clone(), row.block.clone())).copied().unwrap_or(Tally::NONE);
            Tally { all: all.all - of_block.all, false_ones: all.false_ones - of_block.false_ones }
        })
        .collect();
    increments(base, &tallies)
}

/// Logistic regression by Newton's method. Returns the intercept and the weight of each part.
fn regress(rows: &[TrainingRow], encoded: &[Vec<f64>], base: f64) -> (f64, Vec<f64>) {
    let size = PARTS.len() + 1;
    let mut beta = vec![0.0; size];
    if let Some(first) = beta.first_mut() {
        *first = logit(base);
    }
    for _ in 0..25 {
        let mut matrix = vec![vec![0.0; size]; size];
        let mut right = vec![0.0; size];
        for (row, encoding) in rows.iter().zip(encoded) {
            let values: Vec<f64> = std::iter::once(1.0).chain(encoding.iter().copied()).collect();
            let sum: f64 = values.iter().zip(&beta).map(|(value, weight)| value * weight).sum();
            let score = 1.0 / (1.0 + libm::exp(-sum));
            let curve = row.weight * score * (1.0 - score);
            for ((line, right), value) in matrix.iter_mut().zip(&mut right).zip(&values) {
                *right += row.weight * (row.truth - score) * value;
                for (cell, other) in line.iter_mut().zip(&values) {
                    *cell += curve * value * other;
                }
            }
        }
        for (place, ((line, right), weight)) in matrix.iter_mut().zip(&mut right).zip(&beta).enumerate().skip(1) {
            *right -= RIDGE * weight;
            if let Some(cell) = line.get_mut(place) {
                *cell += RIDGE;
            }
        }
        let step = solve(matrix, right);
        beta.iter_mut().zip(&step).for_each(|(weight, step)| *weight += step);
        if step.iter().all(|step| step.abs() < 1e-9) {
            break;
        }
    }
    let intercept = beta.first().copied().unwrap_or(0.0);
    (intercept, beta.into_iter().skip(1).collect())
}

/// Solves a system of as many equations as unknowns, by Gaussian elimination with partial pivoting.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    let at = |matrix: &[Vec<f64>], row: usize, column: usize| {
        matrix.get(row).and_then(|line| line.get(column)).copied().unwrap_or(0.0)
    };
    for column in 0..size {
        let largest = (column..size).max_by(|one, other| {
            at(&matrix, *one, column).abs().total_cmp(&at(&matrix, *other, column).abs()).then(other.cmp(one))
        });
        let pivot = largest.unwrap_or(column);
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        let Some(head) = matrix.get(column).cloned() else {
            never!("the matrix has no row {column}");
            break;
        };
        let (top, first) = (at(&matrix, column, column), right.get(column).copied().unwrap_or(0.0));
        for row in column + 1..size {
            let factor = at(&matrix, row, column) / top;
            if let Some(line) = matrix.get_mut(row) {
                line.iter_mut().zip(&head).skip(column).for_each(|(cell, above)| *cell -= factor * above);
            }
            if let Some(cell) = right.get_mut(row) {
                *cell -= factor * first;
            }
        }
    }
    let mut answer = vec![0.0; size];
    for row in (0..size).rev() {
        let known: f64 =
            (row + 1..size).map(|column| at(&matrix, row, column) * answer.get(column).copied().unwrap_or(0.0)).sum();
        let value = (right.get(row).copied().unwrap_or(0.0) - known) / at(&matrix, row, row);
        if let Some(cell) = answer.get_mut(row) {
            *cell = value;
        }
    }
    answer
}
