//! The parties of a line, and what it claims.

use tollgate_model::Country;

use crate::order_column::OrderColumn;
use crate::orders::{IntakeTables, Line};
use crate::parties::{PartyFacts, is_blank, is_name};
use crate::party_word::{KnownRole, PartyWord};
use crate::report::{RemarkKind, RemarkPlace};
use crate::text::{plain, unread};
use crate::values::country::city_beside;

impl IntakeTables<'_> {
    /// The parties of a line.
    pub(crate) fn roles(&mut self, line: &Line<'_, '_>, destination: Option<Country>) -> Roles {
        let aggregate = line.source(OrderColumn::UltimateConsignee).is_none()
            && line.source(OrderColumn::Purchaser).is_none()
            && line.source(OrderColumn::Year).is_some();
        let consignee = match aggregate {
            true => self.all_buyers(line, destination),
            false => self.role(line, OrderColumn::UltimateConsignee, ""),
        };
        let mut roles = Roles {
            exporter: self.role(line, OrderColumn::Exporter, &consignee),
            purchaser: self.role(line, OrderColumn::Purchaser, &consignee),
            intermediate_consignee: self.role(line, OrderColumn::IntermediateConsignee, &consignee),
            end_user: self.role(line, OrderColumn::EndUser, &consignee),
            freight_forwarder: self.role(line, OrderColumn::FreightForwarder, &consignee),
            lpp_operator: self.role(line, OrderColumn::LppOperator, &consignee),
            ultimate_consignee: consignee.clone(),
        };
        let notify = self.role(line, OrderColumn::NotifyParty, &consignee);
        if !notify.is_empty() {
            let what = "who is to be notified counts as an intermediate consignee";
            self.give_place(&mut roles, notify, line.place_of(OrderColumn::NotifyParty, ""), what);
        }
        self.add_further(line, &mut roles);
        self.add_named(line, &mut roles);
        self.add_transit(line, &mut roles, destination);
        if roles.ultimate_consignee.is_empty() {
            if roles.purchaser.is_empty() {
                self.remarks.add(RemarkKind::Unread, line.place_of(OrderColumn::UltimateConsignee, ""), "no consignee");
                roles.ultimate_consignee = unread("");
            } else {
                self.remarks.add(
                    RemarkKind::Assumed,
                    line.place_of(OrderColumn::Purchaser, ""),
                    "no consignee is named: the purchaser is taken for it",
                );
                roles.ultimate_consignee = roles.purchaser.clone();
            }
        }
        roles
    }

    /// The party that stands for all who receive in a country.
    fn all_buyers(&mut self, line: &Line<'_, '_>, destination: Option<Country>) -> String {
        let place = destination.map_or("unknown", Country::code);
        let at = RemarkPlace { row: 0, ..line.place_of(OrderColumn::UltimateConsignee, "") };
        let what = "there are no consignees: all that goes to a country counts as one party's";
        self.remarks.add(RemarkKind::Assumed, at, what);
        let facts = PartyFacts { country: destination, ..PartyFacts::default() };
        self.parties.id_by_name(&format!("All buyers in {place} together"), &facts)
    }

    /// Who stands in a role of a line, as an id; empty where nobody does. `consignee` is the line's, whom other cells may mean.
    fn role(&mut self, line: &Line<'_, '_>, role: OrderColumn, consignee: &str) -> String {
        let RoleColumns { countries, address, company, name, .. } = role_columns(role);
        let text = line.cell(role);
        let [address, company, name] =
            [address, company, name].map(|column| column.map_or("", |column| line.cell(column)));
        let [has_text, has_company, has_name] = [text, company, name].map(|text| !is_blank(text));
        if !(has_text || has_company || has_name) {
            return self.unnamed(line, role);
        }
        let shown = if has_company {
            company
        } else if has_text {
            text
        } else {
            name
        };
        let is_single = line.reading.plan.rivals.is_empty();
        let is_plain = !has_company && (!has_name || !has_text || plain(name) == plain(text));
        if is_plain && is_single && self.is_read_before(line, role, shown) {
            return shown.to_owned();
        }
        match PartyWord::of(shown, &mut self.party_words) {
            PartyWord::Party => {}
            PartyWord::Consignee if !consignee.is_empty() => {
                // It is said to be the consignee, and to be elsewhere.
                let elsewhere = self.unnamed(line, role);
                self.add_seats(line, role, consignee);
                return if elsewhere.is_empty() { consignee.to_owned() } else { elsewhere };
            }
            PartyWord::Consignee | PartyWord::Nobody => {
                self.remarks.add(RemarkKind::Question, line.place_of(role, shown), "no party is named: who is it?");
                return unread(shown);
            }
            PartyWord::Several if self.parties.has_row(shown) => {}
            PartyWord::Several => {
                self.remarks.add(RemarkKind::Question, line.place_of(role, shown), SEVERAL);
                return unread(shown);
            }
        }
        let place = countries.iter().map(|column| line.cell(*column)).find(|text| !is_blank(text)).unwrap_or("");
        let country = self.country_of(place);
        let several = self.contradiction(line, countries, country, place);
        let country = country.filter(|_| several.is_empty());
        let unread_country = match country {
            Some(_) => "",
            None if several.is_empty() => place,
            None => &several,
        };
        let mut facts = PartyFacts { country, unread_country, address, ..PartyFacts::default() };
        facts.city = if country.is_some() { city_beside(place) } else { "" };
        if role == OrderColumn::UltimateConsignee {
            facts.city = self.city_of_consignee(line, facts.city);
            facts.email = line.cell(OrderColumn::UltimateConsigneeEmail);
            facts.phone = line.cell(OrderColumn::UltimateConsigneePhone);
        }
        let shape = PartyCells { text, company, name, is_plain };
        let id = self.id_of_cells(line, role, &shape, &facts);
        self.add_seats(line, role, &id);
        id
    }

    /// The id of the party that the cells of a role name.
    fn id_of_cells(
        &mut self,
        line: &Line<'_, '_>,
        role: OrderColumn,
        cells: &PartyCells<'_>,
        facts: &PartyFacts<'_>,
    ) -> String {
        let PartyCells { text, company, name, is_plain } = *cells;
        let [has_text, has_company] = [text, company].map(|text| !is_blank(text));
        let shown = match (has_company, has_text) {
            (true, _) => company,
            (false, true) => text,
            (false, false) => name,
        };
        let remarks = &mut self.remarks;
        let say = |kind, what: &str| remarks.add(kind, line.place_of(role, shown), what);
        match (has_company, !is_plain) {
            (false, true) => self.parties.id_with_name(text, name, facts, say),
            (false, false) => {
                let id = self.parties.id_of(shown, facts, say);
                if id == shown && self.parties.has_row(shown) {
                    self.remember_role(line, role, shown);
                }
                id
            }
            (true, _) if has_text && self.parties.has_row(text) => {
                let id = self.parties.id_of(text, facts, say);
                self.parties.add_alias(&id, company);
                id
            }
            (true, _) => {
                let id = self.parties.id_of(company, facts, say);
                if has_text && plain(text) != plain(company) {
                    self.parties.add_alias(&id, text);
                }
                id
            }
        }
    }

    /// Adds where a party of a line is headquartered, and its parent, where columns say it.
    fn add_seats(&mut self, line: &Line<'_, '_>, role: OrderColumn, id: &str) {
        let RoleColumns { hq_country, parent, .. } = role_columns(role);
        if let Some(column) = hq_country {
            let text = line.cell(column);
            let country = self.country_of(text);
            let several = self.contradiction(line, &[column], country, if is_blank(text) { "" } else { text });
            let stated = match country {
                _ if !several.is_empty() => unread(&several),
                Some(country) => country.code().to_owned(),
                None if is_blank(text) => String::new(),
                None => unread(text),
            };
            if !stated.is_empty() && (!self.parties.add_seat(id, "hq_country", &stated) || stated.starts_with('?')) {
                let what = "where is the party headquartered?";
                self.remarks.add(RemarkKind::Question, line.place_of(column, text), what);
            }
        }
        let Some((column, text)) = parent.map(|column| (column, line.cell(column))) else { return };
        if is_blank(text) || plain(text) == plain(id) {
            return;
        }
        let remarks = &mut self.remarks;
        let say = |kind, what: &str| remarks.add(kind, line.place_of(column, text), what);
        let stated = match PartyWord::of(text, &mut self.party_words) {
            PartyWord::Consignee | PartyWord::Nobody | PartyWord::Several => unread(text),
            PartyWord::Party => self.parties.id_of(text, &PartyFacts::default(), say),
        };
        if stated == id {
            return;
        }
        if !self.parties.add_seat(id, "parent_id", &stated) || stated.starts_with('?') {
            self.remarks.add(RemarkKind::Question, line.place_of(column, text), "who is the party's parent?");
        }
    }

    /// The consignee's city: by its column, else what stands beside its country, or that of the destination.
    fn city_of_consignee<'a>(&mut self, line: &'a Line<'_, '_>, beside_country: &'a str) -> &'a str {
        let stated = line.cell(OrderColumn::UltimateConsigneeCity);
        if !is_blank(stated) {
            return stated;
        }
        let destination = line.cell(line.destination_column());
        match beside_country.is_empty() && destination.contains(',') && self.country_of(destination).is_some() {
            true => city_beside(destination),
            false => beside_country,
        }
    }

    /// The party of a role that a line names by its country alone: nobody, where the goods go there anyway.
    fn unnamed(&mut self, line: &Line<'_, '_>, role: OrderColumn) -> String {
        let roles =
            [OrderColumn::Exporter, OrderColumn::Purchaser, OrderColumn::IntermediateConsignee, OrderColumn::EndUser];
        if !roles.contains(&role) {
            return String::new();
        }
        let RoleColumns { countries, hq_country, parent, .. } = role_columns(role);
        // Somebody whose parent is named is somebody, wherever that is.
        let parent = parent.map(|column| (column, line.cell(column))).filter(|(_, text)| !is_blank(text));
        let columns = countries.iter().copied().chain(hq_country);
        let mut elsewhere = columns.map(|column| (column, line.cell(column))).filter(|(_, text)| !is_blank(text));
        let Some((column, place)) = elsewhere.find(|(_, text)| !self.is_where(line, role, text)).or(parent) else {
            return String::new();
        };
        let what = "a country without a name: who is there?";
        self.remarks.add(RemarkKind::Question, line.place_of(column, place), what);
        unread(&format!("unnamed in {place}"))
    }

    /// Whether a country is the one from which a line goes, for an exporter, or else the one to which it goes.
    fn is_where(&mut self, line: &Line<'_, '_>, role: OrderColumn, place: &str) -> bool {
        let country = self.country_of(place);
        let columns = match role {
            OrderColumn::Exporter => [OrderColumn::Origin, OrderColumn::Origin],
            _ => [line.destination_column(), OrderColumn::UltimateConsigneeCountry],
        };
        columns.map(|column| line.cell(column)).into_iter().any(|other| match country {
            Some(_) => self.country_of(other) == country,
            None => plain(other) == plain(place),
        })
    }

    /// Whether a text stood in a role before with the same beside it: it is the id of a row, to which nothing is to be added.
    fn is_read_before(&self, line: &Line<'_, '_>, role: OrderColumn, text: &str) -> bool {
        let known = self.roles_read.get(text).into_iter().flatten();
        known
            .filter(|known| known.role == role)
            .any(|known| known.beside.iter().map(String::as_str).eq(texts_beside(line, role)))
    }

    /// Remembers the text of a role, which is the id of a row, with what stands beside it.
    fn remember_role(&mut self, line: &Line<'_, '_>, role: OrderColumn, text: &str) {
        /// A party with more in a role is read anew each time.
        const MOST_READ: usize = 8;
        let read = KnownRole { role, beside: texts_beside(line, role).map(str::to_owned).collect() };
        match self.roles_read.get_mut(text) {
            Some(known) if known.len() < MOST_READ => known.push(read),
            Some(_) => {}
            None => self.roles_read.put(text, vec![read]),
        }
    }

    /// Parties in further columns, such as an importer beside a consignee: none of them goes unseen.
    fn add_further(&mut self, line: &Line<'_, '_>, roles: &mut Roles) {
        for source in &line.reading.plan.further_parties {
            let text = source.places.first().map_or("", |place| line.row.text(*place));
            let at = RemarkPlace { table: &line.reading.table, row: line.number, column: &source.header, value: text };
            if is_blank(text) {
                continue;
            }
            match PartyWord::of(text, &mut self.party_words) {
                PartyWord::Party if is_name(text) || self.parties.has_row(text) => {}
                PartyWord::Nobody => {
                    self.give_place(roles, unread(text), at, "no party is named: who is it?");
                    continue;
                }
                PartyWord::Several => {
                    self.give_place(roles, unread(text), at, SEVERAL);
                    continue;
                }
                PartyWord::Consignee => {
                    let what = "the consignee again, as it says: no further party";
                    self.remarks.add(RemarkKind::Assumed, at, what);
                    continue;
                }
                PartyWord::Party => {
                    let what = "neither a name nor the id of a party with a row: it is taken for a number of a party that is named elsewhere";
                    self.remarks.add(RemarkKind::LeftOut, at, what);
                    continue;
                }
            }
            let remarks = &mut self.remarks;
            let id = self.parties.id_of(text, &PartyFacts::default(), |kind, what| remarks.add(kind, at, what));
            self.give_place(roles, id, at, "another party of the line: it counts as one more who receives");
        }
    }

    /// Gives one more party of a line a place that is free, so that it is looked at; where there is none, who receives is open.
    pub(crate) fn give_place(&mut self, roles: &mut Roles, id: String, at: RemarkPlace<'_>, what: &str) {
        let bare = plain(&id);
        if roles.all().iter().any(|other| **other == id || plain(other) == bare) {
            return;
        }
        let places = [
            &mut roles.intermediate_consignee,
            &mut roles.purchaser,
            &mut roles.freight_forwarder,
            &mut roles.end_user,
        ];
        match places.into_iter().find(|place| place.is_empty()) {
            Some(place) => {
                self.remarks.add(RemarkKind::Assumed, at, what);
                *place = id;
            }
            None => {
                let what = "one more party than a line has places for: who is the consignee?";
                self.remarks.add(RemarkKind::Question, at, what);
                roles.ultimate_consignee = unread(&[roles.ultimate_consignee.as_str(), &id].join(" / "));
            }
        }
    }

    /// The claim: a license number where there is one, else the code or exception.
    pub(crate) fn authorization(&mut self, line: &Line<'_, '_>) -> String {
        let [claim, code, number] = [OrderColumn::Authorization, OrderColumn::LicenseCode, OrderColumn::LicenseNumber]
            .map(|target| line.cell(target));
        let stated: Vec<&str> = [claim, code, number].into_iter().filter(|text| !is_blank(text)).collect();
        match stated.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            _ if !is_blank(number) && !is_blank(code) && claim.is_empty() => {
                // C33 beside `NLR` says the same twice; a number beside it decides what is claimed.
                let is_bare = matches!(plain(number).as_str(), "nlr" | "c33");
                if is_bare { code.to_owned() } else { number.to_owned() }
            }
            several => several.join(" / "),
        }
    }
}

/// What is said of a name that names more than one party.
const SEVERAL: &str = "it names more than one party: write each into its own column, so that each is screened";

/// The parties of a line: ids, or names; empty where there is none.
#[derive(Default)]
pub(crate) struct Roles {
    pub(crate) exporter: String,
    pub(crate) purchaser: String,
    pub(crate) intermediate_consignee: String,
    pub(crate) ultimate_consignee: String,
    pub(crate) end_user: String,
    pub(crate) freight_forwarder: String,
    pub(crate) lpp_operator: String,
}

impl Roles {
    pub(crate) fn all(&self) -> [&String; 6] {
        [
            &self.exporter,
            &self.purchaser,
            &self.intermediate_consignee,
            &self.ultimate_consignee,
            &self.end_user,
            &self.freight_forwarder,
        ]
    }
}

/// The texts beside a role in a line, of which something follows for its party.
fn texts_beside<'a>(line: &'a Line<'_, '_>, role: OrderColumn) -> impl Iterator<Item = &'a str> {
    let RoleColumns { countries, address, hq_country, parent, .. } = role_columns(role);
    let country = countries.iter().map(|column| line.cell(*column)).find(|text| !is_blank(text)).unwrap_or("");
    let of_consignee: &[OrderColumn] = match role {
        OrderColumn::UltimateConsignee => &[
            OrderColumn::UltimateConsigneeCity,
            OrderColumn::UltimateConsigneeEmail,
            OrderColumn::UltimateConsigneePhone,
        ],
        _ => &[],
    };
    // A city may stand in the cell of the destination.
    let destination = match role {
        OrderColumn::UltimateConsignee => line.cell(line.destination_column()),
        _ => "",
    };
    let city = if destination.contains(',') { destination } else { "" };
    let rest = [address, hq_country, parent]
        .into_iter()
        .flatten()
        .chain(of_consignee.iter().copied())
        .map(|column| line.cell(column));
    [country, city].into_iter().chain(rest)
}

/// The cells of a role that name its party.
struct PartyCells<'a> {
    text: &'a str,
    company: &'a str,
    name: &'a str,
    /// Whether one of them says it all.
    is_plain: bool,
}

/// The columns beside that of a role.
#[derive(Default)]
struct RoleColumns {
    /// Its countries, the first that is filled counts.
    countries: &'static [OrderColumn],
    /// Its address.
    address: Option<OrderColumn>,
    /// The company that a person stands for.
    company: Option<OrderColumn>,
    /// The name beside a number.
    name: Option<OrderColumn>,
    /// Where it is headquartered.
    hq_country: Option<OrderColumn>,
    /// Its parent.
    parent: Option<OrderColumn>,
}

fn role_columns(role: OrderColumn) -> RoleColumns {
    match role {
        OrderColumn::Exporter => RoleColumns {
            countries: &[OrderColumn::ExporterCountry],
            address: Some(OrderColumn::ExporterAddress),
            ..RoleColumns::default()
        },
        OrderColumn::Purchaser => RoleColumns {
            countries: &[OrderColumn::PurchaserCountry],
            address: Some(OrderColumn::PurchaserAddress),
            company: Some(OrderColumn::PurchaserCompany),
            ..RoleColumns::default()
        },
        OrderColumn::IntermediateConsignee => {
            RoleColumns { countries: &[OrderColumn::IntermediateConsigneeCountry], ..RoleColumns::default() }
        }
        OrderColumn::UltimateConsignee => RoleColumns {
            countries: &[OrderColumn::UltimateConsigneeCountry, OrderColumn::ShipToCountry],
            address: Some(OrderColumn::UltimateConsigneeAddress),
            company: Some(OrderColumn::UltimateConsigneeCompany),
            name: Some(OrderColumn::UltimateConsigneeName),
            hq_country: Some(OrderColumn::UltimateConsigneeHqCountry),
            parent: Some(OrderColumn::UltimateConsigneeParent),
        },
        OrderColumn::EndUser => RoleColumns {
            countries: &[OrderColumn::EndUserCountry],
            hq_country: Some(OrderColumn::EndUserHqCountry),
            parent: Some(OrderColumn::EndUserParent),
            ..RoleColumns::default()
        },
        _ => RoleColumns::default(),
    }
}
