//! The parties of a line, and what it claims.

use tollgate_model::Country;

use crate::orders::{IntakeTables, Line};
use crate::parties::{PartyFacts, is_blank, is_name};
use crate::party_word::PartyWord;
use crate::report::{RemarkKind, RemarkPlace};
use crate::text::{plain, unread};

impl IntakeTables<'_> {
    /// The parties of a line.
    pub(crate) fn roles(&mut self, line: &Line<'_, '_>, destination: Option<Country>) -> Roles {
        let aggregate = line.source("ultimate_consignee").is_none()
            && line.source("purchaser").is_none()
            && line.source("year").is_some();
        let mut roles = Roles::default();
        if aggregate {
            let place = destination.map_or("unknown", Country::code);
            let at = RemarkPlace { row: 0, ..line.place_of("ultimate_consignee", "") };
            self.remarks.add(
                RemarkKind::Assumed,
                at,
                "there are no consignees: all that goes to a country counts as one party's",
            );
            let facts = PartyFacts { country: destination, ..PartyFacts::default() };
            roles.ultimate_consignee = self.parties.id_by_name(&format!("All buyers in {place} together"), &facts);
            return roles;
        }
        roles.ultimate_consignee = self.role(line, "ultimate_consignee", "");
        let consignee = roles.ultimate_consignee.clone();
        roles.exporter = self.role(line, "exporter", &consignee);
        roles.purchaser = self.role(line, "purchaser", &consignee);
        roles.intermediate_consignee = self.role(line, "intermediate_consignee", &consignee);
        roles.end_user = self.role(line, "end_user", &consignee);
        roles.freight_forwarder = self.role(line, "freight_forwarder", &consignee);
        roles.lpp_operator = self.role(line, "lpp_operator", &consignee);
        let notify = self.role(line, "notify_party", &consignee);
        if !notify.is_empty() {
            let what = "who is to be notified counts as an intermediate consignee";
            self.seat(&mut roles, notify, line.place_of("notify_party", ""), what);
        }
        self.add_further(line, &mut roles);
        if roles.ultimate_consignee.is_empty() {
            if roles.purchaser.is_empty() {
                self.remarks.add(RemarkKind::Unread, line.place_of("ultimate_consignee", ""), "no consignee");
                roles.ultimate_consignee = unread("");
            } else {
                self.remarks.add(
                    RemarkKind::Assumed,
                    line.place_of("purchaser", ""),
                    "no consignee is named: the purchaser is taken for it",
                );
                roles.ultimate_consignee = roles.purchaser.clone();
            }
        }
        roles
    }

    /// Who stands in a role of a line, as an id; empty where nobody does. `consignee` is the line's, whom other cells may mean.
    fn role(&mut self, line: &Line<'_, '_>, role: &'static str, consignee: &str) -> String {
        let (countries, address, company, name) = beside(role);
        let text = line.cell(role);
        let (company, name) = (line.cell(company), line.cell(name));
        let [has_text, has_company, has_name] = [text, company, name].map(|text| !is_blank(text));
        if !(has_text || has_company || has_name) {
            return String::new();
        }
        let shown = if has_company {
            company
        } else if has_text {
            text
        } else {
            name
        };
        match PartyWord::of(shown, &mut self.party_words) {
            PartyWord::Party => {}
            PartyWord::Consignee if !consignee.is_empty() => return consignee.to_owned(),
            PartyWord::Consignee | PartyWord::Nobody => {
                self.remarks.add(RemarkKind::Question, line.place_of(role, shown), "no party is named: who is it?");
                return unread(shown);
            }
        }
        let country = countries
            .iter()
            .map(|column| line.cell(column))
            .find(|text| !text.is_empty())
            .and_then(|text| self.country_of(text));
        let mut facts = PartyFacts { country, address: line.cell(address), ..PartyFacts::default() };
        if role == "ultimate_consignee" {
            facts.city = line.cell("ultimate_consignee_city");
            facts.email = line.cell("ultimate_consignee_email");
            facts.phone = line.cell("ultimate_consignee_phone");
        }
        let remarks = &mut self.remarks;
        let say = |kind, what: &str| remarks.add(kind, line.place_of(role, shown), what);
        match (has_company, has_name && has_text && plain(name) != plain(text)) {
            (false, true) => self.parties.id_with_name(text, name, &facts, say),
            (false, false) => self.parties.id_of(shown, &facts, say),
            (true, _) if has_text && self.parties.has_row(text) => {
                let id = self.parties.id_of(text, &facts, say);
                self.parties.add_alias(&id, company);
                id
            }
            (true, _) => {
                let id = self.parties.id_of(company, &facts, say);
                if has_text && plain(text) != plain(company) {
                    self.parties.add_alias(&id, text);
                }
                id
            }
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
                    self.seat(roles, unread(text), at, "no party is named: who is it?");
                    continue;
                }
                // A number beside a name is that party's.
                PartyWord::Party | PartyWord::Consignee => continue,
            }
            let remarks = &mut self.remarks;
            let id = self.parties.id_of(text, &PartyFacts::default(), |kind, what| remarks.add(kind, at, what));
            self.seat(roles, id, at, "another party of the line: it counts as one more who receives");
        }
    }

    /// Gives one more party of a line a place that is free, so that it is looked at; where there is none, who receives is open.
    fn seat(&mut self, roles: &mut Roles, id: String, at: RemarkPlace<'_>, what: &str) {
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
        let [claim, code, number] = ["authorization", "license_code", "license_number"].map(|target| line.cell(target));
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
    fn all(&self) -> [&String; 6] {
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

/// The columns beside that of a role: its countries, its address, the company that a person stands for, the name beside a number.
fn beside(role: &str) -> (&'static [&'static str], &'static str, &'static str, &'static str) {
    match role {
        "exporter" => (&["exporter_country"], "exporter_address", "", ""),
        "purchaser" => (&["purchaser_country"], "purchaser_address", "purchaser_company", ""),
        "intermediate_consignee" => (&["intermediate_consignee_country"], "", "", ""),
        "ultimate_consignee" => (
            &["ultimate_consignee_country", "ship_to_country"],
            "ultimate_consignee_address",
            "ultimate_consignee_company",
            "ultimate_consignee_name",
        ),
        "end_user" => (&["end_user_country"], "", "", ""),
        _ => (&[], "", "", ""),
    }
}
