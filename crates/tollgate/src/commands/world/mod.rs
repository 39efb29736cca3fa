//! A world of orders, decided as real ones are and written out with the truth beside it.

mod review;
mod rows;
mod sheet;
mod tables;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::json;
use tollgate_lab::{Scenario, Stream, license_free_limit};
use tollgate_law::Policy;
use tollgate_model::{Activity, Date, OrderLine, Outcome, Party, PartyDetails, ReviewPolicy};
use tollgate_records::Output;
use tollgate_world::{ITEMS, World, WorldOrder, WorldSize, party_id};

use super::progress::Draws;
use super::{Failure, print};
use review::{Review, Reviewed};
use rows::{OrderRows, PaymentRows, SerialRows};
use sheet::Sheet;

use tollgate_decide::{Decider, RunError, Tables};
use tollgate_model::Stop;
use tollgate_world::LawDesks;

/// Rows that are encoded together.
const ROWS: usize = 131_072;

/// What went and what did not.
#[derive(Default)]
struct Counts {
    wanted: u64,
    went: u64,
    refused: u64,
    licensed: u64,
    review: Reviewed,
}

/// What becomes of an order.
enum Going {
    Goes,
    /// A license is applied for.
    Applies,
    Refused,
}

pub(super) fn write_world(scenario: &Scenario, out: &Path, stop: &Stop) -> Result<(), Failure> {
    let desks = LawDesks::new(tollgate_law::Law::embedded()?);
    let unusable = |error: tollgate_lab::LabError| Failure::Unusable(error.to_string());
    let limit = license_free_limit(scenario, &desks).map_err(unusable)?;
    let arm = scenario.arms.first().ok_or_else(|| Failure::Unusable("the scenario has no arm".to_owned()))?;
    let policy = Arc::new(desks.policy(arm).map_err(unusable)?);
    let day = |text: &str| text.parse::<Date>().unwrap_or(Date::MIN);
    let rule = (arm.announced.unwrap_or(day("2025-01-15")), arm.effective.unwrap_or(day("2025-05-15")));
    let world = World::new(scenario, WorldSize::of(scenario), limit, rule);
    let mut orders = Sheet::create(&out.join("orders.parquet"))?;
    let mut payments = Sheet::create(&out.join("payments.parquet"))?;
    let mut serials = Sheet::create(&out.join("serials.parquet"))?;
    let sheets = [&mut orders, &mut payments, &mut serials];
    let (counts, went) = decide_all(&world, &policy, scenario, sheets, stop)?;
    let truth: String = world
        .truth(&|id| went.contains(id))
        .iter()
        .filter_map(|own| serde_json::to_string(own).ok())
        .map(|line| line + "\n")
        .collect();
    let summary = summary(scenario, &world, (&policy, limit), &counts);
    let small = [
        ("parties.csv", tables::parties(&world)),
        ("ownership.csv", tables::ownership(&world)),
        ("sites.csv", tables::sites(&world)),
        ("inspections.csv", tables::inspections(&world, scenario.seed)),
        ("truth.jsonl", truth),
        ("results.json", format!("{summary:#}\n")),
    ];
    let mut outputs = Vec::new();
    for (name, text) in &small {
        let path = out.join(name);
        let failed = |error| RunError::Output(path.clone(), error);
        let mut output = Output::create(&path).map_err(failed)?;
        output.write_all(text.as_bytes()).map_err(failed)?;
        outputs.push((output, path));
    }
    orders.commit()?;
    payments.commit()?;
    serials.commit()?;
    for (output, path) in outputs {
        output.commit().map_err(|error| RunError::Output(path, error))?;
    }
    print(&format!(
        "{summary:#}\nwritten: {}: orders.parquet payments.parquet serials.parquet parties.csv ownership.csv sites.csv inspections.csv truth.jsonl results.json\n",
        out.display()
    ))
}

/// What came of it, with what is needed to make it again.
fn summary(scenario: &Scenario, world: &World, (policy, limit): (&Policy, f64), counts: &Counts) -> serde_json::Value {
    let (agency, review) = (world.enforcement, counts.review);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let per = |sum: f64, count: u64| if count == 0 { 0.0 } else { (sum / count as f64 * 10.0).round() / 10.0 };
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let months = agency.months as f64;
    json!({
        "scenario": scenario.title, "seed": scenario.seed, "policy": policy.name, "law": policy.digest, "license_free_limit_h100": limit,
        "parties": world.parties.len(), "orders_wanted": counts.wanted, "orders_gone": counts.went, "of_them_licensed": counts.licensed,
        "orders_refused": counts.refused,
        "enforcement": { "checks": agency.checks, "of_fronts": agency.checks_of_fronts, "tips": agency.tips, "cases": agency.cases,
            "closed": agency.closed, "months_a_case": per(months, agency.closed), "officer_hours": agency.hours.round(), "spent": agency.spent.round() },
        "licensing": { "applications": review.cases, "days_each": per(review.days, review.cases), "longest_days": review.longest.round(),
            "officer_hours": review.hours.round() },
        "program": env!("CARGO_PKG_VERSION"),
    })
}

/// The parties as the engine knows them.
fn tables(world: &World) -> Tables {
    let one = |(place, own): (usize, &tollgate_world::WorldParty)| {
        let id = party_id(u32::try_from(place).unwrap_or(u32::MAX));
        let details = PartyDetails::default();
        let party = Party {
            party_id: id.clone(),
            name: Some(own.name.clone()),
            country: Some(own.country),
            hq_country: Some(own.hq),
            parent_id: own.parent.map(party_id),
            details: Some(Box::new(details)),
            ..Party::default()
        };
        (id, party)
    };
    Tables { parties: world.parties.iter().enumerate().map(one).collect(), ..Tables::default() }
}

/// Decides every order in order of date, writes those that go, and tells which of the schemes' orders did.
fn decide_all(
    world: &World,
    policy: &Arc<Policy>,
    scenario: &Scenario,
    [orders, payments, serials]: [&mut Sheet; 3],
    stop: &Stop,
) -> Result<(Counts, BTreeSet<String>), Failure> {
    let mut decider = Decider::new(Arc::clone(policy), Arc::new(tables(world)));
    let ids: Vec<String> =
        (0..world.parties.len()).map(|place| party_id(u32::try_from(place).unwrap_or(u32::MAX))).collect();
    let (mut counts, mut went) = (Counts::default(), BTreeSet::new());
    let (mut rows, mut paid, mut seen) = (OrderRows::default(), PaymentRows::default(), SerialRows::default());
    let mut review = Review::new(scenario, world.parties.len());
    let bar = Draws::new();
    let days = world.days();
    let all = u64::try_from(days.len()).unwrap_or(0);
    for (done, day) in (0_u64..).zip(days) {
        if stop.load(Ordering::Relaxed) {
            return Err(Failure::Stopped);
        }
        bar.done(done, all);
        let (answered, wanted) = (review.answered(day), world.orders_on(day));
        let asked = answered.len();
        counts.wanted += u64::try_from(wanted.len()).unwrap_or(0);
        for (place, mut order) in answered.into_iter().chain(wanted).enumerate() {
            match goes(&mut decider, &ids, (scenario.seed, place < asked), &mut order) {
                Going::Goes => {}
                Going::Applies => {
                    review.apply(order);
                    continue;
                }
                Going::Refused => {
                    counts.refused += 1;
                    continue;
                }
            }
            counts.went += 1;
            counts.licensed += u64::from(order.authorization.as_ref().is_some_and(|claim| claim.starts_with('D')));
            if order.scheme.is_some() {
                went.insert(order.order_id.clone());
            }
            paid.push(world, &order);
            seen.push(world, &order);
            rows.push(&order);
            if rows.len() >= ROWS {
                orders.write(&rows.finish()?)?;
                payments.write(&paid.finish()?)?;
                serials.write(&seen.finish()?)?;
            }
        }
    }
    orders.write(&rows.finish()?)?;
    payments.write(&paid.finish()?)?;
    serials.write(&seen.finish()?)?;
    counts.review = review.done();
    bar.end();
    Ok((counts, went))
}

/// Whether an order goes, and under what: honest shippers claim what holds or ask for a license, and wait; schemes claim what they like, or do not try.
fn goes(decider: &mut Decider, ids: &[String], (seed, asked): (u64, bool), order: &mut WorldOrder) -> Going {
    let id = |place: u32| usize::try_from(place).ok().and_then(|place| ids.get(place)).map(String::as_str);
    let line = OrderLine {
        unread: &[],
        order_id: &order.order_id,
        line: 1,
        date: order.date,
        activity: if order.reexport { Activity::Reexport } else { Activity::Export },
        exporter: id(order.exporter),
        purchaser: None,
        intermediate_consignee: order.intermediate.and_then(id),
        ultimate_consignee: id(order.consignee).unwrap_or_default(),
        end_user: order.end_user.and_then(id),
        freight_forwarder: id(order.forwarder),
        lpp_operator: None,
        origin: Some(order.origin),
        destination: order.destination,
        item: ITEMS.get(usize::from(order.item)).map_or("", |item| item.name),
        quantity: order.quantity,
        end_use: Some(order.end_use),
        authorization: order.authorization.as_deref(),
    };
    let Ok(decided) = decider.decide(&line) else { return Going::Refused };
    let label = decided.determination().label;
    let claim = match label.outcome {
        Outcome::NoLicenseRequired => Some("NLR".to_owned()),
        Outcome::LicenseException => decided.exception().map(|exception| exception.name.clone()),
        Outcome::LicenseRequired if order.scheme.is_none() && !asked => return Going::Applies,
        Outcome::LicenseRequired if order.scheme.is_none() => {
            let granted = match label.review {
                Some(ReviewPolicy::PresumptionOfApproval) => 0.95,
                Some(ReviewPolicy::CaseByCase) => 0.5,
                _ => 0.0,
            };
            let mut stream = Stream::named(seed, 61, &order.order_id);
            stream.chance(granted).then(|| format!("D{:07}", stream.below(10_000_000)))
        }
        // A claim that does not hold, or goods declared as something else.
        Outcome::LicenseRequired | Outcome::NeedsInformation => {
            let false_papers =
                order.authorization.is_some() || ITEMS.iter().all(|item| item.description != order.description);
            false_papers.then(|| "NLR".to_owned())
        }
    };
    if order.authorization.is_none() {
        order.authorization.clone_from(&claim);
    }
    if claim.is_some() { Going::Goes } else { Going::Refused }
}
