//! Orders, payments and serial numbers as rows.

use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder as _, Date32Builder, Float64Builder, Int64Builder, StringBuilder};

use super::parquet_file::Columns;
use crate::{ITEMS, World, WorldOrder, party_id};

/// Rows of `orders.parquet`.
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
    /// How many rows there are up to now.
    pub(super) fn len(&self) -> usize {
        self.date.len()
    }

    /// Adds an order.
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

    /// The rows up to now as columns; none is left.
    pub(super) fn take(&mut self) -> Columns {
        let mut columns = Columns::new();
        for (name, column) in ORDER_TEXTS.into_iter().zip(&mut self.texts) {
            columns.push((name, Arc::new(column.finish())));
        }
        columns.push(("date", Arc::new(self.date.finish())));
        for (name, column) in ["quantity", "packages"].into_iter().zip(&mut self.numbers) {
            columns.push((name, Arc::new(column.finish())));
        }
        for (name, column) in ["unit_price_usd", "gross_weight_kg"].into_iter().zip(&mut self.reals) {
            columns.push((name, Arc::new(column.finish())));
        }
        columns
    }
}

/// Rows of `payments.parquet`.
#[derive(Default)]
pub(super) struct PaymentRows {
    texts: [StringBuilder; 5],
    amount_usd: Float64Builder,
    date: Date32Builder,
}

impl PaymentRows {
    /// Adds the payment for an order.
    pub(super) fn push(&mut self, world: &World, order: &WorldOrder) {
        let payment = world.payment(order);
        let id = format!("PAY-{}", payment.order_id);
        let (payer, payee) = (party_id(payment.payer), party_id(payment.payee));
        let cells = [&id, &payment.order_id, &payer, &payee, payment.payer_country.code()];
        self.texts
            .iter_mut()
            .zip(cells)
            .for_each(|(column, cell): (&mut StringBuilder, &str)| column.append_value(cell));
        self.amount_usd.append_value(payment.amount);
        self.date.append_value(payment.date.epoch_days());
    }

    /// The rows up to now as columns; none is left.
    pub(super) fn take(&mut self) -> Columns {
        let names = ["payment_id", "order_id", "payer", "payee", "payer_country"];
        let mut columns = Columns::new();
        for (name, column) in names.into_iter().zip(&mut self.texts) {
            columns.push((name, Arc::new(column.finish())));
        }
        columns.push(("amount_usd", Arc::new(self.amount_usd.finish())));
        columns.push(("date", Arc::new(self.date.finish())));
        columns
    }
}

const SERIAL_TEXTS: [&str; 6] = ["serial", "item", "event", "party", "site_id", "country"];

/// Rows of `serials.parquet`.
#[derive(Default)]
pub(super) struct SerialRows {
    texts: [StringBuilder; 6],
    date: Date32Builder,
}

impl SerialRows {
    /// Adds what is seen of the serial numbers of an order's units.
    pub(super) fn push(&mut self, world: &World, order: &WorldOrder) {
        for sighting in world.serials(order) {
            let party = sighting.party.map(party_id);
            let item = ITEMS.get(usize::from(sighting.item)).map(|item| item.name);
            let cells = [
                Some(sighting.serial.as_str()),
                item,
                Some(sighting.event),
                party.as_deref(),
                sighting.site_id.as_deref(),
                Some(sighting.country.code()),
            ];
            self.texts.iter_mut().zip(cells).for_each(|(column, cell)| column.append_option(cell));
            self.date.append_value(sighting.date.epoch_days());
        }
    }

    /// The rows up to now as columns; none is left.
    pub(super) fn take(&mut self) -> Columns {
        let mut columns = Columns::new();
        for (name, column) in SERIAL_TEXTS.into_iter().zip(&mut self.texts) {
            columns.push((name, Arc::new(column.finish())));
        }
        columns.push(("date", Arc::new(self.date.finish())));
        columns
    }
}
