//! What the texts of a line say beside its columns: a party that no column names, and a place on the way.

use tollgate_model::Country;
use tollgate_records::{NamingText, further_party};

use crate::order_column::OrderColumn;
use crate::orders::{IntakeTables, Line};
use crate::parties::{PartyFacts, is_blank};
use crate::report::RemarkKind;
use crate::roles::Roles;
use crate::text::{plain, unread};
use crate::transit::{place, place_on_the_way};

/// The texts that may name a party beside the columns of parties.
const STATEMENTS: &[OrderColumn] = &[
    OrderColumn::Description,
    OrderColumn::Item,
    OrderColumn::EndUse,
    OrderColumn::UltimateConsigneeAddress,
    OrderColumn::PurchaserAddress,
];
/// Ways of carriage that stand where places on the way do, as [`plain`] makes them.
const CARRIAGE: &[&str] = &[
    "air",
    "sea",
    "ocean",
    "road",
    "rail",
    "truck",
    "courier",
    "dhl",
    "fedex",
    "ups",
    "tnt",
    "express",
    "airfreight",
    "seafreight",
    "direct",
    "none",
    "no",
    "na",
    "luft",
    "see",
    "strasse",
    "avion",
    "mer",
    "aereo",
    "maritimo",
];

impl IntakeTables<'_> {
    /// Who a statement of a line names, where no column does: who uses the goods is open then.
    pub(crate) fn add_named(&mut self, line: &Line<'_, '_>, roles: &mut Roles) {
        for column in STATEMENTS {
            let text = line.cell(*column);
            if text.is_empty() {
                continue;
            }
            let Some(name) = self.named.of(text, |text| further_party(text, NamingText::Statement)) else { continue };
            let bare = plain(&name);
            let is_known = |party: &str| {
                let party = plain(party);
                party.len() >= 2 && (bare.starts_with(&party) || party.starts_with(&bare))
            };
            if !bare.is_empty() && roles.all().iter().any(|party| is_known(party)) {
                continue;
            }
            let what = format!("it names a party that no column names (`{name}`): what is its part?");
            self.remarks.add(RemarkKind::Question, line.place_of(*column, text), &what);
            let both = [roles.end_user.as_str(), &name].into_iter().filter(|text| !text.is_empty());
            roles.end_user = unread(&both.collect::<Vec<_>>().join(" / "));
            return;
        }
    }

    /// The place on the way that a line names, which counts as where somebody receives on the way: so that rules of transit are asked of it.
    pub(crate) fn add_transit(&mut self, line: &Line<'_, '_>, roles: &mut Roles, destination: Option<Country>) {
        let (mut codes, mut unknown) = (Vec::new(), Vec::new());
        let via = line.cell(OrderColumn::Via);
        for part in via.split([';', ',', '/', '>']).map(str::trim).filter(|part| !is_blank(part)) {
            match self
                .ports
                .of(part, |part| place(part).or_else(|| of_port(part)).map(|country| country.code().to_owned()))
            {
                Some(code) => codes.push((OrderColumn::Via, code)),
                None if CARRIAGE.contains(&plain(part).as_str()) => {}
                None => unknown.push(part),
            }
        }
        for column in [OrderColumn::Description, OrderColumn::Item, OrderColumn::EndUse] {
            let text = line.cell(column);
            let code = |text: &str| place_on_the_way(text).map(|(_, country)| country.code().to_owned());
            let read = if text.is_empty() { None } else { self.passed.of(text, code) };
            codes.extend(read.map(|code| (column, code)));
        }
        let origin = self.country_of(line.cell(OrderColumn::Origin)).map(Country::code);
        let is_end = |code: &str| destination.map(Country::code) == Some(code) || origin == Some(code);
        codes.retain(|(_, code)| !is_end(code));
        codes.dedup_by(|one, other| one.1 == other.1);
        if let Some(part) = unknown.first() {
            let what = "a place on the way that is not known: in which country is it?";
            self.remarks.add(RemarkKind::Question, line.place_of(OrderColumn::Via, part), what);
            roles.intermediate_consignee = unread(&format!("through {part}"));
            return;
        }
        let Some((column, code)) = codes.first() else { return };
        let known = self.country_of(line.cell(OrderColumn::IntermediateConsigneeCountry)).map(Country::code);
        if known == Some(code.as_str()) && codes.len() == 1 {
            return;
        }
        if codes.len() > 1 || !roles.intermediate_consignee.is_empty() {
            let what = "the goods pass through several places: who receives them where?";
            self.remarks.add(RemarkKind::Question, line.place_of(*column, line.cell(*column)), what);
            let through = codes.iter().map(|(_, code)| code.as_str()).collect::<Vec<_>>().join(", ");
            let both = [roles.intermediate_consignee.as_str(), &format!("through {through}")].join(" / ");
            roles.intermediate_consignee = unread(both.trim_start_matches(" / "));
            return;
        }
        let what = "the place on the way counts as one where somebody receives the goods";
        self.remarks.add(RemarkKind::Assumed, line.place_of(*column, line.cell(*column)), what);
        let country: Option<Country> = code.parse().ok();
        let facts = PartyFacts { country, ..PartyFacts::default() };
        let id = self.parties.id_by_name(&format!("Transit through {code}"), &facts);
        if let Some(country) = country {
            self.parties.set_seat(&id, country);
        }
        roles.intermediate_consignee = id;
    }
}

/// The country of a port by its code of the UN, as `AEJEA`.
fn of_port(code: &str) -> Option<Country> {
    let is_code = code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    code.get(..2).filter(|_| is_code)?.parse().ok()
}
