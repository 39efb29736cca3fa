//! The rows of a world: orders, parties, stakes, payments, sites, inspections, and the truth about schemes.

use serde::Serialize;
use tollgate_model::{Country, Date};

/// An order line of a world, with what is declared of it.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldOrder {
    /// The day.
    pub date: Date,
    /// One transaction of one line.
    pub order_id: String,
    /// Who sends.
    pub exporter: u32,
    /// Who receives in the end.
    pub consignee: u32,
    /// Who receives on the way.
    pub intermediate: Option<u32>,
    /// Who uses, where that is declared to be somebody else.
    pub end_user: Option<u32>,
    /// Who carries.
    pub forwarder: u32,
    /// Shipped from.
    pub origin: Country,
    /// Where it is to go.
    pub destination: Country,
    /// Place in [`ITEMS`].
    pub item: u8,
    /// Units.
    pub quantity: i64,
    /// US dollars a unit.
    pub price: f64,
    /// As declared to customs.
    pub hs_code: &'static str,
    /// As declared to customs.
    pub description: &'static str,
    /// Kilograms.
    pub weight: f64,
    /// Boxes.
    pub packages: i64,
    /// As declared.
    pub end_use: &'static str,
    /// What the shipper claims: an exception or a license.
    pub authorization: Option<String>,
    /// Whether it goes from one foreign country to another.
    pub reexport: bool,
    /// The scheme that it is part of.
    pub scheme: Option<u32>,
}

/// A party of a world.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldParty {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub country: Country,
    /// Where its seat is.
    pub hq: Country,
    /// Its parent, by place.
    pub parent: Option<u32>,
    /// Its street address.
    pub address: String,
    /// Its city.
    pub city: String,
    /// Its telephone.
    pub phone: String,
    /// Its mail address.
    pub email: String,
    /// Its web site, where it has one.
    pub website: Option<String>,
    /// Its number in the company register.
    pub registry: String,
    /// Its directors.
    pub directors: Vec<String>,
    /// The day of its incorporation.
    pub incorporated: Date,
    /// Its line of business.
    pub business: &'static str,
    /// Megawatts that it can show.
    pub megawatts: Option<f64>,
    /// The scheme that it belongs to.
    pub scheme: Option<u32>,
}

/// A stake.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorldStake {
    /// Who owns.
    pub owner: u32,
    /// What.
    pub owned: u32,
    /// Percent.
    pub percent: f64,
}

/// A payment for an order.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldPayment {
    /// For which.
    pub order_id: String,
    /// Who pays, and from where.
    pub payer: u32,
    /// Country of the paying account.
    pub payer_country: Country,
    /// Who is paid.
    pub payee: u32,
    /// US dollars.
    pub amount: f64,
    /// When.
    pub date: Date,
}

/// A data center that a party shows.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldSite {
    /// Its id.
    pub site_id: String,
    /// Who owns and operates it.
    pub party: u32,
    /// Where.
    pub country: Country,
    /// Its address.
    pub address: String,
    /// Megawatts.
    pub mw: f64,
    /// When it was put to work, where that is on file.
    pub commissioned: Option<Date>,
    /// Where its tenant has its seat, where that is on file.
    pub tenant_hq: Option<Country>,
}

/// A serial number that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldSerial {
    /// The number.
    pub serial: String,
    /// Place in [`ITEMS`].
    pub item: u8,
    /// What happened: a word of the contract.
    pub event: &'static str,
    /// With whom, where not at a site.
    pub party: Option<u32>,
    /// At which site.
    pub site_id: Option<String>,
    /// In which country.
    pub country: Country,
    /// When.
    pub date: Date,
}

/// A visit to a site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorldInspection {
    /// Whose site.
    pub party: u32,
    /// When.
    pub date: Date,
    /// Days of notice.
    pub notice: i64,
    /// Units that were counted, where they were.
    pub seen: Option<i64>,
    /// `favorable`, `unfavorable` or `incomplete`.
    pub result: &'static str,
}

/// What a scheme really was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    /// Its number.
    pub scheme: u32,
    /// The family of typologies that it is of.
    pub typology: &'static str,
    /// The moves that it chose.
    pub moves: Vec<&'static str>,
    /// Party ids.
    pub parties: Vec<String>,
    /// Order ids.
    pub orders: Vec<String>,
    /// H100e that went to tier 3.
    pub units: i64,
    /// The day of its first order.
    pub first: String,
    /// The day on which it was stopped, where it was.
    pub stopped: Option<String>,
}

/// An item of trade.
#[derive(Clone, Copy, Debug)]
pub struct WorldItem {
    /// Its name in the catalog.
    pub name: &'static str,
    /// Year and month from which it is sold, as year times twelve plus month less one.
    pub from: i32,
    /// Until when it is.
    pub until: i32,
    /// US dollars a unit.
    pub price: f64,
    /// H100e of a unit by TPP.
    pub units: f64,
    /// Kilograms of a unit packed.
    pub weight: f64,
    /// The heading of the tariff.
    pub hs_code: &'static str,
    /// How honest shippers describe it.
    pub description: &'static str,
}

const fn month(year: i32, month: i32) -> i32 {
    year * 12 + month - 1
}

/// What is traded. Prices by Epoch AI's annual figures; weights by judgement.
pub const ITEMS: [WorldItem; 6] = [
    WorldItem {
        name: "NVIDIA A100 SXM 80GB",
        from: month(2020, 11),
        until: month(2024, 6),
        price: 15_000.0,
        units: 0.315,
        weight: 5.0,
        hs_code: "8473.30",
        description: "accelerator module A100 SXM4",
    },
    WorldItem {
        name: "NVIDIA H100 SXM",
        from: month(2022, 10),
        until: month(2026, 12),
        price: 26_000.0,
        units: 1.0,
        weight: 6.0,
        hs_code: "8473.30",
        description: "accelerator module H100 SXM5",
    },
    WorldItem {
        name: "NVIDIA H200 SXM",
        from: month(2024, 6),
        until: month(2027, 12),
        price: 31_000.0,
        units: 1.0,
        weight: 6.0,
        hs_code: "8473.30",
        description: "accelerator module H200 SXM5",
    },
    WorldItem {
        name: "NVIDIA B200",
        from: month(2025, 1),
        until: month(2028, 12),
        price: 38_000.0,
        units: 2.275,
        weight: 7.5,
        hs_code: "8473.30",
        description: "accelerator module B200",
    },
    WorldItem {
        name: "NVIDIA L40S",
        from: month(2023, 8),
        until: month(2027, 12),
        price: 8_500.0,
        units: 0.37,
        weight: 2.0,
        hs_code: "8473.30",
        description: "graphics card L40S PCIe",
    },
    WorldItem {
        name: "NVIDIA RTX 4090",
        from: month(2022, 10),
        until: month(2025, 1),
        price: 1_800.0,
        units: 0.334,
        weight: 3.2,
        hs_code: "8473.30",
        description: "graphics card RTX 4090",
    },
];
