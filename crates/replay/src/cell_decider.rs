//! Decides encoded lines under one policy, asking the engine once for each cell: a pattern of lines between the same thresholds.

use std::sync::Arc;

use tollgate_law::Policy;
use tollgate_law::facts::{self, FactId};
use tollgate_law::program::Program;
use tollgate_model::{Date, Lookup, OrderLine, Tpp};
use tollgate_records::NONE;

use super::encoder::EncodedLine;
use super::usage::{ChargedTo, Usage};
use super::verdict::{ExceptionNames, Verdict};
use super::widths::{count_of, index_of, next_number};
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

/// The places of the two that are set beside those of the accounts.
const SHIPMENT: usize = 0;
const COUNTRY_BEFORE: usize = 4;
const _: () = assert!(QUANTITIES[SHIPMENT].0 == facts::SHIPMENT_TPP.0);
const _: () = assert!(QUANTITIES[COUNTRY_BEFORE].0 == facts::COUNTRY_BEFORE.0);

/// Where a fact stands among [`QUANTITIES`].
fn quantity_of(fact: FactId) -> Option<usize> {
    QUANTITIES.iter().position(|quantity| *quantity == fact)
}

/// An account of a program.
#[derive(Clone, Copy, Debug)]
struct ProgramAccount {
    /// Its place in [`Usage`].
    place: usize,
    /// The fact that it sets, as a place among [`QUANTITIES`]; past their end where it is none of them.
    quantity: usize,
}

/// How an epoch's program uses quantities: with what it compares each.
#[derive(Clone, Debug, Default)]
struct QuantityRules {
    accounts: Vec<ProgramAccount>,
    /// For each of [`QUANTITIES`] the values that it is compared with, ascending: thousandths of a TPP.
    thresholds: [Vec<i64>; QUANTITIES.len()],
    /// Whether the program does nothing but compare them, so that lines between the same thresholds are decided alike.
    only_compares: bool,
    /// Whether an account of a country counts by the country of the headquarters.
    by_headquarters: bool,
}

/// A verdict, and the accounts that its line is counted in: bit i for the program's account i.
#[derive(Clone, Copy, Debug)]
struct CountedVerdict {
    verdict: Verdict,
    counted: u64,
}

/// What is remembered of lines whose verdict may turn on no count, by [`QuantityRules::side`].
#[derive(Clone, Copy, Debug)]
enum UncountedVerdict {
    /// The engine was not asked yet.
    Unknown,
    /// The verdict turns on what was counted before, or the line is counted somewhere.
    DependsOnCounts,
    /// The verdict whatever was counted before.
    Constant(Verdict),
}

/// What lines with one signature of atoms turn on.
#[derive(Clone, Copy, Debug)]
struct SignatureInfo {
    /// Bit i is set if the verdict may turn on quantity i of [`QUANTITIES`].
    relevant_quantities: u8,
    /// The verdict, once it is known, where no bit is set.
    constant: Option<CountedVerdict>,
}

/// Stands for the signature of a pattern that was not met in an epoch.
const UNMET: u32 = u32::MAX;

/// Decides encoded lines under a policy, in order of date, and counts them.
///
/// The verdicts are those of [`Decider`]; the engine is asked once for all lines of a pattern between the same thresholds.
pub(crate) struct CellDecider {
    policy: Arc<Policy>,
    decider: Decider,
    names: ExceptionNames,
    usage: Usage,
    /// By epoch.
    rules: Vec<Option<QuantityRules>>,
    /// By pattern.
    charge_rules: Vec<Option<ChargeRule>>,
    /// Under the law of which epoch the charge rules are.
    charge_epoch: usize,
    /// By epoch and pattern: the number of what is true of its lines whatever their quantities.
    atom_signatures: Vec<Option<Vec<u32>>>,
    /// The number of each signature: the epoch and the truth of its law's atoms.
    signature_numbers: Lookup<Vec<u64>, u32>,
    /// By the signature's number.
    signature_info: Vec<SignatureInfo>,
    /// By the signature's number and [`QuantityRules::cell`].
    verdicts: Lookup<(u32, u64), CountedVerdict>,
    /// By [`QuantityRules::side`].
    uncounted_verdicts: Vec<UncountedVerdict>,
    /// What is used of each of the program's accounts; kept so that its memory is.
    used: Vec<Tpp>,
    /// The day asked for last, and its epoch.
    latest_epoch: Option<(Date, usize)>,
}

impl CellDecider {
    /// Decides under `policy`, which `decider` decides by, with nothing counted yet.
    pub(crate) fn new(policy: Arc<Policy>, decider: Decider, names: ExceptionNames) -> CellDecider {
        CellDecider {
            policy,
            decider,
            names,
            usage: Usage::default(),
            rules: Vec::new(),
            charge_rules: Vec::new(),
            charge_epoch: 0,
            atom_signatures: Vec::new(),
            signature_numbers: Lookup::new(),
            signature_info: Vec::new(),
            verdicts: Lookup::new(),
            uncounted_verdicts: Vec::new(),
            used: Vec::new(),
            latest_epoch: None,
        }
    }

    /// Decides a line and counts it. `order` gives the line as it was written; `None` where that cannot be read or counted.
    pub(crate) fn decide<'a>(
        &mut self,
        line: &EncodedLine,
        order: impl Fn() -> Option<OrderLine<'a>>,
    ) -> Option<Verdict> {
        let epoch = self.epoch(line.date);
        let signature = self.atom_signature(epoch, line, &order)?;
        let charge_rule = self.charge_rule(epoch, line, &order)?;
        let rules = self.rules.get(epoch)?.as_ref()?;
        let by_operator = charge_rule.operator && line.operator_parent != NONE;
        let charged_to = ChargedTo {
            parent: if by_operator { line.operator_parent } else { line.parent },
            consignee: line.consignee,
            destination: charge_rule.destination,
            country: charge_rule.headquarters.filter(|_| rules.by_headquarters).unwrap_or(charge_rule.destination),
            year: line.date.year(),
        };
        let known = self.verdict(epoch, signature, line, charged_to, &order)?;
        let rules = self.rules.get(epoch)?.as_ref()?;
        if let Some(tpp) = line.tpp.filter(|tpp| *tpp > Tpp::default()) {
            for (_, account) in rules.accounts.iter().enumerate().filter(|(place, _)| known.counted >> place & 1 == 1) {
                self.usage.add(account.place, charged_to, tpp)?;
            }
        }
        Some(known.verdict)
    }

    /// The verdict of a line, and where it is counted, as the accounts of its holders stand.
    fn verdict<'a>(
        &mut self,
        epoch: usize,
        signature: u32,
        line: &EncodedLine,
        charged_to: ChargedTo,
        order: &impl Fn() -> Option<OrderLine<'a>>,
    ) -> Option<CountedVerdict> {
        let rules = self.rules.get(epoch)?.as_ref()?;
        let info = self.signature_info.get_mut(index_of(signature))?;
        if let Some(known) = info.constant {
            return Some(known);
        }
        // What the verdict does not turn on is not looked up.
        let used = |account: &ProgramAccount| match account.is_relevant(info.relevant_quantities) {
            true => self.usage.used(account.place, charged_to),
            false => Tpp::default(),
        };
        self.used.clear();
        self.used.extend(rules.accounts.iter().map(used));
        let key = rules.cell(line, info.relevant_quantities, &self.used).map(|cell| (signature, cell));
        if let Some(known) = key.and_then(|key| self.verdicts.get(&key)) {
            return Some(*known);
        }
        let settled = self.decider.decide_where(&order()?, &self.used, line.shipment).ok()?;
        let verdict = Verdict::from_label(settled.label, settled.program, &self.names);
        let known = CountedVerdict { verdict, counted: settled.counted };
        if let Some(key) = key {
            self.verdicts.insert(key, known);
            info.constant = (info.relevant_quantities == 0).then_some(known);
        }
        Some(known)
    }

    /// The verdict of a line where it turns on no count and the line is counted nowhere, else `None`.
    pub(crate) fn decide_uncounted<'a>(
        &mut self,
        line: &EncodedLine,
        order: impl Fn() -> Option<OrderLine<'a>>,
    ) -> Option<Verdict> {
        let epoch = self.epoch(line.date);
        let signature = self.atom_signature(epoch, line, &order)?;
        let side = self.rules.get(epoch)?.as_ref()?.side(signature, line);
        match side.and_then(|side| self.uncounted_verdicts.get(side)) {
            Some(UncountedVerdict::Constant(verdict)) => return Some(*verdict),
            Some(UncountedVerdict::DependsOnCounts) => return None,
            Some(UncountedVerdict::Unknown) | None => {}
        }
        let settled = self.decider.decide_uncounted(&order()?, line.shipment).ok()?;
        let verdict = settled.map(|settled| Verdict::from_label(settled.label, settled.program, &self.names));
        if let Some(side) = side {
            let known = verdict.map_or(UncountedVerdict::DependsOnCounts, UncountedVerdict::Constant);
            set_at(&mut self.uncounted_verdicts, side, known, UncountedVerdict::Unknown);
        }
        verdict
    }

    fn epoch(&mut self, date: Date) -> usize {
        match self.latest_epoch {
            Some((day, epoch)) if day == date => epoch,
            _ => {
                let epoch = self.policy.epoch(date);
                self.latest_epoch = Some((date, epoch));
                epoch
            }
        }
    }

    /// Reads off the program of an epoch how it uses quantities, unless that was done before.
    fn read_rules(&mut self, epoch: usize, date: Date) {
        if self.rules.get(epoch).is_none_or(Option::is_none) {
            let rules = QuantityRules::from_program(self.policy.program(date), &mut self.usage);
            set_at(&mut self.rules, epoch, Some(rules), None);
        }
    }

    /// The number of what is true of a pattern's lines in an epoch, whatever their quantities.
    fn atom_signature<'a>(
        &mut self,
        epoch: usize,
        line: &EncodedLine,
        order: &impl Fn() -> Option<OrderLine<'a>>,
    ) -> Option<u32> {
        let pattern = index_of(line.pattern);
        let known = self.atom_signatures.get(epoch).and_then(|signatures| signatures.as_ref()?.get(pattern));
        if let Some(signature) = known.filter(|signature| **signature != UNMET) {
            return Some(*signature);
        }
        self.read_rules(epoch, line.date);
        let truths = self.decider.atom_signature(&order()?, &QUANTITIES).ok()?;
        let next = next_number(self.signature_numbers.len())?;
        let signature = *self.signature_numbers.entry(truths).or_insert(next);
        if signature == next {
            let facts = self.decider.relevant_facts(&order()?, &QUANTITIES).ok()?;
            let only_compares = self.rules.get(epoch)?.as_ref()?.only_compares;
            let quantities = QUANTITIES.iter().enumerate();
            // Where that cannot be found out, it may be any of them.
            let relevant_quantities = facts.filter(|_| only_compares).map_or(u8::MAX, |facts| {
                quantities.filter(|(_, fact)| facts.contains(fact)).fold(0, |bits, (place, _)| bits | 1 << place)
            });
            self.signature_info.push(SignatureInfo { relevant_quantities, constant: None });
        }
        if self.atom_signatures.get(epoch).is_none_or(Option::is_none) {
            set_at(&mut self.atom_signatures, epoch, Some(Vec::new()), None);
        }
        set_at(self.atom_signatures.get_mut(epoch)?.as_mut()?, pattern, signature, UNMET);
        Some(signature)
    }

    /// To whom lines of a pattern are charged under the law of an epoch.
    fn charge_rule<'a>(
        &mut self,
        epoch: usize,
        line: &EncodedLine,
        order: &impl Fn() -> Option<OrderLine<'a>>,
    ) -> Option<ChargeRule> {
        if self.charge_epoch != epoch {
            self.charge_epoch = epoch;
            self.charge_rules.clear();
        }
        let pattern = index_of(line.pattern);
        if let Some(Some(charge_rule)) = self.charge_rules.get(pattern) {
            return Some(*charge_rule);
        }
        let charge_rule = self.decider.charge_rule(&order()?);
        set_at(&mut self.charge_rules, pattern, Some(charge_rule), None);
        Some(charge_rule)
    }
}

/// Sets the value at a place; places up to it that were not there yet get `unset`.
fn set_at<T: Clone>(values: &mut Vec<T>, place: usize, value: T, unset: T) {
    if values.len() <= place {
        values.resize(place + 1, unset);
    }
    if let Some(slot) = values.get_mut(place) {
        *slot = value;
    }
}

impl ProgramAccount {
    /// Whether what is used of it matters to a verdict that turns on these quantities: a bit for each of [`QUANTITIES`].
    fn is_relevant(&self, relevant_quantities: u8) -> bool {
        let bit = |fact: FactId| quantity_of(fact).map_or(0, |place| 1_u8 << place);
        let bits = QUANTITIES.get(self.quantity).map_or(u8::MAX, |fact| match *fact {
            facts::COUNTRY_AFTER => bit(facts::COUNTRY_AFTER) | bit(facts::COUNTRY_BEFORE),
            fact => bit(fact),
        });
        bits & relevant_quantities != 0
    }
}

impl QuantityRules {
    fn from_program(program: &Program, usage: &mut Usage) -> QuantityRules {
        let accounts = program.accounts.iter().map(|rule| ProgramAccount {
            place: usage.place(&rule.account, rule.holder, rule.period),
            quantity: quantity_of(rule.fact).unwrap_or(QUANTITIES.len()),
        });
        let accounts: Vec<ProgramAccount> = accounts.collect();
        let mut thresholds: [Vec<i64>; QUANTITIES.len()] = Default::default();
        for atom in &program.thresholds {
            if let Some(values) = quantity_of(atom.fact).and_then(|place| thresholds.get_mut(place)) {
                values.push(atom.threshold);
            }
        }
        for values in &mut thresholds {
            values.sort_unstable();
            values.dedup();
        }
        let cells = thresholds.iter().try_fold(1_u64, |cells, values| cells.checked_mul(sides(values)));
        let others = program.members.iter().map(|atom| atom.fact).chain(program.ratios.iter().map(|atom| atom.fact));
        let only_compares = cells.is_some()
            && accounts.len() <= 64
            && accounts.iter().all(|account| account.quantity < QUANTITIES.len())
            && others.into_iter().all(|fact| quantity_of(fact).is_none());
        QuantityRules { accounts, thresholds, only_compares, by_headquarters: by_headquarters(program) }
    }

    /// The place in `uncounted_verdicts` for a line's signature, the thresholds between which the order's TPP lies, and whether the line has any TPP.
    /// `None` where lines that agree in these need not be decided alike.
    fn side(&self, signature: u32, line: &EncodedLine) -> Option<usize> {
        const SIDES: usize = 8;
        let [thresholds, ..] = &self.thresholds;
        let side = line.shipment.map_or(0, |tpp| reached(thresholds, tpp.thousandths()));
        let weighs = usize::from(line.tpp.is_some_and(|tpp| tpp > Tpp::default()));
        (self.only_compares && side < SIDES).then_some((index_of(signature) * SIDES + side) * 2 + weighs)
    }

    /// Between which thresholds each relevant quantity of a line lies, all in one number; `None` where lines that agree in it need not be decided alike.
    fn cell(&self, line: &EncodedLine, relevant_quantities: u8, used: &[Tpp]) -> Option<u64> {
        if !self.only_compares {
            return None;
        }
        let mut values = [Some(0); QUANTITIES.len()];
        values[SHIPMENT] = line.shipment.map(Tpp::thousandths);
        for (account, used) in self.accounts.iter().zip(used) {
            if let Some(value) = values.get_mut(account.quantity) {
                *value = line.tpp.map(|tpp| used.plus(tpp).thousandths());
            }
            if QUANTITIES.get(account.quantity) == Some(&facts::COUNTRY_AFTER) {
                values[COUNTRY_BEFORE] = Some(used.thousandths());
            }
        }
        let mut cell = 0;
        let quantities = values.iter().zip(&self.thresholds).enumerate();
        for (_, (value, thresholds)) in quantities.filter(|(place, _)| relevant_quantities >> place & 1 == 1) {
            let side = value.map_or(0, |value| reached(thresholds, value));
            // Cells stay below the number of all of them, which `only_compares` found to fit.
            cell = cell * sides(thresholds) + count_of(side);
        }
        Some(cell)
    }
}

/// How many values [`reached`] can have, with 0 for a value that is not known.
fn sides(thresholds: &[i64]) -> u64 {
    count_of(thresholds.len()) + 2
}

/// How many thresholds a value reaches, and one: 0 is left for a value that is not known.
fn reached(thresholds: &[i64], value: i64) -> usize {
    thresholds.iter().take_while(|threshold| **threshold <= value).count() + 1
}
