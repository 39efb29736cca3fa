//! Against functions whose indices are known, and boxes that were planted.

use super::discovery::at_least;
use super::*;
use crate::Stream;
use std::f64::consts::PI;

/// Ishigami and Homma 1990 with a = 7, b = 0.1.
fn ishigami(point: &[f64]) -> f64 {
    let x: Vec<f64> = point.iter().map(|share| PI * (2.0 * share - 1.0)).collect();
    let (one, two) = (libm::sin(x[0]), libm::sin(x[1]));
    one + 7.0 * two * two + 0.1 * x[2] * x[2] * x[2] * x[2] * one
}

const G: [f64; 8] = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];

/// Sobol's G (Saltelli and Sobol 1995).
fn g(point: &[f64]) -> f64 {
    point.iter().zip(G).map(|(share, a)| ((4.0 * *share - 2.0).abs() + a) / (1.0 + a)).product()
}

/// The exact indices of G.
fn g_exact() -> Vec<(f64, f64)> {
    let parts = G.map(|a| 1.0 / 3.0 / ((1.0 + a) * (1.0 + a)));
    let all: f64 = parts.iter().map(|part| 1.0 + part).product();
    let variance = all - 1.0;
    parts.iter().map(|part| (part / variance, part * all / (1.0 + part) / variance)).collect()
}

fn holds((low, high): (f64, f64), value: f64) -> bool {
    (low..=high).contains(&value)
}

fn compare(found: &[SobolIndex], exact: &[(f64, f64)], within: f64) {
    assert_eq!(found.len(), exact.len());
    for (place, (index, (first, total))) in found.iter().zip(exact).enumerate() {
        assert!((index.first - first).abs() < within, "{place}: {index:?}, not {first}");
        assert!((index.total - total).abs() < within, "{place}: {index:?}, not {total}");
        assert!(holds(index.first_interval, *first), "{place}: {index:?} leaves out {first}");
        assert!(holds(index.total_interval, *total), "{place}: {index:?} leaves out {total}");
        assert!(index.first_interval.1 - index.first_interval.0 < 4.0 * within, "{place}: {index:?}");
        assert!(index.total_interval.1 - index.total_interval.0 < 4.0 * within, "{place}: {index:?}");
    }
}

fn bits(indices: &[SobolIndex]) -> Vec<u64> {
    let numbers = |index: &SobolIndex| {
        let (first, total) = (index.first_interval, index.total_interval);
        [index.first, first.0, first.1, index.total, total.0, total.1].map(f64::to_bits)
    };
    indices.iter().flat_map(numbers).collect()
}

#[test]
fn ishigami_comes_out_as_computed_by_hand() {
    let fourth = PI.powi(4);
    let (one, two) = (0.5 * (1.0 + 0.1 * fourth / 5.0).powi(2), 49.0 / 8.0);
    let both = 0.01 * fourth * fourth * 8.0 / 225.0;
    let all = one + two + both;
    let exact = [(one / all, (one + both) / all), (two / all, two / all), (0.0, both / all)];
    for ((first, total), (known, known_total)) in exact.iter().zip([(0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)])
    {
        assert!((first - known).abs() < 5.1e-5 && (total - known_total).abs() < 5.1e-5, "{first} {total}");
    }
    compare(&sobol_indices(&ishigami, 3, 8_192, 1, 2).unwrap(), &exact, 0.02);
}

#[test]
fn g_comes_out_as_its_formula_says() {
    compare(&sobol_indices(&g, 8, 8_192, 1, 2).unwrap(), &g_exact(), 0.02);
}

/// A constant added does not matter, nor does the unit, even where squares of results are no numbers any more.
#[test]
fn the_unit_and_the_origin_do_not_matter() {
    let exact = g_exact();
    compare(&sobol_indices(&|point: &[f64]| 1e6 + g(point), 8, 4_096, 2, 2).unwrap(), &exact, 0.03);
    compare(&sobol_indices(&|point: &[f64]| 1e300 * g(point), 8, 4_096, 2, 2).unwrap(), &exact, 0.03);
    compare(&sobol_indices(&|point: &[f64]| 1e-300 * g(point), 8, 4_096, 2, 2).unwrap(), &exact, 0.03);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    // 1,001 rows fill neither the last chunk nor the last lanes.
    let alone = sobol_indices(&ishigami, 3, 1_001, 7, 1).unwrap();
    for threads in [0, 2, 3, 64] {
        assert_eq!(bits(&alone), bits(&sobol_indices(&ishigami, 3, 1_001, 7, threads).unwrap()), "{threads}");
    }
    assert_ne!(bits(&alone), bits(&sobol_indices(&ishigami, 3, 1_001, 8, 1).unwrap()));
}

#[test]
fn points_lie_in_the_open_cube_up_to_the_ends_of_the_sequence() {
    let inside = |point: &[f64]| {
        assert!(point.iter().all(|share| 0.0 < *share && *share < 1.0), "{point:?}");
        point[0]
    };
    let one = sobol_indices(&inside, 1, MOST_SAMPLES, 3, 2).unwrap();
    assert!((one[0].first - 1.0).abs() < 0.001 && (one[0].total - 1.0).abs() < 0.001, "{one:?}");
    let many = sobol_indices(&inside, MOST_DIMENSIONS, 64, 3, 2).unwrap();
    assert_eq!(many.len(), MOST_DIMENSIONS);
    // What does nothing has no index, not a small one.
    assert_eq!(many[1], SobolIndex::default());
}

#[test]
fn a_constant_has_no_indices() {
    for constant in [0.0, 0.1, -1e300] {
        assert_eq!(sobol_indices(&|_: &[f64]| constant, 3, 100, 1, 2).unwrap(), [SobolIndex::default(); 3]);
    }
    // One that is constant but for rounding.
    let rounded = |point: &[f64]| (point[0] + 0.3) - point[0];
    assert_eq!(sobol_indices(&rounded, 2, 100, 1, 2).unwrap(), [SobolIndex::default(); 2]);
}

#[test]
fn a_result_that_is_not_finite_is_named_by_its_point() {
    let model = |point: &[f64]| if point[1] > 0.9 { f64::NAN } else { point[0] };
    let faults: Vec<_> = [1, 2, 3].map(|threads| sobol_indices(&model, 2, 512, 5, threads).unwrap_err()).into();
    assert!(faults.iter().all(|fault| *fault == faults[0]), "{faults:?}");
    let SensitivityError::NotFinite { run, point } = &faults[0] else { panic!("{faults:?}") };
    assert!(*run < 200 && point[1] > 0.9, "{faults:?}");
    assert!(faults[0].to_string().starts_with(&format!("run {run} of the model")), "{}", faults[0]);
    // One late in the sequence, in a chunk of its own.
    let seen = std::sync::Mutex::new(Vec::new());
    let note = |point: &[f64]| {
        seen.lock().unwrap().push(point.to_vec());
        point[0]
    };
    sobol_indices(&note, 2, 512, 5, 1).unwrap();
    let seen = seen.into_inner().unwrap();
    let late = |point: &[f64]| if point == seen[1_603] { f64::INFINITY } else { point[0] };
    assert_eq!(
        sobol_indices(&late, 2, 512, 5, 2).unwrap_err(),
        SensitivityError::NotFinite { run: 1_603, point: seen[1_603].clone() }
    );
}

#[test]
fn sizes_beyond_the_sequence_are_refused() {
    for dimensions in [0, MOST_DIMENSIONS + 1] {
        let fault = sobol_indices(&g, dimensions, 64, 1, 1).unwrap_err();
        assert_eq!(fault, SensitivityError::Dimensions(dimensions));
    }
    for samples in [0, 15, MOST_SAMPLES + 1] {
        assert_eq!(sobol_indices(&g, 8, samples, 1, 1).unwrap_err(), SensitivityError::Samples(samples));
    }
}

#[test]
fn one_parameter_moves_at_a_time() {
    let model = |point: &[f64]| point[0] + 10.0 * point[1] * point[2];
    let ends = one_at_a_time(&model, &[1.0, 2.0, 3.0], &[0.0, 1.0, 3.0], &[4.0, 2.5, 3.0]);
    assert_eq!(ends, [(60.0, 64.0), (31.0, 76.0), (61.0, 61.0)]);
    assert_eq!(widest_first(&ends), [1, 0, 2]);
    assert_eq!(widest_first(&[(1.0, 2.0), (2.0, 1.0), (0.0, f64::NAN), (5.0, 5.0)]), [2, 0, 1, 3]);
}

/// Points at random, each with one bool.
fn cases(
    seed: u64,
    count: u64,
    dimensions: usize,
    breaks: impl Fn(&[f64], &mut Stream) -> bool,
) -> (Vec<Vec<f64>>, Vec<bool>) {
    let case = |number| {
        let mut stream = Stream::new(seed, 99, number);
        let point: Vec<f64> = (0..dimensions).map(|_| stream.unit()).collect();
        let answer = breaks(&point, &mut stream);
        (point, answer)
    };
    (0..count).map(case).unzip()
}

#[test]
fn a_planted_box_is_found() {
    for seed in 1..6 {
        let (points, breaks) = cases(seed, 2_000, 5, |point, _| point[0] > 0.7 && point[2] < 0.4);
        let found = discover(&points, &breaks).unwrap();
        let chosen = &found.chosen;
        assert!(chosen.coverage > 0.9 && chosen.density > 0.9, "{found:?}");
        let [(0, low, 1.0), (2, 0.0, high)] = chosen.restrictions[..] else { panic!("{found:?}") };
        assert!((low - 0.7).abs() < 0.03 && (high - 0.4).abs() < 0.03, "{found:?}");
        assert!(found.quasi_p.len() == 2 && found.quasi_p.iter().all(|p| *p < 1e-6), "{found:?}");
        assert!((found.mean - 0.12).abs() < 0.03, "{found:?}");
        assert_eq!(found, discover(&points, &breaks).unwrap());
        // From the whole cube on, smaller and smaller, and never below a twentieth.
        let path = &found.trajectory;
        assert!(path[0].restrictions.is_empty() && path[0].coverage == 1.0 && path[0].density == found.mean);
        assert!(path.windows(2).all(|pair| pair[0].mass > pair[1].mass && pair[0].coverage >= pair[1].coverage));
        assert!(path.iter().all(|step| step.mass >= 0.05));
    }
}

#[test]
fn a_box_behind_noise_restricts_what_matters() {
    for seed in 1..6 {
        let (points, breaks) = cases(seed, 4_000, 5, |point, stream| {
            stream.chance(if point[1] < 0.5 && point[3] > 0.5 { 0.9 } else { 0.05 })
        });
        let found = discover(&points, &breaks).unwrap();
        assert!(found.chosen.coverage > 0.75 && found.chosen.density > 0.8, "{found:?}");
        let restricted: Vec<usize> = found.chosen.restrictions.iter().map(|(dimension, ..)| *dimension).collect();
        assert_eq!(restricted, [1, 3], "{found:?}");
        // The trajectory goes on into noise: its smallest box restricts more.
        assert!(found.trajectory.last().is_some_and(|step| step.restrictions.len() > 2), "{found:?}");
    }
}

#[test]
fn equal_values_stay_together() {
    let (mut points, _) = cases(1, 500, 3, |_, _| false);
    // A lever with three settings and one that never moves.
    for point in &mut points {
        point[0] = libm::floor(point[0] * 3.0) / 2.0;
        point[1] = 0.5;
    }
    let breaks: Vec<bool> = points.iter().map(|point| point[0] == 1.0).collect();
    let found = discover(&points, &breaks).unwrap();
    assert_eq!(found.chosen.restrictions, [(0, 0.75, 1.0)]);
    assert!(found.chosen.coverage == 1.0 && found.chosen.density == 1.0);
}

#[test]
fn without_a_pattern_there_is_no_box() {
    for seed in 0..4 {
        let (points, breaks) = cases(seed, 1_000, 8, |_, stream| stream.chance(0.3));
        let found = discover(&points, &breaks).unwrap();
        assert!(found.chosen.restrictions.is_empty() && found.trajectory.len() > 50, "{found:?}");
        assert_eq!((found.chosen.coverage, found.chosen.density), (1.0, found.mean));
    }
    let points: Vec<Vec<f64>> = cases(1, 50, 2, |_, _| false).0;
    for answer in [false, true] {
        let found = discover(&points, &[answer; 50]).unwrap();
        let share = f64::from(u8::from(answer));
        assert!(found.chosen.restrictions.is_empty() && found.quasi_p.is_empty() && found.trajectory.len() == 1);
        assert!(found.chosen.coverage == share && found.chosen.density == share && found.mean == share);
        assert_eq!(found.chosen.mass, 1.0);
    }
}

#[test]
fn points_that_cannot_be_are_refused() {
    let fault = |points: &[Vec<f64>], breaks: &[bool]| discover(points, breaks).unwrap_err();
    assert_eq!(fault(&[], &[]), SensitivityError::NoPoints);
    assert_eq!(fault(&[vec![0.5]], &[]), SensitivityError::Unequal { points: 1, answers: 0 });
    assert_eq!(
        fault(&[vec![0.5], vec![0.5, 0.5]], &[true, false]),
        SensitivityError::Uneven { point: 1, has: 2, needs: 1 }
    );
    for value in [-0.1, 1.5, f64::NAN] {
        assert_eq!(fault(&[vec![0.5, value]], &[true]), SensitivityError::Outside { point: 0, dimension: 1 });
    }
}

/// Against sums by hand and, for many trials, the normal distribution.
#[test]
fn chance_is_reckoned_exactly() {
    assert!((at_least(3, 4, 0.5) - 5.0 / 16.0).abs() < 1e-12);
    assert!((at_least(4, 4, 0.3) - 0.0081).abs() < 1e-12);
    assert!((at_least(5_000, 10_000, 0.5) - 0.503_989).abs() < 1e-6);
    assert!((at_least(100, 65_536, 0.5) - 1.0).abs() < 1e-6);
    assert_eq!((at_least(0, 5, 0.0), at_least(1, 5, 0.0), at_least(5, 5, 1.0)), (1.0, 0.0, 1.0));
}
