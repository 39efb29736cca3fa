//! The parties of a line, and what it claims.

use tollgate_model::Country;

use crate::orders::{IntakeTables, Line, unread};
use crate::parties::{PartyFacts, is_blank};
use crate::report::{RemarkKind, RemarkPlace};
use crate::text::plain;

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
        roles.exporter = self.role(line, "exporter", &["exporter_country"], "exporter_address");
        roles.purchaser = self.role(line, "purchaser", &["purchaser_country"], "purchaser_address");
        roles.intermediate_consignee =
            self.role(line, "intermediate_consignee", &["intermediate_consignee_country"], "");
        roles.ultimate_consignee = self.role(
            line,
            "ultimate_consignee",
            &["ultimate_consignee_country", "ship_to_country"],
            "ultimate_consignee_address",
        );
        roles.end_user = self.role(line, "end_user", &["end_user_country"], "");
        roles.freight_forwarder = self.role(line, "freight_forwarder", &[], "");
        let notify = line.cell("notify_party");
        let is_same = plain(notify).starts_with("same") || notify == line.cell("ultimate_consignee");
        if roles.intermediate_consignee.is_empty() && !is_blank(notify) && !is_same {
            self.remarks.add(
                RemarkKind::Assumed,
                line.place_of("notify_party", ""),
                "who is to be notified counts as an intermediate consignee",
            );
            roles.intermediate_consignee = self.role(line, "notify_party", &[], "");
        }
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

    fn role(&mut self, line: &Line<'_, '_>, role: &str, countries: &[&str], address: &str) -> String {
        let text = line.cell(role);
        if is_blank(text) {
            return String::new();
        }
        let country = countries
            .iter()
            .map(|column| line.cell(column))
            .find(|text| !text.is_empty())
            .and_then(|text| self.country_of(text));
        let mut facts = PartyFacts {
            country,
            address: if address.is_empty() { "" } else { line.cell(address) },
            ..PartyFacts::default()
        };
        if role == "ultimate_consignee" {
            facts.city = line.cell("ultimate_consignee_city");
            facts.email = line.cell("ultimate_consignee_email");
            facts.phone = line.cell("ultimate_consignee_phone");
        }
        let remarks = &mut self.remarks;
        self.parties.id_of(text, &facts, |kind, what| remarks.add(kind, line.place_of(role, text), what))
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
}
