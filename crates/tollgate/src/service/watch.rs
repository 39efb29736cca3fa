//! Order lines as they are decided, gathered for the typologies, with what is known around them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate_analysis::engine::{LineStore, LocalEngine, LocalOptions};
use tollgate_analysis::entity::Entities;
use tollgate_analysis::tables::{self, Derived, Found, ItemRow, Limits, LineBuilder, ListMatch, ValuesPerKg};
use tollgate_engine::{Scratch, eccn, with_readings};
use tollgate_law::{Policy, facts};
use tollgate_model::{Country, Date, OrderLine};
use tollgate_records::{Declared, Surrounding, SurroundingReader};

use super::decider::Decided;
use super::items::{ItemFacts, item_facts};
use super::parties::ultimate_parents;
use super::run::{RunError, Stop};
use super::tables::Tables;

/// The optional tables that were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Around {
    pub(crate) payments: Option<PathBuf>,
    pub(crate) sites: Option<PathBuf>,
    pub(crate) serials: Option<PathBuf>,
    pub(crate) inspections: Option<PathBuf>,
}

impl Around {
    /// Each with its file, in order.
    pub(crate) fn files(&self) -> [(Surrounding, Option<&Path>); 4] {
        [
            (Surrounding::Payments, self.payments.as_deref()),
            (Surrounding::Sites, self.sites.as_deref()),
            (Surrounding::Serials, self.serials.as_deref()),
            (Surrounding::Inspections, self.inspections.as_deref()),
        ]
    }
}

/// Gathers decided lines.
pub(crate) struct Watch {
    policy: Arc<Policy>,
    tables: Arc<Tables>,
    around: Around,
    folder: tempfile::TempDir,
    builder: LineBuilder,
    lines: LineStore,
    payments: Option<LineStore>,
    values: ValuesPerKg,
    entities: Entities,
    /// The first tier, and the third.
    tiers: [BTreeSet<Country>; 2],
    last: Date,
    /// Orders by hash of their id, with the place of the consignee, where payments must be led back to them.
    orders: Vec<(u64, u32)>,
    consignees: Numbers,
}

/// What was gathered, ready to be asked.
pub(crate) struct Watched {
    pub(crate) engine: LocalEngine,
    pub(crate) entities: Entities,
    /// Kept until the engine is done with what lies in it.
    _folder: tempfile::TempDir,
}

#[derive(Default)]
struct Numbers {
    texts: Vec<String>,
    #[expect(clippy::disallowed_types, reason = "looked up once a line, never iterated")]
    places: std::collections::HashMap<String, u32, ahash::RandomState>,
}

impl Numbers {
    fn place(&mut self, text: &str) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        place
    }
}

fn hashed(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn failed(what: String) -> RunError {
    RunError::Watch(what)
}

impl Watch {
    pub(crate) fn new(policy: Arc<Policy>, tables: Arc<Tables>, around: Around) -> Result<Watch, RunError> {
        let folder = tempfile::tempdir().map_err(|error| failed(format!("no temporary folder: {error}")))?;
        let group = |name: &str| policy.groups.countries(name, Date::MAX).unwrap_or_default();
        Ok(Watch {
            tiers: [group("SUPP5A"), group("MACAU_D5")],
            lines: LineStore::new(Derived::Lines.schema(), folder.path(), "lines"),
            builder: LineBuilder::default(),
            payments: None,
            values: ValuesPerKg::default(),
            entities: Entities::default(),
            last: Date::MIN,
            orders: Vec::new(),
            consignees: Numbers::default(),
            policy,
            tables,
            around,
            folder,
        })
    }

    fn tier(&self, country: Country) -> i32 {
        let [first, third] = &self.tiers;
        if third.contains(&country) {
            3
        } else if first.contains(&country) {
            1
        } else {
            2
        }
    }

    /// A line, before any is decided.
    pub(crate) fn seen(&mut self, order: &OrderLine<'_>) {
        if self.around.payments.is_some() {
            let consignee = self.consignees.place(order.ultimate_consignee);
            self.orders.push((hashed(order.order_id), consignee));
        }
    }

    /// Every line has been seen: payments are led back to orders, and entities resolved.
    pub(crate) fn all_seen(&mut self) -> Result<(), RunError> {
        self.orders.sort_unstable();
        self.orders.dedup();
        let payers = self.read_payments()?;
        self.orders = Vec::new();
        let roots = ultimate_parents(&self.tables.parties, &self.tables.parents);
        self.entities = Entities::resolve(&self.tables.parties, &self.tables.stakes, roots, &payers);
        Ok(())
    }

    /// Who paid for whom, each pair once, in order.
    fn read_payments(&mut self) -> Result<Vec<(String, String)>, RunError> {
        let Some(path) = self.around.payments.clone() else { return Ok(Vec::new()) };
        let mut reader = SurroundingReader::open(&path, Surrounding::Payments)?;
        let mut store = LineStore::new(Surrounding::Payments.schema(), self.folder.path(), "payments");
        let mut payers = Numbers::default();
        let mut pairs: BTreeSet<(u32, u32)> = BTreeSet::new();
        while let Some(batch) = reader.next_batch() {
            let batch = batch?;
            for (order, payer) in tables::payers(&batch) {
                let key = hashed(order);
                let found = self.orders.binary_search_by(|(hash, _)| hash.cmp(&key)).ok();
                if let Some((_, consignee)) = found.and_then(|place| self.orders.get(place)) {
                    pairs.insert((payers.place(payer), *consignee));
                }
            }
            self.until(&batch);
            store.push(batch).map_err(failed)?;
        }
        self.payments = Some(store);
        let text = |numbers: &Numbers, place: u32| {
            usize::try_from(place).ok().and_then(|place| numbers.texts.get(place)).cloned().unwrap_or_default()
        };
        let mut named: Vec<(String, String)> = pairs
            .into_iter()
            .map(|(payer, consignee)| (text(&payers, payer), text(&self.consignees, consignee)))
            .collect();
        named.sort();
        Ok(named)
    }

    /// A decided line.
    pub(crate) fn decided(
        &mut self,
        order: &OrderLine<'_>,
        decided: &Decided<'_>,
        declared: Declared<'_>,
    ) -> Result<(), RunError> {
        self.last = self.last.max(order.date);
        self.values.add(order, declared);
        let (item, eccn) = (&decided.line.item, decided.eccn());
        let label = decided.determination().label;
        let found = Found {
            kind: Some(item.item.kind.unwrap_or_default().as_str()),
            eccn: eccn.as_deref(),
            unit_tpp: item.unit_tpp,
            tpp: decided.line.tpp,
            accelerators: item.item.accelerators.unwrap_or(1),
            tdp_w: real_of(item, |own| own.tdp_w),
            list_price_usd: item.item.price_usd.and_then(tables::real),
            outcome: label.outcome.as_str(),
            exception: decided.exception().map(|exception| exception.name.as_str()),
            claimed_ok: decided.claimed_ok,
            tier: self.tier(order.destination),
            root: self.entities.root(order.ultimate_consignee),
            cluster: self.entities.cluster(order.ultimate_consignee),
        };
        let batch = self.builder.push(order, declared, &found).map_err(|error| failed(error.to_string()))?;
        batch.map_or(Ok(()), |batch| self.lines.push(batch).map_err(failed))
    }

    /// Everything that was gathered, in an engine.
    pub(crate) fn finish(mut self, threads: usize, memory: usize, stop: &Stop) -> Result<Watched, RunError> {
        let arrow = |error: tables::ArrowError| failed(error.to_string());
        let engine = |error: tollgate_analysis::engine::EngineError| failed(error.to_string());
        let rest = self.builder.finish().map_err(arrow)?;
        self.lines.push(rest).map_err(failed)?;
        let mut asked = LocalEngine::new(&LocalOptions { threads, memory, stop: Arc::clone(stop) }).map_err(engine)?;
        self.add_around(&mut asked)?;
        let listed = tables::listed(&self.tables.parties, &self.matches());
        let tiers = |country| self.tier(country);
        let small = [
            (Derived::Parties, tables::parties(&self.tables.parties, &self.entities, &listed, &tiers)),
            (Derived::Links, tables::links(&self.entities)),
            (Derived::Ownership, tables::ownership(&self.tables.stakes)),
            (Derived::StakesAll, tables::stakes(&self.entities)),
            (Derived::Law, tables::law(&self.limits())),
            (Derived::Items, tables::items(&self.items())),
            (Derived::Hs, self.values.table()),
        ];
        for (table, batch) in small {
            asked.add(table.as_str(), table.schema(), vec![batch.map_err(arrow)?]).map_err(engine)?;
        }
        asked.add_store(Derived::Lines.as_str(), self.lines).map_err(engine)?;
        Ok(Watched { engine: asked, entities: self.entities, _folder: self.folder })
    }

    /// Adds the tables that were given, and empty ones for those that were not.
    fn add_around(&mut self, asked: &mut LocalEngine) -> Result<(), RunError> {
        let engine = |error: tollgate_analysis::engine::EngineError| failed(error.to_string());
        if let Some(store) = self.payments.take() {
            asked.add_store(Surrounding::Payments.as_str(), store).map_err(engine)?;
        }
        for (table, path) in self.around.clone().files() {
            let batches = match (table, path) {
                (Surrounding::Payments, Some(_)) => continue,
                (_, Some(path)) => SurroundingReader::open(path, table)?.read_all()?,
                (_, None) => Vec::new(),
            };
            batches.iter().for_each(|batch| self.until(batch));
            asked.add(table.as_str(), table.schema(), batches).map_err(engine)?;
        }
        Ok(())
    }

    /// What happened around the orders may have happened later than the last of them.
    fn until(&mut self, batch: &tables::RecordBatch) {
        let last = tables::last_day(batch).and_then(Date::from_epoch_days);
        self.last = self.last.max(last.unwrap_or(Date::MIN));
    }

    /// The best match that screening found for each party.
    fn matches(&self) -> BTreeMap<String, ListMatch> {
        let best = |hits: &[super::Hit]| {
            let standing = hits.iter().filter(|hit| hit.stands(self.last));
            standing.map(|hit| (hit.same, hit.points)).max().map(|(same, points)| ListMatch { same, points })
        };
        let matched = self.tables.screened.matched();
        matched.filter_map(|(party, hits)| Some((party.to_owned(), best(hits)?))).collect()
    }

    /// The limits of the policy, or of the law where the policy has none of its own.
    fn limits(&self) -> Limits {
        let path = "740/740.29-lpp";
        let of = |provisions: &'_ [tollgate_law::provision::Provision]| {
            let own = provisions.iter().find(|own| own.path == path)?;
            let version = own.versions.iter().find(|version| !version.removed)?;
            let value = |name: &str| {
                let (_, value) = version.parameters.get(name)?.values.first()?;
                value.scaled_exact(0)
            };
            Some((value("limit")?, value("notice")?, version.known_from, version.from))
        };
        let day = |text: &str| text.parse::<Date>().unwrap_or(Date::MIN);
        let found = of(&self.policy.provisions).or_else(|| of(&self.policy.law.provisions));
        let (lpp_cap, notice_floor, announced, effective) =
            found.unwrap_or((26_900_000, 3_200_000, day("2025-01-15"), day("2025-05-15")));
        Limits { lpp_cap, notice_floor, announced, effective, control: day("2022-10-07"), last: self.last }
    }

    /// The items of the user's table and of the catalog.
    fn items(&self) -> Vec<ItemRow> {
        let own = self.tables.items.keys().map(String::as_str);
        let all = own.chain(self.policy.law.catalog.items().iter().map(|item| item.item.as_str()));
        let mut scratch = Scratch::default();
        let program = self.policy.program(self.last);
        let row = |name: &str| {
            let item = item_facts(name, &self.tables.items, &self.policy.law.catalog).ok()?;
            let mut facts = item.facts.clone();
            with_readings(program, &mut facts);
            for flag in
                [facts::EXPORTER_FOUNDRY, facts::EXPORTER_OSAT, facts::EXPORTER_APPROVED_OSAT, facts::BUYER_IC_DESIGNER]
            {
                facts.set(flag, 0);
            }
            scratch.start(program, &facts);
            scratch.finish(program);
            let eccn = eccn(program, &facts, &scratch);
            Some(ItemRow {
                item: name.to_owned(),
                kind: item.item.kind.unwrap_or_default().as_str(),
                unit_tpp: item.unit_tpp.map(tables::tpp_real),
                chips: item.item.accelerators.unwrap_or(1),
                controlled: eccn.map(|eccn| tables::is_controlled(&eccn)),
                price: item.item.price_usd.and_then(tables::real),
                tdp_w: real_of(&item, |own| own.tdp_w),
            })
        };
        all.filter_map(row).collect()
    }
}

/// A figure of the accelerator, where the item holds some, or else of the item.
fn real_of(item: &ItemFacts, pick: impl Fn(&tollgate_model::Item) -> Option<tollgate_model::Decimal>) -> Option<f64> {
    item.chip.as_ref().and_then(&pick).or_else(|| pick(&item.item)).and_then(tables::real)
}
