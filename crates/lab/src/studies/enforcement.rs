//! The study of enforcement: what a budget changes, and how to spend it.

use super::figures::{
    Y2027, band, breaking_region, caption, caveats, numbers, of_arm, paths, sensitivity, study_report,
};
use super::{LabError, Ready};
use crate::distribution::number;
use crate::figure::{Caption, Fan, Figure, Study, Table};
use crate::game::{Target, evaluate, highest_first, origami, quantal_response, quantal_value, uniform};
use crate::model::Output;
use crate::model::parameters::{Parameter, at};
use crate::random_draw::Stream;
use crate::run::Results;

const WATCHED: [Output; 9] = [
    Output::Smuggled,
    Output::Intercepted,
    Output::Stockpiled,
    Output::Lawful,
    Output::Rented,
    Output::Domestic,
    Output::Schemes,
    Output::Caught,
    Output::Deterred,
];

pub(super) fn study(ready: &Ready<'_>) -> Result<Study, LabError> {
    if ready.prepared.len() < 2 {
        return Err(LabError::Scenario("this study compares budgets: give at least two arms with `budget`".to_owned()));
    }
    let results = ready.run(&WATCHED)?;
    let budgets: Vec<(usize, f64)> = by_budget(ready);
    let mut figures = figures(ready, &results, &budgets);
    let mut answers = marginal(ready, &results, &budgets);
    let games = games(ready)?;
    figures.extend(games.figures);
    answers.extend(games.answers);
    let mut caveats = caveats(ready.scenario);
    caveats.push("The game has one smuggler who sees how checks are spread and answers it; who looks less closely is worse off, which the quantal answer shows. Payoffs are those of the model's medians, chances of a check to find something a judgement.".to_owned());
    if let (Some(first), Some((double, _))) =
        (ready.prepared.first(), budgets.iter().find(|(_, budget)| *budget == 2.0))
        && let Some(second) = ready.prepared.get(*double)
    {
        let (before, after) = (of_arm(first, Output::Smuggled, Y2027), of_arm(second, Output::Smuggled, Y2027));
        let less = |point: &_| {
            let level = before(point);
            if level > 0.0 { 100.0 * (1.0 - after(point) / level) } else { 0.0 }
        };
        let (sensitivity, driven) = sensitivity(ready, "Percent less smuggled in 2027 at twice the budget", &less)?;
        figures.extend(sensitivity);
        caveats.push(format!("What a doubled budget brings comes above all from {}.", driven.join("; ")));
        caveats.push(breaking_region(ready, "twice the budget denies at least a fifth", &|point| less(point) < 20.0)?);
    }
    Ok(study_report(ready, answers, caveats, figures))
}

/// Arms that differ in the budget alone, by it.
fn by_budget(ready: &Ready<'_>) -> Vec<(usize, f64)> {
    let arms = ready.prepared.iter().enumerate().filter(|(_, prepared)| !prepared.arm.verification);
    let mut budgets: Vec<(usize, f64)> = arms.map(|(place, prepared)| (place, prepared.arm.budget)).collect();
    budgets.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    budgets
}

fn sweep(results: &Results, budgets: &[(usize, f64)], outputs: &[(&str, Output)], caption: Caption) -> Figure {
    let series = outputs.iter().map(|(name, output)| {
        let values: Vec<[f64; 3]> = budgets.iter().map(|(arm, _)| results.band(*arm, *output, Y2027)).collect();
        band(name, &values)
    });
    let (series, x) = (series.collect(), budgets.iter().map(|(_, budget)| *budget).collect());
    let (x_label, y_label) = ("times the budget of 2025".to_owned(), "H100e in the year".to_owned());
    Figure::Fan(Fan {
        caption,
        x_label,
        y_label,
        log: false,
        x,
        series,
        marks: vec![(1.23, "enacted for 2026".to_owned())],
    })
}

/// What each budget denies against that of the first arm, draw by draw, and for how much.
fn marginal(ready: &Ready<'_>, results: &Results, budgets: &[(usize, f64)]) -> Vec<String> {
    let base = ready.scenario.study_value("budget_2025");
    let first = ready.prepared.first().map_or(1.0, |prepared| prepared.arm.budget);
    let price = at(&ready.scenario.point(0.5), Parameter::Price);
    let sentence = |(arm, budget): &(usize, f64)| {
        let [low, median, high] = results.difference(*arm, Output::Smuggled, Y2027);
        let dollars = (budget - first) * base * 1e6;
        let each = -dollars / median;
        let cost = if each > 0.0 && each.is_finite() {
            format!("{} USD for each H100e in the median, where one costs {} USD", number(each), number(price))
        } else {
            "nothing is denied for it in the median".to_owned()
        };
        format!(
            "{} times the budget of 2025 instead of {} ({} M USD a year) changes what is smuggled in 2027 by {} H100e ({} to {}): {cost}. The whole of the agency's budget is counted, which is for goods of all kinds.",
            number(*budget),
            number(first),
            number(dollars / 1e6),
            number(median),
            number(low),
            number(high)
        )
    };
    budgets.iter().filter(|(arm, _)| *arm > 0).map(sentence).collect()
}

struct Games {
    figures: Vec<Figure>,
    answers: Vec<String>,
}

/// The consignees that could be checked: sizes as the model's buyers have them, payoffs as its smugglers reckon.
fn targets(ready: &Ready<'_>, count: usize) -> Vec<Target> {
    let point = ready.scenario.point(0.5);
    let price = at(&point, Parameter::Price);
    let (margin, loss) = ((at(&point, Parameter::Premium) - 1.0) * price, at(&point, Parameter::Penalty) * price);
    let (middle, spread) = (libm::log(at(&point, Parameter::BuyerMedian)), at(&point, Parameter::BuyerSpread));
    // Of end-use checks of goods of all kinds 24 percent were unfavorable.
    let constants = &ready.scenario.constants;
    let mut stream = Stream::new(ready.scenario.seed, 4, 0);
    let most = at(&point, Parameter::FrontReach);
    let one = |_| {
        let units = libm::exp(middle + spread * stream.normal()).clamp(1.0, most);
        // How well it would hide what it does, from badly to well.
        let found = constants.check_finds_from + constants.check_finds_width * stream.unit();
        Target {
            attacker_uncovered: units * margin - at(&point, Parameter::ShellCost),
            attacker_covered: units * (margin * (1.0 - found) - loss * found) - at(&point, Parameter::ShellCost),
            defender_uncovered: -units,
            defender_covered: -units * (1.0 - found),
        }
    };
    (0..count).map(one).collect()
}

fn games(ready: &Ready<'_>) -> Result<Games, LabError> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let count = ready.scenario.study_value("targets").clamp(10.0, 2e6) as usize;
    let checks = ready.scenario.study_value("checks") * ready.scenario.study_value("share_of_checks");
    let targets = targets(ready, count);
    let multiples = [0.5, 1.0, 2.0, 4.0, 8.0, 30.0];
    let mut rows = Vec::new();
    let mut answers = Vec::new();
    for times in multiples {
        let resources = checks * times;
        let best = origami(&targets, resources, 0.0)?;
        let [even, first] = [uniform(&targets, resources), highest_first(&targets, resources)];
        let [even, first] = [even, first].map(|coverage| evaluate(&targets, &coverage, 0.0).defender_value);
        // Steps of the search are costly on many targets: the bounded smuggler is answered on the largest ones.
        rows.push(vec![
            number(resources),
            number(-best.defender_value),
            number(-first),
            number(-even),
            number(best.attacker_value / 1e6),
        ]);
        if times == 1.0 {
            answers.push(format!(
                "{} checks a year over {} consignees: against a smuggler who sees how they are spread, at most {} H100e go undetected at a time if they are spread as the game has it, {} if the largest are checked first, {} if all alike.",
                number(resources), number(real(count)), number(-best.defender_value), number(-first), number(-even)
            ));
        }
    }
    let table = Figure::Table(Table {
        caption: caption(
            "game",
            "Checks spread over consignees: what one smuggler can get through",
            "A Stackelberg security game without schedules (ORIGAMI, Kiekintveld 2009): the agency commits, the smuggler answers.",
            true,
        ),
        columns: [
            "checks a year",
            "as the game has it, H100e",
            "largest first, H100e",
            "all alike, H100e",
            "the smuggler's gain, million USD",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows,
    });
    let (bounded, sentence) = bounded(&targets, checks)?;
    answers.push(sentence);
    answers.push(deterrence(ready));
    Ok(Games { figures: vec![table, bounded], answers })
}

#[expect(clippy::cast_precision_loss, reason = "numbers of consignees are far below 2^53")]
fn real(count: usize) -> f64 {
    count as f64
}

/// Smugglers who look less than closely: the more a target pays the likelier they take it, and no more than that.
fn bounded(targets: &[Target], checks: f64) -> Result<(Figure, String), LabError> {
    let some: Vec<Target> = targets.iter().take(2_000).copied().collect();
    let resources = checks * real(some.len()) / real(targets.len().max(1));
    let best = origami(&some, resources, 0.0)?;
    let even = uniform(&some, resources);
    let mut rows = Vec::new();
    let mut sentence = String::new();
    for sharpness in [0.02, 0.1, 0.5, 2.0] {
        // Payoffs in million dollars.
        let lambda = sharpness / 1e6;
        let answer = quantal_response(&some, resources, lambda)?;
        let values = [&answer.coverage, &best.coverage, &even].map(|coverage| -quantal_value(&some, coverage, lambda));
        let [response, sharp, plain] = values.map(number);
        if sharpness == 0.1 {
            sentence = format!(
                "Against smugglers who look less than closely (quantal response, 0.1 for each million USD) the loss is {response} H100e where checks answer that, {sharp} where they answer the sharpest one, {plain} where all are checked alike (2,000 consignees)."
            );
        }
        rows.push(vec![number(sharpness), response, sharp, plain]);
    }
    let columns = [
        "sharpness, for each million USD",
        "checks that answer it, H100e",
        "checks of the sharp game, H100e",
        "all alike, H100e",
    ]
    .map(str::to_owned)
    .to_vec();
    let note = "The higher the sharpness, the surer the smuggler takes what pays best. Mean loss over his choices, with 2,000 consignees and as many checks in proportion.";
    Ok((
        Figure::Table(Table {
            caption: caption("bounded", "Smugglers who look less than closely", note, true),
            columns,
            rows,
        }),
        sentence,
    ))
}

/// Becker's chance at which crime does not pay, by penalty.
fn deterrence(ready: &Ready<'_>) -> String {
    let point = ready.scenario.point(0.5);
    let interest = ready.scenario.constants.interest_a_year;
    let gain = at(&point, Parameter::Premium) - 1.0;
    let delay = at(&point, Parameter::Delay) / 12.0;
    let at_penalty = |values: f64| {
        let now = crate::game::deterring_chance(gain, values);
        // A wait makes a loss less of one.
        let later = crate::game::deterring_chance(gain, values * libm::exp(-interest * delay));
        format!(
            "{:.0} % ({:.0} % with {} months' delay) where {} times the value of the goods is lost",
            100.0 * now,
            100.0 * later,
            number(delay * 12.0),
            number(values)
        )
    };
    format!(
        "The chance of capture at which a premium of {:.0} % no longer pays (Becker 1968): {}, {}, {}.",
        100.0 * gain,
        at_penalty(1.0),
        at_penalty(2.0),
        at_penalty(5.0)
    )
}

fn figures(ready: &Ready<'_>, results: &Results, budgets: &[(usize, f64)]) -> Vec<Figure> {
    vec![
        sweep(
            results,
            budgets,
            &[("smuggled", Output::Smuggled), ("caught", Output::Intercepted)],
            caption(
                "budget",
                "Compute smuggled and caught in 2027, by budget",
                "The elasticity of capture in the budget has no empirical source.",
                true,
            ),
        ),
        paths(ready, results, Y2027, "paths"),
        numbers(
            ready,
            results,
            &[
                ("smuggled, H100e", Output::Smuggled),
                ("caught, H100e", Output::Intercepted),
                ("schemes tried", Output::Schemes),
                ("schemes caught", Output::Caught),
                ("nobody tries shells", Output::Deterred),
            ],
            Y2027,
            "figures",
        ),
    ]
}
