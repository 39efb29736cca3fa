use std::collections::BTreeMap;

use tollgate_law::catalog::{Catalog, Resolution};
use tollgate_law::facts::{self, Facts, HOSTS, as_counted};
use tollgate_model::{Decimal, Item, ItemKind, Ratio, Tpp};

/// What the law asks of an item.
#[derive(Clone, Debug)]
pub struct ItemFacts {
    /// The catalog's or the table's name.
    pub name: String,
    /// Slots of the item, to be copied into an order line's facts.
    pub facts: Facts,
    /// TPP of one unit, all its accelerators together.
    pub unit_tpp: Option<Tpp>,
    /// The same with the other value of a disputed figure.
    pub other: Option<(Facts, Option<Tpp>)>,
    /// The item as given or resolved.
    pub item: Item,
    /// The accelerator whose figures count, where that is another item.
    pub chip: Option<Item>,
    /// The column that would settle an unknown performance density.
    pub density_column: &'static str,
    /// Why nothing is known of it, where no table and no catalog has it.
    pub unknown: Option<UnknownItem>,
}

/// Why an item is not known: what is wrong and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownItem {
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

/// The facts of an item as an order names it.
pub fn item_facts(name: &str, items: &BTreeMap<String, Item>, catalog: &Catalog) -> Result<ItemFacts, UnknownItem> {
    let item = resolve(name, items, catalog)?;
    let chip = match &item.accelerator {
        Some(chip) => Some(resolve(chip, items, catalog)?),
        None => None,
    };
    Ok(facts_of(item, chip))
}

fn resolve(name: &str, items: &BTreeMap<String, Item>, catalog: &Catalog) -> Result<Item, UnknownItem> {
    let own = items.get(name);
    match (catalog.resolve(name), own) {
        (Resolution::Found(known), None) => Ok(known.clone()),
        (Resolution::Found(known), Some(own)) if known.item == name => Ok(overridden(known, own)),
        (_, Some(own)) => Ok(own.clone()),
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
fn overridden(known: &Item, own: &Item) -> Item {
    let mut item = known.clone();
    macro_rules! take {
        ($($field:ident),*) => { $(if own.$field.is_some() { item.$field.clone_from(&own.$field); })* };
    }
    take!(
        vendor,
        designer_hq,
        kind,
        host_eccn,
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
    if own.tpp.is_some() {
        item.tpp_other = None;
    }
    item
}

fn facts_of(item: Item, chip: Option<Item>) -> ItemFacts {
    let figures = chip.as_ref().unwrap_or(&item);
    let kind = item.kind.unwrap_or_default();
    let tpp = figures.tpp.and_then(|tpp| Tpp::try_from(tpp).ok());
    let (facts, unit_tpp) = slots(&item, figures, kind, tpp);
    let other =
        figures.tpp_other.and_then(|tpp| Tpp::try_from(tpp).ok()).map(|tpp| slots(&item, figures, kind, Some(tpp)));
    let density_column = if tpp.is_none() && figures.die_area_mm2.is_some() { "tpp" } else { "die_area_mm2" };
    ItemFacts { name: item.item.clone(), facts, unit_tpp, other, density_column, item, chip, unknown: None }
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
        unknown: Some(why),
    }
}

fn slots(item: &Item, figures: &Item, kind: ItemKind, tpp: Option<Tpp>) -> (Facts, Option<Tpp>) {
    let mut facts = Facts::default();
    let place = ItemKind::ALL.iter().position(|own| *own == kind).and_then(|at| i64::try_from(at).ok());
    facts.set_if(facts::ITEM_KIND, place);
    let host = item.host_eccn.as_deref().unwrap_or("none");
    facts.set_if(facts::ITEM_HOST, HOSTS.iter().position(|own| *own == host).and_then(|at| i64::try_from(at).ok()));
    let designer = figures.designer_hq.or(item.designer_hq);
    facts.set_country(facts::DESIGNER_HQ, Some(designer.map(as_counted)));
    let computing = !matches!(kind, ItemKind::ModelWeights | ItemKind::Memory);
    chip_slots(&mut facts, figures, tpp, computing);
    memory_slots(&mut facts, item, kind);
    model_slots(&mut facts, item, kind);
    let count = item.accelerators.unwrap_or(1);
    (facts, if computing { tpp.map(|tpp| tpp.times(count)) } else { Some(Tpp::default()) })
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
    facts.set_if(facts::IC_ADVANCED_NODE, only(figures.advanced_node.map(i64::from), 0));
    facts.set_if(facts::IC_TRANSISTORS, only(gigabytes(figures.transistors_bn), 0));
}

fn memory_slots(facts: &mut Facts, item: &Item, kind: ItemKind) {
    let density = item.performance_density.and_then(Decimal::ratio);
    facts
        .set_ratio(facts::HBM_DENSITY, if kind == ItemKind::Memory { density } else { Some(Ratio { num: 0, den: 1 }) });
}

fn model_slots(facts: &mut Facts, item: &Item, kind: ItemKind) {
    let model = kind == ItemKind::ModelWeights;
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
