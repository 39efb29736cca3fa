//! The installed base of ultimate parents, and the geographic ratios of validated end-users (15 CFR 748, supplement no. 10, paragraph 6).

use std::collections::BTreeMap;

use tollgate_engine::Scratch;
use tollgate_law::program::Program;
use tollgate_law::{Policy, Tier};
use tollgate_model::{Activity, Country, Date, OrderLine, Tpp, Truth, UnreadCell};
use tollgate_records::FleetRow;

use super::parties::ultimate_parent_on;
use super::tables::Tables;

/// The provision of validated end-users, by its path under `law/ear/`.
const PROVISION: &str = "748/748.15-veu";
/// The account by which the law says which items count in an installed base.
const ACCOUNT: &str = "nveu";

/// What an ultimate parent and its subsidiaries own.
#[derive(Clone, Debug, Default)]
pub struct HolderBase {
    /// Thousandths of a TPP of items that count, by country.
    pub by_country: BTreeMap<Country, i128>,
    /// Why the base is not known as a whole, a sentence each.
    pub unsettled: Vec<String>,
}

/// A ratio of an installed base.
#[derive(Clone, Debug, PartialEq)]
pub struct GeographicRatio {
    /// What may be at most the share.
    pub rule: &'static str,
    /// Whether the text measures it on the reporting dates only, and not at each transfer.
    pub is_by_reporting_date: bool,
    /// The country that it is about, where it is about one.
    pub country: Option<Country>,
    /// The part, in thousandths of a TPP.
    pub part_milli_tpp: i128,
    /// The whole, in thousandths of a TPP.
    pub whole_milli_tpp: i128,
    /// The most, in thousandths of a percent.
    pub most_milli_percent: i64,
    /// Whether it is kept; `None` where that is not settled.
    pub is_kept: Option<bool>,
    /// Why it is not settled, a sentence each.
    pub unsettled: Vec<String>,
}

impl GeographicRatio {
    /// The share in thousandths of a percent, rounded down; `None` where it is not settled or nothing is installed.
    pub fn milli_percent(&self) -> Option<i128> {
        self.is_kept.and_then(|_| (self.part_milli_tpp * 100_000).checked_div(self.whole_milli_tpp))
    }
}

/// What a national validated end-user holds in its country.
#[derive(Clone, Debug, PartialEq)]
pub struct NationalBase {
    /// The party.
    pub party: String,
    /// The country.
    pub country: Country,
    /// Thousandths of a TPP that count.
    pub held_milli_tpp: i128,
    /// The most on the day, in thousandths of a TPP; `None` where the policy has none.
    pub limit_milli_tpp: Option<i128>,
    /// Whether it is kept; `None` where that is not settled.
    pub is_kept: Option<bool>,
}

/// The installed base of all, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Fleet {
    /// By ultimate parent.
    pub holders: BTreeMap<String, HolderBase>,
    /// By party and country.
    by_party: BTreeMap<(String, Country), i128>,
    /// Rows of which nobody knows whose they are: what they hold may be anybody's.
    pub ownerless: Vec<String>,
}

/// What a line weighs in an installed base.
#[derive(Clone, Copy, Debug)]
pub struct ItemWeight {
    /// Whether the item is of the grade that counts.
    counts: Truth,
    /// TPP of the whole line; `None` where it is not known.
    tpp: Option<Tpp>,
}

impl ItemWeight {
    /// Of a line that leaves the United States, with its TPP, as it was judged: of others the law counts nothing, wherever they stand.
    pub(crate) fn of(program: &Program, scratch: &Scratch, tpp: Option<Tpp>) -> ItemWeight {
        let rule = program.accounts.iter().find(|rule| rule.account == ACCOUNT);
        let counts = rule.map_or(Truth::Unknown, |rule| scratch.truth(rule.step.when));
        ItemWeight { counts, tpp }
    }
}

/// Does something with a row of a fleet as a line to its owner on a day, which comes from nobody; what is empty in it is not understood.
pub fn with_line<R>(row: &FleetRow, date: Date, then: impl FnOnce(&OrderLine<'_>) -> R) -> R {
    let empty =
        |column: &str| UnreadCell { column: column.to_owned(), value: String::new(), what: "is empty".to_owned() };
    let cells =
        [("destination", row.country.is_some()), ("item", row.item.is_some()), ("quantity", row.quantity.is_some())];
    let unread: Vec<UnreadCell> = cells.iter().filter(|(_, there)| !there).map(|(column, _)| empty(column)).collect();
    then(&OrderLine {
        order_id: &row.site_id,
        line: 1,
        date,
        activity: Activity::Export,
        exporter: None,
        purchaser: None,
        intermediate_consignee: None,
        ultimate_consignee: row.owner.as_deref().unwrap_or(""),
        end_user: None,
        freight_forwarder: None,
        lpp_operator: None,
        origin: None,
        destination: row.country.unwrap_or(Country::UNKNOWN),
        via: None,
        item: row.item.as_deref().unwrap_or(""),
        quantity: row.quantity.unwrap_or(0),
        end_use: None,
        authorization: None,
        unread: &unread,
    })
}

/// What a line adds to an installed base, and where.
struct Added {
    milli_tpp: i128,
    country: Country,
}

impl Fleet {
    /// Adds what a decided line brings to its ultimate consignee; `what` names the line where something is not known. What moves within a group leaves
    /// the country that it comes from. Returns the ultimate parents that it touches.
    pub fn add(&mut self, order: &OrderLine<'_>, weight: ItemWeight, tables: &Tables, what: &str) -> Vec<String> {
        let owner = order.ultimate_consignee;
        if owner.is_empty() || order.is_unread("ultimate_consignee") {
            self.ownerless.push(format!("{what}: who owns the items is not stated."));
            return Vec::new();
        }
        let (parent, is_known) = ultimate_parent_on(&tables.parties, &tables.parents, owner, order.date);
        let mut open: Vec<String> = Vec::new();
        if !is_known {
            open.push(format!("{what}: the ultimate parent of `{owner}` is not known: give it, and each of its parents, a row of parties."));
        }
        let added = added(order, weight, what, &mut open);
        let from = order.exporter.filter(|_| added.as_ref().is_some_and(|added| added.milli_tpp > 0));
        let within =
            from.is_some_and(|from| ultimate_parent_on(&tables.parties, &tables.parents, from, order.date).0 == parent);
        let base = self.holders.entry(parent.clone()).or_default();
        if let Some(Added { milli_tpp, country }) = added {
            *base.by_country.entry(country).or_default() += milli_tpp;
            *self.by_party.entry((owner.to_owned(), country)).or_default() += milli_tpp;
            if within {
                leave(base, order, milli_tpp, what, &mut open);
            }
        }
        base.unsettled.extend(open);
        vec![parent]
    }

    /// The ratios of an ultimate parent on a day; none where the policy has none on that day. `Err` names a group of countries that the law lacks.
    pub fn ratios(
        &self,
        holder: &str,
        policy: &Policy,
        tables: &Tables,
        day: Date,
    ) -> Result<Vec<GeographicRatio>, &'static str> {
        let Some(base) = self.holders.get(holder) else { return Ok(Vec::new()) };
        let tiers = policy.tiers(policy.law_date(day))?;
        let is_home = |country: Country| country == Country::UNITED_STATES;
        let is_inside = |country: Country| is_home(country) || tiers.tier(country) == Tier::First;
        let outside: Vec<(Country, i128)> = base
            .by_country
            .iter()
            .filter(|(country, _)| !is_inside(**country))
            .map(|(country, held)| (*country, *held))
            .collect();
        let largest = outside.iter().max_by_key(|(country, held)| (*held, std::cmp::Reverse(*country))).copied();
        let abroad: i128 =
            base.by_country.iter().filter(|(country, _)| !is_home(**country)).map(|(_, held)| *held).sum();
        let seat = tables.parties.get(holder).and_then(|party| party.hq_country);
        let whole: i128 = base.by_country.values().sum();
        let mut unsettled = self.ownerless.clone();
        unsettled.extend(base.unsettled.iter().cloned());
        let mut unsettled_abroad = unsettled.clone();
        if seat.is_none() {
            unsettled_abroad.push(format!("Where `{holder}` is headquartered is not known: state it in the column `hq_country` of its row of parties."));
        }
        let outside_sum: i128 = outside.iter().map(|(_, held)| *held).sum();
        let rows = [
            ("uveu_outside", "outside the countries of supplement no. 5(a) to part 740", None, outside_sum, &unsettled),
            (
                "uveu_country",
                "in any one country outside supplement no. 5(a)",
                largest.map(|(country, _)| country),
                largest.map_or(0, |(_, held)| held),
                &unsettled,
            ),
            (
                "uveu_abroad",
                "outside the United States, of an entity headquartered there",
                None,
                abroad,
                &unsettled_abroad,
            ),
        ];
        let binds = |parameter: &str| parameter != "uveu_abroad" || seat.is_none_or(is_home);
        let mut ratios = Vec::new();
        for (parameter, rule, country, part, open) in rows {
            let Some(most) = most_milli_percent(policy, parameter, day).filter(|_| binds(parameter)) else { continue };
            // Cross-multiplied: a ratio that is over by one unit is over.
            let is_kept = open.is_empty().then(|| part * 100_000 <= whole * i128::from(most));
            ratios.push(GeographicRatio {
                rule,
                is_by_reporting_date: parameter == "uveu_abroad",
                country: country.filter(|_| is_kept.is_some()),
                part_milli_tpp: part,
                whole_milli_tpp: whole,
                most_milli_percent: most,
                is_kept,
                unsettled: open.clone(),
            });
        }
        Ok(ratios)
    }

    /// What the national validated end-users under an ultimate parent hold, each in its country, against the most of a day.
    pub fn national(&self, holder: &str, policy: &Policy, tables: &Tables, day: Date) -> Vec<NationalBase> {
        let is_settled =
            self.ownerless.is_empty() && self.holders.get(holder).is_some_and(|base| base.unsettled.is_empty());
        let limit = policy.parameter_ratio(PROVISION, "nveu", day);
        let limit = limit.and_then(|limit| (i128::from(limit.num) * 1_000).checked_div(i128::from(limit.den)));
        let mut rows = Vec::new();
        for ((party, country), held) in &self.by_party {
            let flag = format!("nveu:{country}");
            let is_national = tables.parties.get(party).is_some_and(|row| row.flags.contains(&flag));
            if is_national && ultimate_parent_on(&tables.parties, &tables.parents, party, day).0 == holder {
                rows.push(NationalBase {
                    party: party.clone(),
                    country: *country,
                    held_milli_tpp: *held,
                    limit_milli_tpp: limit,
                    is_kept: limit.filter(|_| is_settled).map(|limit| *held <= limit),
                });
            }
        }
        rows
    }
}

/// What a line adds; `None`, with the reason among `open`, where that is not known.
fn added(order: &OrderLine<'_>, weight: ItemWeight, what: &str, open: &mut Vec<String>) -> Option<Added> {
    let is_placed = !order.is_unread("destination") && order.destination != Country::UNKNOWN;
    if order.is_unread("date") {
        open.push(format!("{what}: the day is not known."));
        return None;
    }
    if weight.counts == Truth::False {
        return is_placed.then_some(Added { milli_tpp: 0, country: order.destination });
    }
    if weight.counts == Truth::Unknown || order.is_unread("item") {
        open.push(format!("{what}: whether `{}` is of the grade that counts is not known.", order.item));
        return None;
    }
    let tpp = weight.tpp.filter(|_| !order.is_unread("quantity"));
    let Some(tpp) = tpp.map(Tpp::thousandths) else {
        open.push(format!("{what}: the TPP of `{}`, or how many there are, is not known.", order.item));
        return None;
    };
    if !is_placed {
        open.push(format!("{what}: in which country the items stand is not known."));
        return None;
    }
    Some(Added { milli_tpp: i128::from(tpp), country: order.destination })
}

/// Takes what moves within a group from where it comes from.
fn leave(base: &mut HolderBase, order: &OrderLine<'_>, milli_tpp: i128, what: &str, open: &mut Vec<String>) {
    let Some(origin) = order.origin else {
        open.push(format!("{what}: it moves within the group, and from where is not stated."));
        return;
    };
    let there = base.by_country.entry(origin).or_default();
    if *there < milli_tpp {
        open.push(format!("{what}: it moves within the group, and more leaves {origin} than stands there."));
        return;
    }
    *there -= milli_tpp;
}

/// A ratio of the provision in force on a day, in thousandths of a percent.
fn most_milli_percent(policy: &Policy, parameter: &str, day: Date) -> Option<i64> {
    let share = policy.parameter_ratio(PROVISION, parameter, day)?;
    share.num.checked_mul(1_000)?.checked_div(share.den)
}
