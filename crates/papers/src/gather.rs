//! From decided lines of an order to what the templates can name.

use tollgate_decide::{Decided, Detail, Tables, decision_record, flags_of, is_of_item, roles};
use tollgate_law::Policy;
use tollgate_law::facts::FactId;
use tollgate_model::{Decimal, OrderLine, Outcome, Party, Tpp, Truth};
use tollgate_records::{DecisionRecord, Declared};

use crate::case::{
    AccountSheet, DutySheet, FlagSheet, HitSheet, LineSheet, ListSheet, OrderCase, OrderSheet, PartySheet,
    QuestionSheet,
};

/// The flag of a party on the Unverified List.
const UNVERIFIED: &str = "unverified_list";

/// Gathers the decided lines of an order.
pub struct Gatherer<'a> {
    policy: &'a Policy,
    tables: &'a Tables,
    case: OrderCase,
    records: Vec<DecisionRecord>,
}

impl<'a> Gatherer<'a> {
    /// Nothing yet of an order that is decided by a policy, with the tables beside it and the score from which a match counts.
    pub fn new(order_id: &str, policy: &'a Policy, tables: &'a Tables, threshold_points: u32) -> Gatherer<'a> {
        let mut case = OrderCase::default();
        case.order.id = order_id.to_owned();
        case.order.policy.clone_from(&policy.name);
        case.order.policy_title.clone_from(&policy.title);
        case.screening.threshold = threshold_points;
        case.screening.lists = tables
            .screened
            .versions
            .iter()
            .map(|list| ListSheet {
                file: list.file.clone(),
                digest: list.digest.clone(),
                date: list.date.map(|date| date.to_string()),
                entries: tollgate_model::count_of(list.entries),
                bad: tollgate_model::count_of(list.bad),
            })
            .collect();
        Gatherer { policy, tables, case, records: Vec::new() }
    }

    /// Adds a decided line and what is declared of its goods.
    pub fn add(&mut self, order: &OrderLine<'_>, decided: &Decided<'_>, declared: Declared<'_>) {
        let record = decision_record(order, decided, self.policy, self.tables, Detail::Whole);
        let line = line_sheet(order, decided, declared, &record);
        for (role, id) in roles(order) {
            let is_new = !self.case.parties.iter().any(|party| party.role == role && party.id.as_deref() == Some(id));
            if is_new && !id.trim().is_empty() {
                let party = party_sheet(role, id, order, self.tables);
                self.case.parties.push(party);
            }
        }
        self.add_questions(order, decided);
        for duty in &line.duties {
            add_once(&mut self.case.duties, &duty.cite);
        }
        if let Some(symbol) = &line.symbol {
            add_once(&mut self.case.symbols, symbol);
        }
        if let Some(claim) = decided.line.claim.name().filter(|_| decided.claimed_ok != Some(false)) {
            add_once(&mut self.case.claims, claim);
        }
        for sentence in &record.screening {
            add_once(&mut self.case.remarks, sentence);
        }
        add_accounts(&mut self.case.order, decided);
        let head = &mut self.case.order;
        head.date = (!order.is_unread("date")).then(|| order.date.to_string()).or(head.date.take());
        head.activity = (!order.is_unread("activity")).then(|| order.activity.as_str().to_owned());
        head.origin = order.origin.map(|country| country.code().to_owned()).or(head.origin.take());
        let place = (!order.is_unread("destination")).then(|| order.destination.code().to_owned());
        head.destination = place.or(head.destination.take());
        if let Some(use_text) = order.end_use {
            add_once(&mut head.end_uses, use_text);
        }
        self.case.lines.push(line);
        self.records.push(record);
    }

    /// The order, and its decisions as they are recorded; `None` where no line was added.
    pub fn finish(mut self) -> Option<(OrderCase, Vec<DecisionRecord>)> {
        if self.case.lines.is_empty() {
            return None;
        }
        let lines = &self.case.lines;
        let order = &mut self.case.order;
        order.may_go = lines.iter().all(|line| line.may_go);
        order.is_open = lines.iter().any(|line| line.outcome == Outcome::NeedsInformation.as_str());
        let licensed = || lines.iter().filter(|line| line.outcome == Outcome::LicenseRequired.as_str() && !line.may_go);
        order.needs_license = licensed().next().is_some();
        order.can_be_approved = licensed().any(|line| line.review.is_some());
        order.tpp = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.tpp?));
        let cents =
            lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(thousandths_of(line.value_usd.as_ref()?)?));
        order.value_usd = cents.map(dollars);
        let of = |role: &str| {
            let mut found = self.case.parties.iter().filter(|party| party.role == role);
            match (found.next(), found.next()) {
                (Some(party), None) => party.clone(),
                // Lines that name different parties leave the field of the whole order blank.
                _ => PartySheet::default(),
            }
        };
        order.exporter = of("exporter");
        order.purchaser = of("purchaser");
        order.intermediate_consignee = of("intermediate_consignee");
        order.ultimate_consignee = of("ultimate_consignee");
        order.end_user = of("end_user");
        order.freight_forwarder = of("freight_forwarder");
        Some((self.case, self.records))
    }

    /// Adds a question for each column that the line lacks, and for each party that it is about.
    fn add_questions(&mut self, order: &OrderLine<'_>, decided: &Decided<'_>) {
        let open = decided.open_facts();
        for column in &decided.missing {
            let cell = order.unread.iter().find(|cell| cell.column == *column);
            let shown = cell.map(|cell| cell.value.clone()).filter(|value| !value.is_empty());
            for (table, role, of) in targets(order, column, &open, self.tables) {
                let same = |known: &&mut QuestionSheet| known.column == *column && known.role == role && known.of == of;
                match self.case.questions.iter_mut().find(same) {
                    Some(known) => known.lines.push(order.line),
                    None => self.case.questions.push(QuestionSheet {
                        column: column.clone(),
                        table: table.to_owned(),
                        role,
                        of,
                        lines: vec![order.line],
                        shown: shown.clone(),
                    }),
                }
            }
        }
    }
}

/// The table in which an answer stands, the role of the party that it is about, and its name, the item or the line.
fn targets(
    order: &OrderLine<'_>,
    column: &str,
    open: &[FactId],
    tables: &Tables,
) -> Vec<(&'static str, Option<String>, String)> {
    if column == "item" || is_of_item(column) {
        return vec![("items", None, order.item.to_owned())];
    }
    if tollgate_records::Table::Parties.column(column).is_none() {
        return vec![("orders", None, format!("{} line {}", order.order_id, order.line))];
    }
    let named = |role: &str| {
        let short = role.split('_').next().unwrap_or(role);
        let start = if role == "ultimate_consignee" {
            "consignee"
        } else if role == "end_user" {
            role
        } else {
            short
        };
        open.iter().any(|fact| {
            let def = fact.def();
            def.columns.contains(&column) && def.name.split('.').next() == Some(start)
        })
    };
    let all = || roles(order).filter(|(_, id)| !id.trim().is_empty());
    let mut questioned: Vec<_> = all().filter(|(role, _)| named(role)).collect();
    if questioned.is_empty() {
        // A fact about any of the parties: those whose lists or rows leave it open, or all.
        questioned = all().filter(|(_, id)| is_doubtful(id, tables)).collect();
    }
    if questioned.is_empty() {
        questioned = all().collect();
    }
    questioned.into_iter().map(|(role, id)| ("parties", Some(role.to_owned()), name_of(id, tables))).collect()
}

/// Whether a party has no row, a list match, or flags that are not understood.
fn is_doubtful(id: &str, tables: &Tables) -> bool {
    let unread = |party: &Party| !flags_of(party.flags.iter().map(String::as_str)).unread.is_empty();
    tables.parties.get(id).is_none_or(unread) || !tables.hits(id).is_empty()
}

fn name_of(id: &str, tables: &Tables) -> String {
    tables.parties.get(id).and_then(|party| party.name.clone()).unwrap_or_else(|| id.to_owned())
}

fn add_once(texts: &mut Vec<String>, text: &str) {
    if !texts.iter().any(|known| known == text) {
        texts.push(text.to_owned());
    }
}

/// How the accounts that the line is about stand after it.
fn add_accounts(order: &mut OrderSheet, decided: &Decided<'_>) {
    let scratch = &decided.judged.scratch;
    for rule in decided.program.accounts.iter().filter(|rule| scratch.truth(rule.step.when) == Truth::True) {
        let Some(after) = decided.line.facts.get(rule.fact) else { continue };
        let limit = rule.limits.iter().find(|(when, _)| scratch.truth(*when) == Truth::True).map(|(_, limit)| *limit);
        let sheet = AccountSheet {
            after_tpp: after / 1_000,
            limit_tpp: limit.map(|limit| limit.thousandths() / 1_000),
            is_reached: limit.is_some_and(|limit| after >= limit.thousandths()),
        };
        order.accounts.insert(rule.account.clone(), sheet);
    }
}

/// Whether the decision lets a line go: without a license, under an exception, or under a license that covers it.
fn may_go(decided: &Decided<'_>) -> bool {
    match decided.determination().label.outcome {
        Outcome::NoLicenseRequired | Outcome::LicenseException => true,
        Outcome::LicenseRequired => decided.license.as_ref().is_some_and(|found| found.holds == Some(true)),
        Outcome::NeedsInformation => false,
    }
}

fn line_sheet(
    order: &OrderLine<'_>,
    decided: &Decided<'_>,
    declared: Declared<'_>,
    record: &DecisionRecord,
) -> LineSheet {
    let goods = &decided.line.item;
    let chip = goods.chip.as_ref().unwrap_or(&goods.item);
    let text = |value: Option<Decimal>| value.map(|value| value.to_string());
    let may_go = may_go(decided);
    let symbol = match decided.determination().label.outcome {
        Outcome::NoLicenseRequired => Some("NLR".to_owned()),
        Outcome::LicenseException => record.authorization.clone(),
        Outcome::LicenseRequired => may_go.then(|| "license".to_owned()),
        Outcome::NeedsInformation => None,
    };
    let price = declared.unit_price_usd;
    let quantity = (!order.is_unread("quantity")).then_some(order.quantity);
    let value = price.and_then(Decimal::thousandths).zip(quantity).and_then(|(price, units)| price.checked_mul(units));
    let eccn = record.eccn.clone();
    LineSheet {
        line: order.line,
        item: order.item.to_owned(),
        maker: goods.item.vendor.clone(),
        description: declared.description.map(str::to_owned),
        quantity,
        kind: goods.item.kind.map(|kind| kind.as_str().to_owned()),
        z_paragraph: eccn.as_ref().and_then(|eccn| eccn.find(".z").and_then(|at| eccn.get(at..)).map(str::to_owned)),
        is_listed: !eccn.as_deref().is_some_and(|eccn| eccn.starts_with("EAR99")),
        eccn,
        tpp: record.tpp,
        unit_tpp: goods.unit_tpp.map(Tpp::ceil),
        performance_density: text(chip.performance_density),
        die_area_mm2: text(chip.die_area_mm2),
        memory_bandwidth_gb_s: text(chip.memory_bandwidth_gb_s),
        interconnect_gb_s: text(chip.interconnect_gb_s),
        data_center: chip.data_center,
        outcome: record.outcome.as_str().to_owned(),
        may_go,
        symbol,
        claim: order.authorization.map(str::to_owned),
        claim_holds: record.claimed_ok,
        license_number: order.authorization.filter(|_| decided.license.is_some() && may_go).map(str::to_owned),
        review: record.review_policy.map(|review| review.as_str().replace('_', " ")),
        unit_price_usd: price.and_then(Decimal::thousandths).map(dollars),
        value_usd: value.map(dollars),
        hs_code: declared.hs_code.map(str::to_owned),
        gross_weight_kg: text(declared.gross_weight_kg),
        end_use: order.end_use.map(str::to_owned),
        summary: record.summary.clone(),
        duties: record
            .obligations
            .iter()
            .map(|duty| DutySheet {
                cite: duty.cite.to_string(),
                text: duty.text.to_string(),
                deadline: duty.deadline.to_string(),
            })
            .collect(),
        red_flags: record
            .red_flags
            .iter()
            .map(|flag| FlagSheet { cite: flag.cite.to_string(), flag: flag.flag.to_string() })
            .collect(),
        missing: record.missing.clone(),
        remarks: record.remarks.iter().map(|remark| remark.to_string()).collect(),
        certificate: record.certificate.clone(),
    }
}

/// Thousandths of a dollar as dollars and cents, or to the thousandth where it is not whole cents.
fn dollars(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, rest) = (thousandths.unsigned_abs() / 1_000, thousandths.unsigned_abs() % 1_000);
    if rest % 10 == 0 { format!("{sign}{whole}.{:02}", rest / 10) } else { format!("{sign}{whole}.{rest:03}") }
}

/// The thousandths of what [`dollars`] wrote.
fn thousandths_of(dollars: &String) -> Option<i64> {
    dollars.parse::<Decimal>().ok().and_then(Decimal::thousandths)
}

fn party_sheet(role: &str, id: &str, order: &OrderLine<'_>, tables: &Tables) -> PartySheet {
    let row = tables.parties.get(id);
    let code = |party: Option<&Party>, country: fn(&Party) -> Option<tollgate_model::Country>| {
        party.and_then(country).map(|country| country.code().to_owned())
    };
    let parent = row.and_then(|party| party.parent_id.as_deref());
    let detail = |pick: fn(&Party) -> &Option<String>| row.and_then(|party| pick(party).clone());
    let hits: Vec<HitSheet> = tables.hits(id).iter().map(|hit| hit_sheet(hit, order)).collect();
    let flagged = row.is_some_and(|party| party.flags.iter().any(|flag| flag.split(':').next() == Some(UNVERIFIED)));
    let listed = tables.hits(id).iter().any(|hit| hit.effect.flag() == Some(UNVERIFIED) && hit.stands(order.date));
    PartySheet {
        is_named: true,
        role: role.to_owned(),
        id: Some(id.to_owned()),
        name: Some(name_of(id, tables)),
        has_row: row.is_some(),
        address: detail(|party| &party.details().address),
        city: detail(|party| &party.details().city),
        country: code(row, |party| party.country),
        hq_country: code(row, |party| party.hq_country),
        parent: parent.map(|parent| name_of(parent, tables)),
        parent_hq_country: code(parent.and_then(|parent| tables.parties.get(parent)), |party| party.hq_country),
        phone: detail(|party| &party.details().phone),
        email: detail(|party| &party.details().email),
        website: detail(|party| &party.details().website),
        registry_id: detail(|party| &party.details().registry_id),
        business: detail(|party| &party.details().business),
        unverified: flagged || listed,
        hits,
    }
}

fn hit_sheet(hit: &tollgate_decide::Hit, order: &OrderLine<'_>) -> HitSheet {
    let finding = match (hit.binds(order.date), hit.stands(order.date), hit.same) {
        (false, ..) => "not in force on the day of the order",
        (_, false, _) => "cleared as another party",
        (.., true) => "taken for the listed party",
        _ => "OPEN: confirm it or clear it",
    };
    HitSheet {
        list: hit.list.clone(),
        entry: hit.entry.clone(),
        name: hit.name.clone(),
        points: hit.points,
        finding: finding.to_owned(),
        by: hit.cleared.as_ref().map(|cleared| cleared.by.clone()),
        why: hit.cleared.as_ref().map(|cleared| cleared.why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_whole_cents_or_exact() {
        assert_eq!([dollars(1_500), dollars(-20), dollars(1_234)], ["1.50", "-0.02", "1.234"]);
        assert_eq!(thousandths_of(&"1.234".to_owned()), Some(1_234));
        assert!(tollgate_records::Table::Parties.column("hq_country").is_some());
    }
}
