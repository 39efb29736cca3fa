//! The model in its limits, where the answer is known, and the runner on any number of threads.

mod calibration;
mod data;

use std::sync::atomic::AtomicBool;

use tollgate_model::{Country, ReviewPolicy};

use crate::figure::{Figure, Study};
use crate::history::{Draws, History};
use crate::model::parameters::{Parameter, Point, at};
use crate::model::{Output, Prepared, simulate};
use crate::rules::{LawFacts, LawOracle, Oracles, Permission, Probe, Reading, RuleTable};
use crate::run::{NoResults, Options, run};
use crate::scenario::{Arm, Scenario};
use crate::studies::{LabError, Policies, study};
use crate::timeline::Timeline;

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

fn prepared_by(scenario: &Scenario, oracle: &dyn Fn(&Arm) -> Box<dyn LawOracle>) -> Vec<Prepared> {
    let prepare = |arm| {
        let compliance = "2025-05-15".parse().unwrap();
        let timeline = Timeline::of(arm, compliance);
        let mut oracles = Oracles { before: oracle(&Arm::plain(arm.before.clone())), rule: oracle(arm) };
        let mut table = |reading| RuleTable::ask(&mut oracles, arm, &scenario.demand, &timeline, compliance, reading);
        let (strict, mild) = (table(Reading::Strict), table(Reading::Mild));
        Prepared::new(arm, timeline, &strict, &mild, scenario)
    };
    scenario.arms.iter().map(prepare).collect()
}

fn prepared(scenario: &Scenario, free: i64, cap: i64) -> Vec<Prepared> {
    prepared_by(scenario, &|_| Box::new(Simple { free, cap }))
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
        let wanted: f64 = (0..24).map(|quarter| at(&point, Parameter::SupplyFlow) * quarterly.powi(quarter - 3)).sum();
        let made = sum(own, &point, Output::Supply);
        assert!(made <= wanted * (1.0 + 1e-9), "{made}, {wanted}");
        let home = years(own, &point, Output::HomeStock)[5] - at(&point, Parameter::StockUnitedStates);
        let paths = [
            Output::Served,
            Output::Smuggled,
            Output::Intercepted,
            Output::Stockpiled,
            Output::Lawful,
            Output::Offshored,
            Output::Unbuilt,
        ];
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
    let deterred = years(own, &certain, Output::Deterred);
    assert!(sum(own, &certain, Output::Smuggled) < 1.0 && deterred.iter().all(|share| (share - 1.0).abs() < 1e-9));
    let worthless = with(&[(Parameter::Premium, 1.0)]);
    assert_eq!(sum(own, &worthless, Output::Smuggled), 0.0);
    // Without limits everybody abroad gets what they want, and nobody asks for a license.
    let open = &prepared(&scenario, i64::MAX, i64::MAX)[0];
    let median = scenario.point(0.5);
    assert!(sum(open, &median, Output::Unmet) < 1e-3 && sum(open, &median, Output::Cases) < 1e-3);
    // Without any allocation only small and validated buyers are served.
    let shut = &prepared(&scenario, 0, 0)[0];
    let first = |prepared: &Prepared, point: &Point, output: Output| years(prepared, point, output)[0];
    let asked = first(shut, &median, Output::Unmet) + first(shut, &median, Output::Served);
    let wanted = first(open, &median, Output::Served);
    assert!((asked / wanted - 1.0).abs() < 1e-9, "{asked}, {wanted}");
    assert!(sum(shut, &median, Output::ByShells) < sum(own, &median, Output::ByShells));
    // A country's licenses never come to more than its allocation.
    let all = with(&[(Parameter::Hyperscale, 0.0), (Parameter::BuyerMedian, 1e12)]);
    let tier2 = scenario.demand.iter().filter(|demand| demand.tier == 2).count() as f64;
    let inside = first(shut, &all, Output::Served);
    assert!(first(own, &all, Output::Served) - inside <= tier2 * 49_000.0 * (1.0 + 1e-9));
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
        // From 15 January to 15 November, at the pace of a quarter of some 91 days, or as much as is wanted at the most.
        let most = at(&point, Parameter::Stockpile) * (76.0 / 90.0 + 2.0 + 45.0 / 92.0);
        assert!(bought[4] > 0.0 && bought[4] <= most + 1e-6 && bought[..4] == [0.0; 4], "{bought:?}, {most}");
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
        let results =
            run(&scenario, &Draws::new(&scenario, None), &arms, &[Output::Smuggled, Output::StockRatio], &options)
                .unwrap();
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
    assert!(
        run(
            &scenario,
            &Draws::new(&scenario, None),
            &arms,
            &[],
            &Options { threads: 2, progress: &|_, _| {}, stop: &stop }
        )
        .is_err()
    );
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

#[test]
fn a_result_that_cannot_be_ends_the_study_and_names_the_draw() {
    let scenario = scenario("[[arm]]\n[[arm]]\nbudget = 2.0\n");
    let mut arms = prepared(&scenario, 1_699, 49_000);
    arms[1].spoil();
    let stop = AtomicBool::new(false);
    let fault = |threads| {
        run(
            &scenario,
            &Draws::new(&scenario, None),
            &arms,
            &[Output::Smuggled],
            &Options { threads, progress: &|_, _| {}, stop: &stop },
        )
        .unwrap_err()
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
    let mut study = study_of(text);
    // What the draws are held to is shown with few draws too; the rest is what it was before that.
    let is_of_evidence = |figure: &Figure| matches!(figure, Figure::Table(table) if ["evidence", "posterior"].contains(&&*table.caption.id));
    assert!(study.figures.iter().any(is_of_evidence));
    study.figures.retain(|figure| !is_of_evidence(figure));
    study.answers.retain(|answer| !answer.starts_with("Held out: "));
    let sentence = study.caveats.last_mut().unwrap();
    let (rest, share) = sentence.rsplit_once(". ").unwrap();
    assert!(share.ends_with(" % of the draws of the priors fit."), "{share}");
    *sentence = format!("{rest}.");
    assert_eq!(
        crate::blind(0, &format!("{:?}", (&study.answers, &study.caveats, &study.figures))),
        18_406_603_299_683_287_270
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
fn a_year_is_written_as_a_year() {
    let tenfold = Scenario::read("t.toml", "study = \"tenfold\"\n[[case]]\nname = \"a\"\n").unwrap();
    let date = tenfold.assumptions().into_iter().find(|own| own.name == "tenfold.date").unwrap();
    assert_eq!(date.value, "2027.5");
}

#[test]
fn levers_are_written_with_what_the_law_says() {
    let facts = SimplePolicies.facts().unwrap();
    let scenario = scenario("[[arm]]\nthreshold_h100 = 500\ntiers = { AE = 1, SG = 3, DE = 2 }\n[[arm]]\n");
    let is_in = |group: &str, country: Country| match country.code() {
        "SG" | "DE" => group == "FIRST",
        _ => group == "THIRD",
    };
    let text = scenario.arms[0].amendment(&facts, &is_in).unwrap();
    assert!(text.contains("value = 500000\n") && !text.contains("15824"), "{text}");
    assert!(text.contains("group = \"FIRST\"\nadd = [\"AE\"]\nfrom = 2025-01-15\n"), "{text}");
    assert!(
        text.contains("group = \"THIRD\"\nadd = [\"SG\"]") && text.contains("group = \"FIRST\"\nremove = [\"DE\"]"),
        "{text}"
    );
    // Who is not in a group cannot leave it.
    assert!(text.contains("group = \"THIRD\"\nremove = [\"AE\"]") && text.matches("remove").count() == 3, "{text}");
    assert_eq!(scenario.arms[1].amendment(&facts, &is_in), None);
}

/// A law that lets nothing go without a license, and reviews all alike.
struct Reviewed(Permission);

impl LawOracle for Reviewed {
    fn probe(&mut self, _: &Probe) -> Permission {
        self.0
    }
}

fn reviewed(scenario: &Scenario, permission: Permission) -> Prepared {
    prepared_by(scenario, &|_| Box::new(Reviewed(permission))).remove(0)
}

#[test]
fn approval_ships_no_less_than_case_by_case_and_that_no_less_than_denial() {
    let scenario = scenario("[[arm]]\n");
    let license = |review| reviewed(&scenario, Permission::License(Some(review)));
    let worlds = [
        license(ReviewPolicy::PresumptionOfDenial),
        license(ReviewPolicy::CaseByCase),
        license(ReviewPolicy::PresumptionOfApproval),
        reviewed(&scenario, Permission::Free),
    ];
    for share in [0.05, 0.3, 0.5, 0.7, 0.95] {
        let point = scenario.point(share);
        for output in [Output::Served, Output::Lawful] {
            let shipped: Vec<f64> = worlds.iter().map(|world| years(world, &point, output)[0]).collect();
            assert!(shipped.is_sorted(), "{output:?} at {share}: {shipped:?}");
            assert!(shipped[0] < shipped[3], "{output:?} at {share}: {shipped:?}");
        }
    }
}

#[test]
fn what_the_law_leaves_open_is_read_both_ways() {
    let scenario = scenario("[[arm]]\n");
    let review = Some(ReviewPolicy::PresumptionOfDenial);
    let open = reviewed(&scenario, Permission::Open { mild_free: true, strict_free: false, review });
    let [strict, mild] =
        [Permission::License(review), Permission::Free].map(|permission| reviewed(&scenario, permission));
    let mut point = scenario.point(0.5);
    for (reading, settled) in [(0.2, strict), (0.8, mild)] {
        set(&mut point, Parameter::LawReading, reading);
        assert_eq!(simulate(&open, &point), simulate(&settled, &point), "{reading}");
    }
}

#[test]
fn nobody_tries_and_rests_by_turns() {
    // Many networks, hard to find, and little that is wanted: each quarter's trade moves the price by much.
    let scenario = scenario("[[arm]]\n[[arm]]\nbudget = 2.0\n");
    let mut point = scenario.point(0.5);
    for (parameter, value) in [
        (Parameter::Networks, 20.0),
        (Parameter::LinkScale, 15.0),
        (Parameter::ShellDetection, 0.01),
        (Parameter::Appetite, 300_000.0),
    ] {
        set(&mut point, parameter, value);
    }
    for prepared in prepared(&scenario, 1_699, 49_000) {
        let deterred = years(&prepared, &point, Output::Deterred);
        assert!(deterred.iter().all(|share| *share < 1e-9 || *share > 1.0 - 1e-9), "{deterred:?}");
        let smuggled = years(&prepared, &point, Output::Smuggled);
        assert!(smuggled.iter().zip(&smuggled[1..]).all(|(one, next)| *next > 0.5 * one), "{smuggled:?}");
    }
}

#[test]
fn levers_hold_from_their_day_to_their_last() {
    let text = "[[arm]]\n[[arm]]\nbudget = 4.0\n[[arm]]\nbudget = 4.0\ndates = { budget = [\"2028-01-01\"] }\n[[arm]]\nbudget = 4.0\ndates = { budget = [\"2025-01-01\", \"2026-01-01\"] }\n";
    let scenario = scenario(text);
    let arms = prepared(&scenario, 1_699, 49_000);
    let point = scenario.point(0.5);
    let smuggled: Vec<[f64; 6]> = arms.iter().map(|arm| years(arm, &point, Output::Smuggled)).collect();
    assert_eq!(smuggled[2][..3], smuggled[0][..3]);
    assert!(smuggled[2][4] < smuggled[0][4]);
    assert_eq!(smuggled[3][0], smuggled[1][0]);
    assert!(smuggled[3][4] > smuggled[1][4]);
}

#[test]
fn a_day_more_of_notice_is_a_day_more_of_stock() {
    let bought = |announced: &str| {
        let scenario = scenario(&format!("[[arm]]\nannounced = {announced}\neffective = 2025-05-16\n"));
        let mut point = scenario.point(0.5);
        set(&mut point, Parameter::StockpileYears, 10.0);
        set(&mut point, Parameter::Stockpile, 90_000.0);
        sum(&prepared(&scenario, 1_699, 49_000)[0], &point, Output::Stockpiled)
    };
    let [one, next] = ["2025-02-16", "2025-02-17"].map(bought);
    assert!((one - next - 1_000.0).abs() < 1.0, "{one}, {next}");
}

#[test]
fn an_arm_sets_a_parameter_for_itself_and_sweeps_over_any() {
    let text = "[[arm]]\n[[arm]]\nname = \"dear\"\nset = { \"smuggle.premium\" = 4.0 }\n[[arm]]\nsweep_parameter = \"smuggle.premium\"\nsweep = [1.0, 4.0]\n";
    let scenario = scenario(text);
    let arms = prepared(&scenario, 1_699, 49_000);
    let mut point = scenario.point(0.5);
    let smuggled: Vec<f64> = arms.iter().map(|arm| sum(arm, &point, Output::Smuggled)).collect();
    assert!(smuggled[1] > smuggled[0] && smuggled[2] == 0.0 && smuggled[3] == smuggled[1], "{smuggled:?}");
    set(&mut point, Parameter::Premium, 4.0);
    assert_eq!(sum(&arms[0], &point, Output::Smuggled), smuggled[1]);
}
