//! The tables that a typology's query sees (`docs/design/typologies.md`).

use std::sync::Arc;

use arrow_schema::DataType::{Boolean, Float64, Int32, Int64, Utf8};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

type Columns = &'static [(&'static str, DataType)];

const LINES: Columns = &[
    ("order_id", Utf8),
    ("line", Int64),
    ("day", Int32),
    ("year", Int32),
    ("quarter_no", Int32),
    ("activity", Utf8),
    ("exporter", Utf8),
    ("purchaser", Utf8),
    ("intermediate_consignee", Utf8),
    ("ultimate_consignee", Utf8),
    ("end_user", Utf8),
    ("freight_forwarder", Utf8),
    ("origin", Utf8),
    ("destination", Utf8),
    ("via", Utf8),
    ("item", Utf8),
    ("kind", Utf8),
    ("controlled", Boolean),
    ("eccn", Utf8),
    ("quantity", Int64),
    ("unit_tpp", Float64),
    ("tpp", Int64),
    ("chips", Int64),
    ("tdp_w", Float64),
    ("unit_mass_kg", Float64),
    ("unit_price_usd", Float64),
    ("list_price_usd", Float64),
    ("hs_code", Utf8),
    ("description", Utf8),
    ("gross_weight_kg", Float64),
    ("packages", Int64),
    ("end_use", Utf8),
    ("authorization", Utf8),
    ("outcome", Utf8),
    ("decided", Utf8),
    ("claimed_ok", Boolean),
    ("tier", Int32),
    ("root", Utf8),
    ("cluster", Utf8),
];
const PARTIES: Columns = &[
    ("party_id", Utf8),
    ("name", Utf8),
    ("country", Utf8),
    ("hq_country", Utf8),
    ("parent_id", Utf8),
    ("root", Utf8),
    ("cluster", Utf8),
    ("incorporated_day", Int32),
    ("business", Utf8),
    ("address", Utf8),
    ("city", Utf8),
    ("phone", Utf8),
    ("email", Utf8),
    ("email_domain", Utf8),
    ("website", Utf8),
    ("registry_id", Utf8),
    ("directors", Utf8),
    ("data_center_mw", Float64),
    ("flags", Utf8),
    ("tier", Int32),
    ("listed", Utf8),
    ("listed_day", Int32),
    ("near_listed", Int32),
];
const LINKS: Columns =
    &[("a", Utf8), ("b", Utf8), ("kind", Utf8), ("value", Utf8), ("degree", Int64), ("weight", Float64)];
const OWNERSHIP: Columns =
    &[("owner_id", Utf8), ("owned_id", Utf8), ("percent", Float64), ("from_day", Int32), ("until_day", Int32)];
const STAKES: Columns = &[("owner_id", Utf8), ("owned_id", Utf8), ("percent", Float64), ("depth", Int32)];
const LAW: Columns = &[
    ("lpp_cap", Int64),
    ("notice_floor", Int64),
    ("announced_day", Int32),
    ("effective_day", Int32),
    ("control_day", Int32),
    ("last_day", Int32),
];
const ITEMS: Columns = &[
    ("item", Utf8),
    ("kind", Utf8),
    ("unit_tpp", Float64),
    ("chips", Int64),
    ("controlled", Boolean),
    ("list_price_usd", Float64),
    ("tdp_w", Float64),
    ("unit_mass_kg", Float64),
    ("hs_codes", Utf8),
];
const HS: Columns =
    &[("hs_code", Utf8), ("description", Utf8), ("usd_per_kg_p50", Float64), ("usd_per_kg_p99", Float64)];

fn schema(columns: Columns) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(|(name, kind)| Field::new(*name, kind.clone(), true)).collect::<Vec<_>>()))
}

/// A table that the program derives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Derived {
    /// Order lines, decided.
    Lines,
    /// Parties.
    Parties,
    /// Pairs of parties that share something.
    Links,
    /// Stakes.
    Ownership,
    /// Stakes through chains.
    StakesAll,
    /// One row of limits and days.
    Law,
    /// Items.
    Items,
    /// Codes of the tariff, as the data use them.
    Hs,
}

impl Derived {
    /// Its name in queries.
    pub fn as_str(self) -> &'static str {
        match self {
            Derived::Lines => "lines",
            Derived::Parties => "parties",
            Derived::Links => "links",
            Derived::Ownership => "ownership",
            Derived::StakesAll => "stakes_all",
            Derived::Law => "law",
            Derived::Items => "items",
            Derived::Hs => "hs",
        }
    }

    /// Its columns.
    pub fn schema(self) -> SchemaRef {
        schema(match self {
            Derived::Lines => LINES,
            Derived::Parties => PARTIES,
            Derived::Links => LINKS,
            Derived::Ownership => OWNERSHIP,
            Derived::StakesAll => STAKES,
            Derived::Law => LAW,
            Derived::Items => ITEMS,
            Derived::Hs => HS,
        })
    }
}
