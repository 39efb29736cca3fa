//! A world of orders, decided as real ones are and written out with the truth beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow_array::builder::{Date32Builder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use serde_json::json;
use tollgate_lab::{ITEMS, Scenario, Stream, World, WorldOrder, WorldSize, license_free_limit, party_id};
use tollgate_law::Policy;
use tollgate_model::{Activity, Date, OrderLine, Outcome, Party, PartyDetails, ReviewPolicy};
use tollgate_records::Output;

use super::progress::Draws;
use super::{Failure, csv_text, print};
use crate::service::{Decider, LawDesks, RunError, Stop, Tables};

/// Rows that are encoded together.
const ROWS: usize = 131_072;

/// What went and what did not.
#[derive(Default)]
struct Counts {
    wanted: u64,
    went: u64,
    refused: u64,
    licensed: u64,
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
    let (counts, went) = decide_all(&world, &policy, scenario.seed, (&mut orders, &mut payments), stop)?;
    let truth: String = world
        .truth(&|id| went.contains(id))
        .iter()
        .filter_map(|own| serde_json::to_string(own).ok())
        .map(|line| line + "\n")
        .collect();
    let summary = json!({
        "scenario": scenario.title, "seed": scenario.seed, "policy": policy.name, "law": policy.digest, "license_free_limit_h100": limit,
        "parties": world.parties.len(), "orders_wanted": counts.wanted, "orders_gone": counts.went, "of_them_licensed": counts.licensed,
        "orders_refused": counts.refused, "program": env!("CARGO_PKG_VERSION"),
    });
    let small = [
        ("parties.csv", parties(&world)),
        ("ownership.csv", ownership(&world)),
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
    for (output, path) in outputs {
        output.commit().map_err(|error| RunError::Output(path, error))?;
    }
    print(&format!(
        "{summary:#}\nwritten: {}: orders.parquet payments.parquet parties.csv ownership.csv truth.jsonl results.json\n",
        out.display()
    ))
}

/// The parties as the engine knows them.
fn tables(world: &World) -> Tables {
    let one = |(place, own): (usize, &tollgate_lab::WorldParty)| {
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
    seed: u64,
    (orders, payments): (&mut Sheet, &mut Sheet),
    stop: &Stop,
) -> Result<(Counts, BTreeSet<String>), Failure> {
    let mut decider = Decider::new(Arc::clone(policy), Arc::new(tables(world)));
    let ids: Vec<String> =
        (0..world.parties.len()).map(|place| party_id(u32::try_from(place).unwrap_or(u32::MAX))).collect();
    let (mut counts, mut went) = (Counts::default(), BTreeSet::new());
    let (mut rows, mut paid) = (OrderRows::default(), PaymentRows::default());
    let bar = Draws::new();
    let days = world.days();
    let all = u64::try_from(days.len()).unwrap_or(0);
    for (done, day) in (0_u64..).zip(days) {
        if stop.load(Ordering::Relaxed) {
            return Err(Failure::Stopped);
        }
        bar.done(done, all);
        for mut order in world.orders_on(day) {
            counts.wanted += 1;
            if !goes(&mut decider, &ids, seed, &mut order) {
                counts.refused += 1;
                continue;
            }
            counts.went += 1;
            counts.licensed += u64::from(order.authorization.as_ref().is_some_and(|claim| claim.starts_with('D')));
            if order.scheme.is_some() {
                went.insert(order.order_id.clone());
            }
            paid.push(world, &order);
            rows.push(&order);
            if rows.len() >= ROWS {
                orders.write(&rows.finish()?)?;
                payments.write(&paid.finish()?)?;
            }
        }
    }
    orders.write(&rows.finish()?)?;
    payments.write(&paid.finish()?)?;
    bar.end();
    Ok((counts, went))
}

/// Whether an order goes, and under what: honest shippers claim what holds or ask for a license; schemes claim what they like, or do not try.
fn goes(decider: &mut Decider, ids: &[String], seed: u64, order: &mut WorldOrder) -> bool {
    let id = |place: u32| usize::try_from(place).ok().and_then(|place| ids.get(place)).map(String::as_str);
    let line = OrderLine {
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
    let Ok(decided) = decider.decide(&line) else { return false };
    let label = decided.determination().label;
    let claim = match label.outcome {
        Outcome::NoLicenseRequired => Some("NLR".to_owned()),
        Outcome::LicenseException => decided.exception().map(|exception| exception.name.clone()),
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
    claim.is_some()
}

/// A Parquet file that grows batch by batch and appears whole.
struct Sheet {
    path: PathBuf,
    output: Output,
    writer: Option<ArrowWriter<Vec<u8>>>,
}

impl Sheet {
    fn create(path: &Path) -> Result<Sheet, Failure> {
        let output = Output::create(path).map_err(|error| RunError::Output(path.to_owned(), error))?;
        Ok(Sheet { path: path.to_owned(), output, writer: None })
    }

    fn failed(&self, error: impl std::error::Error + Send + Sync + 'static) -> Failure {
        RunError::Output(self.path.clone(), std::io::Error::other(error)).into()
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => {
                let squeezed = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
                ArrowWriter::try_new(Vec::new(), batch.schema(), Some(squeezed)).map_err(|error| self.failed(error))?
            }
        };
        writer.write(batch).and_then(|()| writer.flush()).map_err(|error| self.failed(error))?;
        // What is encoded goes to the file now, so that memory does not grow with the world.
        let encoded = std::mem::take(writer.inner_mut());
        self.writer = Some(writer);
        self.output.write_all(&encoded).map_err(|error| self.failed(error))
    }

    fn commit(mut self) -> Result<(), Failure> {
        if let Some(writer) = self.writer.take() {
            let rest = writer.into_inner().map_err(|error| self.failed(error))?;
            self.output.write_all(&rest).map_err(|error| self.failed(error))?;
        }
        let path = self.path.clone();
        self.output.commit().map_err(|error| Failure::from(RunError::Output(path, error)))
    }
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, Failure> {
    RecordBatch::try_from_iter(columns).map_err(|error| Failure::Unusable(error.to_string()))
}

#[derive(Default)]
struct OrderRows {
    texts: [StringBuilder; 14],
    date: Date32Builder,
    numbers: [Int64Builder; 2],
    reals: [Float64Builder; 2],
}

const ORDER_TEXTS: [&str; 14] = [
    "order_id",
    "activity",
    "exporter",
    "ultimate_consignee",
    "intermediate_consignee",
    "end_user",
    "freight_forwarder",
    "origin",
    "destination",
    "item",
    "hs_code",
    "description",
    "end_use",
    "authorization",
];

impl OrderRows {
    fn len(&self) -> usize {
        use arrow_array::builder::ArrayBuilder as _;
        self.date.len()
    }

    fn push(&mut self, order: &WorldOrder) {
        let id = |place: u32| party_id(place);
        let (exporter, consignee, forwarder) = (id(order.exporter), id(order.consignee), id(order.forwarder));
        let (intermediate, end_user) = (order.intermediate.map(id), order.end_user.map(id));
        let cells: [Option<&str>; 14] = [
            Some(&order.order_id),
            Some(if order.reexport { "reexport" } else { "export" }),
            Some(&exporter),
            Some(&consignee),
            intermediate.as_deref(),
            end_user.as_deref(),
            Some(&forwarder),
            Some(order.origin.code()),
            Some(order.destination.code()),
            ITEMS.get(usize::from(order.item)).map(|item| item.name),
            Some(order.hs_code),
            Some(order.description),
            Some(order.end_use),
            order.authorization.as_deref(),
        ];
        self.texts.iter_mut().zip(cells).for_each(|(column, cell)| column.append_option(cell));
        self.date.append_value(order.date.epoch_days());
        self.numbers
            .iter_mut()
            .zip([order.quantity, order.packages])
            .for_each(|(column, cell)| column.append_value(cell));
        self.reals.iter_mut().zip([order.price, order.weight]).for_each(|(column, cell)| column.append_value(cell));
    }

    fn finish(&mut self) -> Result<RecordBatch, Failure> {
        let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
        for (name, column) in ORDER_TEXTS.iter().zip(&mut self.texts) {
            columns.push((name, Arc::new(column.finish())));
        }
        columns.push(("date", Arc::new(self.date.finish())));
        for (name, column) in ["quantity", "packages"].iter().zip(&mut self.numbers) {
            columns.push((name, Arc::new(column.finish())));
        }
        for (name, column) in ["unit_price_usd", "gross_weight_kg"].iter().zip(&mut self.reals) {
            columns.push((name, Arc::new(column.finish())));
        }
        batch(columns)
    }
}

#[derive(Default)]
struct PaymentRows {
    texts: [StringBuilder; 5],
    amount: Float64Builder,
    date: Date32Builder,
}

impl PaymentRows {
    fn push(&mut self, world: &World, order: &WorldOrder) {
        let own = world.payment(order);
        let (id, payer, payee) = (format!("PAY-{}", own.order_id), party_id(own.payer), party_id(own.payee));
        let cells = [&id, &own.order_id, &payer, &payee, own.payer_country.code()];
        self.texts
            .iter_mut()
            .zip(cells)
            .for_each(|(column, cell): (&mut StringBuilder, &str)| column.append_value(cell));
        self.amount.append_value(own.amount);
        self.date.append_value(own.date.epoch_days());
    }

    fn finish(&mut self) -> Result<RecordBatch, Failure> {
        let names = ["payment_id", "order_id", "payer", "payee", "payer_country"];
        let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
        for (name, column) in names.iter().zip(&mut self.texts) {
            columns.push((name, Arc::new(column.finish())));
        }
        columns.push(("amount_usd", Arc::new(self.amount.finish())));
        columns.push(("date", Arc::new(self.date.finish())));
        batch(columns)
    }
}

fn parties(world: &World) -> String {
    let header = [
        "party_id",
        "name",
        "country",
        "hq_country",
        "parent_id",
        "address",
        "city",
        "phone",
        "email",
        "directors",
        "incorporated_on",
        "business",
        "data_center_mw",
    ];
    let rows = world.parties.iter().enumerate().map(|(place, own)| {
        vec![
            party_id(u32::try_from(place).unwrap_or(u32::MAX)),
            own.name.clone(),
            own.country.to_string(),
            own.hq.to_string(),
            own.parent.map(party_id).unwrap_or_default(),
            own.address.clone(),
            own.city.clone(),
            own.phone.clone(),
            own.email.clone(),
            own.directors.join(";"),
            own.incorporated.to_string(),
            own.business.to_owned(),
            own.megawatts.map(|power| format!("{power:.2}")).unwrap_or_default(),
        ]
    });
    // In order of id, so that the order of rows tells nothing either.
    let mut rows: Vec<Vec<String>> = rows.collect();
    rows.sort();
    csv_text(std::iter::once(header.map(str::to_owned).to_vec()).chain(rows))
}

fn ownership(world: &World) -> String {
    let header = ["owner_id", "owned_id", "percent"].map(str::to_owned).to_vec();
    // Said once, whoever set it up twice.
    let stakes: BTreeMap<(u32, u32), f64> =
        world.stakes.iter().map(|own| ((own.owner, own.owned), own.percent)).collect();
    let rows =
        stakes.into_iter().map(|((owner, owned), percent)| vec![party_id(owner), party_id(owned), percent.to_string()]);
    csv_text(std::iter::once(header).chain(rows))
}
