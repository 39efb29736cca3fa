use std::sync::Arc;

use tollgate_law::facts::{self, CLAIMS, END_USES, Facts, as_counted};
use tollgate_model::{Activity, Country, Date, OrderLine, Tpp, Truth};
use tollgate_screening::Effect;

use super::designated::{set_flagged, set_listed};
use super::items::{ItemFacts, UnknownItem, item_facts};
use super::names::Names;
use super::onward::{OCCUPIED, PASSES_ON, end_user_is_unnamed};
use super::parties::{PartyFacts, dated_facts, party_facts};
use super::roles::roles;
use super::screened::Screened;
use super::tables::Tables;

#[expect(clippy::disallowed_types, reason = "looked up by name once a line, never iterated")]
type ByName<T> = std::collections::HashMap<String, T, ahash::RandomState>;

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
}

/// Makes facts out of order lines, remembering items and parties by name.
pub struct FactBuilder {
    tables: Arc<Tables>,
    law: Arc<tollgate_law::Law>,
    /// Parties that have a row.
    known: Arc<ByName<Arc<PartyFacts>>>,
    /// Those of them whose parents change, from each day on which they do.
    dated: Arc<ByName<Vec<(Date, Arc<PartyFacts>)>>>,
    /// Those that have none.
    others: ByName<Arc<PartyFacts>>,
    /// The texts of names that stand as numbers elsewhere.
    pub names: Names,
    items: ByName<Result<Arc<ItemFacts>, UnknownItem>>,
    tier1: std::collections::BTreeSet<Country>,
}

impl FactBuilder {
    /// Reads the parties once; items are looked up as orders name them.
    pub fn new(tables: Arc<Tables>, policy: &tollgate_law::Policy) -> FactBuilder {
        let mut names = Names::default();
        let parties = party_facts(&tables.parties, &tables.parents).into_iter();
        let known = parties.map(|(id, facts)| (id.clone(), Arc::new(facts.numbered(&id, &mut names)))).collect();
        let mut numbered = |id: &str, dated: Vec<(Date, PartyFacts)>| {
            dated.into_iter().map(|(day, facts)| (day, Arc::new(facts.numbered(id, &mut names)))).collect()
        };
        let dated = dated_facts(&tables.parties, &tables.parents).into_iter();
        let dated = dated.map(|(id, dated)| (id.clone(), numbered(&id, dated))).collect();
        FactBuilder {
            known: Arc::new(known),
            dated: Arc::new(dated),
            others: ByName::default(),
            names: names.into_shared(),
            law: Arc::clone(&policy.law),
            tier1: policy.groups.countries("SUPP5A", tollgate_model::Date::MAX).unwrap_or_default(),
            items: ByName::default(),
            tables,
        }
    }

    /// The same tables under another policy of the same law; nothing of them is copied.
    pub fn under(&self, policy: &tollgate_law::Policy) -> FactBuilder {
        FactBuilder {
            tables: Arc::clone(&self.tables),
            law: Arc::clone(&policy.law),
            known: Arc::clone(&self.known),
            dated: Arc::clone(&self.dated),
            others: ByName::default(),
            names: self.names.begun(),
            items: ByName::default(),
            tier1: policy.groups.countries("SUPP5A", tollgate_model::Date::MAX).unwrap_or_default(),
        }
    }

    /// Whether an order's operator is charged under LPP in the consignee's place.
    pub fn operator_is_charged(&self, consignee: &PartyFacts) -> bool {
        consignee.hq.flatten().is_some_and(|hq| self.tier1.contains(&hq))
    }

    /// Whether lists or owners say something of a party, on some day, or its parents change.
    pub fn is_watched(&self, id: &str) -> bool {
        self.tables.screened.says_of(id) || self.dated.contains_key(id)
    }

    /// The facts of a party on a day, with or without a row.
    pub fn party_on(&mut self, id: &str, day: Date) -> Arc<PartyFacts> {
        let dated = self.dated.get(id).and_then(|dated| dated.iter().rev().find(|(from, _)| *from <= day));
        dated.map(|(_, facts)| Arc::clone(facts)).unwrap_or_else(|| self.party(id))
    }

    /// The facts of a party, with or without a row, before any day on which its parents change.
    pub fn party(&mut self, id: &str) -> Arc<PartyFacts> {
        if let Some(party) = self.known.get(id).or_else(|| self.others.get(id)) {
            return Arc::clone(party);
        }
        let party = Arc::new(PartyFacts::without_row(id).numbered(id, &mut self.names));
        self.others.insert(id.to_owned(), Arc::clone(&party));
        party
    }

    /// The facts of an item as an order names it, or why it is not known.
    pub fn item(&mut self, name: &str) -> Result<Arc<ItemFacts>, UnknownItem> {
        if let Some(known) = self.items.get(name) {
            return known.clone();
        }
        let facts = item_facts(name, &self.tables.items, &self.law.catalog).map(Arc::new);
        self.items.insert(name.to_owned(), facts.clone());
        facts
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
        let destination = as_counted(order.destination);
        trade(&mut facts, order, destination);
        set_party(
            &mut facts,
            [facts::CONSIGNEE_COUNTRY, facts::CONSIGNEE_HQ, facts::CONSIGNEE_PARENT_HQ],
            Some(&consignee),
        );
        set_party(
            &mut facts,
            [facts::END_USER_COUNTRY, facts::END_USER_HQ, facts::END_USER_PARENT_HQ],
            end_user.as_ref(),
        );
        for (party, hq, parent) in [
            (&purchaser, facts::PURCHASER_HQ, facts::PURCHASER_PARENT_HQ),
            (&intermediate, facts::INTERMEDIATE_HQ, facts::INTERMEDIATE_PARENT_HQ),
        ] {
            facts.set_country(hq, party.as_ref().map_or(Some(None), |party| party.hq));
            facts.set_country(parent, party.as_ref().map_or(Some(None), |party| party.parent_hq));
        }
        let parties =
            [Some(&consignee), end_user.as_ref(), purchaser.as_ref(), intermediate.as_ref(), forwarder.as_ref()];
        listed(&mut facts, parties, exporter.as_ref());
        set_flagged(&mut facts, parties);
        let unnamed = end_user_is_unnamed(order, consignee.has(PASSES_ON));
        facts.set_if(facts::END_USER_UNNAMED, (!unnamed).then_some(0));
        facts.set(facts::OCCUPIED_REGION, i64::from(consignee.has(OCCUPIED)));
        consignee_flags(&mut facts, &consignee, destination);
        exporter_flags(&mut facts, exporter.as_ref(), purchaser.as_ref().unwrap_or(&consignee));
        let military = consignee.has("military") || end_user.as_ref().is_some_and(|party| party.has("military"));
        facts.set(facts::MILITARY, i64::from(military));
        if !self.tables.screened.is_silent() {
            screened(&mut facts, &self.tables.screened, order);
            let screened = &self.tables.screened;
            // The exporter is no party of 748.5(c) to (f).
            set_listed(&mut facts, &|program| {
                let parties = roles(order).filter(|(role, _)| *role != "exporter");
                let truths = parties.map(|(_, party)| screened.designated(party, program, order.date));
                truths.max().unwrap_or(Truth::False)
            });
        }
        facts.set(facts::FORWARDER_IS_CONSIGNEE, i64::from(order.freight_forwarder == Some(order.ultimate_consignee)));
        let tpp = item.unit_tpp.map(|tpp| tpp.times(order.quantity));
        let lpp_holder = match order.lpp_operator {
            Some(operator) if self.operator_is_charged(&consignee) => self.party_on(operator, order.date),
            _ => Arc::clone(&consignee),
        };
        Ok(LineFacts { facts, item, tpp, lpp_holder, consignee, destination })
    }
}

fn trade(facts: &mut Facts, order: &OrderLine<'_>, destination: Country) {
    let activity = Activity::ALL.iter().position(|own| *own == order.activity);
    facts.set_if(facts::ACTIVITY, activity.and_then(|at| i64::try_from(at).ok()));
    facts.set_country(facts::ORIGIN, order.origin.map(|country| Some(as_counted(country))));
    facts.set_country(facts::DESTINATION, Some(Some(destination)));
    let word =
        |words: &[&str], word: &str| words.iter().position(|own| *own == word).and_then(|at| i64::try_from(at).ok());
    facts.set_if(facts::END_USE, order.end_use.map(|end_use| word(END_USES, end_use).unwrap_or(0)));
    let supercomputer = match order.end_use {
        None | Some("hpc") => None,
        Some(end_use) => Some(i64::from(end_use == "supercomputer")),
    };
    facts.set_if(facts::SUPERCOMPUTER, supercomputer);
    facts.set(
        facts::CLAIM,
        order.authorization.map_or(0, |claim| word(CLAIMS, claim).filter(|at| *at != 0).unwrap_or(2)),
    );
}

fn set_party(facts: &mut Facts, [country, hq, parent]: [facts::FactId; 3], party: Option<&Arc<PartyFacts>>) {
    facts.set_country(country, party.map_or(Some(None), |party| party.country));
    facts.set_country(hq, party.map_or(Some(None), |party| party.hq));
    facts.set_country(parent, party.map_or(Some(None), |party| party.parent_hq));
}

fn listed(facts: &mut Facts, parties: [Option<&Arc<PartyFacts>>; 5], exporter: Option<&Arc<PartyFacts>>) {
    let any = |flag: &str| parties.iter().flatten().any(|party| party.has(flag));
    facts.set(facts::ENTITY_LIST, i64::from(any("entity_list")));
    facts.set(facts::AFFILIATE, i64::from(any("affiliate_50")));
    facts.set(facts::UNVERIFIED, i64::from(any("unverified_list")));
    let denied = any("denied_person") || exporter.is_some_and(|party| party.has("denied_person"));
    facts.set(facts::DENIED, i64::from(denied));
}

/// What lists and owners say, where the flags of the parties table say nothing: a match that may be the party leaves the fact unknown.
fn screened(facts: &mut Facts, screened: &Screened, order: &OrderLine<'_>) {
    // The exporter counts where it is denied; its other listings are no matter of the transaction.
    let any = |with_exporter: bool, truth: &dyn Fn(&str) -> Truth| {
        let parties = roles(order).filter(|(role, _)| with_exporter || *role != "exporter");
        parties.map(|(_, party)| truth(party)).max().unwrap_or(Truth::False)
    };
    let listed = |effect: Effect| any(effect == Effect::DeniedPerson, &|id| screened.listed(id, effect, order.date));
    let found = [
        (facts::ENTITY_LIST, listed(Effect::EntityList)),
        (facts::UNVERIFIED, listed(Effect::UnverifiedList)),
        (facts::DENIED, listed(Effect::DeniedPerson)),
        (facts::AFFILIATE, any(false, &|id| screened.affiliate(id, order.date))),
        (facts::MILITARY, listed(Effect::MilitaryEndUser)),
    ];
    for (fact, truth) in found {
        match truth {
            Truth::True => facts.set(fact, 1),
            Truth::Unknown if facts.get(fact) != Some(1) => facts.forget(fact),
            _ => {}
        }
    }
}

fn consignee_flags(facts: &mut Facts, consignee: &PartyFacts, destination: Country) {
    for (fact, flag) in [
        (facts::CONSIGNEE_GOVERNMENT, "government"),
        (facts::CONSIGNEE_UVEU, "uveu"),
        (facts::CONSIGNEE_SECURE, "secure_facility"),
        (facts::CONSIGNEE_SUPP8, "supp8_uae"),
        (facts::CONSIGNEE_AGREEMENT, "agreement_data_center"),
    ] {
        facts.set(fact, i64::from(consignee.has(flag)));
    }
    facts.set(facts::CONSIGNEE_NVEU, i64::from(consignee.is_nveu_in(destination)));
}

fn exporter_flags(facts: &mut Facts, exporter: Option<&Arc<PartyFacts>>, buyer: &PartyFacts) {
    for (fact, flag) in [
        (facts::EXPORTER_FOUNDRY, "foundry"),
        (facts::EXPORTER_OSAT, "osat"),
        (facts::EXPORTER_APPROVED_OSAT, "approved_osat"),
        (facts::EXPORTER_INFORMED, "is_informed"),
    ] {
        facts.set(fact, i64::from(exporter.is_some_and(|party| party.has(flag))));
    }
    let designer = buyer.has("authorized_ic_designer") || buyer.has("approved_ic_designer");
    facts.set(facts::BUYER_IC_DESIGNER, i64::from(designer));
}
