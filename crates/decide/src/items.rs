//! What the law asks of an item, from the items table and the catalog.

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate_engine::{Scratch, representatives};
use tollgate_law::catalog::{Catalog, Resolution};
use tollgate_law::facts::{self, FactId, Facts, HOSTS, ear_country};
use tollgate_law::program::Program;
use tollgate_model::{Decimal, Item, ItemKind, Ratio, Tpp, Truth};

use crate::item_facts::{ItemFacts, UnknownItem};
use crate::item_findings::{find_in, looks_like_total};
use crate::technology::{is_intangible, kind_of, set_technology};

/// The facts of an item as an order names it.
///
/// Where a name may mean several items between which the law makes no difference, the facts are those that they
/// share, what differs is unknown, and a finding names them.
pub fn item_facts(name: &str, items: &BTreeMap<String, Item>, catalog: &Catalog) -> Result<ItemFacts, UnknownItem> {
    match (catalog.resolve(name), items.get(name)) {
        (Resolution::Ambiguous(names), None) => any_of(name, &names, catalog),
        _ => facts_of_item(resolve(name, items, catalog)?, items, catalog),
    }
}

fn facts_of_item(item: Item, items: &BTreeMap<String, Item>, catalog: &Catalog) -> Result<ItemFacts, UnknownItem> {
    let chip = match &item.accelerator {
        Some(chip) => Some(chip_of(chip, items, catalog)?),
        None => None,
    };
    let total = chip.is_none() && looks_like_total(&item, catalog);
    let mut facts = facts_of(item, chip);
    if total {
        facts.forget_performance();
    }
    facts.findings.extend(find_in(&facts, total));
    Ok(facts)
}

/// The accelerator that a row names; of several between which the law makes no difference, the first.
fn chip_of(name: &str, items: &BTreeMap<String, Item>, catalog: &Catalog) -> Result<Item, UnknownItem> {
    if let (Resolution::Ambiguous(names), None) = (catalog.resolve(name), items.get(name)) {
        return any_of(name, &names, catalog).map(|merged| merged.item);
    }
    resolve(name, items, catalog)
}

/// The facts that all items of these names share, if the law makes no difference between them.
fn any_of(name: &str, names: &[&str], catalog: &Catalog) -> Result<ItemFacts, UnknownItem> {
    let ambiguous = || match catalog.chassis(name) {
        Some(chassis) => UnknownItem {
            what: format!(
                "`{}` is a {} that may hold any of several accelerators",
                chassis.name,
                chassis.kind.as_str()
            ),
            mend: format!(
                "add a row to the items table with kind, accelerator and accelerators ({}): which of {}",
                if chassis.accelerators.is_empty() { "how many" } else { &chassis.accelerators },
                chassis.candidates.join(", ")
            ),
        },
        None => UnknownItem {
            what: "several items answer to this name".to_owned(),
            mend: format!("write one of: {}", names.join(", ")),
        },
    };
    if catalog.chassis(name).is_some() {
        return Err(ambiguous());
    }
    let none = BTreeMap::new();
    let mut merged: Option<ItemFacts> = None;
    for name in names {
        let item = catalog.item(name).ok_or_else(ambiguous)?;
        let next = facts_of_item(item.clone(), &none, catalog)?;
        merged = Some(match merged {
            None => next,
            Some(merged) => merged.shared_with(&next).ok_or_else(ambiguous)?,
        });
    }
    let mut merged = merged.ok_or_else(ambiguous)?;
    let any = names.join(" or ");
    merged.findings.push(format!("`{name}` may be {any}: between them this law makes no difference."));
    merged.name = any.clone();
    merged.item.item = any;
    Ok(merged)
}

/// The items that a name may mean, the one with the most TPP first, which carries a finding that names them all; none where the name means one item, or
/// a chassis that may hold what is not in the catalog, or where the TPP of one of them is unknown.
pub(crate) fn candidates(name: &str, items: &BTreeMap<String, Item>, catalog: &Catalog) -> Vec<Arc<ItemFacts>> {
    let (Resolution::Ambiguous(names), None) = (catalog.resolve(name), catalog.chassis(name)) else {
        return Vec::new();
    };
    if items.contains_key(name) {
        return Vec::new();
    }
    let none = BTreeMap::new();
    let facts = names.iter().map(|name| facts_of_item(catalog.item(name)?.clone(), &none, catalog).ok());
    let facts: Option<Vec<ItemFacts>> = facts.collect();
    let Some(mut facts) = facts.filter(|facts| facts.iter().all(|facts| facts.unit_tpp.is_some())) else {
        return Vec::new();
    };
    facts.sort_by_key(|facts| std::cmp::Reverse(facts.unit_tpp));
    if let Some(most) = facts.first_mut() {
        let any = names.join(" or ");
        most.findings.push(format!(
            "`{name}` may be {any}: the law makes no difference between them here. It is counted as {}, which has the most TPP.",
            most.name
        ));
        most.name = any.clone();
        most.item.item = any;
    }
    facts.into_iter().map(Arc::new).collect()
}

impl ItemFacts {
    /// What two items have in common; none where the law may tell them apart by more than memory and interconnect.
    fn shared_with(mut self, other: &ItemFacts) -> Option<ItemFacts> {
        let same = |fact: FactId| self.facts.get(fact) == other.facts.get(fact);
        let telling = [
            facts::ITEM_KIND,
            facts::ITEM_HOST,
            facts::IC_TPP,
            facts::IC_DENSITY,
            facts::IC_DENSITY_DEN,
            facts::IC_DATA_CENTER,
            facts::HBM_DENSITY,
            facts::HBM_DENSITY_DEN,
        ];
        let dispute = |item: &ItemFacts| item.other.as_ref().map(|(_, unit)| *unit);
        if self.unit_tpp != other.unit_tpp || dispute(&self) != dispute(other) || !telling.into_iter().all(same) {
            return None;
        }
        for place in 0..facts::SLOTS {
            let Some(fact) = u8::try_from(place).ok().map(FactId) else { continue };
            if self.facts.get(fact) != other.facts.get(fact) {
                self.facts.forget(fact);
            }
        }
        macro_rules! keep_same {
            ($($field:ident),*) => { $(if self.item.$field != other.item.$field { self.item.$field = None; })* };
        }
        keep_same!(designer_hq, memory_bandwidth_gb_s, interconnect_gb_s, tdp_w, price_usd, eccn, note);
        Some(self)
    }

    /// Makes unknown what follows from a TPP that cannot be that of one accelerator.
    fn forget_performance(&mut self) {
        for fact in [facts::IC_TPP, facts::IC_DENSITY, facts::IC_DENSITY_DEN] {
            self.facts.forget(fact);
        }
        self.unit_tpp = None;
        self.other = None;
        self.density_column = "tpp";
    }
}

/// Settles an unknown performance density where every die area that is reported falls under the same entries.
pub fn settle_density(program: &Program, facts: &mut Facts, item: &ItemFacts) {
    let Some((low, high)) = item.density_bounds else { return };
    if facts.get(facts::IC_DENSITY).is_some() {
        return;
    }
    let between = |ratio: &Ratio| {
        low.compare(*ratio).is_some_and(|order| order.is_le())
            && high.compare(*ratio).is_some_and(|order| order.is_ge())
    };
    let known = representatives(program, facts::IC_DENSITY).into_iter().map(|(num, den)| Ratio { num, den });
    let cells: Vec<Ratio> = [low, high].into_iter().chain(known.filter(between)).collect();
    let mut scratch = Scratch::default();
    let mut first: Option<Vec<Truth>> = None;
    for cell in cells {
        let mut tried = facts.clone();
        tried.set_ratio(facts::IC_DENSITY, Some(cell));
        scratch.start(program, &tried);
        scratch.finish(program);
        let steps = program.definitions.iter().chain(program.classifications.iter().map(|rule| &rule.step));
        let truths: Vec<Truth> = steps.map(|step| scratch.truth(step.when)).collect();
        if *first.get_or_insert_with(|| truths.clone()) != truths {
            return;
        }
    }
    facts.set_ratio(facts::IC_DENSITY, Some(low));
}

fn resolve(name: &str, items: &BTreeMap<String, Item>, catalog: &Catalog) -> Result<Item, UnknownItem> {
    match (catalog.resolve(name), items.get(name)) {
        (Resolution::Found(known), None) => Ok(known.clone()),
        (Resolution::Found(known), Some(row)) if known.item == name => Ok(overridden(known, row)),
        (_, Some(row)) => Ok(row.clone()),
        (Resolution::Ambiguous(names), None) => Err(UnknownItem {
            what: "several items answer to this name".to_owned(),
            mend: format!("write one of: {}", names.join(", ")),
        }),
        (Resolution::Unknown(names), None) => Err(UnknownItem {
            what: "no item of the catalog or of the items table has this name".to_owned(),
            mend: match names.is_empty() {
                true => "add a row for it to the items table, or see `tollgate classify`".to_owned(),
                false => format!("add a row for it to the items table, or write one of: {}", names.join(", ")),
            },
        }),
    }
}

/// The catalog's item with the cells that the user's row fills in.
pub(crate) fn overridden(known: &Item, row: &Item) -> Item {
    let mut item = known.clone();
    macro_rules! take {
        ($($field:ident),*) => { $(if row.$field.is_some() { item.$field.clone_from(&row.$field); })* };
    }
    take!(
        vendor,
        designer_hq,
        kind,
        host_eccn,
        eccn,
        tpp,
        die_area_mm2,
        performance_density,
        data_center,
        memory_bandwidth_gb_s,
        interconnect_gb_s,
        accelerators,
        accelerator,
        training_operations,
        open_weights,
        derived_from_published,
        base_operations,
        additional_operations,
        synthetic_percent,
        synthetic_operations,
        below_published_frontier,
        advanced_node,
        transistors_bn,
        tdp_w,
        price_usd
    );
    if row.tpp.is_some() {
        item.tpp_other = None;
    }
    item
}

/// What an items row without a `kind` is, as the table's columns say.
const KIND_WHERE_ABSENT: ItemKind = ItemKind::IntegratedCircuit;

/// How many accelerators a unit holds: a bare circuit and what is no accelerator count as one, what may hold several
/// and does not say how many is unknown.
fn accelerators(item: &Item) -> Option<i64> {
    let kind = kind_of(item, KIND_WHERE_ABSENT);
    let bare = kind == Some(ItemKind::IntegratedCircuit) && item.accelerator.is_none();
    let idle = item.accelerator.is_none() && item.tpp.and_then(|tpp| Tpp::try_from(tpp).ok()) == Some(Tpp::default());
    let none = idle || kind.is_some_and(|kind| !is_computing(kind));
    item.accelerators.or_else(|| (bare || none).then_some(1))
}

/// Whether what is of a kind computes: no memory, no parameters, and no software or technology.
fn is_computing(kind: ItemKind) -> bool {
    matches!(kind, ItemKind::IntegratedCircuit | ItemKind::Board | ItemKind::Server | ItemKind::Rack)
}

fn facts_of(mut item: Item, chip: Option<Item>) -> ItemFacts {
    if item.host_eccn.is_none() {
        item.host_eccn = stated_host(&item);
    }
    let kind = kind_of(&item, KIND_WHERE_ABSENT);
    if is_intangible(kind) || kind == Some(ItemKind::ModelWeights) {
        item.kind = kind;
    }
    let figures = chip.as_ref().unwrap_or(&item);
    let tpp = figures.tpp.and_then(|tpp| Tpp::try_from(tpp).ok());
    let (facts, unit_tpp) = slots(&item, figures, kind, tpp);
    let other =
        figures.tpp_other.and_then(|tpp| Tpp::try_from(tpp).ok()).map(|tpp| slots(&item, figures, kind, Some(tpp)));
    let has_area = figures.die_area_mm2.is_some() || figures.die_area_max_mm2.is_some();
    let density_column = if tpp.is_none() && has_area { "tpp" } else { "die_area_mm2" };
    let density = |area: Option<Decimal>| {
        Some(Ratio { num: tpp?.thousandths(), den: area.and_then(|area| area.scaled_exact(3)).filter(|den| *den > 0)? })
    };
    let density_bounds = density(figures.die_area_max_mm2).zip(density(figures.die_area_min_mm2));
    let accelerators = accelerators(&item);
    ItemFacts {
        name: item.item.clone(),
        facts,
        unit_tpp,
        other,
        density_column,
        density_bounds,
        accelerators,
        findings: Vec::new(),
        item,
        chip,
        unknown: None,
        candidates: Vec::new(),
    }
}

/// An item of which nothing is known: every fact of it is unknown.
pub(crate) fn unknown_item(name: &str, why: UnknownItem) -> ItemFacts {
    ItemFacts {
        name: name.to_owned(),
        facts: Facts::default(),
        unit_tpp: None,
        other: None,
        item: Item { item: name.to_owned(), ..Item::default() },
        chip: None,
        density_column: "item",
        density_bounds: None,
        accelerators: None,
        findings: Vec::new(),
        unknown: Some(why),
        candidates: Vec::new(),
    }
}

/// The host that a stated ECCN of the form `5A992.z` names.
fn stated_host(item: &Item) -> Option<String> {
    let host = item.eccn.as_deref()?.trim().to_ascii_uppercase();
    let host = host.strip_suffix(".Z")?;
    HOSTS.iter().skip(1).find(|known| **known == host).map(|known| (*known).to_owned())
}

/// The slots of an item whose figures are its own or its accelerator's, and the TPP of a unit. A `kind` that is not known leaves unknown whatever it
/// decides.
fn slots(item: &Item, figures: &Item, kind: Option<ItemKind>, tpp: Option<Tpp>) -> (Facts, Option<Tpp>) {
    let mut facts = Facts::default();
    let place = ItemKind::ALL.iter().position(|known| Some(*known) == kind).and_then(|at| i64::try_from(at).ok());
    facts.set_if(facts::ITEM_KIND, place);
    let intangible = is_intangible(kind);
    // Software and technology have the figures of what they are for, where that is named.
    let is_figured = !intangible || item.accelerator.is_some() || tpp.is_some();
    set_technology(&mut facts, item, kind, is_figured);
    let host = item.host_eccn.as_deref().unwrap_or("none");
    facts.set_if(facts::ITEM_HOST, HOSTS.iter().position(|known| *known == host).and_then(|at| i64::try_from(at).ok()));
    let designer = figures.designer_hq.or(item.designer_hq);
    facts.set_country(facts::DESIGNER_HQ, Some(designer.map(ear_country)));
    let computing = kind.is_none_or(is_computing);
    let for_memory = intangible && figures.kind == Some(ItemKind::Memory);
    chip_slots(&mut facts, figures, tpp, computing || (intangible && is_figured && !for_memory));
    memory_slots(&mut facts, figures, for_memory || kind.is_none_or(|kind| kind == ItemKind::Memory));
    model_slots(&mut facts, item, kind.is_none_or(|kind| kind == ItemKind::ModelWeights));
    let unit_tpp = tpp.zip(accelerators(item)).map(|(tpp, count)| tpp.times(count));
    (facts, if computing { unit_tpp } else { Some(Tpp::default()) })
}

fn chip_slots(facts: &mut Facts, figures: &Item, tpp: Option<Tpp>, computing: bool) {
    let only = |value: Option<i64>, otherwise: i64| if computing { value } else { Some(otherwise) };
    let gigabytes = |value: Option<Decimal>| value.and_then(|value| value.scaled_up(3));
    let given = figures.performance_density.and_then(Decimal::ratio);
    let derived = match (tpp, figures.die_area_mm2.and_then(|area| area.scaled_exact(3))) {
        (Some(tpp), Some(area)) => Some(Ratio { num: tpp.thousandths(), den: area }),
        _ => None,
    };
    facts.set_if(facts::IC_TPP, only(tpp.map(Tpp::thousandths), 0));
    facts.set_ratio(facts::IC_DENSITY, if computing { given.or(derived) } else { Some(Ratio { num: 0, den: 1 }) });
    facts.set_if(facts::IC_DATA_CENTER, only(figures.data_center.map(i64::from), 0));
    facts.set_if(facts::IC_IO, only(gigabytes(figures.interconnect_gb_s), 0));
    facts.set_if(facts::IC_DRAM, only(gigabytes(figures.memory_bandwidth_gb_s), 0));
    let both = facts.get(facts::IC_IO).zip(facts.get(facts::IC_DRAM));
    facts.set_if(facts::IC_BANDWIDTHS, both.and_then(|(io, dram)| io.checked_add(dram)));
    facts.set_if(facts::IC_ADVANCED_NODE, only(figures.advanced_node.map(i64::from), 0));
    facts.set_if(facts::IC_TRANSISTORS, only(gigabytes(figures.transistors_bn), 0));
}

fn memory_slots(facts: &mut Facts, figures: &Item, memory: bool) {
    let density = figures.performance_density.and_then(Decimal::ratio);
    facts.set_ratio(facts::HBM_DENSITY, if memory { density } else { Some(Ratio { num: 0, den: 1 }) });
}

fn model_slots(facts: &mut Facts, item: &Item, model: bool) {
    let operations = |value: Option<Decimal>| value.and_then(|value| value.reduced_up(9));
    let only = |value: Option<i64>| if model { value } else { Some(0) };
    let training = operations(item.training_operations);
    let share = item.synthetic_percent.map_or(Some(0), |percent| percent.scaled_up(3));
    let synthetic = if item.synthetic_percent.is_none() { Some(0) } else { operations(item.synthetic_operations) };
    let with_synthetic = training.zip(synthetic).map(|(training, synthetic)| training.saturating_add(synthetic));
    facts.set_if(facts::MODEL_OPERATIONS, only(training));
    facts.set_if(facts::MODEL_OPERATIONS_SYNTHETIC, only(with_synthetic));
    facts.set_if(facts::MODEL_SYNTHETIC, only(share));
    facts.set_if(facts::MODEL_OPEN, only(item.open_weights.map(i64::from)));
    let derived = item.derived_from_published.unwrap_or(false) && model;
    facts.set(facts::MODEL_DERIVED, i64::from(derived));
    let below = item.below_published_frontier.unwrap_or(false) && model;
    facts.set(facts::MODEL_BELOW_FRONTIER, i64::from(below));
    let added = if derived { operations(item.additional_operations) } else { Some(0) };
    let base = if derived { operations(item.base_operations) } else { Some(1) };
    let total = if derived { training } else { Some(1) };
    let ratio = |part: Option<i64>, whole: Option<i64>| part.zip(whole).map(|(num, den)| Ratio { num, den });
    facts.set_if(facts::MODEL_ADDED, added);
    facts.set_ratio(facts::MODEL_ADDED_OF_BASE, ratio(added, base));
    facts.set_ratio(facts::MODEL_ADDED_OF_TOTAL, ratio(added, total));
}
