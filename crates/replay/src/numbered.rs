use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate_model::{Activity, Country, Date, Diagnostic, OrderLine, Place, Tpp};
use tollgate_records::{MAX_ERRORS, NONE, Numbering, OrderBatch, OrderColumns, Texts};

use tollgate_decide::Class;
use tollgate_decide::FactBuilder;
use tollgate_decide::UnknownItem;
use tollgate_decide::line_key;
use tollgate_decide::{Name, Names};

/// An order line in numbers: all that its decision and the counts turn on.
#[derive(Clone, Copy, Debug)]
pub struct NumberedLine {
    /// The batch of the chunk that it stands in, and its place there.
    pub batch: u32,
    /// Its row in the batch, from 0.
    pub row: u32,
    /// The order's day.
    pub date: Date,
    /// What decides it, but for quantities and counts.
    pub pattern: u32,
    /// The ultimate consignee, by number.
    pub consignee: Name,
    /// The consignee's ultimate parent.
    pub parent: Name,
    /// That of the operator whom the order names, else [`NONE`].
    pub operator_parent: Name,
    /// As the order has it.
    pub destination: Country,
    /// TPP of the line, where the item's is known.
    pub tpp: Option<Tpp>,
    /// TPP of the whole order.
    pub shipment: Option<Tpp>,
    /// Units.
    pub quantity: i64,
    /// US cents a unit.
    pub price: i64,
}

/// All that a decision turns on beside quantities, counts and the day's law, in numbers: the item, what the law asks of each party (exporter, purchaser,
/// intermediate and ultimate consignee, end user, forwarder), end use, claim, countries with activity, and the day where lists or owners say something of a
/// party, since what they say changes from day to day. Lines of one pattern have the same facts otherwise.
#[derive(Clone, Copy, Debug, Eq)]
struct Pattern([u64; 6]);

impl std::hash::Hash for Pattern {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.iter().for_each(|word| state.write_u64(*word));
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        // Without a call: this is asked for every line.
        self.0.iter().zip(&other.0).fold(0, |differs, (one, other)| differs | (one ^ other)) == 0
    }
}

#[expect(clippy::disallowed_types, reason = "looked up by key, never iterated")]
type ByKey<K, V> = std::collections::HashMap<K, V, ahash::RandomState>;

/// A party in numbers.
#[derive(Clone, Copy, Debug)]
struct PartyOf {
    /// By all that the law asks of a party.
    class: u32,
    /// By its headquarters and flags, which is all that it asks of a purchaser or an intermediate consignee.
    seat: u32,
    /// By its flags, which is all that it asks of an exporter or a forwarder.
    flags: u32,
    parent: Name,
    watched: bool,
}

/// Turns lines into numbers.
pub(crate) struct Numberer {
    builder: FactBuilder,
    /// The parties that were met, by id.
    names: ByKey<String, Name>,
    /// By the party's name.
    parties: Vec<Option<PartyOf>>,
    classes: BTreeMap<(Class, Option<Name>), u32>,
    item_places: ByKey<String, u32>,
    /// TPP of a unit.
    items: Vec<Result<Option<Tpp>, UnknownItem>>,
    words: ByKey<String, u32>,
    patterns: ByKey<Pattern, u32>,
    columns: Vec<(Numbering, Vec<u32>)>,
    /// TPP of orders of several lines.
    shipments: ByKey<String, Option<Tpp>>,
    /// A number for each line's order and place in it.
    keys: Vec<u64>,
    pub(crate) unknown: Vec<Diagnostic>,
}

/// Exporter, purchaser, intermediate consignee, ultimate consignee, end user, forwarder, operator; then item, end use, authorization.
const COLUMNS: usize = 10;

impl Numberer {
    pub(crate) fn new(builder: FactBuilder) -> Numberer {
        Numberer {
            builder,
            names: ByKey::default(),
            parties: Vec::new(),
            classes: BTreeMap::new(),
            item_places: ByKey::default(),
            items: Vec::new(),
            words: ByKey::default(),
            patterns: ByKey::default(),
            columns: (0..COLUMNS).map(|_| (Numbering::default(), Vec::new())).collect(),
            shipments: ByKey::default(),
            keys: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// Adds a line to the total of its order, for orders of several lines.
    pub(crate) fn add_to_shipment(&mut self, order: &OrderLine<'_>) {
        // An item that nobody knows is told of when the line is numbered.
        let Ok(item) = self.builder.item(order.item) else { return };
        let tpp = item.unit_tpp.map(|unit| unit.times(order.quantity));
        let total = self.shipments.entry(order.order_id.to_owned()).or_insert(Some(Tpp::default()));
        *total = total.zip(tpp).map(|(total, tpp)| total.plus(tpp));
    }

    /// The lines of a batch in numbers, in the order of the file. Items that are not known are noted and their lines left out.
    pub(crate) fn number(&mut self, batch: &OrderBatch, place: u32, file: &std::path::Path) -> Vec<NumberedLine> {
        let columns = batch.columns();
        let mut numbers = std::mem::take(&mut self.columns);
        self.number_columns(&columns, &mut numbers);
        let mut lines = Vec::with_capacity(batch.len());
        for row in 0..batch.len() {
            let at =
                |column: usize| numbers.get(column).and_then(|(_, numbers)| numbers.get(row)).copied().unwrap_or(NONE);
            let Some(line) = self.line(&columns, row, &at) else { continue };
            let item = usize::try_from(at(7)).ok().and_then(|item| self.items.get(item));
            match item {
                Some(Err(error)) if self.unknown.len() < MAX_ERRORS => {
                    let value = columns.item.get(row).unwrap_or("");
                    let place = Place::cell(file.display().to_string(), batch.row(row), "item", value);
                    self.unknown.push(Diagnostic::new("unknown-item", place, &error.what, &error.mend));
                }
                Some(Ok(_)) => lines.push(NumberedLine { batch: place, ..line }),
                _ => {}
            }
        }
        self.columns = numbers;
        lines
    }

    fn number_columns(&mut self, columns: &OrderColumns<'_>, numbers: &mut [(Numbering, Vec<u32>)]) {
        let texts = columns.parties.into_iter().chain([Some(columns.item), columns.end_use, columns.authorization]);
        for (place, (texts, (numbering, numbers))) in texts.zip(numbers).enumerate() {
            numbers.clear();
            let Some(texts) = texts else { continue };
            let texts: &Texts = texts;
            match place {
                0..7 => numbering.number(texts, numbers, |id| self.party(id)),
                7 => numbering.number(texts, numbers, |name| self.item(name)),
                _ => numbering.number(texts, numbers, |word| placed(&mut self.words, word)),
            }
        }
    }

    fn line(&mut self, columns: &OrderColumns<'_>, row: usize, at: &dyn Fn(usize) -> u32) -> Option<NumberedLine> {
        let date = (*columns.date.get(row)?)?;
        let destination = (*columns.destination.get(row)?)?;
        let quantity = (*columns.quantity.get(row)?)?;
        let order_id = columns.order_id.value(row);
        let number = columns.line.get(row).copied().flatten().unwrap_or(1);
        self.keys.push(line_key(order_id, number));
        let (consignee, end_user, forwarder) = (at(3), at(4), at(5));
        let parties = [at(0), at(1), at(2), consignee, if end_user == consignee { NONE } else { end_user }, forwarder];
        let of = |name: Name| usize::try_from(name).ok().and_then(|place| self.parties.get(place).copied().flatten());
        let known = parties.map(of);
        let activity = columns.activity.get(row).copied().flatten().unwrap_or_default();
        let origin = columns.origin.get(row).copied().flatten().map_or(0x100, |origin| u32::from(origin.index()));
        let trade = origin << 16
            | u32::from(destination.index()) << 8
            | u32::from(end_user == consignee) << 5
            | u32::from(forwarder == consignee) << 4
            | Activity::ALL.iter().position(|own| *own == activity).and_then(|at| u32::try_from(at).ok()).unwrap_or(15);
        let watched = known.iter().flatten().any(|party| party.watched);
        let day = if watched { date.epoch_days().cast_unsigned() } else { NONE };
        let [exporter, purchaser, intermediate, receiver, user, carrier] = known;
        let [exporter, carrier] = [exporter, carrier].map(|party| party.map_or(NONE, |party| party.flags));
        let [purchaser, intermediate] = [purchaser, intermediate].map(|party| party.map_or(NONE, |party| party.seat));
        let [receiver, user] = [receiver, user].map(|party| party.map_or(NONE, |party| party.class));
        let both = |one: u32, other: u32| u64::from(one) << 32 | u64::from(other);
        let pattern = Pattern([
            both(at(7), exporter),
            both(purchaser, intermediate),
            both(receiver, user),
            both(carrier, at(8)),
            both(at(9), trade),
            u64::from(day),
        ]);
        let parent_of = |name: Name, party: PartyOf| match party.watched {
            true => self.builder.parent_on(name, date).unwrap_or(party.parent),
            false => party.parent,
        };
        let parent = parent_of(consignee, of(consignee)?);
        let operator_parent = of(at(6)).map_or(NONE, |party| parent_of(at(6), party));
        let unit = usize::try_from(at(7)).ok().and_then(|item| self.items.get(item)?.as_ref().ok().copied().flatten());
        let tpp = unit.map(|unit| unit.times(quantity));
        let shipment = if self.shipments.is_empty() { None } else { self.shipments.get(order_id).copied() };
        let price =
            columns.unit_price_usd.get(row).copied().flatten().and_then(|price| price.scaled_up(2)).unwrap_or(0);
        let next = u32::try_from(self.patterns.len()).unwrap_or(u32::MAX);
        Some(NumberedLine {
            batch: 0,
            row: u32::try_from(row).unwrap_or(u32::MAX),
            date,
            pattern: *self.patterns.entry(pattern).or_insert(next),
            consignee,
            parent,
            operator_parent,
            destination,
            tpp,
            shipment: shipment.unwrap_or(tpp),
            quantity,
            price,
        })
    }

    fn party(&mut self, id: &str) -> Name {
        if let Some(name) = self.names.get(id) {
            return *name;
        }
        let facts = self.builder.party(id);
        let (name, watched) = (facts.name, self.builder.is_watched(id));
        let [class, seat, flags] = facts.classes().map(|class| {
            let next = u32::try_from(self.classes.len()).unwrap_or(u32::MAX);
            *self.classes.entry((class, watched.then_some(name))).or_insert(next)
        });
        let Ok(place) = usize::try_from(name) else { return NONE };
        if self.parties.len() <= place {
            self.parties.resize(place + 1, None);
        }
        if let Some(own) = self.parties.get_mut(place) {
            *own = Some(PartyOf { class, seat, flags, parent: facts.parent, watched });
        }
        self.names.insert(id.to_owned(), name);
        name
    }

    fn item(&mut self, name: &str) -> u32 {
        let place = placed(&mut self.item_places, name);
        if usize::try_from(place).is_ok_and(|place| place >= self.items.len()) {
            let item: Result<Arc<_>, UnknownItem> = self.builder.item(name);
            self.items.push(item.map(|item| item.unit_tpp));
        }
        place
    }

    /// The items that were not known.
    pub(crate) fn take_unknown(&mut self) -> Vec<Diagnostic> {
        // Of what comes in pieces, nobody asks whether it came twice.
        self.keys.clear();
        std::mem::take(&mut self.unknown)
    }

    /// The texts of names, and a number for each line.
    pub(crate) fn finish(self) -> (Names, Vec<u64>) {
        (self.builder.names, self.keys)
    }
}

fn placed(places: &mut ByKey<String, u32>, text: &str) -> u32 {
    if let Some(place) = places.get(text) {
        return *place;
    }
    let place = u32::try_from(places.len()).unwrap_or(u32::MAX);
    places.insert(text.to_owned(), place);
    place
}
