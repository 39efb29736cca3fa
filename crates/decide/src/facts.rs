//! The facts of an order line: its parties, its item, its end use and what it claims, each fact with a value or unknown.

use std::collections::BTreeSet;
use std::sync::Arc;

use tollgate_law::facts::{self, FactId, Facts, ear_country};
use tollgate_law::groups::GroupCalendar;
use tollgate_model::{Activity, Country, Date, OrderLine, Tpp, Truth};
use tollgate_screening::{Effect, EntryReview};

use super::claim::{Claim, claim_of};
use super::designated::{set_flagged, set_listed};
use super::end_use::{EndUse, EndUseQuestion, end_use_of};
use super::flags::UNSCREENED;
use super::item_facts::{ItemFacts, UnknownItem};
use super::items::{candidates, item_facts, unknown_item};
use super::names::{Name, Names};
use super::onward::{OCCUPIED, PASSES_ON, end_user_is_unnamed};
use super::parties::{PartyFacts, dated_facts, party_facts};
use super::party_doubt::{doubt_of_forces_by_name, doubt_of_name, doubts_of};
use super::rental::{SERVICE, says_service};
use super::role_flags::{consignee_flags, exporter_flags, renters_flag, set_seats, set_truth, volume_flags};
use super::roles::roles;
use super::route::Routes;
use super::screened::{designated_among, listed_among, review_policies};
use super::tables::Tables;
use super::text_names::names_in_texts;
use super::typed::is_name;

#[expect(clippy::disallowed_types, reason = "looked up by name once a line, never iterated")]
type ByName<T> = std::collections::HashMap<String, T, ahash::RandomState>;

/// The facts of a party from each day on which they change, in order.
type Spans = Vec<(Date, Arc<PartyFacts>)>;

/// The facts of an order line, and what the counts need beside them.
#[derive(Clone, Debug)]
pub struct LineFacts {
    /// A slot and a known-bit for each fact.
    pub facts: Facts,
    /// What the law asks of the item.
    pub item: Arc<ItemFacts>,
    /// TPP of the whole line.
    pub tpp: Option<Tpp>,
    /// The party whose LPP limit is charged: its ultimate parent.
    pub lpp_holder: Arc<PartyFacts>,
    /// The ultimate consignee.
    pub consignee: Arc<PartyFacts>,
    /// The country of destination, as the EAR counts it.
    pub destination: Country,
    /// What is claimed.
    pub claim: Claim,
    /// A fact that somebody must settle before the line may go, whatever the law makes of the others.
    pub asks: Option<FactId>,
    /// The columns of the line whose cells are not understood, and that must be before it may go.
    pub unread: Vec<String>,
    /// What was not understood, or is not known, a sentence each.
    pub remarks: Vec<Arc<str>>,
}

/// What is said of a line whose item is not known.
pub(crate) fn unknown_item_remark(item: &ItemFacts) -> Option<Arc<str>> {
    let unknown = item.unknown.as_ref()?;
    Some(Arc::from(format!("The item `{}` is not known: {}; {}.", item.name, unknown.what, unknown.mend)))
}

/// Whether a line may not go while its cell of a column is not understood: any but those of what was declared of the goods.
pub fn is_decided_by(column: &str) -> bool {
    !matches!(column, "hs_code" | "description" | "unit_price_usd" | "gross_weight_kg" | "packages")
}

/// Where the ultimate consignee is, where it is headquartered, and where its ultimate parent is.
const CONSIGNEE_SEATS: [FactId; 3] = [facts::CONSIGNEE_COUNTRY, facts::CONSIGNEE_HQ, facts::CONSIGNEE_PARENT_HQ];
/// The same of the end user.
const END_USER_SEATS: [FactId; 3] = [facts::END_USER_COUNTRY, facts::END_USER_HQ, facts::END_USER_PARENT_HQ];

/// Makes facts out of order lines, remembering items and parties by name.
pub struct FactBuilder {
    tables: Arc<Tables>,
    law: Arc<tollgate_law::Law>,
    /// Parties that have a row.
    known: Arc<ByName<Arc<PartyFacts>>>,
    /// Those of them whose parents change, from each day on which they do.
    dated: Arc<ByName<Spans>>,
    /// Those that have none.
    others: ByName<Arc<PartyFacts>>,
    /// The texts of names that stand as numbers elsewhere.
    pub names: Names,
    items: ByName<Result<Arc<ItemFacts>, UnknownItem>>,
    end_uses: ByName<Arc<EndUse>>,
    claims: ByName<Claim>,
    tier_one: GroupCalendar,
    routes: Routes,
}

impl FactBuilder {
    /// Reads the parties once; items are looked up as orders name them.
    pub fn new(tables: Arc<Tables>, policy: &tollgate_law::Policy) -> FactBuilder {
        let mut names = Names::default();
        let parties = party_facts(&tables.parties, &tables.parents).into_iter();
        let seats = policy.restricted_seats();
        let marked = |id: &str, facts: PartyFacts| marked(&tables, &seats, id, facts);
        let known =
            parties.map(|(id, facts)| (id.clone(), Arc::new(marked(&id, facts).numbered(&id, &mut names)))).collect();
        let mut numbered = |id: &str, dated: Vec<(Date, PartyFacts)>| {
            dated.into_iter().map(|(day, facts)| (day, Arc::new(marked(id, facts).numbered(id, &mut names)))).collect()
        };
        let dated = dated_facts(&tables.parties, &tables.parents).into_iter();
        let dated = dated.map(|(id, dated)| (id.clone(), numbered(&id, dated))).collect();
        FactBuilder {
            known: Arc::new(known),
            dated: Arc::new(dated),
            others: ByName::default(),
            names: names.into_shared(),
            law: Arc::clone(&policy.law),
            tier_one: policy.tier_one(),
            routes: Routes::new(policy),
            items: ByName::default(),
            end_uses: ByName::default(),
            claims: ByName::default(),
            tables,
        }
    }

    /// The same tables under another policy of the same law; nothing of them is copied.
    pub fn with_policy(&self, policy: &tollgate_law::Policy) -> FactBuilder {
        FactBuilder {
            tables: Arc::clone(&self.tables),
            law: Arc::clone(&policy.law),
            known: Arc::clone(&self.known),
            dated: Arc::clone(&self.dated),
            others: ByName::default(),
            names: self.names.without_local(),
            items: ByName::default(),
            end_uses: ByName::default(),
            claims: ByName::default(),
            tier_one: policy.tier_one(),
            routes: Routes::new(policy),
        }
    }

    /// Whether the operator of an order of a day is charged under LPP in the consignee's place: where the consignee is headquartered in a country
    /// of supplement no. 5(a) on that day.
    pub fn operator_is_charged(&self, consignee: &PartyFacts, order: Date) -> bool {
        consignee.hq.flatten().is_some_and(|hq| self.tier_one.contains(hq, order))
    }

    /// The tables that facts are made from.
    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// As [`FactBuilder::tables`], to be kept while facts are made.
    pub(crate) fn shared_tables(&self) -> Arc<Tables> {
        Arc::clone(&self.tables)
    }

    /// Whether lists or owners say something of a party, on some day, or its parents change.
    pub fn is_watched(&self, id: &str) -> bool {
        let says = self.dated.contains_key(id) || self.tables.screened.says_of(id);
        says || match self.known.get(id) {
            Some(party) => party.has_dated_flags(),
            None => !self.tables.names.hits(id).is_empty(),
        }
    }

    /// The facts of a party on a day, with or without a row.
    pub fn party_on(&mut self, id: &str, day: Date) -> Arc<PartyFacts> {
        let dated = self.dated.get(id).and_then(|dated| dated.iter().rev().find(|(from, _)| *from <= day));
        dated.map(|(_, facts)| Arc::clone(facts)).unwrap_or_else(|| self.party(id))
    }

    /// The ultimate parent of a party on a day, both by name; `None` where the party's parents never change.
    pub fn parent_on(&self, party: Name, day: Date) -> Option<Name> {
        let dated = self.dated.get(self.names.text(party))?;
        dated.iter().rev().find(|(from, _)| *from <= day).map(|(_, facts)| facts.parent)
    }

    /// The facts of a party, with or without a row, before any day on which its parents change.
    pub fn party(&mut self, id: &str) -> Arc<PartyFacts> {
        if let Some(party) = self.known.get(id).or_else(|| self.others.get(id)) {
            return Arc::clone(party);
        }
        let (screened, what) = screened_by_name(&self.tables, id);
        let remark = format!("The party `{id}` has no row: {what}.");
        let doubts = doubt_of_name(id, id).into_iter().chain(doubt_of_forces_by_name(id, id)).collect();
        let party = PartyFacts::without_row(id, screened, remark).with_doubts(doubts);
        let party = Arc::new(party.numbered(id, &mut self.names));
        self.others.insert(id.to_owned(), Arc::clone(&party));
        party
    }

    /// The facts of an item as an order names it, or why it is not known.
    pub fn item(&mut self, name: &str) -> Result<Arc<ItemFacts>, UnknownItem> {
        if let Some(known) = self.items.get(name) {
            return known.clone();
        }
        let order_name = name;
        let name = self.tables.answered.item(name);
        let (items, catalog) = (&self.tables.items, &self.law.catalog);
        let unread = self.unread_item(name);
        let candidates = if unread.is_some() { Vec::new() } else { candidates(name, items, catalog) };
        let facts = unread.map_or_else(|| item_facts(name, items, catalog), Err);
        let facts = match facts {
            Err(unknown) if !self.tables.strict => {
                Ok(Arc::new(ItemFacts { candidates, ..unknown_item(name, unknown) }))
            }
            facts => facts.map(Arc::new),
        };
        self.items.insert(order_name.to_owned(), facts.clone());
        facts
    }

    /// Why nothing is known of an item whose row, or that of its accelerator, is not understood.
    fn unread_item(&self, name: &str) -> Option<UnknownItem> {
        let unread = &self.tables.unread.items;
        let accelerator = self.tables.items.get(name).and_then(|item| item.accelerator.as_deref());
        let (named, mistake) =
            [Some(name), accelerator].into_iter().flatten().find_map(|name| Some((name, unread.get(name)?)))?;
        let what = format!("its row, or that of `{named}`, is not understood ({}: {})", mistake.place, mistake.what);
        Some(UnknownItem { what, mend: mistake.mend.clone() })
    }

    /// The facts of a line; those of the accounts and readings are still to be set.
    pub fn line(&mut self, order: &OrderLine<'_>) -> Result<LineFacts, UnknownItem> {
        let item = self.item(order.item)?;
        let mut facts = item.facts.clone();
        let consignee = self.party_on(order.ultimate_consignee, order.date);
        let end_user =
            order.end_user.filter(|id| *id != order.ultimate_consignee).map(|id| self.party_on(id, order.date));
        let others = [order.purchaser, order.intermediate_consignee, order.freight_forwarder];
        let [purchaser, intermediate, forwarder] = others.map(|id| id.map(|id| self.party_on(id, order.date)));
        let exporter = order.exporter.map(|id| self.party_on(id, order.date));
        let destination = ear_country(order.destination);
        let (end_use, claim) = (order.end_use.map(|text| self.end_use(text)), self.claim(order.authorization));
        trade(&mut facts, order, destination);
        let use_asks =
            declared(&mut facts, end_use.as_deref(), &claim, self.tier_one.contains(destination, order.date));
        let named = end_use.as_deref().map_or(Some(None), |end_use| end_use.place_beside(destination));
        facts.set_country(facts::END_USE_PLACE, named);
        set_party(&mut facts, CONSIGNEE_SEATS, Some(&consignee));
        set_party(&mut facts, END_USER_SEATS, end_user.as_ref());
        let stated = (destination != Country::UNKNOWN).then_some(destination);
        facts.set_country(facts::CONSIGNEE_PLACE, consignee.stated_place(stated));
        let route = order.via.map(|text| self.routes.read(text));
        let received = intermediate.as_ref().map_or(Some(None), |party| party.stated_place(None));
        let between = self.routes.place_between(received, route.as_deref(), order.date);
        facts.set_country(facts::INTERMEDIATE_PLACE, between);
        set_seats(&mut facts, purchaser.as_ref(), intermediate.as_ref());
        let parties =
            [Some(&consignee), end_user.as_ref(), purchaser.as_ref(), intermediate.as_ref(), forwarder.as_ref()];
        listed(&mut facts, parties, exporter.as_ref(), order.date);
        set_flagged(&mut facts, parties);
        let resold = end_use.as_deref().is_some_and(EndUse::is_resale);
        let unnamed = end_user_is_unnamed(order, consignee.has(PASSES_ON), resold);
        facts.set_if(facts::END_USER_UNNAMED, (!unnamed).then_some(0));
        let occupied = consignee.has(OCCUPIED) || end_user.as_ref().is_some_and(|party| party.has(OCCUPIED));
        facts.set(facts::OCCUPIED_REGION, i64::from(occupied));
        consignee_flags(&mut facts, &consignee, destination);
        renters_flag(&mut facts, &consignee, end_user.as_ref());
        exporter_flags(&mut facts, exporter.as_ref(), purchaser.as_ref().unwrap_or(&consignee));
        volume_flags(&mut facts, exporter.as_ref(), parties, order.date);
        armed_forces(&mut facts, parties, end_use.as_deref(), order.date);
        if !self.tables.are_silent() {
            self.screened(&mut facts, order);
        }
        facts.set(facts::FORWARDER_IS_CONSIGNEE, i64::from(order.freight_forwarder == Some(order.ultimate_consignee)));
        let tpp = item.unit_tpp.filter(|_| !order.is_unread("quantity")).map(|tpp| tpp.times(order.quantity));
        let operator = order.lpp_operator.map(|operator| self.party_on(operator, order.date));
        let charged = operator.as_ref().filter(|_| self.operator_is_charged(&consignee, order.date));
        let lpp_holder = Arc::clone(charged.unwrap_or(&consignee));
        let seen = [exporter.as_ref(), purchaser.as_ref(), intermediate.as_ref(), Some(&consignee), end_user.as_ref()];
        let seen = seen.into_iter().chain([forwarder.as_ref(), operator.as_ref()]).flatten();
        let mut remarks = party_remarks(seen, !self.tables.answered.parties.is_empty());
        remarks.extend(self.tables.answered.remarks(order.order_id, order.line, order.item));
        remarks.extend(unknown_item_remark(&item));
        let open = end_use.as_ref().and_then(|end_use| end_use.open.as_ref());
        let question = open.filter(|_| use_asks.is_some()).zip(order.end_use).map(|(open, text)| open.sentence(text));
        let claimed = order.authorization.and_then(|text| claim.question(text));
        remarks.extend(question.into_iter().chain(claimed).map(Arc::from));
        remarks.extend(cell_remarks(order).into_iter().chain(names_in_texts(order, open, &self.tables.names)));
        let origin = self.routes.origin_doubt(order);
        let asks = use_asks.or(origin.is_some().then_some(facts::ORIGIN));
        remarks.extend(route.and_then(|route| route.remark.clone()).into_iter().chain(origin));
        let unread =
            order.unread.iter().map(|cell| cell.column.clone()).filter(|column| is_decided_by(column)).collect();
        Ok(LineFacts { facts, item, tpp, lpp_holder, consignee, destination, claim, asks, unread, remarks })
    }

    fn end_use(&mut self, text: &str) -> Arc<EndUse> {
        if let Some(known) = self.end_uses.get(text) {
            return Arc::clone(known);
        }
        let read = Arc::new(end_use_of(text));
        self.end_uses.insert(text.to_owned(), Arc::clone(&read));
        read
    }

    fn claim(&mut self, text: Option<&str>) -> Claim {
        let Some(text) = text else { return Claim::None };
        if let Some(known) = self.claims.get(text) {
            return known.clone();
        }
        let read = claim_of(Some(text));
        self.claims.insert(text.to_owned(), read.clone());
        read
    }

    /// What lists and owners say, where the flags of the parties table say nothing: a match that may be the party leaves the fact unknown.
    fn screened(&self, facts: &mut Facts, order: &OrderLine<'_>) {
        let (screened, names) = (&self.tables.screened, &self.tables.names);
        let listed_party = |id: &str, effect: Effect| match self.others.contains_key(id) {
            true => screened.listed(id, effect, order.date).max(listed_among(&names.hits(id), effect, order.date)),
            false => screened.listed(id, effect, order.date),
        };
        // The exporter counts where it is denied; its other listings are no matter of the transaction.
        let any = |with_exporter: bool, truth: &dyn Fn(&str) -> Truth| {
            let parties = roles(order).filter(|(role, _)| with_exporter || *role != "exporter");
            parties.map(|(_, party)| truth(party)).max().unwrap_or(Truth::False)
        };
        let listed = |effect: Effect| any(effect == Effect::DeniedPerson, &|id| listed_party(id, effect));
        let found = [
            (facts::ENTITY_LIST, listed(Effect::EntityList)),
            (facts::UNVERIFIED, listed(Effect::UnverifiedList)),
            (facts::DENIED, listed(Effect::DeniedPerson)),
            (facts::AFFILIATE, any(false, &|id| self.affiliate(id, order.date))),
            (facts::MILITARY, listed(Effect::MilitaryEndUser)),
        ];
        for (fact, truth) in found {
            match truth {
                Truth::True => facts.set(fact, 1),
                Truth::Unknown if facts.get(fact) != Some(1) => facts.forget(fact),
                _ => {}
            }
        }
        self.entry_policies(facts, order);
        // The exporter is no party of 748.5(c) to (f).
        set_listed(facts, &|program| {
            let of = |id: &str| match self.others.contains_key(id) {
                true => designated_among(&names.hits(id), program, order.date),
                false => Truth::False,
            };
            any(false, &|id| screened.designated(id, program, order.date).max(of(id)))
        });
    }

    /// Whether listed parties own half of a party: of foreign ones alone (15 CFR 744, supplement no. 8, paragraphs (a) and (b)).
    fn affiliate(&self, id: &str, date: Date) -> Truth {
        let is_at_home = self.tables.parties.get(id).is_some_and(|party| party.country == Some(Country::UNITED_STATES));
        if is_at_home { Truth::False } else { self.tables.screened.affiliate(id, date) }
    }

    /// What the entries of the Entity List state of their review; a party that is listed by its flag states nothing.
    fn entry_policies(&self, facts: &mut Facts, order: &OrderLine<'_>) {
        if facts.get(facts::ENTITY_LIST) == Some(0) {
            return;
        }
        let parties: Vec<&str> = roles(order).filter(|(role, _)| *role != "exporter").map(|(_, id)| id).collect();
        let flagged = parties.iter().any(|id| {
            self.known.get(*id).is_some_and(|party| party.listing("entity_list", order.date) != Truth::False)
        });
        let mut policies = if flagged { vec![EntryReview::Unstated] } else { Vec::new() };
        for id in parties {
            policies.extend(review_policies(self.tables.screened.hits(id), order.date));
            if self.others.contains_key(id) {
                policies.extend(review_policies(&self.tables.names.hits(id), order.date));
            }
        }
        set_policies(facts, &policies);
    }
}

/// Sets what the entries of the Entity List state of their review.
fn set_policies(facts: &mut Facts, policies: &[EntryReview]) {
    let case_by_case = !policies.is_empty() && policies.iter().all(|policy| *policy == EntryReview::CaseByCase);
    facts.set(facts::ENTITY_LIST_CASE_BY_CASE, i64::from(case_by_case));
    facts.set(facts::ENTITY_LIST_DENIAL, i64::from(policies.contains(&EntryReview::PolicyOfDenial)));
}

/// The facts of a party with a row, with what is not understood of the row and what answers say of it or of its ultimate parent.
fn marked(tables: &Tables, seats: &BTreeSet<Country>, id: &str, facts: PartyFacts) -> PartyFacts {
    let facts = match tables.unread.parties.get(id) {
        Some(mistakes) => facts.with_unread(mistakes),
        None => facts,
    };
    let facts = if facts.has(UNSCREENED) && !tables.names.has_lists() { facts.without_lists(id) } else { facts };
    let answered = &tables.answered;
    let parent = tables.parties.get(facts.ultimate_parent()).filter(|parent| parent.party_id != id);
    let doubts = tables.parties.get(id).map_or_else(Vec::new, |row| doubts_of(row, parent, answered, seats));
    let facts = facts.with_doubts(doubts);
    if answered.parties.is_empty() {
        return facts;
    }
    let facts = match answered.made.get(id) {
        Some(made) if made.without_flags => {
            let (screened, what) = screened_by_name(tables, id);
            let remark: Arc<str> =
                Arc::from(format!("The party `{id}` has no row, and no answer says its flags: {what}."));
            facts.made(*made, screened).with_remarks(std::iter::once(&remark))
        }
        Some(made) => facts.made(*made, true),
        None => facts,
    };
    let parent = Some(facts.ultimate_parent().to_owned()).filter(|parent| parent != id);
    let of = |id: &str| answered.parties.get(id).into_iter().flatten();
    let remarks = of(id).chain(parent.as_deref().map(of).into_iter().flatten());
    facts.with_remarks(remarks)
}

/// What is to be said of the parties of a line; with `once`, nothing twice of a party in several roles.
fn party_remarks<'a>(parties: impl Iterator<Item = &'a Arc<PartyFacts>>, once: bool) -> Vec<Arc<str>> {
    let mut remarks: Vec<Arc<str>> = Vec::new();
    for remark in parties.flat_map(|party| &party.remarks) {
        if !once || !remarks.contains(remark) {
            remarks.push(Arc::clone(remark));
        }
    }
    remarks
}

/// Whether lists say all of the listings of a party that has no row, or only one by answers; and what is to be said of that.
fn screened_by_name(tables: &Tables, id: &str) -> (bool, String) {
    let names = &tables.names;
    let rows = &tables.parties;
    match names.nearest_row(id, rows, |row| tables.answered.made.contains_key(row)) {
        Some(nearest) => (false, format!("did you mean `{nearest}`? Its listings and its place are unknown")),
        None if !names.has_lists() => {
            (false, "it was screened against no list, and its listings and its place are unknown".to_owned())
        }
        None if !is_name(id) => {
            (false, "it is no name that could be screened, and its listings and its place are unknown".to_owned())
        }
        None => (true, "it was screened by that name; its place and its owners are unknown".to_owned()),
    }
}

fn trade(facts: &mut Facts, order: &OrderLine<'_>, destination: Country) {
    let activity = Activity::ALL.iter().position(|activity| *activity == order.activity);
    let activity = activity.filter(|_| !order.is_unread("activity"));
    facts.set_if(facts::ACTIVITY, activity.and_then(|at| i64::try_from(at).ok()));
    facts.set_country(facts::ORIGIN, order.origin.map(|country| Some(ear_country(country))));
    facts.set_country(facts::DESTINATION, (destination != Country::UNKNOWN).then_some(Some(destination)));
}

/// What is to be said of the cells of an order that are not understood.
fn cell_remarks(order: &OrderLine<'_>) -> Vec<Arc<str>> {
    let mut remarks: Vec<Arc<str>> = order.unread.iter().map(|cell| Arc::from(cell.to_string())).collect();
    if order.unread.iter().any(|cell| cell.column == "activity" && says_service(&cell.value)) {
        remarks.push(Arc::from(SERVICE));
    }
    remarks
}

/// Sets what the declared end use and the claim say; returns the fact that is still to be settled, where one is. `tier_one` says whether the
/// destination is one of those in supplement no. 5(a) to part 740 on the order's day, where a military end use asks for nothing.
fn declared(facts: &mut Facts, end_use: Option<&EndUse>, claim: &Claim, tier_one: bool) -> Option<FactId> {
    let index = |at: usize| i64::try_from(at).ok();
    facts.set_if(facts::END_USE, end_use.and_then(|end_use| end_use.word).and_then(index));
    facts.set_if(facts::SUPERCOMPUTER, end_use.and_then(|end_use| end_use.supercomputer).map(i64::from));
    facts.set(facts::RENTED_COMPUTE, i64::from(end_use.is_some_and(|end_use| end_use.rental)));
    facts.set_if(facts::CLAIM, index(claim.place()));
    let open = end_use.and_then(|end_use| end_use.open.as_ref());
    open.filter(|open| !(tier_one && **open == EndUseQuestion::Military)).map(|_| facts::END_USE)
}

fn set_party(facts: &mut Facts, [country, hq, parent]: [facts::FactId; 3], party: Option<&Arc<PartyFacts>>) {
    facts.set_country(country, party.map_or(Some(None), |party| party.country));
    facts.set_country(hq, party.map_or(Some(None), |party| party.hq));
    facts.set_country(parent, party.map_or(Some(None), |party| party.parent_hq));
}

fn listed(
    facts: &mut Facts,
    parties: [Option<&Arc<PartyFacts>>; 5],
    exporter: Option<&Arc<PartyFacts>>,
    date: tollgate_model::Date,
) {
    let of = |party: &Arc<PartyFacts>, flag: &str| party.listing(flag, date);
    let any = |flag: &str| parties.iter().flatten().map(|party| of(party, flag)).max().unwrap_or(Truth::False);
    set_truth(facts, facts::ENTITY_LIST, any("entity_list"));
    // A flag says nothing of the review policy that the entry states.
    facts.set(facts::ENTITY_LIST_CASE_BY_CASE, 0);
    facts.set(facts::ENTITY_LIST_DENIAL, 0);
    set_truth(facts, facts::AFFILIATE, any("affiliate_50"));
    set_truth(facts, facts::UNVERIFIED, any("unverified_list"));
    let denied = exporter.map_or(Truth::False, |party| of(party, "denied_person"));
    set_truth(facts, facts::DENIED, any("denied_person").max(denied));
}

/// Sets whether a party or the end use is military (744.21), or of military intelligence (744.22).
fn armed_forces(facts: &mut Facts, parties: [Option<&Arc<PartyFacts>>; 5], end_use: Option<&EndUse>, date: Date) {
    let any =
        |flag: &str| parties.iter().flatten().map(|party| party.listing(flag, date)).max().unwrap_or(Truth::False);
    let used = |of: fn(&EndUse) -> Truth| end_use.map_or(Truth::False, of);
    set_truth(facts, facts::MILITARY, any("military").max(used(EndUse::military)));
    set_truth(facts, facts::MILITARY_INTELLIGENCE, any("military_intelligence").max(used(EndUse::intelligence)));
}
