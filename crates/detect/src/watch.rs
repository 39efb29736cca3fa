//! Order lines as they are decided, gathered for the typologies, with what is known around them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::{GatheredTables, Spool, StoredTable};
use crate::entity::Entities;
use crate::tables::{self, CatalogItem, DerivedColumns, DerivedTable, Limits, LineBuilder, ListMatch, ValuesPerKg};
use tollgate_engine::{Scratch, eccn, with_readings};
use tollgate_law::{Policy, Tiers, facts};
use tollgate_model::{Country, Date, ItemKind, OrderLine, Outcome, Party, Stake, Tpp, never};
use tollgate_records::{Declared, Surrounding, SurroundingReader};

use tollgate_decide::RunError;
use tollgate_decide::Tables;
use tollgate_decide::{Decided, DeclaredFinding, DescribedItems, declared_findings};
use tollgate_decide::{ItemFacts, item_facts, settle_density};
use tollgate_decide::{Parents, ultimate_parents};

/// The provision of License Exception LPP.
const LPP: &str = "740/740.29-lpp";
/// The rule that put the controls of October 2022 in force, as `law/sources.toml` calls it.
const CONTROLS: &str = "fr.2022-21658";

/// The optional tables of a run.
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
    described: DescribedItems,
    entities: Entities,
    tiers: Tiers,
    last: Date,
    /// Lines that stand in no table.
    unread_lines: u64,
    /// The consignee of each order, where payments must be led back to them.
    orders: ByHash,
    consignees: TextNumbers,
    /// The parties and stakes as they were known, where that is not as they are.
    known: Option<KnownParties>,
}

/// Parties and stakes as they were known on a day.
struct KnownParties {
    parties: BTreeMap<String, Party>,
    stakes: Vec<Stake>,
}

/// Texts by number, each text once.
#[derive(Default)]
struct TextNumbers {
    texts: Vec<String>,
    #[expect(clippy::disallowed_types, reason = "looked up once a line, never iterated")]
    numbers: std::collections::HashMap<String, usize, ahash::RandomState>,
}

impl TextNumbers {
    /// The number of a text, a new one where the text is new.
    fn number(&mut self, text: &str) -> usize {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.len();
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    /// The text of a number that [`TextNumbers::number`] gave; any other number is an error.
    fn text(&self, number: usize) -> Result<&str, RunError> {
        self.texts.get(number).map(String::as_str).ok_or_else(|| {
            never!("number {number} has no text");
            watch_error(format!("payments lead to party number {number}, which does not exist"))
        })
    }
}

/// Who owns or runs a data center.
fn hall_holders(context: &[(&'static str, StoredTable)]) -> BTreeSet<String> {
    let batches =
        context.iter().filter(|(name, _)| *name == Surrounding::Sites.as_str()).flat_map(|(_, table)| match table {
            StoredTable::Rows(_, batches) => batches.as_slice(),
            StoredTable::File(..) => &[],
        });
    batches.flat_map(tables::hall_holders).map(str::to_owned).collect()
}

/// Something for each order, by [`hash_of`] its id.
#[expect(clippy::disallowed_types, reason = "looked up by key, never iterated")]
type ByHash = std::collections::HashMap<u64, usize, ahash::RandomState>;

fn hash_of(text: &str) -> u64 {
    ahash::RandomState::with_seeds(5, 6, 7, 8).hash_one(text)
}

fn watch_error(what: String) -> RunError {
    RunError::Watch(what)
}

impl Watch {
    /// Gathers nothing yet; fails where an optional table cannot be read.
    pub fn new(policy: Arc<Policy>, tables: Arc<Tables>, context: ContextTables) -> Result<Watch, RunError> {
        let folder = tempfile::tempdir().map_err(|error| watch_error(format!("no temporary folder: {error}")))?;
        let no_group = |name: &str| {
            watch_error(format!("the law has no country group `{name}`, by which destinations are put into tiers"))
        };
        Ok(Watch {
            // One tier for a country in all years: queries compare tiers before and after a day.
            tiers: policy.tiers(Date::MAX).map_err(no_group)?,
            lines: Spool::new(DerivedTable::Lines.schema(), folder.path(), "lines"),
            builder: LineBuilder::default(),
            payments: None,
            values: ValuesPerKg::default(),
            described: DescribedItems::default(),
            entities: Entities::default(),
            last: Date::MIN,
            unread_lines: 0,
            orders: ByHash::default(),
            consignees: TextNumbers::default(),
            known: context.as_of.map(|day| known_on(&tables, day)),
            policy,
            tables,
            context,
            folder,
        })
    }

    /// The tier of a country as the law counts it: 1, 2 or 3. Hong Kong is China.
    fn tier(&self, country: Country) -> i32 {
        self.tiers.tier(country).number()
    }

    fn parties(&self) -> &BTreeMap<String, Party> {
        self.known.as_ref().map_or(&self.tables.parties, |known| &known.parties)
    }

    fn stakes(&self) -> &[Stake] {
        self.known.as_ref().map_or(&self.tables.stakes, |known| &known.stakes)
    }

    fn is_known(&self, date: Date) -> bool {
        self.context.as_of.is_none_or(|day| date <= day)
    }

    /// Takes note of a line, before any is decided.
    pub fn seen(&mut self, order: &OrderLine<'_>) {
        if self.context.payments.is_some() && self.is_known(order.date) {
            let consignee = self.consignees.number(order.ultimate_consignee);
            self.orders.entry(hash_of(order.order_id)).or_insert(consignee);
        }
    }

    /// Hears that every line has been seen: payments are led back to orders, and entities resolved.
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
        let mut payers = TextNumbers::default();
        #[expect(clippy::disallowed_types, reason = "put in order before it is used")]
        let mut pairs: std::collections::HashSet<(usize, usize), ahash::RandomState> = Default::default();
        while let Some(batch) = reader.next_batch() {
            let batch = self.rows_known(batch?)?;
            for (order, payer) in tables::payers(&batch) {
                if let Some(consignee) = self.orders.get(&hash_of(order)) {
                    pairs.insert((payers.number(payer), *consignee));
                }
            }
            self.extend_last_day(&batch);
            store.push(batch).map_err(watch_error)?;
        }
        self.payments = Some(store);
        let names = |(payer, consignee): (usize, usize)| -> Result<(String, String), RunError> {
            Ok((payers.text(payer)?.to_owned(), self.consignees.text(consignee)?.to_owned()))
        };
        let mut named = pairs.into_iter().map(names).collect::<Result<Vec<_>, RunError>>()?;
        named.sort();
        Ok(named)
    }

    /// Adds a decided line to the table of lines.
    pub fn decided(
        &mut self,
        order: &OrderLine<'_>,
        decided: &Decided<'_>,
        declared: Declared<'_>,
    ) -> Result<(), RunError> {
        let findings = declared_findings(order, declared, decided, &self.policy.law.catalog, &mut self.described);
        self.decided_with(order, decided, declared, &findings)
    }

    /// As [`Watch::decided`], for who has the line's [`declared_findings`] already.
    pub fn decided_with(
        &mut self,
        order: &OrderLine<'_>,
        decided: &Decided<'_>,
        declared: Declared<'_>,
        findings: &[DeclaredFinding],
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
        if eccn.as_deref().is_some_and(tables::is_controlled) {
            let tpp = decided.line.tpp.unwrap_or(Tpp::whole(0));
            self.entities.standings.add(order.ultimate_consignee, order.date, tpp);
        }
        let label = decided.determination().label;
        let odd_columns = odd_columns(findings);
        let derived = DerivedColumns {
            kind: traded_kind(item),
            eccn: eccn.as_deref(),
            unit_tpp: item.unit_tpp,
            tpp: decided.line.tpp,
            accelerators: item.accelerators,
            tdp_w: accelerator_figure(item, |accelerator| accelerator.tdp_w),
            list_price_usd: item.item.price_usd.and_then(tables::real),
            outcome: label.outcome.as_str(),
            exception: decided.exception().map(|exception| exception.name.as_str()),
            // Who reads an ambiguous text otherwise claims in good faith.
            claimed_ok: decided.claimed_ok.filter(|holds| *holds || !in_good_faith(order, decided)),
            odd_columns: odd_columns.as_deref(),
            tier: self.tier(order.destination),
            root: self.entities.root(order.ultimate_consignee),
            cluster: self.entities.cluster(order.ultimate_consignee),
        };
        let batch = self.builder.push(order, declared, &derived).map_err(|error| watch_error(error.to_string()))?;
        batch.map_or(Ok(()), |batch| self.lines.push(batch).map_err(watch_error))
    }

    /// Lines that stand in no table, since their day, place or quantity is not understood.
    pub fn unread_lines(&self) -> u64 {
        self.unread_lines
    }

    /// Everything that was gathered, table by table.
    pub fn finish(mut self) -> Result<GatheredTables, RunError> {
        let arrow = |error: tables::ArrowError| watch_error(error.to_string());
        let rest = self.builder.finish().map_err(arrow)?;
        self.lines.push(rest).map_err(watch_error)?;
        let context = self.gather_context()?;
        let parties = self.known.as_ref().map_or(&self.tables.parties, |known| &known.parties);
        self.entities.standings.complete(parties, hall_holders(&context));
        let listings = tables::listings(self.parties(), &self.matches());
        let tiers = |country| self.tier(country);
        let small = [
            (DerivedTable::Parties, tables::parties(self.parties(), &self.entities, &listings, &tiers)),
            (DerivedTable::Links, tables::links(&self.entities)),
            (DerivedTable::Ownership, tables::ownership(self.stakes())),
            (DerivedTable::StakesAll, tables::stakes(&self.entities)),
            (DerivedTable::Law, tables::law(&self.limits()?)),
            (DerivedTable::Items, tables::items(&self.items())),
            (DerivedTable::Hs, self.values.table()),
        ];
        let mut all = context;
        for (table, batch) in small {
            all.push((table.as_str(), StoredTable::Rows(table.schema(), vec![batch.map_err(arrow)?])));
        }
        all.push((DerivedTable::Lines.as_str(), self.lines.finish().map_err(watch_error)?));
        Ok(GatheredTables::new(all, self.entities, self.folder))
    }

    /// The tables that were given, and empty ones for those that were not.
    fn gather_context(&mut self) -> Result<Vec<(&'static str, StoredTable)>, RunError> {
        let mut all = Vec::new();
        if let Some(store) = self.payments.take() {
            all.push((Surrounding::Payments.as_str(), store.finish().map_err(watch_error)?));
        }
        for (table, path) in self.context.clone().files() {
            let batches = match (table, path) {
                (Surrounding::Payments, Some(_)) => continue,
                (_, Some(path)) => SurroundingReader::open(path, table)?.read_all()?,
                (_, None) => Vec::new(),
            };
            let known = batches.into_iter().map(|batch| self.rows_known(batch));
            let batches = known.collect::<Result<Vec<_>, RunError>>()?;
            batches.iter().for_each(|batch| self.extend_last_day(batch));
            all.push((table.as_str(), StoredTable::Rows(table.schema(), batches)));
        }
        Ok(all)
    }

    /// The rows of a table that were known.
    fn rows_known(&self, batch: tables::RecordBatch) -> Result<tables::RecordBatch, RunError> {
        match self.context.as_of {
            Some(day) => tables::rows_up_to(&batch, day.epoch_days()).map_err(|error| watch_error(error.to_string())),
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

    /// The limits of License Exception LPP as the policy has them on the last day of the data, or as the law does where the policy leaves the exception out.
    fn limits(&self) -> Result<Limits, RunError> {
        let absent = |what: &str| watch_error(format!("the law does not say {what}: typologies measure by it"));
        let version =
            |day: Date| self.policy.version(LPP, day).ok_or_else(|| absent("what LPP permits (740/740.29-lpp)"));
        let day = self.policy.law_date(self.last);
        let (first, last) = (version(Date::MIN)?, version(day)?);
        let parameter = |name: &str| {
            let value = last.parameters.get(name).and_then(|parameter| parameter.on(day)?.scaled_exact(0));
            value.ok_or_else(|| absent(&format!("`{name}` of LPP (740/740.29-lpp) in whole TPP")))
        };
        let controls = self.policy.law.sources.get(CONTROLS).and_then(|source| source.effective);
        Ok(Limits {
            lpp_cap: parameter("limit")?,
            notice_floor: parameter("notice")?,
            announced: first.known_from,
            effective: first.from,
            control: controls
                .ok_or_else(|| absent(&format!("since when {CONTROLS} is in effect (law/sources.toml)")))?,
            last: self.last,
        })
    }

    /// The items of the user's table and of the catalog.
    fn items(&self) -> Vec<CatalogItem> {
        let of_user = self.tables.items.keys().map(String::as_str);
        let names = of_user.chain(self.policy.law.catalog.items().iter().map(|item| item.item.as_str()));
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
            Some(CatalogItem {
                item: name.to_owned(),
                kind: traded_kind(&item),
                unit_tpp: item.unit_tpp.map(tables::tpp_real),
                chips: item.accelerators,
                controlled: eccn.map(|eccn| tables::is_controlled(&eccn)),
                price_usd: item.item.price_usd.and_then(tables::real),
                tdp_w: accelerator_figure(&item, |accelerator| accelerator.tdp_w),
            })
        };
        names.filter_map(row).collect()
    }
}

/// The kind under which an item is traded: a card with one accelerator goes as its circuit does.
fn traded_kind(item: &ItemFacts) -> &'static str {
    // As in decisions, an item whose kind nobody states is a circuit.
    let kind = item.item.kind.unwrap_or(ItemKind::IntegratedCircuit);
    let single = kind == ItemKind::Board && item.chip.is_none() && item.accelerators == Some(1);
    if single { ItemKind::IntegratedCircuit.as_str() } else { kind.as_str() }
}

/// The parties and stakes as they were known on a day.
fn known_on(tables: &Tables, day: Date) -> KnownParties {
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
    KnownParties { parties: parties.collect(), stakes: stakes.collect() }
}

/// The columns that findings are about, each once, in order; `None` where there are no findings.
fn odd_columns(findings: &[DeclaredFinding]) -> Option<String> {
    let columns: BTreeSet<&str> = findings.iter().map(|finding| finding.column).collect();
    (!columns.is_empty()).then(|| columns.into_iter().collect::<Vec<_>>().join(";"))
}

/// Whether another reading of the law would bear out what was claimed.
fn in_good_faith(order: &OrderLine<'_>, decided: &Decided<'_>) -> bool {
    match order.authorization {
        Some("NLR") => decided.readings().any(|turn| turn.otherwise.starts_with(Outcome::NoLicenseRequired.as_str())),
        _ => decided.readings().next().is_some(),
    }
}

/// A figure of the accelerator, where the item holds some, or else of the item.
fn accelerator_figure(
    item: &ItemFacts,
    pick: impl Fn(&tollgate_model::Item) -> Option<tollgate_model::Decimal>,
) -> Option<f64> {
    item.chip.as_ref().and_then(&pick).or_else(|| pick(&item.item)).and_then(tables::real)
}
