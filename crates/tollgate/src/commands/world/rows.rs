//! Orders, payments and serial numbers as rows.

use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder as _, Date32Builder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use tollgate_world::{ITEMS, World, WorldOrder, party_id};

use crate::commands::Failure;

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, Failure> {
    RecordBatch::try_from_iter(columns).map_err(|error| Failure::Unusable(error.to_string()))
}

#[derive(Default)]
pub(super) struct OrderRows {
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
    pub(super) fn len(&self) -> usize {
        self.date.len()
    }

    pub(super) fn push(&mut self, order: &WorldOrder) {
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

    pub(super) fn finish(&mut self) -> Result<RecordBatch, Failure> {
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
pub(super) struct PaymentRows {
    texts: [StringBuilder; 5],
    amount: Float64Builder,
    date: Date32Builder,
}

impl PaymentRows {
    pub(super) fn push(&mut self, world: &World, order: &WorldOrder) {
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

    pub(super) fn finish(&mut self) -> Result<RecordBatch, Failure> {
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

const SERIAL_TEXTS: [&str; 6] = ["serial", "item", "event", "party", "site_id", "country"];

#[derive(Default)]
pub(super) struct SerialRows {
    texts: [StringBuilder; 6],
    date: Date32Builder,
}

impl SerialRows {
    pub(super) fn push(&mut self, world: &World, order: &WorldOrder) {
        for own in world.serials(order) {
            let party = own.party.map(party_id);
            let item = ITEMS.get(usize::from(own.item)).map(|item| item.name);
            let cells = [
                Some(own.serial.as_str()),
                item,
                Some(own.event),
                party.as_deref(),
                own.site_id.as_deref(),
                Some(own.country.code()),
            ];
            self.texts.iter_mut().zip(cells).for_each(|(column, cell)| column.append_option(cell));
            self.date.append_value(own.date.epoch_days());
        }
    }

    pub(super) fn finish(&mut self) -> Result<RecordBatch, Failure> {
        let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
        for (name, column) in SERIAL_TEXTS.iter().zip(&mut self.texts) {
            columns.push((name, Arc::new(column.finish())));
        }
        columns.push(("date", Arc::new(self.date.finish())));
        batch(columns)
    }
}
