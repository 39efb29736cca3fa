//! One order line from record to decision.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use tollgate_engine::{
    AtomMask, BELOW, Determination, Judged, Memo, TraceStep, reads, trace, with_host, with_readings,
};
use tollgate_law::Policy;
use tollgate_law::facts::{self, EXPORTER_CHINA_VOLUME, FactId};
use tollgate_law::program::{ExceptionRule, FindingRule, Label, ObligationRule, Program, ReviewRule, Step};
use tollgate_model::{AccountKey, Date, Decimal, OrderLine, Outcome, Tpp, Truth, count_of};

use super::accounts::{
    Accounts, AllocationRow, ChargeRule, account_bits, forget_account_facts, headquarters, set_account_facts,
};
use super::candidates::{ItemMemo, settle_item};
use super::china_volume::ChinaVolume;
use super::claim::claim_holds;
use super::digest::facts_digest;
use super::facts::{FactBuilder, LineFacts};
use super::file_counts::FileCounts;
use super::fleet::ItemWeight;
use super::item_facts::UnknownItem;
use super::item_findings::compare_eccn;
use super::judging::{RenderedDecision, Scale, hold_ratios, judge};
use super::licenses::{LicenseFinding, LicenseUse, LicensedLine};
use super::missing::{missing, with_other_tpp};
use super::opening::opened_accounts;
use super::reading_effects::{ReadingEffect, disputed};
use super::tables::Tables;
use super::veu_bases::{VeuBases, goes, is_universal};

/// A decided line.
pub struct Decided<'p> {
    /// The law of the order's day.
    pub program: &'p Program,
    /// The facts of the line.
    pub line: LineFacts,
    /// The determination, with what is worded once for all lines that are decided alike.
    pub judged: Arc<Judged<RenderedDecision>>,
    /// Whether the claimed authorization holds; `None` where none was claimed, or where that is not settled.
    pub claimed_ok: Option<bool>,
    /// What the table of licenses says of a claimed license, where both are there.
    pub license: Option<LicenseFinding>,
    /// The columns that would settle the outcome, each once.
    pub missing: Vec<String>,
    opened: Option<Determination>,
    disputed: Option<ReadingEffect>,
    /// Units that had gone under the claimed license before.
    license_units: i64,
}

/// A label, and in which accounts a line with it is counted.
pub struct CountedLabel<'p> {
    /// Outcome, exception and review.
    pub label: Label,
    /// The law of the order's day.
    pub program: &'p Program,
    /// A bit for each of the program's accounts.
    pub counted: u64,
}

/// Decides lines by a policy, keeping the counts.
pub struct Decider {
    /// By what it decides.
    pub policy: Arc<Policy>,
    /// What it has counted.
    pub accounts: Accounts,
    builder: FactBuilder,
    memo: Memo<RenderedDecision>,
    item_memo: ItemMemo,
    license_use: LicenseUse,
    veu_bases: Option<VeuBases>,
    china_volume: ChinaVolume,
    shipments: BTreeMap<String, Option<Tpp>>,
}

impl Decider {
    /// A decider that has counted nothing yet.
    pub fn new(policy: Arc<Policy>, tables: Arc<Tables>) -> Decider {
        let mut builder = FactBuilder::new(tables, &policy);
        let (accounts, _) = opened_accounts(&policy, &mut builder);
        Decider {
            veu_bases: VeuBases::of(builder.tables()),
            china_volume: ChinaVolume::default(),
            builder,
            policy,
            accounts,
            memo: Memo::default(),
            item_memo: ItemMemo::default(),
            license_use: LicenseUse::default(),
            shipments: BTreeMap::new(),
        }
    }

    /// Decides by another policy of the same law, over the same tables: soon made, however large these are.
    pub fn with_policy(&self, policy: Arc<Policy>) -> Decider {
        let mut builder = self.builder.with_policy(&policy);
        let (accounts, _) = opened_accounts(&policy, &mut builder);
        Decider {
            veu_bases: VeuBases::of(builder.tables()),
            china_volume: ChinaVolume::default(),
            builder,
            policy,
            accounts,
            memo: Memo::default(),
            item_memo: ItemMemo::default(),
            license_use: LicenseUse::default(),
            shipments: BTreeMap::new(),
        }
    }

    /// Adds a line to the total of its order, for orders of several lines.
    pub fn add_to_shipment(&mut self, order: &OrderLine<'_>) -> Result<(), UnknownItem> {
        let item = self.builder.item(order.item)?;
        // Of several that it may be, the most.
        let unit = item.candidates.first().map_or(item.unit_tpp, |most| most.unit_tpp);
        let tpp = unit.map(|unit| unit.times(order.quantity));
        let total = self.shipments.entry(order.order_id.to_owned()).or_insert(Some(Tpp::default()));
        *total = total.zip(tpp).map(|(total, tpp)| total.plus(tpp));
        Ok(())
    }

    /// Whether the item that a line names is known, or one of several in the catalog; else says what is wrong and how to mend it.
    pub fn check_item(&mut self, name: &str) -> Result<(), UnknownItem> {
        let item = self.builder.item(name)?;
        if item.candidates.is_empty() { item.unknown.clone().map_or(Ok(()), Err) } else { Ok(()) }
    }

    /// The accounts that some line has touched.
    pub fn account_views(&self) -> Vec<AllocationRow> {
        self.accounts.views(&self.builder.names)
    }

    /// Decides a line on top of what others keep count of, and counts it for this once; [`Decider::charges`] then says in which accounts.
    pub fn decide_on(
        &mut self,
        order: &OrderLine<'_>,
        used: &dyn Fn(&AccountKey) -> Tpp,
    ) -> Result<Decided<'_>, UnknownItem> {
        self.shipments.clear();
        self.license_use = LicenseUse::default();
        self.decide_upon(order, &|_, key| used(key))
    }

    /// Decides a line as it stands within a file: on top of what the file's other lines had counted before it, and of what others keep count of.
    pub fn decide_within(
        &mut self,
        order: &OrderLine<'_>,
        counts: &FileCounts,
        used: &dyn Fn(&AccountKey) -> Tpp,
    ) -> Result<Decided<'_>, UnknownItem> {
        self.shipments.clear();
        self.shipments.insert(order.order_id.to_owned(), counts.shipment_milli_tpp.map(Tpp::from_thousandths));
        self.license_use = LicenseUse::after(order, counts.license_units);
        self.decide_upon(order, &|place, key| counts.used(place).plus(used(key)))
    }

    fn decide_upon(
        &mut self,
        order: &OrderLine<'_>,
        used: &dyn Fn(usize, &AccountKey) -> Tpp,
    ) -> Result<Decided<'_>, UnknownItem> {
        let mut line = self.builder.line(order)?;
        let program = self.policy.program(order.date);
        settle_item(&mut self.item_memo, self.policy.epoch(order.date), program, &mut line, order);
        self.accounts = Accounts::default();
        self.veu_bases = VeuBases::of(self.builder.tables());
        self.china_volume = ChinaVolume::default();
        self.accounts.set_facts(program, &mut line, order.date);
        self.accounts.set_use(program, &self.builder.names, used);
        self.decide(order)
    }

    /// The accounts in which the line was counted that was decided last, each with its limit.
    pub fn charges(&self) -> Vec<(AccountKey, Option<Tpp>)> {
        self.accounts.charges(&self.builder.names)
    }

    /// The accounts that the law has for a line, counted there or not, each with its limit.
    pub fn limits_for(&mut self, order: &OrderLine<'_>) -> Result<Vec<(AccountKey, Option<Tpp>)>, UnknownItem> {
        let judged = Arc::clone(&self.decide_on(order, &|_| Tpp::default())?.judged);
        let program = self.policy.program(order.date);
        Ok(self.accounts.limits(program, &judged.scratch, &self.builder.names))
    }

    /// Decides a line of whose facts some are set otherwise, and counts nothing.
    fn judge_with(
        &mut self,
        order: &OrderLine<'_>,
        set: impl FnOnce(&Program, &mut LineFacts),
    ) -> Result<(&Program, LineFacts, Arc<Judged<RenderedDecision>>), UnknownItem> {
        let mut line = self.builder.line(order)?;
        let program = self.policy.program(order.date);
        let epoch = self.policy.epoch(order.date);
        settle_item(&mut self.item_memo, epoch, program, &mut line, order);
        set(program, &mut line);
        with_readings(program, &mut line.facts);
        let judged = judge(&mut self.memo, &self.policy, epoch, program, &line.facts);
        Ok((program, line, judged))
    }

    /// Decides a line where so much is used of each of the program's accounts, and counts nothing.
    pub fn decide_where(
        &mut self,
        order: &OrderLine<'_>,
        used: &[Tpp],
        shipment: Option<Tpp>,
    ) -> Result<CountedLabel<'_>, UnknownItem> {
        let (program, line, judged) = self.judge_with(order, |program, line| {
            set_account_facts(program, line, used.iter().copied());
            line.facts.set_if(facts::SHIPMENT_TPP, shipment.map(Tpp::thousandths));
        })?;
        let label = opened(&judged, &line).as_ref().unwrap_or(&judged.determination).label;
        Ok(CountedLabel { label, program, counted: account_bits(program, label, &judged.scratch, Truth::True) })
    }

    /// Decides a line by all but the accounts. `None` where the use of an account may change its outcome or review, and where an account counts it.
    pub fn decide_uncounted(
        &mut self,
        order: &OrderLine<'_>,
        shipment: Option<Tpp>,
    ) -> Result<Option<CountedLabel<'_>>, UnknownItem> {
        let mut accounts = Vec::new();
        let (program, line, judged) = self.judge_with(order, |program, line| {
            accounts = forget_account_facts(program, line);
            line.facts.set_if(facts::SHIPMENT_TPP, shipment.map(Tpp::thousandths));
        })?;
        let label = opened(&judged, &line).as_ref().unwrap_or(&judged.determination).label;
        let mut turns_on = judged.determination.missing.iter().chain(&judged.determination.review_turns_on);
        let open = judged.determination.gave_up || turns_on.any(|fact| accounts.contains(fact));
        let weighs = line.tpp.is_some_and(|tpp| tpp > Tpp::default());
        let counted = if weighs { account_bits(program, label, &judged.scratch, Truth::Unknown) } else { 0 };
        Ok((!open && counted == 0).then_some(CountedLabel { label, program, counted }))
    }

    /// What a line's decision depends on besides the facts `but_for`, which count as unknown: the epoch of its law, the number of the fact that is
    /// still to be settled plus one (0 where there is none), then the words of its [`AtomMask`]. Lines with the same signature are decided alike.
    pub fn atom_signature(&mut self, order: &OrderLine<'_>, but_for: &[FactId]) -> Result<Vec<u64>, UnknownItem> {
        let mut line = self.builder.line(order)?;
        let program = self.policy.program(order.date);
        let epoch = self.policy.epoch(order.date);
        settle_item(&mut self.item_memo, epoch, program, &mut line, order);
        but_for.iter().for_each(|fact| line.facts.forget(*fact));
        with_readings(program, &mut line.facts);
        let mut mask = AtomMask::default();
        mask.read(program, &line.facts);
        let epoch = count_of(epoch);
        let asks = line.asks.map_or(0, |fact| u64::from(fact.0) + 1);
        Ok([&[epoch, asks], mask.holds.as_slice(), mask.may_hold.as_slice()].concat())
    }

    /// Which of `candidates` can change the outcome, the review or the accounts in which the line is counted. `None` where the search was given up
    /// or where it is unknown whether an account is about the line.
    pub fn relevant_facts(
        &mut self,
        order: &OrderLine<'_>,
        candidates: &[FactId],
    ) -> Result<Option<Vec<FactId>>, UnknownItem> {
        let (program, _, judged) =
            self.judge_with(order, |_, line| candidates.iter().for_each(|fact| line.facts.forget(*fact)))?;
        let known = &judged.determination;
        let wavers = program.accounts.iter().any(|rule| judged.scratch.truth(rule.step.when) == Truth::Unknown);
        let turns_on = known.missing.iter().chain(&known.review_turns_on).copied();
        Ok((!known.gave_up && !wavers).then(|| turns_on.collect()))
    }

    /// To whom lines with this one's consignee and destination are charged on its day.
    pub fn charge_rule(&mut self, order: &OrderLine<'_>) -> ChargeRule {
        let consignee = self.builder.party_on(order.ultimate_consignee, order.date);
        ChargeRule {
            operator: self.builder.operator_is_charged(&consignee, order.date),
            headquarters: headquarters(&consignee),
            destination: facts::ear_country(order.destination),
        }
    }

    /// What it makes facts with, for another to go on with.
    pub fn into_builder(self) -> FactBuilder {
        self.builder
    }

    /// What the items of a line weigh in an installed base, wherever they go. Counts nothing.
    pub fn weigh(&mut self, order: &OrderLine<'_>) -> Result<ItemWeight, UnknownItem> {
        let (builder, memo, item_memo) = (&mut self.builder, &mut self.memo, &mut self.item_memo);
        Scale { builder, memo, item_memo, policy: &self.policy }.weigh(order)
    }

    /// Decides a line and counts it. What a unit costs is not known, so that a license with a value does not settle it.
    pub fn decide(&mut self, order: &OrderLine<'_>) -> Result<Decided<'_>, UnknownItem> {
        self.decide_priced(order, None)
    }

    /// As [`Decider::decide`], where a unit costs so many US dollars on the invoice.
    pub fn decide_priced(
        &mut self,
        order: &OrderLine<'_>,
        unit_price: Option<Decimal>,
    ) -> Result<Decided<'_>, UnknownItem> {
        let mut line = self.builder.line(order)?;
        let epoch = self.policy.epoch(order.date);
        let program = self.policy.program(order.date);
        settle_item(&mut self.item_memo, epoch, program, &mut line, order);
        self.accounts.set_facts(program, &mut line, order.date);
        let shipment = if self.shipments.is_empty() { None } else { self.shipments.get(order.order_id).copied() };
        line.facts.set_if(facts::SHIPMENT_TPP, shipment.unwrap_or(line.tpp).map(Tpp::thousandths));
        with_readings(program, &mut line.facts);
        let mut judged = judge(&mut self.memo, &self.policy, epoch, program, &line.facts);
        if is_universal(program, judged.determination.label, &line.facts) {
            let (builder, memo, item_memo) = (&mut self.builder, &mut self.memo, &mut self.item_memo);
            let scale = Scale { builder, memo, item_memo, policy: &self.policy };
            if hold_ratios(self.veu_bases.as_mut(), order, &mut line, scale)? {
                judged = judge(&mut self.memo, &self.policy, epoch, program, &line.facts);
            }
        }
        let disputed = with_other_tpp(program, &line).and_then(|facts| {
            let other = judge(&mut self.memo, &self.policy, epoch, program, &facts);
            disputed(program, &line, judged.determination.label, other.determination.label)
        });
        let opened = opened(&judged, &line);
        let determination = opened.as_ref().unwrap_or(&judged.determination);
        self.accounts.post(program, &line, determination.label, &judged.scratch);
        let license_units = self.license_use.units(order);
        let (tables, catalog) = (self.builder.tables(), &self.policy.law.catalog);
        let licensed = LicensedLine { item: &line.item, tables, catalog, unit_price };
        let license = self.license_use.hold(order, licensed, determination.label.outcome);
        let claimed = || claim_holds(&line.claim, program, determination, &judged.scratch);
        let claimed_ok = license.as_ref().map_or_else(claimed, |found| found.holds);
        if let Some(bases) = &mut self.veu_bases {
            bases.note(
                order,
                goes(order, determination.label.outcome, claimed_ok),
                &self.policy,
                self.builder.tables(),
            );
        }
        let mut missing = missing(program, determination, &line);
        if determination.label.outcome == Outcome::NeedsInformation {
            let unread = line.unread.iter().filter(|column| !missing.contains(column)).cloned();
            missing.extend(unread.collect::<Vec<_>>());
        }
        self.china_volume.count(order, &line.item.name);
        let mut decided =
            Decided { program, line, judged, opened, claimed_ok, license, missing, disputed, license_units };
        if decided.is_reviewed_by_volume() {
            let said = self.china_volume.sentence(order, &decided.line.item.name);
            decided.line.remarks.push(Arc::from(said));
        }
        Ok(decided)
    }
}

/// The determination, left open where the line may go and somebody must settle a fact first; `None` where nothing is asked. The argument stays what
/// the law makes of the facts.
fn opened(judged: &Judged<RenderedDecision>, line: &LineFacts) -> Option<Determination> {
    let outcome = judged.determination.label.outcome;
    let dateless = line.unread.iter().any(|column| column == "date");
    let asks = line.asks.filter(|asks| !judged.determination.missing.contains(asks));
    let settled = outcome == Outcome::LicenseRequired && !dateless;
    if settled || (asks.is_none() && line.unread.is_empty()) {
        return None;
    }
    let mut determination = judged.determination.clone();
    if outcome != Outcome::NeedsInformation {
        determination.label =
            Label { outcome: Outcome::NeedsInformation, exception: None, review: None, unmodeled: None };
        determination.strictest = Outcome::LicenseRequired;
    }
    determination.missing.extend(asks);
    if dateless {
        determination.mildest = Outcome::NoLicenseRequired;
    }
    Some(determination)
}

impl Decided<'_> {
    /// Outcome, exception, review, and what they turn on.
    pub fn determination(&self) -> &Determination {
        self.opened.as_ref().unwrap_or(&self.judged.determination)
    }

    /// What other lines had counted before it.
    pub fn file_counts(&self) -> FileCounts {
        FileCounts::of(self.program, &self.line, self.license_units)
    }

    /// The readings that it turns on.
    pub fn readings(&self) -> impl Iterator<Item = &ReadingEffect> {
        self.judged.derived.readings.iter().chain(&self.disputed)
    }

    /// The facts that would settle the outcome, or in which what leaves it open stands.
    pub fn open_facts(&self) -> Vec<FactId> {
        self.determination().open_facts(self.program)
    }

    /// The provision that is not modeled and leaves the outcome open, where one does.
    pub fn open_provision(&self) -> Option<&Step> {
        let at = self.determination().label.unmodeled?;
        self.program.unmodeled.get(usize::from(at)).map(|rule| &rule.step)
    }

    /// The exception that permits it, where one does.
    pub fn exception(&self) -> Option<&ExceptionRule> {
        self.determination().label.exception.and_then(|at| self.program.exceptions.get(usize::from(at)))
    }

    /// The ECCN with its host filled in; `None` where the facts do not settle it.
    pub fn eccn(&self) -> Option<Cow<'_, str>> {
        let pattern = self.judged.derived.eccn.as_deref()?;
        let stated = self.line.item.item.eccn.as_deref().filter(|_| pattern == BELOW);
        match stated.filter(|stated| compare_eccn(stated, Some(pattern)).is_none()) {
            Some(stated) => Some(Cow::Borrowed(stated)),
            None => Some(with_host(pattern, &self.line.facts)),
        }
    }

    /// What was found in the item's row, and where the ECCN that it states is another than the figures come to.
    pub fn item_findings(&self) -> Vec<String> {
        let item = &self.line.item;
        let mut findings = item.findings.clone();
        let eccn = self.eccn();
        findings.extend(item.item.eccn.as_deref().and_then(|stated| compare_eccn(stated, eccn.as_deref())));
        findings
    }

    /// The argument, step by step.
    pub fn steps(&self) -> Vec<TraceStep<'_>> {
        trace(self.program, &self.judged.determination, &self.judged.scratch)
    }

    /// What must be done to use the authorization, or in applying for the license: citation, text, deadline.
    pub fn obligations(&self) -> impl Iterator<Item = &ObligationRule> {
        let scratch = &self.judged.scratch;
        let label = self.determination().label;
        let rules = self.exception().into_iter().flat_map(|exception| &exception.obligations);
        let rules = rules.chain(self.reviews().flat_map(|review| &review.obligations));
        let duties = self.program.duties.iter().filter(move |duty| duty.outcomes.contains(&label.outcome));
        let rules = rules.chain(duties.map(|duty| &duty.obligation));
        rules.filter(move |rule| scratch.truth(rule.when) != Truth::False)
    }

    /// Whether the review of its application turns on how much goes to China.
    fn is_reviewed_by_volume(&self) -> bool {
        self.reviews().any(|review| reads(self.program, review.step.when, EXPORTER_CHINA_VOLUME))
    }

    /// The reviews of the requirements that apply, by which applications meet the policy of the decision.
    fn reviews(&self) -> impl Iterator<Item = &ReviewRule> {
        let scratch = &self.judged.scratch;
        let label = self.determination().label;
        let required = label.outcome == Outcome::LicenseRequired;
        let rules = self.program.requirements.iter();
        let applied = rules.filter(move |rule| required && scratch.truth(rule.step.when) == Truth::True);
        let reviews = applied.flat_map(|rule| &rule.reviews);
        reviews.filter(move |review| review.policy == label.review && scratch.truth(review.when) == Truth::True)
    }

    /// The red flags that the facts show; they never decide.
    pub fn red_flags(&self) -> impl Iterator<Item = &FindingRule> {
        self.program.findings.iter().filter(|rule| self.judged.scratch.truth(rule.step.when) == Truth::True)
    }

    /// What is unsure in the versions that carry the decision, each once: citation and note.
    pub fn unsure(&self, steps: &[TraceStep<'_>]) -> Vec<(&Arc<str>, &Arc<str>)> {
        let mut notes: Vec<(&Arc<str>, &Arc<str>)> = Vec::new();
        for step in steps.iter().filter(|step| step.truth != Truth::False) {
            let Some(version) = self.program.versions.get(step.step.version) else { continue };
            if let Some(unsure) = &version.unsure
                && !notes.iter().any(|(_, note)| *note == unsure)
            {
                notes.push((&version.citation, unsure));
            }
        }
        notes
    }

    /// From what the decision can be derived again: the digest of the law in force, its day, the truth of each atom, and a digest of the facts.
    pub fn certificate(&self, policy: &Policy, date: Date) -> String {
        let mut out = String::with_capacity(self.judged.derived.mask.len() + 64);
        out.push_str(self.program.digest.get(..16).unwrap_or(""));
        let _ = write!(out, ":{}", policy.law_date(date).epoch_days());
        out.push_str(&self.judged.derived.mask);
        let _ = write!(out, ":{:016x}", facts_digest(&self.line.facts));
        out
    }
}
