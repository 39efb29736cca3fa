//! Draws that are held to what is known of the years gone by.

use super::*;

/// A study under the law of [`Simple`] with other evidence than the base's.
fn held_to(evidence: &str) -> (Scenario, History) {
    let mut scenario = scenario(&format!("[[arm]]\n{evidence}"));
    scenario.evidence.retain(|evidence| evidence.name.starts_with("test"));
    let history = History::new(prepared(&scenario, 1_699, 49_000).remove(0), &scenario);
    (scenario, history)
}

#[test]
fn draws_are_those_that_fit_what_is_known() {
    let (scenario, history) = held_to(
        "[[evidence]]\nname = \"test\"\noutput = \"supply\"\nyear = 2025\nrange = [13_000_000, 13_200_000, 13_400_000]\nunit = \"H100e\"\nsource = \"a test\"\n[[evidence]]\nname = \"test, held out\"\noutput = \"smuggled\"\nyear = 2026\nrange = [1, 2, 3]\nunit = \"H100e\"\nsource = \"a test\"\nheld_out = true\n",
    );
    let values = |draws: &Draws<'_>| -> Vec<f64> {
        (0..300).map(|index| history.values(&draws.point(index).unwrap()).unwrap()[0] / 13_200_000.0 - 1.0).collect()
    };
    let (before, after) = (values(&Draws::new(&scenario, None)), values(&Draws::new(&scenario, Some(&history))));
    let far = |all: &[f64]| all.iter().filter(|error| error.abs() > 0.05).count();
    assert!(far(&after) == 0 && far(&before) > 100, "{} {}", far(&after), far(&before));
    // Of nine in ten the error is no larger than the range says.
    let within = after.iter().filter(|error| error.abs() <= 0.0155).count();
    assert!((255..=285).contains(&within), "{within}");
}

#[test]
fn what_no_draw_fits_is_told() {
    let (scenario, history) = held_to(
        "[[evidence]]\nname = \"test\"\noutput = \"supply\"\nyear = 2024\nrange = [1, 2, 3]\nunit = \"H100e\"\nsource = \"a test\"\n",
    );
    let draws = Draws::new(&scenario, Some(&history));
    let options = Options { threads: 2, progress: &|_, _| {}, stop: &AtomicBool::new(false) };
    let fault = run(&scenario, &draws, &prepared(&scenario, 1_699, 49_000), &[Output::Smuggled], &options).unwrap_err();
    let NoResults::Unphysical(what) = fault else { unreachable!() };
    assert!(what.starts_with("draw 0: none of ") && what.contains("mend: widen"), "{what}");
}

#[test]
fn a_number_in_the_years_gone_by_that_cannot_be_ends_the_study() {
    let scenario = |held_out: bool| {
        let mut scenario = scenario(&format!(
            "[[arm]]\n[[evidence]]\nname = \"test\"\noutput = \"waiting_cost\"\nyear = 2025\nrange = [1, 2, 3]\nunit = \"USD\"\nsource = \"a test\"\nheld_out = {held_out}\n"
        ));
        scenario.evidence.retain(|evidence| evidence.name == "test");
        scenario
    };
    let mut applied = prepared(&scenario(false), 1_699, 49_000).remove(0);
    applied.spoil();
    let (fitted, held_out) = (scenario(false), scenario(true));
    let [history, beside] = [&fitted, &held_out].map(|scenario| History::new(applied.clone(), scenario));
    // It is no want of fit, of which another draw could be taken.
    let options = Options { threads: 2, progress: &|_, _| {}, stop: &AtomicBool::new(false) };
    let draws = Draws::new(&fitted, Some(&history));
    let fault = run(&fitted, &draws, &prepared(&fitted, 1_699, 49_000), &[Output::Smuggled], &options).unwrap_err();
    let NoResults::Unphysical(what) = fault else { unreachable!() };
    let parts = ["draw 0: `waiting_cost` of 2025", "comes to NaN", "furthest out is", "mend: narrow"];
    assert!(parts.iter().all(|part| what.contains(part)), "{what}");
    // What is held out is shown, and must be a number too.
    let point = Draws::new(&held_out, Some(&beside)).point(0).unwrap();
    assert!(beside.values(&point).unwrap_err().contains("NaN"));
}

#[test]
fn evidence_that_cannot_be_is_refused() {
    let evidence = |lines: &str| {
        let text = format!("{STUDY}[[arm]]\n[[evidence]]\nname = \"n\"\nsource = \"s\"\n{lines}");
        Scenario::read("test.toml", &text).map(|_| ()).map_err(|errors| errors.0[0].code.to_owned())
    };
    let good = "output = \"smuggled\"\nyear = 2025\nunit = \"H100e\"\nrange = [1, 2, 3]\n";
    assert_eq!(evidence(good), Ok(()));
    for (from, to, code) in [
        ("[1, 2, 3]", "[3, 2, 1]", "bad-distribution"),
        ("[1, 2, 3]", "[1, 2]", "bad-distribution"),
        ("2025", "2023", "out-of-domain"),
        ("smuggled", "smugled", "unknown-word"),
        ("\"H100e\"", "\"USD\"", "wrong-unit"),
        ("year = 2025\n", "", "missing-key"),
        ("range = [1, 2, 3]", "range = [1, 2, 3]\nat_least = 2", "bad-distribution"),
        ("range = [1, 2, 3]", "at_least = 2", "missing-key"),
        ("range = [1, 2, 3]", "at_least = 2\nlog_error = 0", "out-of-domain"),
    ] {
        assert_eq!(evidence(&good.replace(from, to)), Err(code.to_owned()), "{to}");
    }
    let tenfold = Scenario::read(
        "t.toml",
        &format!(
            "study = \"tenfold\"\ncalibrate = true\n[[case]]\nname = \"a\"\n[[evidence]]\nname = \"n\"\nsource = \"s\"\n{good}"
        ),
    );
    assert_eq!(tenfold.unwrap_err().0.len(), 2);
}

#[test]
fn parameters_go_together_as_a_scenario_says() {
    let correlation = |lines: &str| format!("{STUDY}[[correlation]]\nsource = \"judgement\"\n{lines}");
    let pair = "of = [\"supply.growth\", \"tier3.domestic_growth\"]\ncoefficient = 0.8\n";
    let (loose, tied) = (scenario(""), Scenario::read("test.toml", &correlation(pair)).unwrap());
    let (leader, follower) = (Parameter::SupplyGrowth as usize, Parameter::DomesticGrowth as usize);
    // How often both lie on the same side of their medians: a half, and 1/2 + asin(0.8)/pi.
    let same_side = |scenario: &Scenario| {
        let (draws, middle) = (Draws::new(scenario, None), scenario.point(0.5));
        let same = (0..4_000).filter(|index| {
            let point = draws.point(*index).unwrap();
            (point[leader] > middle[leader]) == (point[follower] > middle[follower])
        });
        same.count() as f64 / 4_000.0
    };
    assert!((same_side(&loose) - 0.5).abs() < 0.03 && (same_side(&tied) - 0.795).abs() < 0.03);
    // Each by itself is what it was, and the others are the same draw by draw.
    let [before, after] = [&loose, &tied].map(|scenario| Draws::new(scenario, None).point(7).unwrap());
    let changed: Vec<usize> = (0..before.len()).filter(|place| before[*place] != after[*place]).collect();
    assert_eq!(changed, [follower]);
    for (from, to, code) in [
        ("0.8", "1.0", "out-of-domain"),
        ("coefficient = 0.8\n", "", "missing-key"),
        ("supply.growth", "supply.grow", "unknown-word"),
        ("supply.growth", "tier3.domestic_growth", "wrong-order"),
        ("\"supply.growth\", ", "", "wrong-type"),
    ] {
        let errors = Scenario::read("test.toml", &correlation(&pair.replace(from, to))).map(|_| ()).unwrap_err().0;
        assert!(errors.iter().any(|error| error.code == code), "{to}: {errors:?}");
    }
}
