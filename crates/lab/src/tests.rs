//! The model in its limits, where the answer is known, and the runner on any number of threads.

use std::sync::atomic::AtomicBool;

use tollgate_model::{Country, ReviewPolicy};

use crate::figure::Study;
use crate::model::parameters::{Parameter, Point, at};
use crate::model::{Output, Prepared, simulate};
use crate::rules::{LawFacts, LawOracle, Permission, Probe, RuleTable};
use crate::run::{NoResults, Options, run};
use crate::scenario::{Arm, Scenario};
use crate::studies::{LabError, Policies, study};

/// A law with one limit and one allocation outside the first tier, and none inside.
struct Simple {
    free: i64,
    cap: i64,
}

impl LawOracle for Simple {
    fn probe(&mut self, probe: &Probe) -> Permission {
        let first = [
            "DE", "JP", "FR", "NO", "GB", "KR", "CA", "FI", "IT", "NL", "SE", "AU", "IE", "ES", "DK", "TW", "BE", "NZ",
        ];
        if first.contains(&probe.destination.code()) || probe.flags.iter().any(|flag| flag == "uveu") {
            return Permission::Free;
        }
        if probe.destination == Country::CHINA {
            return Permission::License(Some(ReviewPolicy::PresumptionOfDenial));
        }
        match probe.units {
            units if units <= self.free => Permission::Free,
            units if probe.charged + units <= self.cap => {
                Permission::License(Some(ReviewPolicy::PresumptionOfApproval))
            }
            _ => Permission::License(Some(ReviewPolicy::PolicyOfDenial)),
        }
    }
}

const STUDY: &str = "title = \"t\"\nquestion = \"q\"\nstudy = \"advantage\"\ndraws = 10000\nseed = 7\n";

fn scenario(more: &str) -> Scenario {
    Scenario::read("test.toml", &format!("{STUDY}{more}")).unwrap()
}

fn prepared(scenario: &Scenario, free: i64, cap: i64) -> Vec<Prepared> {
    let prepare = |arm| {
        Prepared::new(
            arm,
            &RuleTable::ask(&mut Simple { free, cap }, arm, &scenario.demand, "2025-05-15".parse().unwrap()),
            scenario,
        )
    };
    scenario.arms.iter().map(prepare).collect()
}

fn set(point: &mut Point, parameter: Parameter, value: f64) {
    point[parameter as usize] = value;
}

fn years(prepared: &Prepared, point: &Point, output: Output) -> [f64; 6] {
    simulate(prepared, point)[output as usize]
}

fn sum(prepared: &Prepared, point: &Point, output: Output) -> f64 {
    years(prepared, point, output).iter().sum()
}

#[test]
fn every_chip_that_is_made_is_somewhere() {
    let scenario = scenario("[[arm]]\nannounced = 2025-01-15\neffective = 2025-11-15\n");
    let own = &prepared(&scenario, 1_699, 49_000)[0];
    for share in [0.1, 0.5, 0.9] {
        let mut point = scenario.point(share);
        // Nothing is retired, so that stocks are sums.
        set(&mut point, Parameter::Life, 1e12);
        let quarterly = at(&point, Parameter::SupplyGrowth).powf(0.25);
        let made: f64 = (0..24).map(|quarter| at(&point, Parameter::SupplyFlow) * quarterly.powi(quarter - 3)).sum();
        let home = years(own, &point, Output::HomeStock)[5] - at(&point, Parameter::StockUnitedStates);
        let paths = [Output::Served, Output::Smuggled, Output::Intercepted, Output::Stockpiled, Output::Lawful];
        let elsewhere: f64 = paths.iter().map(|output| sum(own, &point, *output)).sum();
        assert!(((home + elsewhere) / made - 1.0).abs() < 1e-9, "{share}: {home} + {elsewhere}, {made}");
        let inflow: f64 = [Output::Smuggled, Output::Stockpiled, Output::Lawful, Output::Domestic]
            .iter()
            .map(|output| sum(own, &point, *output))
            .sum();
        let gained = years(own, &point, Output::Tier3Stock)[5] - at(&point, Parameter::StockTier3);
        assert!((gained / inflow - 1.0).abs() < 1e-9, "{gained}, {inflow}");
    }
}

#[test]
fn limits_give_what_is_known() {
    let scenario = scenario("[[arm]]\n");
    let own = &prepared(&scenario, 1_699, 49_000)[0];
    let with = |changes: &[(Parameter, f64)]| {
        let mut point = scenario.point(0.5);
        changes.iter().for_each(|(parameter, value)| set(&mut point, *parameter, *value));
        point
    };
    let nobody = with(&[(Parameter::Networks, 0.0), (Parameter::Fronts, 0.0)]);
    assert_eq!((sum(own, &nobody, Output::Smuggled), sum(own, &nobody, Output::Intercepted)), (0.0, 0.0));
    let certain = with(&[(Parameter::ShellDetection, 1e6), (Parameter::FrontDetection, 1e12)]);
    assert!(sum(own, &certain, Output::Smuggled) < 1.0 && years(own, &certain, Output::Deterred) == [1.0; 6]);
    let worthless = with(&[(Parameter::Premium, 1.0)]);
    assert_eq!(sum(own, &worthless, Output::Smuggled), 0.0);
    // Without limits everybody abroad gets what they want, and nobody asks for a license.
    let open = &prepared(&scenario, i64::MAX, i64::MAX)[0];
    let median = scenario.point(0.5);
    assert_eq!((sum(open, &median, Output::Unmet), sum(open, &median, Output::Cases)), (0.0, 0.0));
    // Without any allocation only small and validated buyers are served.
    let shut = &prepared(&scenario, 0, 0)[0];
    let asked = sum(shut, &median, Output::Unmet) + sum(shut, &median, Output::Served);
    let wanted = sum(open, &median, Output::Served);
    assert!((asked / wanted - 1.0).abs() < 1e-9 && sum(shut, &median, Output::ByShells) == 0.0);
    // A country's licenses never come to more than its allocation.
    let all = with(&[(Parameter::Hyperscale, 0.0), (Parameter::BuyerMedian, 1e12)]);
    let tier2 = scenario.demand.iter().filter(|demand| demand.tier == 2).count() as f64;
    let inside = sum(shut, &all, Output::Served);
    assert!(sum(own, &all, Output::Served) - inside <= tier2 * 49_000.0 * (1.0 + 1e-9));
}

#[test]
fn levers_move_what_they_should() {
    let scenario = scenario(
        "[[arm]]\n[[arm]]\nbudget = 2.0\n[[arm]]\nscope = \"cluster\"\n[[arm]]\nlocation_verification = true\n[[arm]]\nannounced = 2025-01-15\neffective = 2025-11-15\n",
    );
    let arms = prepared(&scenario, 1_699, 49_000);
    for share in [0.3, 0.5, 0.7] {
        let point = scenario.point(share);
        let smuggled: Vec<f64> = arms.iter().map(|own| sum(own, &point, Output::Smuggled)).collect();
        assert!(smuggled[1..4].iter().all(|less| *less < smuggled[0]), "{smuggled:?}");
        let bought: Vec<f64> = arms.iter().map(|own| sum(own, &point, Output::Stockpiled)).collect();
        // Three quarters lie between: the middles of the first, second and third.
        assert!((bought[4] / (3.0 * at(&point, Parameter::Stockpile)) - 1.0).abs() < 1e-12 && bought[..4] == [0.0; 4]);
        let mut last = -1.0;
        for free in [0, 100, 500, 1_000, 1_699] {
            let own = sum(&prepared(&scenario, free, 49_000)[0], &point, Output::ByShells);
            assert!(own >= last, "{free}");
            last = own;
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_on_any_number_of_threads() {
    let scenario = scenario("[[arm]]\n[[arm]]\nbudget = 2.0\n");
    let arms = prepared(&scenario, 1_699, 49_000);
    let stop = AtomicBool::new(false);
    let all = |threads| {
        let options = Options { threads, progress: &|_, _| {}, stop: &stop };
        let results = run(&scenario, &arms, &[Output::Smuggled, Output::StockRatio], &options).unwrap();
        let of = |arm| {
            let bands = (0..6).map(|year| {
                (results.band(arm, Output::Smuggled, year), results.difference(arm, Output::StockRatio, year))
            });
            bands.collect::<Vec<_>>()
        };
        (of(0), of(1))
    };
    let once = all(1);
    assert_eq!(once, all(2));
    assert_eq!(once, all(5));
    assert!(once.0.iter().all(|(_, difference)| *difference == [0.0; 3]));
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    assert!(run(&scenario, &arms, &[], &Options { threads: 2, progress: &|_, _| {}, stop: &stop }).is_err());
}

#[test]
fn mistakes_in_a_scenario_are_told_at_once_with_their_lines() {
    let text = "title = \"t\"\nstudy = \"treshold\"\nbudgett = 1\n[parameters]\n\"supply.growth\" = { lognormal = [3, 2], unit = \"x\", source = \"s\" }\n\"supply.flow\" = { value = 1, unit = \"x\", source = \"s\" }\n\"life.years\" = { value = 5, unit = \"years\" }\n[[arm]]\nbudget = -1\nagreements = [\"Atlantis\"]\nscope = \"world\"\n[demand]\nsource = \"s\"\ntier2 = { ZZ = 1 }\n";
    let errors = Scenario::read("bad.toml", text).unwrap_err().0;
    let lines: Vec<u64> = errors.iter().filter_map(|error| error.place.line).collect();
    for line in [2, 3, 5, 6, 7, 9, 10, 11, 14] {
        assert!(lines.contains(&line), "line {line}: {errors:#?}");
    }
    assert!(errors.iter().all(|error| error.place.file == "bad.toml" && !error.mend.is_empty()));
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert!(
        told.iter().any(|text| text.contains("threshold")) && told.iter().any(|text| text.contains("no source")),
        "{told:#?}"
    );
    assert!(told.iter().any(|text| text.contains("did you mean `supply.f")), "{told:#?}");
}

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
fn a_result_that_cannot_be_ends_the_study_and_names_the_draw() {
    let scenario = scenario("[[arm]]\n[[arm]]\nbudget = 2.0\n");
    let mut arms = prepared(&scenario, 1_699, 49_000);
    arms[1].spoil();
    let stop = AtomicBool::new(false);
    let fault = |threads| {
        run(&scenario, &arms, &[Output::Smuggled], &Options { threads, progress: &|_, _| {}, stop: &stop }).unwrap_err()
    };
    let NoResults::Unphysical(what) = fault(1) else { unreachable!() };
    assert!(what.starts_with("draw 0: `") && what.contains("which cannot be") && what.contains("mend: "), "{what}");
    assert_eq!(fault(3), NoResults::Unphysical(what));
}

#[test]
fn every_scenario_that_comes_along_can_be_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().unwrap() != "base" && path.extension().is_some_and(|ending| ending == "toml") {
            let scenario = Scenario::read("scenario", &std::fs::read_to_string(&path).unwrap());
            assert!(scenario.unwrap().assumptions().iter().all(|own| !own.source.is_empty()), "{}", path.display());
            read += 1;
        }
    }
    assert!(read >= 6);
}

/// The law of [`Simple`], for whole studies.
struct SimplePolicies;

impl Policies for SimplePolicies {
    fn facts(&self) -> Result<LawFacts, LabError> {
        Ok(LawFacts {
            h100_tpp: 1_000,
            license_free_tpp: 1_700_000,
            published: "2025-01-15".parse().unwrap(),
            compliance: "2025-05-15".parse().unwrap(),
            tier1_group: "FIRST".to_owned(),
            tier3_group: "THIRD".to_owned(),
        })
    }

    fn oracle(&self, arm: &Arm) -> Result<Box<dyn LawOracle + '_>, LabError> {
        let free = arm.threshold_h100.map_or(1_699, |units| units as i64);
        Ok(Box::new(Simple { free, cap: 49_000 }))
    }

    fn made_from(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

fn study_of(text: &str) -> Study {
    let scenario = Scenario::read("test.toml", text).unwrap();
    let options = Options { threads: 2, progress: &|_, _| {}, stop: &AtomicBool::new(false) };
    study(&scenario, &SimplePolicies, &options).unwrap()
}

#[test]
fn the_figures_of_a_study_are_those_that_they_were() {
    let text = "title = \"t\"\nquestion = \"q\"\nstudy = \"compare\"\ndraws = 2000\nseed = 7\n[[arm]]\n[[arm]]\nthreshold_h100 = 500\nbudget = 2.0\nannounced = 2025-01-15\neffective = 2025-11-15\n";
    let study = study_of(text);
    assert_eq!(
        crate::blind(0, &format!("{:?}", (&study.answers, &study.caveats, &study.figures))),
        18_154_001_653_672_125_568
    );
}

#[test]
fn a_constant_is_set_in_a_scenario_and_refused_where_it_cannot_be() {
    let with = |line: &str| Scenario::read("test.toml", &format!("{STUDY}[parameters]\n{line}\n"));
    let slow = with("\"capital.interest\" = { value = 0.2, unit = \"1/year\", source = \"judgement\" }").unwrap();
    assert_eq!(slow.constants.interest_a_year, 0.2);
    assert_eq!(scenario("").constants.interest_a_year, 0.1);
    for (line, code) in [
        ("\"capital.interest\" = { value = -1, unit = \"1/year\", source = \"judgement\" }", "out-of-domain"),
        ("\"capital.interest\" = { uniform = [0, 1], unit = \"1/year\", source = \"judgement\" }", "out-of-domain"),
        ("\"world.agents\" = { value = 2.5, unit = \"agents\", source = \"judgement\" }", "out-of-domain"),
        ("\"world.shell_age_days\" = { value = 2, unit = \"days\", source = \"judgement\" }", "out-of-domain"),
        ("\"world.agents\" = { value = 2, unit = \"agents\" }", "missing-key"),
        ("\"world.agent\" = { value = 2, unit = \"agents\", source = \"judgement\" }", "unknown-key"),
    ] {
        let found = with(line).unwrap_err().0;
        assert!(found.len() == 1 && found[0].code == code && found[0].place.line == Some(7), "{line}: {found:#?}");
    }
}

#[test]
fn levers_are_written_with_what_the_law_says() {
    let facts = SimplePolicies.facts().unwrap();
    let scenario = scenario("[[arm]]\nthreshold_h100 = 500\ntiers = { AE = 1, SG = 3, DE = 2 }\n[[arm]]\n");
    let text = scenario.arms[0].amendment(&facts).unwrap();
    assert!(text.contains("value = 500000\n") && !text.contains("15824"), "{text}");
    assert!(text.contains("group = \"FIRST\"\nadd = [\"AE\"]\nfrom = 2025-01-15\n"), "{text}");
    assert!(
        text.contains("group = \"THIRD\"\nadd = [\"SG\"]") && text.matches("remove = [\"DE\"]").count() == 2,
        "{text}"
    );
    assert_eq!(scenario.arms[1].amendment(&facts), None);
}
