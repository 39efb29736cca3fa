use proptest::prelude::*;

use super::*;
use crate::draw::Stream;

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
fn published_figures_come_out() {
    let percent = |share: f64| (share * 1_000.0).round() / 1_000.0;
    // Goods and twice their value as a penalty, at a premium of half: 1 in 7.
    assert_eq!(percent(deterring_chance(0.5, 3.0)), 0.143);
    assert_eq!(percent(deterring_chance(1.0, 3.0)), 0.25);
    assert_eq!((deterring_chance(0.0, 1.0), deterring_chance(1.0, 0.0)), (0.0, 1.0));
    let of = |detection| [0.01, 0.05, 0.10, 0.30].map(|share| samples_needed(0.95, share, detection).unwrap());
    assert_eq!(of(1.0), [299, 59, 29, 9]);
    assert_eq!(of(0.7), [427, 85, 42, 13]);
    assert_eq!(samples_needed(0.95, 0.0, 1.0), None);
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
