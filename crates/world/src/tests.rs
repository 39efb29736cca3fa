//! What a world of orders promises: the same for the same seed, and in keeping with the aggregate model.

use std::collections::BTreeSet;

use super::*;

fn scenario(seed: u64) -> Scenario {
    let text =
        format!("title = \"w\"\nquestion = \"q\"\nstudy = \"world\"\nseed = {seed}\n[[arm]]\npolicy = \"diffusion\"\n");
    Scenario::read("w.toml", &text).unwrap()
}

const SIZE: WorldSize = WorldSize { buyers: 400, schemes: 3, year: 2024, months: 36, busy: 1.0 };

fn world(seed: u64) -> World {
    World::new(&scenario(seed), SIZE, 1_699.0, ("2025-01-15".parse().unwrap(), "2025-05-15".parse().unwrap()))
}

fn all(world: &World) -> Vec<WorldOrder> {
    world.days().flat_map(|day| world.orders_on(day)).collect()
}

#[test]
fn a_world_is_the_same_for_the_same_seed_and_each_month_by_itself() {
    let (one, two) = (world(1), world(1));
    assert_eq!(one.parties, two.parties);
    assert_eq!(all(&one), all(&two));
    let day = "2025-04-03".parse().unwrap();
    assert_eq!(one.orders_on(day), two.orders_on(day), "made out of order");
    assert_eq!(one.days().len(), 366 + 365 + 365);
    assert_ne!(all(&world(2)), all(&one));
}

#[test]
fn orders_are_in_order_and_of_parties_that_are_there() {
    let world = world(3);
    let orders = all(&world);
    assert!(orders.len() > 3_000, "{}", orders.len());
    assert!(orders.is_sorted_by_key(|order| order.date));
    let ids: BTreeSet<&str> = orders.iter().map(|order| order.order_id.as_str()).collect();
    assert_eq!(ids.len(), orders.len());
    for order in &orders {
        let parties =
            [Some(order.exporter), Some(order.consignee), Some(order.forwarder), order.intermediate, order.end_user];
        assert!(parties.into_iter().flatten().all(|place| world.country(place).is_some()));
        assert!(order.quantity >= 1 && order.price > 0.0 && order.weight >= 0.0, "{order:?}");
        let payment = world.payment(order);
        assert!(payment.amount > 0.0 && world.country(payment.payer).is_some());
    }
}

#[test]
fn the_truth_names_every_scheme_and_what_went_before_it_was_stopped() {
    let world = world(4);
    let orders = all(&world);
    let went: BTreeSet<&str> = orders.iter().map(|order| order.order_id.as_str()).collect();
    let truth = world.truth(&|id| went.contains(id));
    assert_eq!(truth.len(), 33);
    for kind in KINDS {
        assert_eq!(truth.iter().filter(|own| own.typology == kind).count(), 3, "{kind}");
    }
    for own in &truth {
        let of: Vec<&WorldOrder> = orders.iter().filter(|order| order.scheme == Some(own.scheme)).collect();
        assert_eq!(of.len(), own.orders.len());
        if let Some(stopped) = &own.stopped {
            let stopped: Date = stopped.parse().unwrap();
            assert!(of.iter().all(|order| order.date < stopped));
        }
        assert!(!own.parties.is_empty());
    }
    assert!(truth.iter().filter(|own| !own.orders.is_empty()).count() > 20);
}

#[test]
fn schemes_run_about_as_long_as_those_that_were_published() {
    let size = WorldSize { buyers: 5_000, schemes: 40, ..SIZE };
    let world = World::new(&scenario(5), size, 1_699.0, ("2025-01-15".parse().unwrap(), "2025-05-15".parse().unwrap()));
    let months = |own: &Truth| {
        let days = |text: &str| text.parse::<Date>().unwrap().epoch_days();
        f64::from(days(own.stopped.as_ref().unwrap()) - days(&own.first)) / 30.4
    };
    let caught: Vec<Truth> = world.truth(&|_| true).into_iter().filter(|own| own.stopped.is_some()).collect();
    let mut lags: Vec<f64> = caught.iter().map(months).collect();
    lags.sort_by(f64::total_cmp);
    let median = lags[lags.len() / 2];
    assert!((18.0..36.0).contains(&median), "the published median is 26 months: {median}");
}

#[test]
fn nobody_who_plans_to_a_limit_passes_it_in_a_lot() {
    let world = world(6);
    let lots = all(&world);
    let near = lots.iter().filter(|order| {
        let units = ITEMS[usize::from(order.item)].units * order.quantity as f64;
        order.scheme.is_some() && units > 1_699.0
    });
    assert_eq!(near.count(), 0);
}

fn enforced(budget: f64, seed: u64) -> (World, f64) {
    let text = format!(
        "title = \"w\"\nquestion = \"q\"\nstudy = \"world\"\nseed = {seed}\n[[arm]]\npolicy = \"diffusion\"\nbudget = {budget}\n"
    );
    let scenario = Scenario::read("w.toml", &text).unwrap();
    let size = WorldSize { buyers: 3_000, schemes: 30, ..SIZE };
    let world = World::new(&scenario, size, 1_699.0, ("2025-01-15".parse().unwrap(), "2025-05-15".parse().unwrap()));
    let stopped = world
        .truth(&|_| true)
        .iter()
        .filter(|own| own.stopped.as_deref().is_some_and(|day| day < "2027-01-01"))
        .count();
    (world, stopped as f64)
}

#[test]
fn more_officers_end_more_schemes_and_no_officer_works_more_hours_than_there_are() {
    let mut last = 0.0;
    for budget in [0.25, 1.0, 4.0] {
        let (world, stopped) = enforced(budget, 9);
        let done = world.enforcement;
        assert!(done.spent <= done.hours + 1e-6 && done.closed <= done.cases, "{done:?}");
        assert!(done.checks_of_fronts <= done.checks && done.cases <= done.tips + done.checks_of_fronts, "{done:?}");
        assert!(stopped > last, "{budget}: {stopped}");
        last = stopped;
    }
}

#[test]
fn what_is_seen_of_chips_fits_what_was_shipped() {
    let world = world(8);
    let sites = world.sites();
    let ids: BTreeSet<&str> = sites.iter().map(|site| site.site_id.as_str()).collect();
    assert!(!ids.is_empty() && ids.len() == sites.len());
    let mut seen = 0;
    for order in all(&world) {
        let rows = world.serials(&order);
        seen += rows.len();
        assert!(rows.iter().all(|row| row.date >= order.date && (row.party.is_some() != row.site_id.is_some())));
        assert!(rows.iter().all(|row| row.site_id.as_deref().is_none_or(|id| ids.contains(id))), "an unknown site");
        let honest = order.scheme.is_none();
        assert!(
            !honest || rows.iter().all(|row| row.country == order.destination),
            "honest chips stay where they were sent"
        );
    }
    assert!(seen > 1_000, "{seen}");
    assert!(world.inspections().is_sorted_by_key(|visit| visit.date));
}

/// What the aggregate model says of networks of shells holds in the world of orders: the stated error is a third for how often they are found (about a
/// hundred events) and for what a shell places.
#[test]
fn both_levels_agree_on_networks_of_shells() {
    let scenario = scenario(12);
    let size = WorldSize { buyers: 60_000, schemes: 600, ..SIZE };
    let limit = 1_699.0;
    let world = World::new(&scenario, size, limit, ("2025-01-15".parse().unwrap(), "2025-05-15".parse().unwrap()));
    let (mut exposed, mut ends, mut shells, mut placed, mut years, mut said) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    let median = |name: &str| scenario.median(name).unwrap();
    for planned in world.schemes.iter().filter(|own| own.scheme.typology == "linked_consignees") {
        let orders = &planned.scheme.orders;
        let (first, last) = (orders.first().unwrap().date, orders.last().unwrap().date);
        let until = planned.stopped.unwrap_or(last.plus_days(365)).min(last.plus_days(365));
        let own = f64::from(until.epoch_days() - first.epoch_days()) / 365.0;
        let count = f64::from(planned.scheme.shells);
        exposed += own;
        ends += f64::from(u8::from(planned.stopped.is_some_and(|day| day <= last.plus_days(730))));
        said += own * median("detect.shell") * (1.0 + count / median("smuggle.link_scale"));
        shells += count;
        // Each front is planned to buy in two calendar years.
        years += 2.0 * count;
        placed += orders.iter().map(|order| ITEMS[usize::from(order.item)].units * order.quantity as f64).sum::<f64>();
    }
    assert!(ends > 60.0, "{ends} events are too few to tell");
    let (found, model) = (ends / exposed, said / exposed);
    assert!((found / model - 1.0).abs() < 0.34, "found {found} a year, the model says {model}, over {shells} shells");
    let reach = limit.min(median("smuggle.shell_reach"));
    let each = placed / years;
    assert!((each / reach - 1.0).abs() < 0.34, "a shell places {each} a year, the model says {reach}");
}

/// Numbers of a text that change with any letter of it.
fn digest(text: &str) -> u64 {
    blind(0, text)
}

#[test]
fn a_world_of_a_seed_is_the_one_that_it_was() {
    let world = world(21);
    let orders = all(&world);
    let payments: Vec<_> = orders.iter().map(|order| world.payment(order)).collect();
    let serials: Vec<_> = orders.iter().flat_map(|order| world.serials(order)).collect();
    let digests = [
        digest(&format!("{:?}", (&world.parties, &world.stakes, world.sites(), world.inspections()))),
        digest(&format!("{:?}", (&orders, payments, serials))),
        digest(&format!("{:?}", (world.truth(&|_| true), world.enforcement))),
    ];
    assert_eq!(digests, [14_411_805_513_393_406_094, 472_699_116_167_478_222, 12_150_749_718_985_803_714]);
}
