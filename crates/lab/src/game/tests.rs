//! The games against each other, against enumeration, and as properties of random targets.

use proptest::prelude::*;

use super::*;
use crate::random_draw::Stream;

fn random(seed: u64, count: usize) -> Vec<Target> {
    let mut stream = Stream::new(seed, 9, 0);
    let one = |_| {
        let (gain, loss) = (1.0 + 9.0 * stream.unit(), 1.0 + 9.0 * stream.unit());
        Target {
            attacker_uncovered: gain,
            attacker_covered: -loss,
            defender_uncovered: -1.0 - 9.0 * stream.unit(),
            defender_covered: stream.unit(),
        }
    };
    (0..count).map(one).collect()
}

#[test]
fn origami_is_as_good_as_any_spread_on_a_grid() {
    for seed in 0..20 {
        let targets = random(seed, 3);
        let best = origami(&targets, 1.0, f64::MIN).unwrap();
        for one in 0..=50 {
            for two in 0..=(50 - one) {
                let chances = [one, two, 50 - one - two].map(|part| f64::from(part) / 50.0);
                let own = evaluate(&targets, &chances, f64::MIN);
                assert!(own.attacker_value >= best.attacker_value - 1e-9, "{seed}");
                assert!(own.defender_value <= best.defender_value + 1e-6, "{seed}: {own:?} {best:?}");
            }
        }
    }
}

#[test]
fn origami_agrees_with_a_program_for_each_target() {
    for seed in 0..60 {
        let targets = random(seed, 5 + usize::try_from(seed % 26).unwrap());
        let resources = 1.0 + (seed % 4) as f64;
        let (own, other) =
            (origami(&targets, resources, f64::MIN).unwrap(), multiple_lps(&targets, resources).unwrap());
        let (value, known) = (own.defender_value, other.defender_value);
        assert!((value - known).abs() < 1e-6 * (1.0 + known.abs()), "{seed}: {value}, {known}");
    }
}

#[test]
fn origami_agrees_with_one_program_on_a_large_game() {
    let targets = random(7, 300);
    for (resources, outside) in [(3.0, -100.0), (20.0, -100.0), (100.0, 0.0), (299.0, -100.0)] {
        let (own, other) =
            (origami(&targets, resources, outside).unwrap(), single_lp(&targets, resources, outside).unwrap());
        assert!((own.attacker_value - other.attacker_value).abs() < 1e-6, "{resources}");
        assert!(own.coverage.iter().sum::<f64>() <= resources + 1e-6);
    }
}

#[test]
fn two_hundred_thousand_targets_are_spread_over() {
    let targets = random(1, 200_000);
    let found = origami(&targets, 1_590.0, 0.0).unwrap();
    let used: f64 = found.coverage.iter().sum();
    assert!((used - 1_590.0).abs() < 1e-3, "{used}");
    // All that are checked at all, and not for certain, pay alike; none that is not checked pays more.
    for (target, chance) in targets.iter().zip(&found.coverage) {
        let pays = target.attacker(*chance);
        assert!(pays <= found.attacker_value + 1e-9 && (*chance == 0.0 || (pays - found.attacker_value).abs() < 1e-9));
    }
}

#[test]
fn with_checks_enough_nobody_comes() {
    let targets = random(3, 50);
    let found = origami(&targets, 1e6, 0.0).unwrap();
    assert_eq!((found.attacked, found.attacker_value, found.defender_value), (None, 0.0, 0.0));
    assert!(found.coverage.iter().sum::<f64>() < 50.0, "no more than it takes");
    assert_eq!(origami(&[], 1.0, 0.0).unwrap().attacked, None);
}

#[test]
fn bad_games_are_refused() {
    let mut targets = random(3, 4);
    assert!(matches!(origami(&targets, -1.0, 0.0), Err(GameError::Resources(_))));
    assert!(matches!(origami(&targets, f64::NAN, 0.0), Err(GameError::Resources(_))));
    targets[2].attacker_covered = targets[2].attacker_uncovered;
    assert_eq!(origami(&targets, 1.0, 0.0), Err(GameError::Target(2)));
    targets[2].attacker_covered = f64::NEG_INFINITY;
    assert_eq!(single_lp(&targets, 1.0, 0.0), Err(GameError::Target(2)));
}

#[test]
fn two_targets_and_more_checks_than_one() {
    for seed in 100..120 {
        let targets = random(seed, 2);
        let best = origami(&targets, 1.5, f64::MIN).unwrap();
        let mut nearest = f64::INFINITY;
        for one in 0..=100 {
            for two in 0..=(150 - one).min(100) {
                let chances = [one, two].map(|part| f64::from(part) / 100.0);
                let own = evaluate(&targets, &chances, f64::MIN);
                nearest = nearest.min(own.attacker_value);
                assert!(own.defender_value <= best.defender_value + 1e-6, "{seed}: {own:?} {best:?}");
            }
        }
        // A step of the grid is worth no more than a hundredth of the steepest target, 20.
        assert!(nearest >= best.attacker_value - 1e-9 && nearest <= best.attacker_value + 0.201, "{seed}: {nearest}");
    }
}

fn flat(attacker: f64, defender: f64) -> Target {
    Target {
        attacker_uncovered: attacker,
        attacker_covered: attacker - 2.0,
        defender_uncovered: defender,
        defender_covered: 0.0,
    }
}

#[test]
fn ties_go_to_the_agency_then_to_the_first() {
    let attacked = |targets: &[Target]| evaluate(targets, &vec![0.0; targets.len()], 0.0).attacked;
    assert_eq!(attacked(&[flat(1.0, -5.0), flat(1.0, -3.0), flat(1.0, -4.0)]), Some(1));
    assert_eq!(attacked(&[flat(0.5, -1.0), flat(1.0, -3.0), flat(1.0, -3.0)]), Some(1));
    // Staying away pays as much.
    assert_eq!(attacked(&[flat(0.0, -1.0), flat(-1.0, -1.0)]), None);
    // Each is as good as an equal of the one before, and the third no equal of the first.
    let chain: Vec<Target> = (0..6).map(|step| flat(1.0 - 0.9e-9 * f64::from(step), f64::from(step) - 9.0)).collect();
    let found = evaluate(&chain, &[0.0; 6], 0.0);
    assert_eq!((found.attacked, found.attacker_value, found.defender_value), (Some(1), 1.0, -8.0));
}

#[test]
fn what_is_no_number_is_refused() {
    let targets = random(3, 4);
    assert!(matches!(origami(&targets, 1.0, f64::NAN), Err(GameError::Outside(_))));
    assert!(matches!(single_lp(&targets, 1.0, f64::INFINITY), Err(GameError::Outside(_))));
    for lambda in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(quantal_response(&targets, 1.0, lambda), Err(GameError::Sharpness(_))));
    }
    // One that always comes is no hardship for the solver.
    let (own, other) = (origami(&targets, 1.0, f64::MIN).unwrap(), single_lp(&targets, 1.0, f64::MIN).unwrap());
    assert!((own.attacker_value - other.attacker_value).abs() < 1e-6);
}

#[test]
fn published_chances_come_out() {
    let rounded = |share: f64, digits: f64| (share * digits).round() / digits;
    // A premium of half on 26,000 USD each; the goods are lost and 0.3 million USD.
    let of = |units: f64| deterring_chance(units * 13_000.0, units * 26_000.0 + 300_000.0);
    assert_eq!([8.0, 200.0, 1_699.0].map(|units| rounded(of(units), 100.0)), [0.17, 0.32, 0.33]);
    // Goods and twice their value as a penalty: 1 in 7, at every size.
    for units in [8.0, 200.0, 1_699.0] {
        assert_eq!(rounded(deterring_chance(units * 13_000.0, units * 78_000.0), 1_000.0), 0.143);
    }
    assert_eq!(deterring_chance(1.0, 3.0), 0.25);
    assert_eq!((deterring_chance(0.0, 1.0), deterring_chance(1.0, 0.0)), (0.0, 1.0));
}

#[test]
fn penalties_deter_less_the_later_they_come() {
    let rows = deterrence_table(0.5, 1.0, &[0.0, 1.0, 2.0, 5.0], 0.1, 26.0 / 12.0);
    assert_eq!(rows.len(), 4);
    assert_eq!((rows[2].penalty, rows[2].loss), (2.0, 3.0));
    assert!((rows[2].chance - 1.0 / 7.0).abs() < 1e-12 && (rows[2].delayed_chance - 0.171_491_584).abs() < 1e-8);
    assert!(rows.iter().all(|row| row.delayed_chance > row.chance));
    assert!(rows.iter().zip(rows.iter().skip(1)).all(|(less, more)| more.chance < less.chance));
    assert_eq!(delayed_loss(3.0, 0.1, 0.0), 3.0);
}

#[test]
fn published_samples_come_out() {
    let of = |detection| [0.01, 0.05, 0.10, 0.30].map(|share| samples_needed(0.95, share, detection).unwrap());
    assert_eq!(of(1.0), [299, 59, 29, 9]);
    assert_eq!(of(0.7), [427, 85, 42, 13]);
    assert_eq!(samples_needed(0.95, 0.0, 1.0), None);
    assert_eq!(samples_needed(0.95, 1.0, 1.0), Some(1));
    // Where a whole number is just enough it is enough, in halves and in quarters.
    for looks in 1_u32..=12 {
        for share in [0.5_f64, 0.25] {
            let confidence = 1.0 - libm::pow(1.0 - share, f64::from(looks));
            assert_eq!(samples_needed(confidence, share, 1.0), Some(u64::from(looks)), "{share}");
        }
    }
}

/// Period by period: the value of the two-by-two game between inspecting and not, breaking the law and not.
fn dresher_by_recursion(periods: u32, inspections: u32) -> f64 {
    let mut values: Vec<f64> = vec![0.0; 26];
    for period in 1..=periods {
        let before = values.clone();
        for (left, value) in (0_u32..).zip(values.iter_mut()) {
            *value = match usize::try_from(left).unwrap() {
                _ if left >= period => 0.0,
                0 => -1.0,
                own => (before[own] + before[own - 1]) / (2.0 + before[own] - before[own - 1]),
            };
        }
    }
    values[usize::try_from(inspections).unwrap()]
}

#[test]
fn dresher_is_his_recursion() {
    for periods in 1..=24 {
        for inspections in 0..=periods {
            let (closed, known) = (dresher_value(periods, inspections), dresher_by_recursion(periods, inspections));
            assert!((closed - known).abs() < 1e-12, "{periods}, {inspections}: {closed}, {known}");
        }
    }
    assert!((dresher_value(12, 1) + 11.0 / 13.0).abs() < 1e-12);
    assert!((dresher_value(12, 3) + 165.0 / 299.0).abs() < 1e-12);
    // The sum is past any number here, or nearly so.
    assert!([(2_000, 1_000), (100_000, 1_000)].iter().all(|(n, m)| (-1.0..0.0).contains(&dresher_value(*n, *m))));
}

proptest! {
    #[test]
    fn more_checks_never_help_the_smuggler(seed in 0_u64..1_000, count in 1_usize..40, resources in 0.0_f64..20.0) {
        let targets = random(seed, count);
        let (less, more) = (origami(&targets, resources, 0.0).unwrap(), origami(&targets, resources + 1.0, 0.0).unwrap());
        prop_assert!(more.attacker_value <= less.attacker_value + 1e-9);
        prop_assert!(less.coverage.iter().sum::<f64>() <= resources + 1e-6);
        prop_assert!(less.coverage.iter().all(|chance| (0.0..=1.0).contains(chance)));
        for naive in [uniform(&targets, resources), highest_first(&targets, resources)] {
            prop_assert!(naive.iter().sum::<f64>() <= resources + 1e-6);
            prop_assert!(evaluate(&targets, &naive, 0.0).attacker_value >= less.attacker_value - 1e-6);
        }
    }

    #[test]
    fn the_answer_to_a_bounded_smuggler_is_no_worse_than_where_it_begins(seed in 0_u64..200, count in 1_usize..15, lambda in 0.0_f64..3.0) {
        let targets = random(seed, count);
        let begin = origami(&targets, 2.0, f64::MIN).unwrap();
        let own = quantal_response(&targets, 2.0, lambda).unwrap();
        prop_assert!(own.defender_value >= quantal_value(&targets, &begin.coverage, lambda) - 1e-9);
        prop_assert!(own.coverage.iter().sum::<f64>() <= 2.0 + 1e-6);
    }
}
