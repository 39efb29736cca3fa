//! One parameter at a time from its low to its high value, the others at their middle: what a tornado shows. It sees no interaction;
//! for those there are Sobol's total indices.

use super::Model;

/// The model's result with each parameter at its low and at its high value, all others at their middle; in the model's own units (the
/// points need not lie in the unit cube). As many as the shortest of the three lists has.
pub fn one_at_a_time(model: &Model<'_>, middle: &[f64], low: &[f64], high: &[f64]) -> Vec<(f64, f64)> {
    let with = |place: usize, value: f64| {
        let mut point = middle.to_vec();
        if let Some(coordinate) = point.get_mut(place) {
            *coordinate = value;
        }
        model(&point)
    };
    let ends = low.iter().zip(high).take(middle.len()).enumerate();
    ends.map(|(place, (low, high))| (with(place, *low), with(place, *high))).collect()
}

/// The places of the results, those first whose two ends lie furthest apart. Equals stay in order; what cannot be told (NaN, both ends
/// infinite) comes first, so that nobody overlooks it.
pub fn widest_first(results: &[(f64, f64)]) -> Vec<usize> {
    let mut widths: Vec<(usize, f64)> = results.iter().map(|(low, high)| (high - low).abs()).enumerate().collect();
    for (_, width) in &mut widths {
        if width.is_nan() {
            *width = f64::INFINITY;
        }
    }
    widths.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    widths.into_iter().map(|(place, _)| place).collect()
}
