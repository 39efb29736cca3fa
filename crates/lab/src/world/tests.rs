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
    assert_eq!(truth.len(), 30);
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
    let size = WorldSize { buyers: 10, schemes: 40, ..SIZE };
    let world = World::new(&scenario(5), size, 1_699.0, ("2025-01-15".parse().unwrap(), "2025-05-15".parse().unwrap()));
    let months = |own: &Truth| {
        let days = |text: &str| text.parse::<Date>().unwrap().epoch_days();
        f64::from(days(own.stopped.as_ref().unwrap()) - days(&own.first)) / 30.4
    };
    let mut lags: Vec<f64> = world.truth(&|_| true).iter().map(months).collect();
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
