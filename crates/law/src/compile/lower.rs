//! From a parsed condition to a literal of the graph, checking names, types and units.

use std::collections::BTreeMap;

use tollgate_model::{Country, Date, Decimal, Ratio};

use super::build::Graph;
use crate::expr::{CompareOp, Expr, Name, Operand, Set};
use crate::facts::{self, FactId, FactKind, Unit};
use crate::groups::{Groups, MembersMemo};
use crate::program::{Lit, MemberAtom, RatioAtom, ThresholdAtom};
use crate::provision::{Condition, Parameter};

/// What is wrong with a condition, and how to mend it.
pub(crate) type Problem = (String, String);

/// What the names of a condition can mean.
pub(crate) struct Scope<'a> {
    pub(crate) parameters: &'a BTreeMap<String, Parameter>,
    pub(crate) groups: &'a Groups,
    pub(crate) members: &'a MembersMemo,
    pub(crate) date: Date,
}

/// Gives the literal of a definition, or nothing if there is no such name.
pub(crate) trait Definitions {
    fn define(&mut self, name: &str, graph: &mut Graph) -> Option<Lit>;
}

pub(crate) struct Lowering<'a, 'g, D> {
    pub(crate) scope: &'a Scope<'a>,
    pub(crate) graph: &'g mut Graph,
    pub(crate) definitions: &'g mut D,
    pub(crate) problems: Vec<Problem>,
}

impl<D: Definitions> Lowering<'_, '_, D> {
    pub(crate) fn condition(&mut self, condition: &Condition) -> Lit {
        self.expr(&condition.expr)
    }

    fn problem(&mut self, what: impl Into<String>, mend: impl Into<String>) -> Lit {
        self.problems.push((what.into(), mend.into()));
        Lit::FALSE
    }

    fn expr(&mut self, expr: &Expr) -> Lit {
        match expr {
            Expr::Const(value) => {
                if *value {
                    Lit::TRUE
                } else {
                    Lit::FALSE
                }
            }
            Expr::Name(name) => self.name(name),
            Expr::Not(inner) => !self.expr(inner),
            Expr::And(parts) => {
                let lits: Vec<Lit> = parts.iter().map(|part| self.expr(part)).collect();
                self.graph.all(lits)
            }
            Expr::Or(parts) => {
                let lits: Vec<Lit> = parts.iter().map(|part| self.expr(part)).collect();
                self.graph.any(lits)
            }
            Expr::In { left, set } => self.member(left, set),
            Expr::Compare { left, op, right } => self.compare(left, *op, right),
        }
    }

    fn name(&mut self, name: &Name) -> Lit {
        if let Some(fact) = FactId::named(&name.text) {
            return match fact.def().kind {
                FactKind::Bool | FactKind::Reading => self.graph.threshold(ThresholdAtom { fact, threshold: 1 }),
                _ => {
                    self.problem(format!("`{}` is not true or false by itself", name.text), "compare it with something")
                }
            };
        }
        match self.definitions.define(&name.text, self.graph) {
            Some(lit) => lit,
            None => {
                let mend =
                    format!("define it with `[[version.define]]`, or use a fact such as {}", nearest(&name.text));
                self.problem(format!("nothing is called `{}`", name.text), mend)
            }
        }
    }

    fn fact(&mut self, name: &Name) -> Option<FactId> {
        let fact = FactId::named(&name.text);
        if fact.is_none() {
            self.problem(format!("`{}` is not a fact", name.text), format!("did you mean {}?", nearest(&name.text)));
        }
        fact
    }

    fn member(&mut self, left: &Name, set: &Set) -> Lit {
        let Some(fact) = self.fact(left) else { return Lit::FALSE };
        match (fact.def().kind, set) {
            (FactKind::Country, Set::Group(group)) => self.group(fact, group),
            (FactKind::Country | FactKind::Word(_), Set::Words(words)) => {
                let lits: Vec<Lit> = words.iter().map(|(word, _)| self.word(fact, word)).collect();
                self.graph.any(lits)
            }
            _ => self
                .problem(format!("`{}` cannot be looked for in this", left.text), "use a country or a word with `in`"),
        }
    }

    fn group(&mut self, fact: FactId, group: &Name) -> Lit {
        let Some(members) = self.scope.members.of(self.scope.groups, &group.text, self.scope.date) else {
            let mend = format!("the groups are: {}", self.scope.groups.names().join(", "));
            return self.problem(format!("there is no country group `{}`", group.text), mend);
        };
        let mut any = self.graph.member(MemberAtom { fact, set: members.set });
        for (reading, country) in &members.by_reading {
            let read = self.graph.threshold(ThresholdAtom { fact: *reading, threshold: 1 });
            let mut set = [0; 4];
            insert(&mut set, i64::from(country.index()));
            let equal = self.graph.member(MemberAtom { fact, set });
            let both = self.graph.and(read, equal);
            any = self.graph.or(any, both);
        }
        any
    }

    fn word(&mut self, fact: FactId, word: &str) -> Lit {
        let index = match fact.def().kind {
            FactKind::Country if word == "none" => Some(facts::NO_COUNTRY),
            FactKind::Country => word.parse::<Country>().ok().map(|country| i64::from(country.index())),
            FactKind::Word(words) => {
                words.iter().position(|known| *known == word).and_then(|at| i64::try_from(at).ok())
            }
            _ => None,
        };
        let Some(index) = index else {
            let mend = match fact.def().kind {
                FactKind::Word(words) => format!("write one of: {}", words.join(", ")),
                _ => "write an ISO 3166-1 alpha-2 code in capitals, or `none`".to_owned(),
            };
            return self.problem(format!("`{}` is never \"{word}\"", fact.def().name), mend);
        };
        let mut set = [0; 4];
        insert(&mut set, index);
        self.graph.member(MemberAtom { fact, set })
    }

    fn compare(&mut self, left: &Operand, op: CompareOp, right: &Operand) -> Lit {
        let is_fact = |side: &Operand| matches!(side, Operand::Name(name) if FactId::named(&name.text).is_some());
        let (fact, op, other) = match (is_fact(left), is_fact(right)) {
            (true, false) => (left, op, right),
            (false, true) => (right, op.flipped(), left),
            (true, true) => {
                return self.problem("two facts are compared with each other", "compare a fact with a threshold");
            }
            (false, false) => {
                let mend = format!("a comparison needs a fact on one side, such as {}", nearest(&written(left)));
                return self.problem(format!("neither `{}` nor `{}` is a fact", written(left), written(right)), mend);
            }
        };
        let Operand::Name(name) = fact else { return Lit::FALSE };
        let Some(fact) = self.fact(name) else { return Lit::FALSE };
        match (fact.def().kind, other) {
            (FactKind::Country | FactKind::Word(_), Operand::Text(word, _)) => {
                let equal = self.word(fact, word);
                match op {
                    CompareOp::Equal => equal,
                    CompareOp::NotEqual => !equal,
                    _ => self.problem(format!("`{}` has no order", name.text), "compare it with `==` or `!=`"),
                }
            }
            (FactKind::Int(unit) | FactKind::Ratio(unit), other) => match self.value(other, unit) {
                Some(value) => self.number(fact, op, value),
                None => Lit::FALSE,
            },
            _ => self.problem(
                format!("`{}` cannot be compared with this", name.text),
                "compare numbers with numbers, words with quoted words",
            ),
        }
    }

    fn value(&mut self, operand: &Operand, unit: Unit) -> Option<Decimal> {
        match operand {
            Operand::Number(number, _) => Some(*number),
            Operand::Text(text, _) => {
                self.problem(format!("\"{text}\" is not a number"), "write a number or a parameter");
                None
            }
            Operand::Name(name) => {
                let Some(parameter) = self.scope.parameters.get(&name.text) else {
                    let mend = format!("add `[version.parameters.{}]` with a value and a unit", name.text);
                    self.problem(format!("there is no parameter `{}`", name.text), mend);
                    return None;
                };
                if parameter.unit != unit.as_str() {
                    let what =
                        format!("`{}` is in {}, but it is compared with {}", name.text, parameter.unit, unit.as_str());
                    self.problem(
                        what,
                        format!("give the parameter the unit \"{}\", or compare another fact", unit.as_str()),
                    );
                    return None;
                }
                parameter.on(self.scope.date)
            }
        }
    }

    fn number(&mut self, fact: FactId, op: CompareOp, value: Decimal) -> Lit {
        match fact.def().kind {
            FactKind::Ratio(unit) => {
                let Some(Ratio { num, den }) = value.ratio() else {
                    return self.problem("this number is too long", "write fewer digits");
                };
                let under = if unit == Unit::Share { den.saturating_mul(100) } else { den };
                let at_least = self.graph.ratio(RatioAtom { fact, over: num, under, strict: false });
                let above = self.graph.ratio(RatioAtom { fact, over: num, under, strict: true });
                self.ordered(op, at_least, above)
            }
            FactKind::Int(unit) => {
                let Some(threshold) = in_parts(value, unit) else {
                    let mend = "write a threshold that is whole in thousandths of its unit (billions, for operations)";
                    return self.problem("this threshold cannot be held exactly", mend);
                };
                let at_least = self.graph.threshold(ThresholdAtom { fact, threshold });
                let above = self.graph.threshold(ThresholdAtom { fact, threshold: threshold.saturating_add(1) });
                self.ordered(op, at_least, above)
            }
            _ => Lit::FALSE,
        }
    }

    fn ordered(&mut self, op: CompareOp, at_least: Lit, above: Lit) -> Lit {
        match op {
            CompareOp::AtLeast => at_least,
            CompareOp::Greater => above,
            CompareOp::Less => !at_least,
            CompareOp::AtMost => !above,
            CompareOp::Equal => self.graph.and(at_least, !above),
            CompareOp::NotEqual => !self.graph.and(at_least, !above),
        }
    }
}

/// A threshold in the fixed part of its unit that facts are held in.
pub(crate) fn in_parts(value: Decimal, unit: Unit) -> Option<i64> {
    match unit {
        Unit::Tpp | Unit::GigabytesPerSecond | Unit::Percent | Unit::BillionTransistors => value.scaled_exact(3),
        Unit::Operations => value.reduced_up(9).filter(|_| value.is_multiple_of_power(9)),
        Unit::Count => value.scaled_exact(0),
        Unit::Density | Unit::Share => None,
    }
}

fn insert(set: &mut [u64; 4], index: i64) {
    if let Some(word) = usize::try_from(index >> 6).ok().and_then(|word| set.get_mut(word)) {
        *word |= 1 << (index & 63);
    }
}

fn written(operand: &Operand) -> String {
    match operand {
        Operand::Name(name) => name.text.clone(),
        Operand::Number(..) => "a number".to_owned(),
        Operand::Text(text, _) => format!("\"{text}\""),
    }
}

/// The fact whose name shares most with a name, for a mend.
fn nearest(name: &str) -> String {
    let shared = |fact: &str| fact.split('.').filter(|part| name.split('.').any(|other| other == *part)).count();
    let best = facts::FACTS
        .iter()
        .filter(|def| def.kind != FactKind::Denominator)
        .max_by_key(|def| (shared(def.name), std::cmp::Reverse(def.name)));
    best.map_or(String::new(), |def| format!("`{}`", def.name))
}
