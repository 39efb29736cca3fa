//! Order lines as they are decided, gathered for the typologies, with what is known around them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::{GatheredTables, Spool, StoredTable};
use crate::entity::Entities;
use crate::tables::{self, Derived, DerivedColumns, KnownItem, Limits, LineBuilder, ListMatch, ValuesPerKg};
use tollgate_engine::{Scratch, eccn, with_readings};
use tollgate_law::{Policy, facts};
use tollgate_model::{Country, Date, ItemKind, OrderLine, Outcome, Party, Stake};
use tollgate_records::{Declared, Surrounding, SurroundingReader};

use tollgate_decide::Decided;
use tollgate_decide::RunError;
use tollgate_decide::Tables;
use tollgate_decide::{ItemFacts, item_facts, settle_density};
use tollgate_decide::{Parents, ultimate_parents};

/// The optional tables that were given.
#[derive(Clone, Debug, Default)]
pub struct ContextTables {
    /// Who paid whom.
    pub payments: Option<PathBuf>,
    /// Data centers.
    pub sites: Option<PathBuf>,
    /// Where single chips were seen.
    pub serials: Option<PathBuf>,
    /// End-use checks.
    pub inspections: Option<PathBuf>,
    /// Only what was known on a day: nothing that happened later, and no company founded later.
    pub as_of: Option<Date>,
}

impl ContextTables {
    /// Each with its file, in order.
    pub fn files(&self) -> [(Surrounding, Option<&Path>); 4] {
        [
            (Surrounding::Payments, self.payments.as_deref()),
            (Surrounding::Sites, self.sites.as_deref()),
            (Surrounding::Serials, self.serials.as_deref()),
            (Surrounding::Inspections, self.inspections.as_deref()),
        ]
    }
}

/// Gathers decided lines.
pub struct Watch {
    policy: Arc<Policy>,
    tables: Arc<Tables>,
    context: ContextTables,
    folder: tempfile::TempDir,
    builder: LineBuilder,
    lines: Spool,
    payments: Option<Spool>,
    values: ValuesPerKg,
    entities: Entities,
    /// The first tier, and the third.
    tiers: [BTreeSet<Country>; 2],
    last: Date,
    /// Lines that stand in no table.
    unread_lines: u64,
    /// The consignee of each order, where payments must be led back to them.
    orders: ByHash,
    consignees: Numbers,
    /// The parties and stakes as they were known, where that is not as they are.
    known: Option<(BTreeMap<String, Party>, Vec<Stake>)>,
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

/// Something for each order, by [`hashed`].
#[expect(clippy::disallowed_types, reason = "looked up by key, never iterated")]
type ByHash = std::collections::HashMap<u64, u32, ahash::RandomState>;

fn hashed(text: &str) -> u64 {
    ahash::RandomState::with_seeds(5, 6, 7, 8).hash_one(text)
}

fn failed(what: String) -> RunError {
    RunError::Watch(what)
}

impl Watch {
    /// Gathers nothing yet; fails where an optional table cannot be read.
    pub fn new(policy: Arc<Policy>, tables: Arc<Tables>, context: ContextTables) -> Result<Watch, RunError> {
        let folder = tempfile::tempdir().map_err(|error| failed(format!("no temporary folder: {error}")))?;
        let group = |name: &str| policy.groups.countries(name, Date::MAX).unwrap_or_default();
        Ok(Watch {
            tiers: [group("SUPP5A"), group("MACAU_D5")],
            lines: Spool::new(Derived::Lines.schema(), folder.path(), "lines"),
            builder: LineBuilder::default(),
            payments: None,
            values: ValuesPerKg::default(),
            entities: Entities::default(),
            last: Date::MIN,
            unread_lines: 0,
            orders: ByHash::default(),
            consignees: Numbers::default(),
            known: context.as_of.map(|day| known_on(&tables, day)),
            policy,
            tables,
            context,
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

    fn parties(&self) -> &BTreeMap<String, Party> {
        self.known.as_ref().map_or(&self.tables.parties, |(parties, _)| parties)
    }

    fn stakes(&self) -> &[Stake] {
        self.known.as_ref().map_or(&self.tables.stakes, |(_, stakes)| stakes)
    }

    fn is_known(&self, date: Date) -> bool {
        self.context.as_of.is_none_or(|day| date <= day)
    }

    /// A line, before any is decided.
    pub fn seen(&mut self, order: &OrderLine<'_>) {
        if self.context.payments.is_some() && self.is_known(order.date) {
            let consignee = self.consignees.place(order.ultimate_consignee);
            self.orders.entry(hashed(order.order_id)).or_insert(consignee);
        }
    }

    /// Every line has been seen: payments are led back to orders, and entities resolved.
    pub fn all_seen(&mut self) -> Result<(), RunError> {
        let payers = self.read_payments()?;
        self.orders = ByHash::default();
        let parents = Parents::of(self.stakes());
        let roots = ultimate_parents(self.parties(), &parents);
        self.entities = Entities::resolve(self.parties(), self.stakes(), roots, &payers);
        Ok(())
    }

    /// Who paid for whom, each pair once, in order.
    fn read_payments(&mut self) -> Result<Vec<(String, String)>, RunError> {
        let Some(path) = self.context.payments.clone() else { return Ok(Vec::new()) };
        let mut reader = SurroundingReader::open(&path, Surrounding::Payments)?;
        let mut store = Spool::new(Surrounding::Payments.schema(), self.folder.path(), "payments");
        let mut payers = Numbers::default();
        #[expect(clippy::disallowed_types, reason = "put in order before it is used")]
        let mut pairs: std::collections::HashSet<(u32, u32), ahash::RandomState> = Default::default();
        while let Some(batch) = reader.next_batch() {
            let batch = self.known_part(batch?)?;
            for (order, payer) in tables::payers(&batch) {
                if let Some(consignee) = self.orders.get(&hashed(order)) {
                    pairs.insert((payers.place(payer), *consignee));
                }
            }
            self.extend_last_day(&batch);
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
    pub fn decided(
        &mut self,
        order: &OrderLine<'_>,
        decided: &Decided<'_>,
        declared: Declared<'_>,
    ) -> Result<(), RunError> {
        if ["date", "destination", "quantity", "order_id"].into_iter().any(|column| order.is_unread(column)) {
            self.unread_lines += 1;
            return Ok(());
        }
        if !self.is_known(order.date) {
            return Ok(());
        }
        self.last = self.last.max(order.date);
        self.values.add(order, declared);
        let (item, eccn) = (&decided.line.item, decided.eccn());
        let label = decided.determination().label;
        let derived = DerivedColumns {
            kind: traded_kind(item),
            eccn: eccn.as_deref(),
            unit_tpp: item.unit_tpp,
            tpp: decided.line.tpp,
            accelerators: item.accelerators,
            tdp_w: real_of(item, |own| own.tdp_w),
            list_price_usd: item.item.price_usd.and_then(tables::real),
            outcome: label.outcome.as_str(),
            exception: decided.exception().map(|exception| exception.name.as_str()),
            // Who reads an ambiguous text otherwise claims in good faith.
            claimed_ok: decided.claimed_ok.filter(|holds| *holds || !in_good_faith(order, decided)),
            tier: self.tier(order.destination),
            root: self.entities.root(order.ultimate_consignee),
            cluster: self.entities.cluster(order.ultimate_consignee),
        };
        let batch = self.builder.push(order, declared, &derived).map_err(|error| failed(error.to_string()))?;
        batch.map_or(Ok(()), |batch| self.lines.push(batch).map_err(failed))
    }

    /// Lines that stand in no table, since their day, place or quantity is not understood.
    pub fn unread_lines(&self) -> u64 {
        self.unread_lines
    }

    /// Everything that was gathered, table by table.
    pub fn finish(mut self) -> Result<GatheredTables, RunError> {
        let arrow = |error: tables::ArrowError| failed(error.to_string());
        let rest = self.builder.finish().map_err(arrow)?;
        self.lines.push(rest).map_err(failed)?;
        let context = self.gather_context()?;
        let listed = tables::listed(self.parties(), &self.matches());
        let tiers = |country| self.tier(country);
        let small = [
            (Derived::Parties, tables::parties(self.parties(), &self.entities, &listed, &tiers)),
            (Derived::Links, tables::links(&self.entities)),
            (Derived::Ownership, tables::ownership(self.stakes())),
            (Derived::StakesAll, tables::stakes(&self.entities)),
            (Derived::Law, tables::law(&self.limits())),
            (Derived::Items, tables::items(&self.items())),
            (Derived::Hs, self.values.table()),
        ];
        let mut all = context;
        for (table, batch) in small {
            all.push((table.as_str(), StoredTable::Rows(table.schema(), vec![batch.map_err(arrow)?])));
        }
        all.push((Derived::Lines.as_str(), self.lines.finish().map_err(failed)?));
        Ok(GatheredTables::new(all, self.entities, self.folder))
    }

    /// The tables that were given, and empty ones for those that were not.
    fn gather_context(&mut self) -> Result<Vec<(&'static str, StoredTable)>, RunError> {
        let mut all = Vec::new();
        if let Some(store) = self.payments.take() {
            all.push((Surrounding::Payments.as_str(), store.finish().map_err(failed)?));
        }
        for (table, path) in self.context.clone().files() {
            let batches = match (table, path) {
                (Surrounding::Payments, Some(_)) => continue,
                (_, Some(path)) => SurroundingReader::open(path, table)?.read_all()?,
                (_, None) => Vec::new(),
            };
            let known = batches.into_iter().map(|batch| self.known_part(batch));
            let batches = known.collect::<Result<Vec<_>, RunError>>()?;
            batches.iter().for_each(|batch| self.extend_last_day(batch));
            all.push((table.as_str(), StoredTable::Rows(table.schema(), batches)));
        }
        Ok(all)
    }

    /// The rows of a table that were known.
    fn known_part(&self, batch: tables::RecordBatch) -> Result<tables::RecordBatch, RunError> {
        match self.context.as_of {
            Some(day) => tables::rows_up_to(&batch, day.epoch_days()).map_err(|error| failed(error.to_string())),
            None => Ok(batch),
        }
    }

    /// What happened around the orders may have happened later than the last of them.
    fn extend_last_day(&mut self, batch: &tables::RecordBatch) {
        let last = tables::last_day(batch).and_then(Date::from_epoch_days);
        self.last = self.last.max(last.unwrap_or(Date::MIN));
    }

    /// The best match that screening found for each party.
    fn matches(&self) -> BTreeMap<String, ListMatch> {
        let best = |hits: &[tollgate_decide::Hit]| {
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
    fn items(&self) -> Vec<KnownItem> {
        let own = self.tables.items.keys().map(String::as_str);
        let all = own.chain(self.policy.law.catalog.items().iter().map(|item| item.item.as_str()));
        let mut scratch = Scratch::default();
        let program = self.policy.program(self.last);
        let row = |name: &str| {
            let item = item_facts(name, &self.tables.items, &self.policy.law.catalog).ok()?;
            let mut facts = item.facts.clone();
            with_readings(program, &mut facts);
            for flag in [
                facts::EXPORTER_FOUNDRY,
                facts::EXPORTER_OSAT,
                facts::EXPORTER_APPROVED_OSAT,
                facts::BUYER_IC_DESIGNER,
                facts::BUYER_APPROVED_DESIGNER,
            ] {
                facts.set(flag, 0);
            }
            settle_density(program, &mut facts, &item);
            scratch.start(program, &facts);
            scratch.finish(program);
            let eccn = eccn(program, &facts, &scratch);
            Some(KnownItem {
                item: name.to_owned(),
                kind: traded_kind(&item),
                unit_tpp: item.unit_tpp.map(tables::tpp_real),
                chips: item.accelerators,
                controlled: eccn.map(|eccn| tables::is_controlled(&eccn)),
                price_usd: item.item.price_usd.and_then(tables::real),
                tdp_w: real_of(&item, |own| own.tdp_w),
            })
        };
        all.filter_map(row).collect()
    }
}

/// The kind under which an item is traded: a card with one accelerator goes as its circuit does.
fn traded_kind(item: &ItemFacts) -> &'static str {
    let kind = item.item.kind.unwrap_or_default();
    let single = kind == ItemKind::Board && item.chip.is_none() && item.accelerators == Some(1);
    if single { ItemKind::IntegratedCircuit.as_str() } else { kind.as_str() }
}

/// The parties and stakes as they were known on a day.
fn known_on(tables: &Tables, day: Date) -> (BTreeMap<String, Party>, Vec<Stake>) {
    let later = |flag: &String| {
        flag.split_once(':').and_then(|(_, date)| date.parse::<Date>().ok()).is_some_and(|date| date > day)
    };
    let founded = |party: &&Party| party.details().incorporated_on.is_none_or(|date| date <= day);
    let parties = tables.parties.values().filter(founded).map(|party| {
        let flags = party.flags.iter().filter(|flag| !later(flag)).cloned().collect();
        (party.party_id.clone(), Party { flags, ..party.clone() })
    });
    let stakes = tables
        .stakes
        .iter()
        .filter(|stake| stake.from.is_none_or(|from| from <= day))
        .map(|stake| Stake { until: stake.until.filter(|until| *until <= day), ..stake.clone() });
    (parties.collect(), stakes.collect())
}

/// Whether another reading of the law would bear out what was claimed.
fn in_good_faith(order: &OrderLine<'_>, decided: &Decided<'_>) -> bool {
    match order.authorization {
        Some("NLR") => decided.readings().any(|turn| turn.otherwise.starts_with(Outcome::NoLicenseRequired.as_str())),
        _ => decided.readings().next().is_some(),
    }
}

/// A figure of the accelerator, where the item holds some, or else of the item.
fn real_of(item: &ItemFacts, pick: impl Fn(&tollgate_model::Item) -> Option<tollgate_model::Decimal>) -> Option<f64> {
    item.chip.as_ref().and_then(&pick).or_else(|| pick(&item.item)).and_then(tables::real)
}
