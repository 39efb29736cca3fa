//! All interpreters of the law agree: scalar, symbolic, and the naive reading of the provisions.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on must stop, helpers included"
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use tollgate_engine::{
    Memo, Scratch, Verdict, are_alike, determine, naive, representatives, symbolic, verdict, with_readings,
};
use tollgate_law::facts::{FACTS, FactId, FactKind, Facts, SLOTS};
use tollgate_law::program::{Label, Program};
use tollgate_law::{Law, Policy, embedded};
use tollgate_model::{Date, Outcome, Truth};

static LAW: LazyLock<Arc<Law>> = LazyLock::new(|| Law::embedded().unwrap());
static POLICIES: LazyLock<Vec<Policy>> =
    LazyLock::new(|| LAW.policy_names().into_iter().map(|name| LAW.policy(name).unwrap()).collect());

/// How many cases a property is tried on: 1,000 with `TOLLGATE_LONG=1`.
fn cases() -> u32 {
    if std::env::var_os("TOLLGATE_LONG").is_some() { 1_000 } else { 48 }
}

/// The name of any policy that comes with the law.
fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(LAW.policy_names())
}

/// The policy of a name.
fn named(name: &str) -> &'static Policy {
    POLICIES.iter().find(|policy| policy.name == name).unwrap()
}

#[test]
fn the_policies_of_the_contract_are_among_those_that_are_tried() {
    let names: Vec<&str> = POLICIES.iter().map(|policy| policy.name.as_str()).collect();
    for name in ["ear", "codified", "diffusion", "anthropic-2025"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
}

fn all_facts() -> impl Iterator<Item = FactId> {
    (0_u8..).map_while(|slot| (usize::from(slot) < SLOTS).then_some(FactId(slot)))
}

/// Facts made from numbers: for each fact one of the values that the program can tell apart, or a hole.
fn facts(program: &Program, seeds: &[u32], holes: bool) -> Facts {
    let mut facts = Facts::default();
    for (fact, seed) in all_facts().zip(seeds) {
        if matches!(FACTS[fact.slot()].kind, FactKind::Denominator) || (holes && seed % 7 == 0) {
            continue;
        }
        let values = representatives(program, fact);
        let (value, denominator) = values[usize::try_from(seed / 7).unwrap() % values.len()];
        facts.set(fact, value);
        if matches!(FACTS[fact.slot()].kind, FactKind::Ratio(_)) {
            facts.set(fact.denominator(), denominator);
        }
    }
    with_readings(program, &mut facts);
    facts
}

fn agrees_with_naive(policy: &Policy, date: Date, facts: &Facts) {
    let program = policy.program(date);
    let compiled = verdict(program, facts, &mut Scratch::default());
    let plain = naive::decide(policy, date, facts);
    match compiled {
        Verdict::Settled(label) => {
            let answer = symbolic::Answer::of(program, label);
            // Hash-consing may settle what reading the provisions one by one leaves open, never the other way about.
            if let Some(outcome) = plain.outcome {
                assert_eq!(
                    (answer.outcome, answer.authorization, answer.review),
                    (outcome, plain.authorization, plain.review),
                    "{} {date}",
                    policy.name
                );
            }
        }
        // Where one provision that is not modeled certainly leaves it open and another may, the one knows the outcome, the other not yet the label.
        Verdict::Open(_) => {
            assert!(
                matches!(plain.outcome, None | Some(Outcome::NeedsInformation)),
                "{} {date}: {plain:?}",
                policy.name
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: cases(), max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn interpreters_agree_over_random_facts_with_holes(
        name in name(), epoch in 0..40_usize, holes in any::<bool>(),
        seeds in prop::collection::vec(prop::collection::vec(any::<u32>(), SLOTS), 70),
    ) {
        let policy = named(name);
        let epochs = policy.epochs();
        let date = epochs[epoch % epochs.len()];
        let rows: Vec<Facts> = seeds.iter().map(|seeds| facts(policy.program(date), seeds, holes)).collect();
        for row in &rows {
            agrees_with_naive(policy, date, row);
        }
    }

    #[test]
    fn what_is_remembered_is_what_would_be_decided(
        name in name(), epoch in 0..40_usize, base in prop::collection::vec(any::<u32>(), SLOTS),
        changes in prop::collection::vec((0..SLOTS, any::<u32>(), -2..3_i64), 40),
    ) {
        let policy = named(name);
        let epochs = policy.epochs();
        let program = policy.program(epochs[epoch % epochs.len()]);
        let (mut memo, mut seeds, mut masks) = (Memo::default(), base, std::collections::BTreeSet::new());
        for (slot, seed, off) in changes {
            seeds[slot] = seed;
            let mut row = facts(program, &seeds, true);
            // Values beside the edges make facts that differ where the atoms do not.
            if matches!(FACTS[slot].kind, FactKind::Int(_)) && row.values[slot] > 2 {
                row.values[slot] += off;
            }
            let judged = memo.judge(epoch, program, &row, |_, _| ());
            let mut scratch = Scratch::default();
            prop_assert_eq!(&judged.determination, &determine(program, &row, &mut scratch));
            prop_assert_eq!(judged.scratch.truth(program.any_requirement), scratch.truth(program.any_requirement));
            masks.insert(judged.scratch.mask().holds.clone());
        }
        prop_assert!(!masks.is_empty());
    }

    #[test]
    fn lines_that_are_alike_stay_so_whatever_becomes_known(
        name in name(), epoch in 0..40_usize, seeds in prop::collection::vec(any::<u32>(), SLOTS), settled in prop::collection::vec(any::<u32>(), SLOTS),
        changes in prop::collection::vec((0..SLOTS, any::<u32>()), 1..6),
    ) {
        let policy = named(name);
        let epochs = policy.epochs();
        let program = policy.program(epochs[epoch % epochs.len()]);
        let open = facts(program, &seeds, true);
        let known = facts(program, &settled, false);
        let mut other = seeds.clone();
        for (slot, seed) in changes {
            // A hole stays one.
            if seeds[slot] % 7 != 0 {
                other[slot] = if seed % 7 == 0 { seed + 1 } else { seed };
            }
        }
        let lines = [open, facts(program, &other, true)];
        if are_alike(program, &lines) {
            let labels = lines.map(|mut line| {
                for fact in all_facts().filter(|fact| line.get(*fact).is_none()).collect::<Vec<_>>() {
                    line.set_if(fact, known.get(fact));
                }
                determine(program, &line, &mut Scratch::default()).label
            });
            prop_assert_eq!(labels[0], labels[1]);
        }
    }

    #[test]
    fn forgetting_a_fact_never_widens_permission(name in name(), epoch in 0..40_usize, seeds in prop::collection::vec(any::<u32>(), SLOTS), forget in prop::collection::vec(0..SLOTS, 1..4)) {
        let policy = named(name);
        let epochs = policy.epochs();
        let program = policy.program(epochs[epoch % epochs.len()]);
        let full = facts(program, &seeds, false);
        let mut less = full.clone();
        for slot in forget {
            let fact = FactId(u8::try_from(slot).unwrap());
            if !matches!(FACTS[slot].kind, FactKind::Reading | FactKind::Denominator) {
                less.forget(fact);
            }
        }
        let mut scratch = Scratch::default();
        let whole = determine(program, &full, &mut scratch);
        let part = determine(program, &less, &mut Scratch::default());
        if let Some(taken) = part.label.exception.map(|at| &program.exceptions[usize::from(at)]) {
            // Whichever is preferred once all is known: the one that was answered holds then too.
            let mut same = program.exceptions.iter().filter(|rule| rule.name == taken.name);
            prop_assert!(same.any(|rule| scratch.truth(rule.available) == Truth::True), "{}: {part:?}", taken.name);
        }
        prop_assert!(part.mildest <= whole.mildest || whole.label.outcome == Outcome::NeedsInformation, "{part:?} {whole:?}");
        prop_assert!(part.strictest >= whole.strictest, "{part:?} {whole:?}");
        if part.label.outcome != Outcome::NeedsInformation {
            prop_assert_eq!(part.label.outcome, whole.label.outcome);
            prop_assert!(part.label.review >= whole.label.review);
        } else if part.label.unmodeled.is_none() {
            prop_assert!(!part.missing.is_empty());
        }
    }

    #[test]
    fn interpreters_agree_over_random_law(conditions in prop::collection::vec(condition(3), 4), seeds in prop::collection::vec(prop::collection::vec(any::<u32>(), SLOTS), 40)) {
        let law = random_law(&conditions);
        let policy = law.policy("random").unwrap();
        let date = "2030-01-01".parse().unwrap();
        let rows: Vec<Facts> = seeds.iter().map(|seeds| facts(policy.program(date), seeds, true)).collect();
        for row in &rows {
            agrees_with_naive(&policy, date, row);
        }
    }
}

/// A random condition as text.
fn condition(depth: u32) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0..5_usize, 1..4_i64).prop_map(|(op, n)| format!("ic.tpp {} {}", [">=", ">", "<", "<=", "=="][op], n * 1000)),
        (0..4_usize, 1..4_i64)
            .prop_map(|(op, n)| format!("ic.performance_density {} {n}.5", [">=", ">", "<", "<="][op])),
        (0..3_usize).prop_map(|n| format!("destination in {}", ["D1", "MACAU_D5", "A5"][n])),
        (0..3_usize).prop_map(|n| format!("consignee.hq == \\\"{}\\\"", ["CN", "SG", "none"][n])),
        Just("ic.data_center".to_owned()),
        Just("end_use in [\\\"gaming\\\", \\\"research\\\"]".to_owned()),
        (0..2_i64).prop_map(|n| format!("model.operations >= {}e25", 1 + n)),
        Just("true".to_owned()),
    ];
    leaf.prop_recursive(depth, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" && "))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" || "))),
            inner.prop_map(|part| format!("!({part})")),
        ]
    })
}

fn random_law(conditions: &[String]) -> Arc<Law> {
    let [required, also, scope, gate] = conditions else { panic!("four conditions") };
    let text = format!(
        "citation = \"X\"\ntitle = \"X\"\n[[version]]\nfrom = 2020-01-01\nknown_from = 2020-01-01\nsource = \"ear.base\"\ncertainty = \"A\"\n\
         [[version.require]]\nid = \"R1\"\nparagraph = \"(a)\"\nrule = \"r\"\nwhen = \"{required}\"\novercome_by = [\"LPP\"]\n\
         [[version.require]]\nid = \"R2\"\nparagraph = \"(b)\"\nrule = \"r\"\nwhen = \"{also}\"\n\
         [[version.review]]\nfor = [\"R1\"]\npolicy = \"presumption_of_denial\"\nparagraph = \"(c)\"\nrule = \"r\"\nwhen = \"{scope}\"\n\
         [[version.review]]\nfor = [\"R1\"]\npolicy = \"presumption_of_approval\"\notherwise = true\nparagraph = \"(d)\"\nrule = \"r\"\nwhen = \"true\"\n\
         [[version.gate]]\nparagraph = \"(e)\"\nrule = \"r\"\nwhen = \"{gate}\"\n\
         [[version.exception]]\nid = \"LPP\"\nname = \"LPP\"\nparagraph = \"(f)\"\nrule = \"r\"\nwhen = \"{scope}\"\n"
    );
    let kept = |path: &str| {
        ["sources.toml", "readings.toml", "ear/country-groups.toml", "ear/derived-groups.toml"].contains(&path)
    };
    let mut files: Vec<(&str, &str)> = embedded().iter().copied().filter(|(path, _)| kept(path)).collect();
    files.push(("ear/random.toml", &text));
    files.push(("policies/random.toml", "title = \"random\""));
    Law::read(files).unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

/// How many edges a policy's law of one day has; panics where two neighboring cells of a fact decide differently and the
/// naive reading does not decide both sides alike.
fn edges_that_hold(policy: &Policy, epoch: Date) -> usize {
    let program = policy.program(epoch);
    let mut edges = 0;
    for rule in &program.decision {
        let Some(base) = symbolic::facts_where(program, rule.label) else { continue };
        for fact in all_facts() {
            let mut before: Option<(Label, Facts)> = None;
            for (value, denominator) in representatives(program, fact) {
                let mut near = base.clone();
                near.set(fact, value);
                if matches!(FACTS[fact.slot()].kind, FactKind::Ratio(_)) {
                    near.set(fact.denominator(), denominator);
                }
                let Verdict::Settled(label) = verdict(program, &near, &mut Scratch::default()) else {
                    panic!("open though every fact is known")
                };
                if let Some((_, other)) = before.filter(|(earlier, _)| *earlier != label) {
                    agrees_with_naive(policy, epoch, &other);
                    agrees_with_naive(policy, epoch, &near);
                    edges += 1;
                }
                before = Some((label, near));
            }
        }
    }
    edges
}

/// Each side of every edge of the law: for every region on which two neighboring cells of a fact decide
/// differently, both sides are decided alike by the naive reading.
#[test]
fn edges_generated_from_the_law_hold_on_both_sides() {
    let days: Vec<(&Policy, Date)> = POLICIES
        .iter()
        .flat_map(|policy| policy.epochs().into_iter().skip(2).step_by(4).map(move |epoch| (policy, epoch)))
        .collect();
    let next = AtomicUsize::new(0);
    let count = || {
        let mut edges = 0;
        while let Some((policy, epoch)) = days.get(next.fetch_add(1, Ordering::Relaxed)) {
            edges += edges_that_hold(policy, *epoch);
        }
        edges
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let edges: usize = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(count)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    println!("{edges} edges");
    assert!(edges > 500, "only {edges} edges");
}

#[test]
fn the_day_before_each_change_is_decided_by_the_version_before() {
    let law = Law::embedded().unwrap();
    for name in law.policy_names() {
        let policy = law.policy(name).unwrap();
        let epochs = policy.epochs();
        // What stands from the first day of all stands before it too: a day before all law needs information as the days after it do.
        let first = epochs.get(1).copied().unwrap_or(Date::MIN);
        for epoch in epochs.into_iter().skip(1) {
            let (before, on) = (policy.program(epoch.before()), policy.program(epoch));
            for version in &on.versions {
                assert!(version.from <= epoch, "{name}: {} binds too early", version.path);
            }
            for version in &before.versions {
                assert!(version.from < epoch || epoch == first, "{name}: {} binds too early", version.path);
            }
        }
    }
}

/// Whether the cells of a fact that bound one region are none of those that bound another.
fn is_outside((fact, cells): &(FactId, Vec<usize>), other: &symbolic::Region) -> bool {
    let others = other.bounds.iter().find(|(bound, _)| bound == fact);
    others.is_some_and(|(_, others)| cells.iter().all(|cell| !others.contains(cell)))
}

#[test]
fn every_region_of_difference_is_one() {
    let law = Law::embedded().unwrap();
    let (first, second) = (law.policy("diffusion").unwrap(), law.policy("anthropic-2025").unwrap());
    let date = "2026-03-01".parse().unwrap();
    let difference = symbolic::differences(first.program(date), second.program(date), 1_000);
    let mut regions = 0;
    for ((a, b), of_these) in &difference.by_answers {
        let listed = u128::try_from(of_these.listed.len()).unwrap();
        assert_eq!(listed, of_these.count.min(1_000), "{a} -> {b}");
        for (at, region) in of_these.listed.iter().enumerate() {
            let apart = |other: &symbolic::Region| region.bounds.iter().any(|bound| is_outside(bound, other));
            assert!(of_these.listed.iter().take(at).all(apart), "{a} -> {b}: region {at} is no other");
            let answer = |policy: &Policy| {
                let mut facts = region.witness.clone();
                with_readings(policy.program(date), &mut facts);
                let label = determine(policy.program(date), &facts, &mut Scratch::default()).label;
                symbolic::Answer::of(policy.program(date), label)
            };
            assert_eq!((&answer(&first), &answer(&second)), (a, b));
            regions += 1;
        }
    }
    assert!(regions > 100);
    let same = symbolic::differences(first.program(date), first.program(date), 1);
    assert!(same.by_answers.is_empty());
}
