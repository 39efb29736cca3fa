use std::sync::Arc;

use tollgate_law::Policy;
use tollgate_law::facts::{self, FactId};
use tollgate_law::program::Program;
use tollgate_model::{Date, OrderLine, Tpp};
use tollgate_records::NONE;

use super::held::{Held, Holders};
use super::numbered::NumberedLine;
use super::short::{ExceptionNames, Short};
use tollgate_decide::by_headquarters;
use tollgate_decide::{ChargeRule, Decider};

/// The facts that differ between lines of one pattern.
const QUANTITIES: [FactId; 7] = [
    facts::SHIPMENT_TPP,
    facts::LPP_AFTER,
    facts::LPP_ALL_AFTER,
    facts::COUNTRY_AFTER,
    facts::COUNTRY_BEFORE,
    facts::NVEU_AFTER,
    facts::AIA_AFTER,
];

/// An account as a program has it.
#[derive(Clone, Copy, Debug)]
struct AccountOf {
    /// Among [`Held`].
    place: usize,
    /// Among [`QUANTITIES`]; past its end where it is none of them.
    quantity: usize,
}

/// What an epoch's program asks of quantities: with what it compares each.
#[derive(Clone, Debug, Default)]
struct Rules {
    accounts: Vec<AccountOf>,
    thresholds: [Vec<i64>; QUANTITIES.len()],
    /// Whether comparing is all that it does with them, so that lines between the same thresholds are decided alike.
    compares: bool,
    by_headquarters: bool,
}

/// A decision, and the accounts that it is counted in, by place.
#[derive(Clone, Copy, Debug)]
struct Known {
    short: Short,
    counted: u64,
}

#[expect(clippy::disallowed_types, reason = "looked up by key, never iterated")]
type ByCell<T> = std::collections::HashMap<(u32, u64), T, ahash::RandomState>;

/// A number for each epoch and truth of its law's atoms.
#[expect(clippy::disallowed_types, reason = "looked up by key, never iterated")]
type Signs = std::collections::HashMap<Vec<u64>, u32, ahash::RandomState>;

/// What lines of a sign turn on.
#[derive(Clone, Copy, Debug)]
struct SignOf {
    /// A bit for each of [`QUANTITIES`].
    turns_on: u8,
    /// What they come to, where that is nothing.
    always: Option<Known>,
}

/// A pattern that was not met in an epoch.
const UNMET: u32 = u32::MAX;

/// Decides numbered lines under a policy, in order of date, keeping its counts: as [`Decider`] does, but that what was decided once of a pattern between
/// the same thresholds is not asked again.
pub(crate) struct Counter {
    policy: Arc<Policy>,
    decider: Decider,
    names: ExceptionNames,
    held: Held,
    rules: Vec<Option<Rules>>,
    /// By pattern, under the law of `charge_epoch`.
    charged: Vec<Option<ChargeRule>>,
    charge_epoch: usize,
    /// By epoch and pattern: what is true of its lines, but for quantities.
    signs: Vec<Option<Vec<u32>>>,
    truths: Signs,
    signs_of: Vec<SignOf>,
    known: ByCell<Known>,
    /// What turns on no count, by [`Rules::side`]; none within where it does.
    settled: Vec<Option<Option<Short>>>,
    used: Vec<Tpp>,
    day: Option<(Date, usize)>,
}

impl Counter {
    pub(crate) fn new(policy: Arc<Policy>, decider: Decider, names: ExceptionNames) -> Counter {
        Counter {
            policy,
            decider,
            names,
            held: Held::default(),
            rules: Vec::new(),
            charged: Vec::new(),
            charge_epoch: 0,
            signs: Vec::new(),
            truths: Signs::default(),
            signs_of: Vec::new(),
            known: ByCell::default(),
            settled: Vec::new(),
            used: Vec::new(),
            day: None,
        }
    }

    /// Decides a line and counts it; `order` is the line as it was written, of which there is none only where it cannot be read.
    pub(crate) fn decide<'a>(
        &mut self,
        line: &NumberedLine,
        order: impl Fn() -> Option<OrderLine<'a>>,
    ) -> Option<Short> {
        let epoch = self.epoch(line.date);
        let sign = self.sign(epoch, line, &order)?;
        let charged = self.charge_rule(epoch, line, &order)?;
        let rules = self.rules.get(epoch)?.as_ref()?;
        let parent = if charged.operator && line.operator_parent != NONE { line.operator_parent } else { line.parent };
        let country = charged.headquarters.filter(|_| rules.by_headquarters).unwrap_or(charged.destination);
        let holders = Holders { parent, consignee: line.consignee, destination: charged.destination, charged: country };
        let year = line.date.year();
        let known = self.known(epoch, sign, line, (holders, year), &order)?;
        let rules = self.rules.get(epoch)?.as_ref()?;
        if let Some(tpp) = line.tpp.filter(|tpp| *tpp > Tpp::default()) {
            for (_, account) in rules.accounts.iter().enumerate().filter(|(place, _)| known.counted >> place & 1 == 1) {
                self.held.add(account.place, holders, year, tpp);
            }
        }
        Some(known.short)
    }

    /// What a line comes to, and where it is counted, as its holders' accounts stand.
    fn known<'a>(
        &mut self,
        epoch: usize,
        sign: u32,
        line: &NumberedLine,
        (holders, year): (Holders, i32),
        order: &impl Fn() -> Option<OrderLine<'a>>,
    ) -> Option<Known> {
        let rules = self.rules.get(epoch)?.as_ref()?;
        let own = self.signs_of.get_mut(usize::try_from(sign).ok()?)?;
        if let Some(known) = own.always {
            return Some(known);
        }
        // What a line does not turn on is not looked up.
        let used = |account: &AccountOf| match account.is_read(own.turns_on) {
            true => self.held.used(account.place, holders, year),
            false => Tpp::default(),
        };
        self.used.clear();
        self.used.extend(rules.accounts.iter().map(used));
        let key = rules.cell(line, own.turns_on, &self.used).map(|cell| (sign, cell));
        if let Some(known) = key.and_then(|key| self.known.get(&key)) {
            return Some(*known);
        }
        let settled = self.decider.decide_where(&order()?, &self.used, line.shipment).ok()?;
        let short = Short::of(settled.label, settled.program, &self.names);
        let known = Known { short, counted: settled.counted };
        if let Some(key) = key {
            self.known.insert(key, known);
            own.always = (own.turns_on == 0).then_some(known);
        }
        Some(known)
    }

    /// What a line comes to, where that turns on nothing that is counted and the line is counted nowhere.
    pub(crate) fn settle<'a>(
        &mut self,
        line: &NumberedLine,
        order: impl Fn() -> Option<OrderLine<'a>>,
    ) -> Option<Short> {
        let epoch = self.epoch(line.date);
        let sign = self.sign(epoch, line, &order)?;
        self.settled(epoch, sign, line, &order)
    }

    fn settled<'a>(
        &mut self,
        epoch: usize,
        sign: u32,
        line: &NumberedLine,
        order: &impl Fn() -> Option<OrderLine<'a>>,
    ) -> Option<Short> {
        let place = self.rules.get(epoch)?.as_ref()?.side(sign, line);
        if let Some(Some(known)) = place.and_then(|place| self.settled.get(place)) {
            return *known;
        }
        let settled = self.decider.decide_uncounted(&order()?, line.shipment).ok()?;
        let short = settled.map(|settled| Short::of(settled.label, settled.program, &self.names));
        if let Some(place) = place {
            put(&mut self.settled, place, short);
        }
        short
    }

    fn epoch(&mut self, date: Date) -> usize {
        match self.day {
            Some((day, epoch)) if day == date => epoch,
            _ => {
                let epoch = self.policy.epoch(date);
                self.day = Some((date, epoch));
                epoch
            }
        }
    }

    /// Reads off the program of an epoch what it asks of quantities.
    fn take_up(&mut self, epoch: usize, date: Date) {
        if self.rules.get(epoch).is_none_or(Option::is_none) {
            let rules = Rules::of(self.policy.program(date), &mut self.held);
            put(&mut self.rules, epoch, rules);
        }
    }

    /// A number for what is true of a pattern's lines in an epoch, whatever their quantities.
    fn sign<'a>(
        &mut self,
        epoch: usize,
        line: &NumberedLine,
        order: &impl Fn() -> Option<OrderLine<'a>>,
    ) -> Option<u32> {
        let place = usize::try_from(line.pattern).ok()?;
        if let Some(sign) =
            self.signs.get(epoch).and_then(|signs| signs.as_ref()?.get(place)).filter(|sign| **sign != UNMET)
        {
            return Some(*sign);
        }
        self.take_up(epoch, line.date);
        if self.signs.get(epoch).is_none_or(Option::is_none) {
            put(&mut self.signs, epoch, Vec::new());
        }
        let signs = self.signs.get_mut(epoch)?.as_mut()?;
        let truths = self.decider.atom_signature(&order()?, &QUANTITIES).ok()?;
        let next = u32::try_from(self.truths.len()).ok()?;
        let sign = *self.truths.entry(truths).or_insert(next);
        if sign == next {
            let facts = self.decider.relevant_facts(&order()?, &QUANTITIES).ok()?;
            let compares = self.rules.get(epoch)?.as_ref()?.compares;
            let quantities = QUANTITIES.iter().enumerate();
            // Where that cannot be told, it may be any of them.
            let turns_on = facts.filter(|_| compares).map_or(u8::MAX, |facts| {
                quantities.filter(|(_, fact)| facts.contains(fact)).fold(0, |bits, (place, _)| bits | 1 << place)
            });
            self.signs_of.push(SignOf { turns_on, always: None });
        }
        if signs.len() <= place {
            signs.resize(place + 1, UNMET);
        }
        *signs.get_mut(place)? = sign;
        Some(sign)
    }

    /// What lines of a pattern are charged to under the law of an epoch.
    fn charge_rule<'a>(
        &mut self,
        epoch: usize,
        line: &NumberedLine,
        order: &impl Fn() -> Option<OrderLine<'a>>,
    ) -> Option<ChargeRule> {
        if self.charge_epoch != epoch {
            self.charge_epoch = epoch;
            self.charged.clear();
        }
        let place = usize::try_from(line.pattern).ok()?;
        if let Some(Some(charged)) = self.charged.get(place) {
            return Some(*charged);
        }
        let charged = self.decider.charge_rule(&order()?);
        put(&mut self.charged, place, charged);
        Some(charged)
    }
}

fn put<T: Clone>(all: &mut Vec<Option<T>>, place: usize, one: T) {
    if all.len() <= place {
        all.resize(place + 1, None);
    }
    if let Some(own) = all.get_mut(place) {
        *own = Some(one);
    }
}

impl AccountOf {
    /// Whether what is used of it matters to lines that turn on some quantities.
    fn is_read(&self, turns_on: u8) -> bool {
        let bit = |fact: FactId| QUANTITIES.iter().position(|own| *own == fact).map_or(0, |place| 1_u8 << place);
        let own = QUANTITIES.get(self.quantity).map_or(u8::MAX, |fact| match *fact {
            facts::COUNTRY_AFTER => bit(facts::COUNTRY_AFTER) | bit(facts::COUNTRY_BEFORE),
            fact => bit(fact),
        });
        own & turns_on != 0
    }
}

impl Rules {
    fn of(program: &Program, held: &mut Held) -> Rules {
        let quantity = |fact: FactId| QUANTITIES.iter().position(|own| *own == fact);
        let accounts = program.accounts.iter().map(|rule| AccountOf {
            place: held.place(&rule.account, rule.holder, rule.period),
            quantity: quantity(rule.fact).unwrap_or(QUANTITIES.len()),
        });
        let accounts: Vec<AccountOf> = accounts.collect();
        let mut thresholds: [Vec<i64>; QUANTITIES.len()] = Default::default();
        for atom in &program.thresholds {
            if let Some(own) = quantity(atom.fact).and_then(|place| thresholds.get_mut(place)) {
                own.push(atom.threshold);
            }
        }
        for own in &mut thresholds {
            own.sort_unstable();
            own.dedup();
        }
        let cells =
            thresholds.iter().try_fold(1_u64, |cells, own| cells.checked_mul(u64::try_from(own.len()).ok()? + 2));
        let others = program.members.iter().map(|atom| atom.fact).chain(program.ratios.iter().map(|atom| atom.fact));
        let compares = cells.is_some()
            && accounts.len() <= 64
            && accounts.iter().all(|account| account.quantity < QUANTITIES.len())
            && others.into_iter().all(|fact| quantity(fact).is_none());
        Rules { accounts, thresholds, compares, by_headquarters: by_headquarters(program) }
    }

    /// A place for a line's sign, for where the order's size stands among its thresholds, and for whether the line weighs anything.
    fn side(&self, sign: u32, line: &NumberedLine) -> Option<usize> {
        const SIDES: usize = 8;
        let [thresholds, ..] = &self.thresholds;
        let side = line.shipment.map_or(0, |tpp| reached(thresholds, tpp.thousandths()));
        let weighs = usize::from(line.tpp.is_some_and(|tpp| tpp > Tpp::default()));
        (self.compares && side < SIDES).then_some((usize::try_from(sign).ok()? * SIDES + side) * 2 + weighs)
    }

    /// Between which thresholds each quantity of a line lies that its sign turns on, all in one number.
    fn cell(&self, line: &NumberedLine, turns_on: u8, used: &[Tpp]) -> Option<u64> {
        let mut values = [Some(0); QUANTITIES.len()];
        let [shipment, ..] = &mut values;
        *shipment = line.shipment.map(Tpp::thousandths);
        for (account, used) in self.accounts.iter().zip(used) {
            if let Some(value) = values.get_mut(account.quantity) {
                *value = line.tpp.map(|tpp| used.plus(tpp).thousandths());
            }
            if QUANTITIES.get(account.quantity) == Some(&facts::COUNTRY_AFTER) {
                let [.., before, _, _] = &mut values;
                *before = Some(used.thousandths());
            }
        }
        let mut cell = 0;
        let asked = values.iter().zip(&self.thresholds).enumerate().filter(|(place, _)| turns_on >> place & 1 == 1);
        for (_, (value, thresholds)) in asked {
            let base = thresholds.len() + 2;
            let place = value.map_or(0, |value| reached(thresholds, value));
            cell = cell * u64::try_from(base).unwrap_or(0) + u64::try_from(place).unwrap_or(0);
        }
        self.compares.then_some(cell)
    }
}

/// How many thresholds a value reaches, and one: nothing is left for what is not known.
fn reached(thresholds: &[i64], value: i64) -> usize {
    thresholds.iter().take_while(|threshold| **threshold <= value).count() + 1
}
