//! Order lines turned into numbers, so that lines which the law cannot tell apart have the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tollgate_model::{Activity, Country, Date, Diagnostic, Lookup, OrderLine, Place, Tpp, never};
use tollgate_records::{MAX_ERRORS, NONE, Numbering, OrderBatch, OrderColumns, Texts};

use super::widths::{index_of, next_number};
use tollgate_decide::Class;
use tollgate_decide::FactBuilder;
use tollgate_decide::UnknownItem;
use tollgate_decide::line_key;
use tollgate_decide::{Name, Names};

/// An order line in numbers: all that its verdict and the counts turn on.
#[derive(Clone, Copy, Debug)]
pub struct EncodedLine {
    /// The place in its chunk of the batch that it stands in.
    pub batch: u32,
    /// Its row in the batch, from 0.
    pub row: u32,
    /// The order's day.
    pub date: Date,
    /// The number of its pattern: what decides it beside quantities, counts and the day's law.
    pub pattern: u32,
    /// The ultimate consignee, by number.
    pub consignee: Name,
    /// The consignee's ultimate parent.
    pub parent: Name,
    /// The ultimate parent of the operator that the order names, [`NONE`] where it names none.
    pub operator_parent: Name,
    /// The country of destination as the order has it.
    pub destination: Country,
    /// TPP of the line, where the item's is known.
    pub tpp: Option<Tpp>,
    /// TPP of the whole order, where that of all its items is known.
    pub shipment: Option<Tpp>,
    /// Units.
    pub quantity: i64,
    /// Price of a unit in US cents; 0 where the order states none.
    pub price_cents: i64,
}

/// All that a decision turns on beside quantities, counts and the day's law, in numbers: the item, what the law asks of each party (exporter, purchaser,
/// intermediate and ultimate consignee, end user, forwarder), end use, claim, countries with activity, the places on the way, and the day where lists or
/// owners say something of a party, since what they say changes from day to day. Lines of one pattern have the same facts otherwise.
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

/// A party in numbers.
#[derive(Clone, Copy, Debug)]
struct EncodedParty {
    /// The number of all that the law asks of a party.
    class: u32,
    /// The number of its flags: all that the law asks of an exporter or a forwarder.
    flags: u32,
    /// Its ultimate parent, which is itself where it has none.
    parent: Name,
    /// Whether lists or owners say something of it, which may change from day to day.
    watched: bool,
}

/// Turns lines into numbers.
pub(crate) struct Encoder {
    builder: FactBuilder,
    /// The parties that were met, by id.
    names: Lookup<String, Name>,
    /// By the party's name.
    parties: Vec<Option<EncodedParty>>,
    classes: BTreeMap<(Class, Option<Name>), u32>,
    item_numbers: Lookup<String, u32>,
    /// By the item's number: TPP of a unit, where it is known.
    items: Vec<Result<Option<Tpp>, UnknownItem>>,
    word_numbers: Lookup<String, u32>,
    patterns: Lookup<Pattern, u32>,
    /// For each of [`COLUMNS`]: the texts that were met in it, and the numbers of the batch at hand.
    columns: Vec<(Numbering, Vec<u32>)>,
    /// TPP of orders of several lines, where that of all their items is known.
    shipments: Lookup<String, Option<Tpp>>,
    /// [`line_key`] of each line.
    keys: Vec<u64>,
    /// Whether something got no number, so that [`NONE`] may stand for it.
    out_of_numbers: bool,
    /// The lines that cannot be decided, at most [`MAX_ERRORS`].
    pub(crate) errors: Vec<Diagnostic>,
}

/// How many columns are numbered: see [`RowNumbers`].
const COLUMNS: usize = 11;

/// The numbers of a row: exporter, purchaser, intermediate consignee, ultimate consignee, end user, forwarder, operator (by name); item, end use,
/// authorization, the places on the way. [`NONE`] for an empty cell.
type RowNumbers = [u32; COLUMNS];

impl Encoder {
    /// An encoder that has met no line yet.
    pub(crate) fn new(builder: FactBuilder) -> Encoder {
        Encoder {
            builder,
            names: Lookup::new(),
            parties: Vec::new(),
            classes: BTreeMap::new(),
            item_numbers: Lookup::new(),
            items: Vec::new(),
            word_numbers: Lookup::new(),
            patterns: Lookup::new(),
            columns: (0..COLUMNS).map(|_| (Numbering::default(), Vec::new())).collect(),
            shipments: Lookup::new(),
            keys: Vec::new(),
            out_of_numbers: false,
            errors: Vec::new(),
        }
    }

    /// Adds a line to the total of its order, for orders of several lines.
    pub(crate) fn add_to_shipment(&mut self, order: &OrderLine<'_>) {
        // An item that nobody knows is reported when the line is encoded.
        let Ok(item) = self.builder.item(order.item) else { return };
        let tpp = item.unit_tpp.map(|unit| unit.times(order.quantity));
        let total = self.shipments.entry(order.order_id.to_owned()).or_insert(Some(Tpp::default()));
        *total = total.zip(tpp).map(|(total, tpp)| total.plus(tpp));
    }

    /// The lines of a batch in numbers, in the order of the file. `batch_number` is the place of the batch in its chunk.
    ///
    /// A line that cannot be decided is left out and noted in `errors`.
    pub(crate) fn encode(&mut self, batch: &OrderBatch, batch_number: u32, file: &Path) -> Vec<EncodedLine> {
        let columns = batch.columns();
        let mut numbers = std::mem::take(&mut self.columns);
        self.number_columns(&columns, &mut numbers);
        let mut lines = Vec::with_capacity(batch.len());
        for (row, row_number) in (0..batch.len()).zip(0..) {
            let line_number = columns.line.get(row).copied().flatten().unwrap_or(1);
            self.keys.push(line_key(columns.order_id.value(row), line_number));
            let mut row_numbers = [NONE; COLUMNS];
            for (number, (_, numbers)) in row_numbers.iter_mut().zip(&numbers) {
                *number = numbers.get(row).copied().unwrap_or(NONE);
            }
            match self.line(&columns, row, row_numbers) {
                Some(Ok(line)) => lines.push(EncodedLine { batch: batch_number, row: row_number, ..line }),
                Some(Err(error)) => {
                    let value = columns.item.get(row).unwrap_or("");
                    let place = Place::cell(file.display().to_string(), batch.row(row), "item", value);
                    self.note(Diagnostic::new("unknown-item", place, error.what, error.mend));
                }
                None => {
                    never!("a line that was read lacks what every line has");
                    let place = Place::cell(file.display().to_string(), batch.row(row), "", "");
                    self.note(Diagnostic::new("not-a-line", place, "cannot be decided", "report it with the line"));
                }
            }
        }
        if self.out_of_numbers {
            let what = "names more different parties, items and words than can be numbered";
            self.note(Diagnostic::new("too-many-names", Place::path(file), what, "divide the file by years"));
        }
        self.columns = numbers;
        lines
    }

    fn note(&mut self, error: Diagnostic) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }

    fn number_columns(&mut self, columns: &OrderColumns<'_>, numbers: &mut [(Numbering, Vec<u32>)]) {
        let texts = columns.parties.into_iter().chain([
            Some(columns.item),
            columns.end_use,
            columns.authorization,
            columns.via,
        ]);
        for (place, (texts, (numbering, numbers))) in texts.zip(numbers).enumerate() {
            numbers.clear();
            let Some(texts) = texts else { continue };
            let texts: &Texts = texts;
            match place {
                0..7 => numbering.number(texts, numbers, |id| self.party(id)),
                7 => numbering.number(texts, numbers, |name| self.item(name)),
                _ => numbering.number(texts, numbers, |word| self.word(word)),
            }
        }
    }

    fn known_party(&self, name: Name) -> Option<EncodedParty> {
        self.parties.get(index_of(name)).copied().flatten()
    }

    /// A row in numbers, of batch 0 and row 0; an error where its item is not known. `None` where it lacks a cell that the reader requires.
    fn line(
        &mut self,
        columns: &OrderColumns<'_>,
        row: usize,
        numbers: RowNumbers,
    ) -> Option<Result<EncodedLine, UnknownItem>> {
        let [exporter, purchaser, intermediate, consignee, end_user, forwarder, operator, item, ..] = numbers;
        let unit = match self.items.get(index_of(item))? {
            Ok(unit) => *unit,
            Err(error) => return Some(Err(error.clone())),
        };
        let date = (*columns.date.get(row)?)?;
        let destination = (*columns.destination.get(row)?)?;
        let quantity = (*columns.quantity.get(row)?)?;
        let user = if end_user == consignee { NONE } else { end_user };
        let parties =
            [exporter, purchaser, intermediate, consignee, user, forwarder].map(|name| self.known_party(name));
        let pattern = Pattern::of_row(numbers, parties, trade_bits(columns, row, numbers)?, date);
        let parent_of = |name: Name, party: EncodedParty| match party.watched {
            true => self.builder.parent_on(name, date).unwrap_or(party.parent),
            false => party.parent,
        };
        let parent = parent_of(consignee, self.known_party(consignee)?);
        let operator_parent = self.known_party(operator).map_or(NONE, |party| parent_of(operator, party));
        let tpp = unit.map(|unit| unit.times(quantity));
        let order_id = columns.order_id.value(row);
        let shipment = if self.shipments.is_empty() { None } else { self.shipments.get(order_id).copied() };
        let price = columns.unit_price_usd.get(row).copied().flatten();
        let next = next_number(self.patterns.len())?;
        Some(Ok(EncodedLine {
            batch: 0,
            row: 0,
            date,
            pattern: *self.patterns.entry(pattern).or_insert(next),
            consignee,
            parent,
            operator_parent,
            destination,
            tpp,
            shipment: shipment.unwrap_or(tpp),
            quantity,
            price_cents: price.and_then(|price| price.scaled_up(2)).unwrap_or(0),
        }))
    }

    /// The name of a party, whose class is found out where it is new.
    fn party(&mut self, id: &str) -> Name {
        if let Some(name) = self.names.get(id) {
            return *name;
        }
        let facts = self.builder.party(id);
        let (name, watched) = (facts.name, self.builder.is_watched(id));
        let [class, flags] = facts.classes().map(|class| {
            let next = next_number(self.classes.len());
            next.map(|next| *self.classes.entry((class, watched.then_some(name))).or_insert(next))
        });
        let (Some(class), Some(flags)) = (class, flags) else {
            self.out_of_numbers = true;
            return NONE;
        };
        let place = index_of(name);
        if self.parties.len() <= place {
            self.parties.resize(place + 1, None);
        }
        if let Some(party) = self.parties.get_mut(place) {
            *party = Some(EncodedParty { class, flags, parent: facts.parent, watched });
        }
        self.names.insert(id.to_owned(), name);
        name
    }

    /// The number of an item, which is looked up where it is new.
    fn item(&mut self, name: &str) -> u32 {
        let Some(number) = number_of(&mut self.item_numbers, name) else {
            self.out_of_numbers = true;
            return NONE;
        };
        if index_of(number) == self.items.len() {
            let item: Result<Arc<_>, UnknownItem> = self.builder.item(name);
            self.items.push(item.map(|item| item.unit_tpp));
        }
        number
    }

    /// The number of an end use, an authorization or the places on the way.
    fn word(&mut self, word: &str) -> u32 {
        let number = number_of(&mut self.word_numbers, word);
        self.out_of_numbers |= number.is_none();
        number.unwrap_or(NONE)
    }

    /// Hands over the errors, and forgets the keys: of batches that come from anywhere, nobody asks whether a line stands twice.
    pub(crate) fn take_errors(&mut self) -> Vec<Diagnostic> {
        self.keys.clear();
        std::mem::take(&mut self.errors)
    }

    /// The texts of names, and [`line_key`] of each line.
    pub(crate) fn finish(self) -> (Names, Vec<u64>) {
        (self.builder.names, self.keys)
    }
}

impl Pattern {
    /// The pattern of a row. `parties` are those of [`RowNumbers`] without the operator; the end user only where it is not the consignee.
    fn of_row(numbers: RowNumbers, parties: [Option<EncodedParty>; 6], trade: u32, date: Date) -> Pattern {
        let [.., item, end_use, claim, via] = numbers;
        let watched = parties.iter().flatten().any(|party| party.watched);
        let day = if watched { date.epoch_days().cast_unsigned() } else { NONE };
        let [exporter, purchaser, intermediate, consignee, end_user, forwarder] = parties;
        let forwarder = forwarder.map_or(NONE, |party| party.flags);
        let [exporter, purchaser, intermediate, consignee, end_user] =
            [exporter, purchaser, intermediate, consignee, end_user]
                .map(|party| party.map_or(NONE, |party| party.class));
        let both = |one: u32, other: u32| u64::from(one) << 32 | u64::from(other);
        Pattern([
            both(item, exporter),
            both(purchaser, intermediate),
            both(consignee, end_user),
            both(forwarder, end_use),
            both(claim, trade),
            both(via, day),
        ])
    }
}

/// Countries, activity, and whether end user and forwarder are the consignee, in 25 bits.
fn trade_bits(columns: &OrderColumns<'_>, row: usize, numbers: RowNumbers) -> Option<u32> {
    let [_, _, _, consignee, end_user, forwarder, ..] = numbers;
    let destination = (*columns.destination.get(row)?)?;
    let origin = columns.origin.get(row).copied().flatten().map_or(0x100, |origin| u32::from(origin.index()));
    // An order that does not say what is done is an export, as for the reader.
    let activity = columns.activity.get(row).copied().flatten().unwrap_or(Activity::Export);
    let (_, activity) = Activity::ALL.iter().zip(0..).find(|(other, _)| **other == activity)?;
    Some(
        origin << 16
            | u32::from(destination.index()) << 8
            | u32::from(end_user == consignee) << 5
            | u32::from(forwarder == consignee) << 4
            | activity,
    )
}

/// The number of a text, the next one where it is new; `None` where numbers have run out.
fn number_of(numbers: &mut Lookup<String, u32>, text: &str) -> Option<u32> {
    if let Some(number) = numbers.get(text) {
        return Some(*number);
    }
    let number = next_number(numbers.len())?;
    numbers.insert(text.to_owned(), number);
    Some(number)
}
