//! The columns of the derived tables: the one list from which the schema, the rows, the builders and the tables in
//! `docs/design/typologies.md` follow.
//!
//! Every table has here a row (a struct with a field for each column) and a builder that takes such rows: a cell that is missing, swapped with one of
//! another type, or null where it must not be, does not compile.

use std::sync::Arc;

use arrow_array::builder::ArrayBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, Field, Schema, SchemaRef};

use super::cells::{BigInt, CellKind, Flag, Int, Maybe, Real, SqlType, Text};

/// A column of a derived table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in queries.
    pub name: &'static str,
    /// Its type.
    pub sql: SqlType,
    /// Whether it may be null; the Arrow schema calls every column nullable, so that all engines read files alike.
    pub nullable: bool,
    /// What its numbers count, or empty.
    pub unit: &'static str,
    /// What it holds.
    pub meaning: &'static str,
}

macro_rules! derived_tables {
    ($($about:literal $table:ident $name:literal => $row:ident, $builder:ident {
        $($column:ident: $kind:ty, $unit:literal, $meaning:literal;)+
    })+) => {
        /// A table that the program derives.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum DerivedTable {
            $(#[doc = $about] $table,)+
        }

        impl DerivedTable {
            /// Every one, in the order of the documentation.
            pub const ALL: &'static [DerivedTable] = &[$(DerivedTable::$table,)+];

            /// Its name in queries.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(DerivedTable::$table => $name,)+
                }
            }

            /// What its rows are.
            pub fn about(self) -> &'static str {
                match self {
                    $(DerivedTable::$table => $about,)+
                }
            }

            /// Its columns in their order.
            pub fn columns(self) -> &'static [Column] {
                match self {
                    $(DerivedTable::$table => &[$(Column {
                        name: stringify!($column),
                        sql: <$kind as CellKind>::SQL,
                        nullable: <$kind as CellKind>::NULLABLE,
                        unit: $unit,
                        meaning: $meaning,
                    },)+],)+
                }
            }
        }

        $(
            #[doc = concat!("A row of `", $name, "`.")]
            pub(super) struct $row<'a> {
                $(#[doc = $meaning] pub(super) $column: <$kind as CellKind>::Cell<'a>,)+
            }

            #[doc = concat!("Gathers rows of `", $name, "`, column by column.")]
            #[derive(Default)]
            pub(super) struct $builder {
                $(pub(super) $column: <$kind as CellKind>::Builder,)+
            }

            impl $builder {
                /// Adds a row.
                #[inline]
                pub(super) fn push(&mut self, row: $row<'_>) {
                    $(<$kind as CellKind>::append(&mut self.$column, row.$column);)+
                }

                /// The rows so far as a batch of [`DerivedTable::schema`]; the builder is empty again.
                pub(super) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
                    let arrays: Vec<ArrayRef> = vec![$(ArrayBuilder::finish(&mut self.$column),)+];
                    RecordBatch::try_new(DerivedTable::$table.schema(), arrays)
                }
            }
        )+
    };
}

derived_tables! {
    "One row for each order line, decided." Lines "lines" => LineRow, LineTable {
        order_id: Text, "", "The order.";
        line: BigInt, "", "The number of the line in its order.";
        day: Int, "days since 1970-01-01", "The day of the order.";
        year: Int, "", "The calendar year of the order.";
        quarter_no: Int, "quarters", "4 x year + quarter - 1: quarters that follow each other differ by one.";
        activity: Text, "", "What is done: `export`, `reexport`, …";
        exporter: Maybe<Text>, "", "Party that sells.";
        purchaser: Maybe<Text>, "", "Party that buys, where it is another than the consignee.";
        intermediate_consignee: Maybe<Text>, "", "Party that receives the goods on the way.";
        ultimate_consignee: Text, "", "Party that receives the goods in the end.";
        end_user: Maybe<Text>, "", "Party that uses the goods.";
        freight_forwarder: Maybe<Text>, "", "Party that carries the goods.";
        origin: Maybe<Text>, "", "Country from which the goods go, as two letters.";
        destination: Text, "", "Country to which the goods go, as two letters.";
        via: Maybe<Text>, "", "Ports on the way in order, separated by `;`.";
        item: Text, "", "The item as the order names it.";
        kind: Text, "", "What the item is: `ic`, `board`, `server`, `rack`, `model_weights`, `hbm`.";
        controlled: Maybe<Flag>, "", "Whether the ECCN is 3A090 or 4A090, a or b, or `.z`; NULL where it is not known.";
        eccn: Maybe<Text>, "", "The ECCN; NULL where it cannot be told.";
        quantity: BigInt, "units", "How many units.";
        unit_tpp: Maybe<Real>, "TPP", "TPP of a unit, all its accelerators together.";
        tpp: Maybe<BigInt>, "TPP", "TPP of the whole line, rounded up.";
        chips: Maybe<BigInt>, "accelerators", "Accelerators in the line; NULL where the number of a unit is not known.";
        tdp_w: Maybe<Real>, "W", "Thermal design power of an accelerator.";
        unit_price_usd: Maybe<Real>, "US dollars a unit", "The price on the invoice.";
        list_price_usd: Maybe<Real>, "US dollars a unit", "The price as listed.";
        hs_code: Maybe<Text>, "", "The code of the tariff as declared.";
        description: Maybe<Text>, "", "The goods as declared.";
        gross_weight_kg: Maybe<Real>, "kg", "The weight of the line with its packing, as declared.";
        packages: Maybe<BigInt>, "packages", "How many packages, as declared.";
        end_use: Maybe<Text>, "", "The end use as declared.";
        authorization: Maybe<Text>, "", "The license exception or `NLR` that is claimed.";
        outcome: Text, "", "What was decided.";
        decided: Maybe<Text>, "", "The license exception that carries the line, where one does.";
        claimed_ok: Maybe<Flag>, "", "Whether what is claimed holds; NULL where nothing is, or another reading of the law bears it out.";
        odd_columns: Maybe<Text>, "", "Columns of the orders that say otherwise than the goods, their value and their mass imply, separated by `;`: `authorization`, `declared_eccn`, `description`, `gross_weight_kg`, `hs_code`, `unit_price_usd`; NULL where none does.";
        tier: Int, "", "Tier of the destination: 1, 2, 3.";
        root: Text, "", "Ultimate parent of the ultimate consignee; itself where none is known.";
        cluster: Text, "", "The smallest party id of those that are taken for one with `root`.";
    }
    "One row for each party." Parties "parties" => PartyRow, PartyTable {
        party_id: Text, "", "The party.";
        name: Maybe<Text>, "", "Its name.";
        country: Maybe<Text>, "", "Where it is, as two letters.";
        hq_country: Maybe<Text>, "", "Where its headquarters are, as two letters.";
        parent_id: Maybe<Text>, "", "Its parent as named in the table.";
        root: Text, "", "Its ultimate parent; itself where none is known.";
        cluster: Text, "", "The smallest party id of those that are taken for one with `root`.";
        incorporated_day: Maybe<Int>, "days since 1970-01-01", "When it was founded.";
        business: Maybe<Text>, "", "What it does.";
        address: Maybe<Text>, "", "Its street address.";
        city: Maybe<Text>, "", "Its city.";
        phone: Maybe<Text>, "", "Its telephone number.";
        email: Maybe<Text>, "", "Its mail address.";
        email_domain: Maybe<Text>, "", "What stands behind the last `@` of `email`, in small letters.";
        website: Maybe<Text>, "", "Its web site.";
        registry_id: Maybe<Text>, "", "Its number in the company register.";
        directors: Maybe<Text>, "", "Its directors, separated by `;`.";
        data_center_mw: Maybe<Real>, "MW", "Power of its data centers.";
        flags: Maybe<Text>, "", "Its flags, separated by `;`.";
        tier: Maybe<Int>, "", "Tier of `country`: 1, 2, 3.";
        listed: Text, "", "Whether a list of restricted parties names it: `no`, `maybe`, `yes`.";
        listed_day: Maybe<Int>, "days since 1970-01-01", "Since when, where a flag says.";
        near_listed: Maybe<Int>, "basis points", "How alike its name is to that of the likest listed party.";
    }
    "Pairs of parties that share something, each pair and value once, `a` before `b`." Links "links" => LinkRow, LinkTable {
        a: Text, "", "One party.";
        b: Text, "", "The other.";
        kind: Text, "", "What they share: `director`, `address`, `phone`, `email`, `domain`, `payer`, `name`, `registry`.";
        value: Text, "", "Its value in plain letters.";
        degree: BigInt, "parties", "How many parties share it, at most 50.";
        weight: Real, "nats", "Log-likelihood ratio that the two are of one hand, less for what many share.";
    }
    "Stakes as the table of owners has them." Ownership "ownership" => OwnershipRow, OwnershipTable {
        owner_id: Text, "", "Who holds.";
        owned_id: Text, "", "Of whom.";
        percent: Maybe<Real>, "percent", "How much.";
        from_day: Maybe<Int>, "days since 1970-01-01", "Since when.";
        until_day: Maybe<Int>, "days since 1970-01-01", "Until when; NULL where it has not ended.";
    }
    "What a party holds of another through all chains of stakes that have not ended." StakesAll "stakes_all" => StakeRow, StakeTable {
        owner_id: Text, "", "Who holds.";
        owned_id: Text, "", "Of whom.";
        percent: Real, "percent", "Each chain's shares multiplied, chains added, at most 100.";
        depth: Int, "stakes", "Stakes in the shortest chain.";
    }
    "One row: the limits of the policy, and days that matter." Law "law" => LawRow, LawTable {
        lpp_cap: BigInt, "TPP", "What a consignee may receive in a calendar year under License Exception LPP (15 CFR 740.29(a)).";
        notice_floor: BigInt, "TPP", "Of a shipment, from which on a notice is due (740.29(g)(3)).";
        announced_day: Int, "days since 1970-01-01", "When the rule could be known.";
        effective_day: Int, "days since 1970-01-01", "When it took effect.";
        control_day: Int, "days since 1970-01-01", "When the controls of 7 October 2022 took effect.";
        last_day: Int, "days since 1970-01-01", "The last day of the data.";
    }
    "Items of the catalog and of the user's own table, each name once." Items "items" => ItemRow, ItemTable {
        item: Text, "", "Its name.";
        kind: Text, "", "What it is: `ic`, `board`, `server`, `rack`, `model_weights`, `hbm`.";
        unit_tpp: Maybe<Real>, "TPP", "TPP of a unit.";
        chips: Maybe<BigInt>, "accelerators", "Accelerators of a unit; NULL where it is not known.";
        controlled: Maybe<Flag>, "", "Whether its ECCN is 3A090 or 4A090, a or b, or `.z`; NULL where it is not known.";
        list_price_usd: Maybe<Real>, "US dollars a unit", "The price as listed.";
        tdp_w: Maybe<Real>, "W", "Thermal design power of an accelerator.";
        hs_codes: Maybe<Text>, "", "Headings of the tariff under which it goes as it should, separated by `;`; NULL for other goods than accelerators.";
    }
    "Codes of the tariff, with what a kilogram under each is worth in the data themselves." Hs "hs" => TariffRow, TariffTable {
        hs_code: Text, "", "The code as declared.";
        usd_per_kg_p50: Maybe<Real>, "US dollars a kilogram", "The median.";
        usd_per_kg_p99: Maybe<Real>, "US dollars a kilogram", "The 99th of a hundred.";
    }
}

impl DerivedTable {
    /// Its schema in Arrow: the columns in their order, all nullable.
    pub fn schema(self) -> SchemaRef {
        let fields = self.columns().iter().map(|column| Field::new(column.name, column.sql.arrow(), true));
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }
}
