//! A world of orders, decided as real ones are and written out in the form of the contract, with the truth beside it.

mod batches;
mod draws;
mod parquet_file;
mod review;
mod small_tables;

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tollgate_decide::{Decider, RunError, Tables};
use tollgate_lab::{Arm, LabError, Scenario, Stream, license_free_limit};
use tollgate_law::{Law, Policy};
use tollgate_model::{Activity, Date, OrderLine, Outcome, Party, PartyDetails, ReviewPolicy, Stop, never};
use tollgate_records::Output;

use crate::{ITEMS, LawDesks, World, WorldOrder, WorldParty, WorldSize, party_id};
pub use draws::DrawFiles;

use batches::{OrderRows, PaymentRows, SerialRows};
use parquet_file::ParquetFile;
use review::{Review, ReviewTotals};

/// Rows that are encoded together.
const ROWS: usize = 131_072;

/// The document by whose days schemes go where an arm of the scenario names none: the rule that makes allocations.
const DIFFUSION_RULE: &str = "fr.2025-00636";

/// The files of a world, in the order in which they are named to a person.
pub const WORLD_FILES: [&str; 9] = [
    "orders.parquet",
    "payments.parquet",
    "serials.parquet",
    "parties.csv",
    "ownership.csv",
    "sites.csv",
    "inspections.csv",
    "truth.jsonl",
    "results.json",
];

/// Why a world was not written.
#[derive(Debug)]
pub enum WorldError {
    /// A file cannot be written, or Ctrl-C.
    Run(RunError),
    /// The scenario's policy cannot be read or asked.
    Lab(LabError),
    /// The scenario lacks what a world needs; the text says what, and how to mend it.
    Scenario(String),
}

impl fmt::Display for WorldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorldError::Run(error) => error.fmt(f),
            WorldError::Lab(error) => error.fmt(f),
            WorldError::Scenario(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for WorldError {}

impl From<RunError> for WorldError {
    fn from(error: RunError) -> WorldError {
        WorldError::Run(error)
    }
}

impl From<LabError> for WorldError {
    fn from(error: LabError) -> WorldError {
        WorldError::Lab(error)
    }
}

/// How many orders became what.
#[derive(Default)]
struct Counts {
    wanted: u64,
    shipped: u64,
    refused: u64,
    licensed: u64,
    review: ReviewTotals,
}

/// What becomes of an order.
enum Fate {
    Ships,
    /// A license is applied for.
    Applies,
    Refused,
}

/// The files that grow with the world's days.
struct GrowingFiles {
    orders: ParquetFile,
    payments: ParquetFile,
    serials: ParquetFile,
}

/// The rows of the day's orders that are not yet in a file.
#[derive(Default)]
struct OpenRows {
    orders: OrderRows,
    payments: PaymentRows,
    serials: SerialRows,
}

impl GrowingFiles {
    fn create(folder: &Path) -> Result<GrowingFiles, RunError> {
        let create = |name: &str| ParquetFile::create(&folder.join(name));
        Ok(GrowingFiles {
            orders: create("orders.parquet")?,
            payments: create("payments.parquet")?,
            serials: create("serials.parquet")?,
        })
    }

    fn write(&mut self, rows: &mut OpenRows) -> Result<(), RunError> {
        self.orders.write(rows.orders.take())?;
        self.payments.write(rows.payments.take())?;
        self.serials.write(rows.serials.take())
    }

    fn commit(self) -> Result<(), RunError> {
        self.orders.commit()?;
        self.payments.commit()?;
        self.serials.commit()
    }
}

/// Makes the world of a scenario, decides its orders in order of date under the scenario's first arm, and writes [`WORLD_FILES`] to a folder, all or none.
///
/// `progress` is told how many days are done, of how many. Returns what stands in `results.json`.
///
/// # Errors
///
/// Where the scenario has no arm, its policy cannot be used, a file cannot be written, or `stop` is set.
pub fn write_world(
    scenario: &Scenario,
    law: &Arc<Law>,
    folder: &Path,
    progress: &mut dyn FnMut(usize, usize),
    stop: &Stop,
) -> Result<Value, WorldError> {
    let desks = LawDesks::new(Arc::clone(law));
    let limit_h100 = license_free_limit(scenario, &desks)?;
    let arm = scenario.arms.first().ok_or_else(|| WorldError::Scenario("the scenario has no arm".to_owned()))?;
    let policy = Arc::new(desks.policy(arm)?);
    let world = World::new(scenario, WorldSize::of(scenario), limit_h100, rule_days(arm, law)?);
    let mut files = GrowingFiles::create(folder)?;
    let (counts, shipped) = decide_all(&world, &policy, scenario, &mut files, progress, stop)?;
    let mut truth = String::new();
    for scheme in world.truth(&|id| shipped.contains(id)) {
        let line = serde_json::to_string(&scheme);
        truth += &line.map_err(|error| RunError::Output(folder.join("truth.jsonl"), error.into()))?;
        truth.push('\n');
    }
    let results = Results { scenario, world: &world, policy: &policy, limit_h100, counts: &counts }.json();
    let small_files = [
        ("parties.csv", small_tables::parties(&world)),
        ("ownership.csv", small_tables::ownership(&world)),
        ("sites.csv", small_tables::sites(&world)),
        ("inspections.csv", small_tables::inspections(&world, scenario.seed)),
        ("truth.jsonl", truth),
        ("results.json", format!("{results:#}\n")),
    ];
    let mut outputs = Vec::new();
    for (name, text) in &small_files {
        let path = folder.join(name);
        let failed = |error| RunError::Output(path.clone(), error);
        let mut output = Output::create(&path).map_err(failed)?;
        output.write_all(text.as_bytes()).map_err(failed)?;
        outputs.push((output, path));
    }
    files.commit()?;
    for (output, path) in outputs {
        output.commit().map_err(|error| RunError::Output(path, error))?;
    }
    Ok(results)
}

/// The days on which an arm's rule was announced and takes effect; where the arm does not say it, those of the diffusion rule, as the law has them.
fn rule_days(arm: &Arm, law: &Law) -> Result<(Date, Date), WorldError> {
    let document = law.sources.get(DIFFUSION_RULE);
    let announced = arm.announced.or_else(|| document.and_then(|document| document.published));
    let effective = arm.effective.or_else(|| document.and_then(|document| document.compliance.or(document.effective)));
    announced.zip(effective).ok_or_else(|| {
        let what =
            format!("the first arm does not say when its rule takes effect, and the law has no {DIFFUSION_RULE}");
        WorldError::Scenario(format!("{what}\n  mend: give the arm `announced` and `effective`"))
    })
}

/// What `results.json` is written from.
struct Results<'a> {
    scenario: &'a Scenario,
    world: &'a World,
    policy: &'a Policy,
    /// What a consignee may have in a year without a license, in H100-equivalents.
    limit_h100: f64,
    counts: &'a Counts,
}

impl Results<'_> {
    /// What came of the world, with what is needed to make it again.
    fn json(&self) -> Value {
        let Results { scenario, world, policy, limit_h100, counts } = self;
        let (agency, review) = (world.enforcement, counts.review);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let per = |sum: f64, count: u64| if count == 0 { 0.0 } else { (sum / count as f64 * 10.0).round() / 10.0 };
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let months = agency.months as f64;
        json!({
            "scenario": scenario.title, "seed": scenario.seed, "policy": policy.name, "law": policy.digest, "license_free_limit_h100": limit_h100,
            "parties": world.parties.len(), "orders_wanted": counts.wanted, "orders_gone": counts.shipped, "of_them_licensed": counts.licensed,
            "orders_refused": counts.refused,
            "enforcement": { "checks": agency.checks, "of_fronts": agency.checks_of_fronts, "tips": agency.tips, "cases": agency.cases,
                "closed": agency.closed, "months_a_case": per(months, agency.closed), "officer_hours": agency.hours.round(), "spent": agency.spent.round() },
            "licensing": { "applications": review.cases, "days_each": per(review.days, review.cases), "longest_days": review.longest_days.round(),
                "officer_hours": review.hours.round() },
            "program": env!("CARGO_PKG_VERSION"),
        })
    }
}

/// The parties as the engine knows them.
fn tables(world: &World) -> Tables {
    let row = |(place, party): (u32, &WorldParty)| {
        let id = party_id(place);
        let row = Party {
            party_id: id.clone(),
            name: Some(party.name.clone()),
            country: Some(party.country),
            hq_country: Some(party.hq),
            parent_id: party.parent.map(party_id),
            details: Some(Box::new(PartyDetails::default())),
            ..Party::default()
        };
        (id, row)
    };
    Tables { parties: (0_u32..).zip(&world.parties).map(row).collect(), ..Tables::default() }
}

/// Decides every order in order of date and writes those that ship. Returns the counts, and which of the schemes' orders shipped, by id.
fn decide_all(
    world: &World,
    policy: &Arc<Policy>,
    scenario: &Scenario,
    files: &mut GrowingFiles,
    progress: &mut dyn FnMut(usize, usize),
    stop: &Stop,
) -> Result<(Counts, BTreeSet<String>), RunError> {
    let decider = Decider::new(Arc::clone(policy), Arc::new(tables(world)));
    let ids = (0_u32..).zip(&world.parties).map(|(place, _)| party_id(place)).collect();
    let mut shipper = Shipper { decider, ids, seed: scenario.seed };
    let (mut counts, mut shipped_of_schemes) = (Counts::default(), BTreeSet::new());
    let mut rows = OpenRows::default();
    let mut review = Review::new(scenario, world.parties.len());
    let days = world.days();
    let total = days.len();
    for (done, day) in days.enumerate() {
        if stop.load(Ordering::Relaxed) {
            return Err(RunError::Stopped);
        }
        progress(done, total);
        let answered = review.take_answered(day).into_iter().map(|order| (order, true));
        let new = world.orders_on(day).into_iter().map(|order| (order, false));
        for (mut order, is_answered) in answered.chain(new) {
            counts.wanted += u64::from(!is_answered);
            match shipper.fate(&mut order, is_answered) {
                Fate::Ships => {}
                Fate::Applies => {
                    review.apply(order);
                    continue;
                }
                Fate::Refused => {
                    counts.refused += 1;
                    continue;
                }
            }
            counts.shipped += 1;
            counts.licensed += u64::from(order.authorization.as_ref().is_some_and(|claim| claim.starts_with('D')));
            if order.scheme.is_some() {
                shipped_of_schemes.insert(order.order_id.clone());
            }
            rows.payments.push(world, &order);
            rows.serials.push(world, &order);
            rows.orders.push(&order);
            if rows.orders.len() >= ROWS {
                files.write(&mut rows)?;
            }
        }
    }
    files.write(&mut rows)?;
    counts.review = review.totals();
    Ok((counts, shipped_of_schemes))
}

/// Those who ship, with the law as they read it.
struct Shipper {
    decider: Decider,
    /// The ids of the parties by their place in the world.
    ids: Vec<String>,
    seed: u64,
}

impl Shipper {
    /// Whether an order ships, and under what claim, which is written into it.
    ///
    /// Honest shippers claim what holds, or apply for a license and wait; `is_answered` orders have their answer.
    /// Schemes claim what they like, or do not try.
    fn fate(&mut self, order: &mut WorldOrder, is_answered: bool) -> Fate {
        let ids = &self.ids;
        let id = |place: u32| usize::try_from(place).ok().and_then(|place| ids.get(place)).map(String::as_str);
        let Some(ultimate_consignee) = id(order.consignee) else {
            never!("the consignee of order {} is no party of the world", order.order_id);
            return Fate::Refused;
        };
        let line = OrderLine {
            order_id: &order.order_id,
            line: 1,
            date: order.date,
            activity: if order.reexport { Activity::Reexport } else { Activity::Export },
            exporter: id(order.exporter),
            purchaser: None,
            intermediate_consignee: order.intermediate.and_then(id),
            ultimate_consignee,
            end_user: order.end_user.and_then(id),
            freight_forwarder: id(order.forwarder),
            lpp_operator: None,
            origin: Some(order.origin),
            destination: order.destination,
            via: None,
            item: ITEMS.get(usize::from(order.item)).map_or("", |item| item.name),
            quantity: order.quantity,
            end_use: Some(order.end_use),
            authorization: order.authorization.as_deref(),
            unread: &[],
        };
        let Ok(decided) = self.decider.decide(&line) else { return Fate::Refused };
        let label = decided.determination().label;
        let claim = match label.outcome {
            Outcome::NoLicenseRequired => Some("NLR".to_owned()),
            Outcome::LicenseException => decided.exception().map(|exception| exception.name.clone()),
            Outcome::LicenseRequired if order.scheme.is_none() && !is_answered => return Fate::Applies,
            Outcome::LicenseRequired if order.scheme.is_none() => {
                let probability = match label.review {
                    Some(ReviewPolicy::PresumptionOfApproval) => 0.95,
                    Some(ReviewPolicy::CaseByCase) => 0.5,
                    _ => 0.0,
                };
                let mut stream = Stream::named(self.seed, 61, &order.order_id);
                stream.chance(probability).then(|| format!("D{:07}", stream.below(10_000_000)))
            }
            // A claim that does not hold, or goods declared as something else.
            Outcome::LicenseRequired | Outcome::NeedsInformation => {
                let has_false_papers =
                    order.authorization.is_some() || ITEMS.iter().all(|item| item.description != order.description);
                has_false_papers.then(|| "NLR".to_owned())
            }
        };
        if order.authorization.is_none() {
            order.authorization.clone_from(&claim);
        }
        if claim.is_some() { Fate::Ships } else { Fate::Refused }
    }
}
