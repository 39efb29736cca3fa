//! What a scenario may not say, told with its key, its line and the mend.

use super::Scenario;

const STUDY: &str = "title = \"t\"\nquestion = \"q\"\nstudy = \"advantage\"\ndraws = 10000\nseed = 7\n";

/// The code and line of each mistake in a scenario, with what is told and how it is mended.
fn mistakes(text: &str) -> Vec<(&'static str, u64, String)> {
    let found = Scenario::read("bad.toml", text).map(|scenario| scenario.arms.len()).unwrap_err().0;
    assert!(found.iter().all(|found| !found.mend.is_empty()), "{found:#?}");
    found.iter().map(|found| (found.code, found.place.line.unwrap(), found.to_string())).collect()
}

#[test]
fn a_number_outside_its_domain_or_in_another_unit_is_refused() {
    for (line, code, key) in [
        ("\"life.years\" = { value = 0, unit = \"years\", source = \"judgement\" }", "out-of-domain", "life.years"),
        ("\"life.years\" = { value = 5, unit = \"months\", source = \"judgement\" }", "wrong-unit", "life.years"),
        (
            "\"share.tier2\" = { value = -0.1, unit = \"share\", source = \"judgement\" }",
            "out-of-domain",
            "share.tier2",
        ),
        (
            "\"supply.growth\" = { normal = [-1, 3], unit = \"x/year\", source = \"judgement\" }",
            "out-of-domain",
            "supply.growth",
        ),
        (
            "\"detect.verification\" = { uniform = [0.5, 1.2], unit = \"share\", source = \"judgement\" }",
            "out-of-domain",
            "detect.verification",
        ),
        (
            "\"smuggle.networks\" = { value = 8, unit = \"per fortnight\", source = \"judgement\" }",
            "wrong-unit",
            "smuggle.networks",
        ),
        (
            "\"share.tier2\" = { value = 0.4, unit = \"share\", source = \"judgement\" }",
            "shares-beyond-one",
            "share.united_states",
        ),
        (
            "\"detect.surest\" = { value = 0.1, unit = \"chance\", source = \"judgement\" }",
            "wrong-order",
            "detect.surest",
        ),
        (
            "\"world.agents\" = { value = 3, unit = \"agents a country\", source = \"judgement\" }",
            "unread-key",
            "world.agents",
        ),
        ("\"tenfold.date\" = { value = 2028, unit = \"year\", source = \"judgement\" }", "unread-key", "tenfold.date"),
        (
            "\"life.years\" = { triangular = [4, 5, 9], within = [20, 30], unit = \"years\", source = \"judgement\" }",
            "bad-distribution",
            "life.years",
        ),
        (
            "\"life.years\" = { value = 5, within = [4, 6], unit = \"years\", source = \"judgement\" }",
            "bad-distribution",
            "life.years",
        ),
        (
            "\"life.years\" = { samples = [5], unit = \"years\", source = \"judgement\" }",
            "bad-distribution",
            "life.years",
        ),
    ] {
        let found = mistakes(&format!("{STUDY}[parameters]\n{line}\n"));
        assert!(
            found.len() == 1 && found[0].0 == code && found[0].1 == 7 && found[0].2.contains(key),
            "{line}: {found:#?}"
        );
    }
}

#[test]
fn what_no_study_could_read_is_refused() {
    for (more, code, line) in [
        ("[[arm]]\nannounced = 2025-01-15\n", "missing-key", 7),
        ("[[arm]]\neffective = 2025-05-15\nannounced = 2025-06-15\n", "wrong-order", 8),
        ("[[arm]]\nname = \"a\"\n[[arm]]\nname = \"a\"\n", "name-twice", 8),
        ("[[arm]]\nsweep = []\n", "empty-list", 7),
        ("[[arm]]\nsweep = [0, 500, 0]\n", "name-twice", 7),
        ("[[arm]]\nsweep = [0, 500]\nthreshold_h100 = 3\n", "unread-key", 8),
        ("[[arm]]\nagreements = [\"SG\", \"SG\"]\n", "name-twice", 7),
        ("[[arm]]\ntiers = { US = 2 }\n", "out-of-domain", 7),
        ("[[arm]]\nexceptions_off = [\"LPP\", \"LPP\"]\n", "name-twice", 7),
        ("[[case]]\nname = \"a\"\n", "unread-key", 6),
        ("[study_values]\ntargets = 100\n", "unread-key", 7),
        ("[demand]\nsource = \"judgement\"\ntier2 = { SG = 0.7, MY = 0.5 }\n", "shares-do-not-sum", 8),
        ("[demand]\nsource = \"judgement\"\ntier1 = { SG = 1 }\ntier2 = { SG = 1 }\n", "name-twice", 9),
    ] {
        let found = mistakes(&format!("{STUDY}{more}"));
        assert!(found.len() == 1 && found[0].0 == code && found[0].1 == line, "{more}: {found:#?}");
    }
    let world = "title = \"t\"\nstudy = \"world\"\n[study_values]\nbuyers = 2.5\nbusy = 0\n[[arm]]\n[[arm]]\n";
    let found: Vec<_> = mistakes(world).iter().map(|(code, line, _)| (*code, *line)).collect();
    assert_eq!(found, [("wrong-type", 4), ("out-of-domain", 5), ("unread-key", 7)]);
}

#[test]
fn what_an_arm_cannot_set_is_refused() {
    for (line, code) in [
        ("set = { \"smuggle.premum\" = 2.0 }", "unknown-key"),
        ("set = { \"smuggle.premium\" = 0.5 }", "out-of-domain"),
        ("set = { \"share.tier2\" = 0.6 }", "shares-beyond-one"),
        ("sweep_parameter = \"smuggle.premium\"", "missing-key"),
        ("dates = { budget = [\"2026-01-01\"] }", "unread-key"),
        ("until = 2026-01-01\neffective = 2027-01-01", "wrong-order"),
        ("uveu_percent = { country = 101 }", "out-of-domain"),
        ("before = \"ear\"", "missing-key"),
    ] {
        let found = mistakes(&format!("{STUDY}[[arm]]\n{line}\n"));
        assert!(found.len() == 1 && found[0].0 == code && found[0].1 == 7, "{line}: {found:#?}");
    }
}

#[test]
fn a_mixture_is_read_part_by_part() {
    let with = |mixture: &str| {
        format!(
            "{STUDY}[parameters]\n\"smuggle.premium\" = {{ mixture = {mixture}, unit = \"x\", source = \"judgement\" }}\n"
        )
    };
    let good = "[{ weight = 2, uniform = [1.2, 1.6] }, { weight = 1, value = 3 }]";
    assert!((Scenario::read("good.toml", &with(good)).unwrap().median("smuggle.premium").unwrap() - 1.5).abs() < 1e-6);
    for (mixture, code) in [
        ("[{ weight = 1, value = 2 }]", "bad-distribution"),
        ("[{ value = 2 }, { weight = 1, value = 3 }]", "missing-key"),
        ("[{ weight = 0, value = 2 }, { weight = 1, value = 3 }]", "out-of-domain"),
        ("[{ weight = 1, value = 0.5 }, { weight = 1, value = 3 }]", "out-of-domain"),
        ("[{ weight = 1, uniform = [3, 2] }, { weight = 1, value = 3 }]", "bad-distribution"),
    ] {
        let found = mistakes(&with(mixture));
        assert!(found.iter().any(|(found, line, _)| *found == code && *line == 7), "{mixture}: {found:?}");
    }
}
