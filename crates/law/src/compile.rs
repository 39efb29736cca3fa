//! From the versions in force on a day to a [`Program`].

mod assemble;
mod build;
mod lower;

use std::collections::{BTreeMap, BTreeSet};

use tollgate_model::{Date, Diagnostic, Diagnostics, Place};

use crate::expr::Expr;
use crate::facts::{FactId, FactKind};
use crate::groups::{Groups, MembersMemo};
use crate::program::{Lit, MAX_ACCOUNTS, Program, Step, ThresholdAtom, VersionInForce};
use crate::provision::{Allocate, Clause, Condition, Provision, Version};

use build::Graph;
use lower::{Definitions, Lowering, Scope};

/// A provision's version in force, with the text of its file's name for errors.
#[derive(Clone, Copy)]
pub(crate) struct InForce<'a> {
    pub(crate) provision: &'a Provision,
    pub(crate) version: &'a Version,
}

/// What a compilation starts from.
pub(crate) struct Source<'a> {
    pub(crate) in_force: Vec<InForce<'a>>,
    /// Every name that any version of any provision defines.
    pub(crate) names: &'a BTreeSet<String>,
    pub(crate) groups: &'a Groups,
    /// What was asked of the groups.
    pub(crate) members: MembersMemo,
    pub(crate) readings: &'a BTreeMap<FactId, bool>,
    pub(crate) date: Date,
}

/// Compiles; the errors are those of names, types and units.
pub(crate) fn compile(source: &Source<'_>) -> (Program, Vec<Diagnostic>) {
    let mut compiler = Compiler::new(source);
    let mut graph = Graph::default();
    let draft = compiler.draft(&mut graph);
    let mut program = draft.finish(&graph, source);
    if let Some(rule) = program.accounts.get(MAX_ACCOUNTS) {
        let what = format!("`{}` is one account more than the {MAX_ACCOUNTS} of one day", rule.account);
        compiler.error_at(rule.step.version, 0, what, "take out accounts that no order is charged to");
    }
    program.digest = program.compute_digest();
    (program, Diagnostics::in_order_of_place(compiler.errors).0)
}

#[derive(Clone, Copy)]
enum Meaning<'a> {
    Clause(usize, &'a Clause, bool),
    Within(usize, &'a Allocate),
}

pub(crate) struct Compiler<'a> {
    source: &'a Source<'a>,
    meanings: BTreeMap<String, Meaning<'a>>,
    done: BTreeMap<String, Lit>,
    open: BTreeSet<String>,
    errors: Vec<Diagnostic>,
}

impl<'a> Compiler<'a> {
    fn new(source: &'a Source<'a>) -> Compiler<'a> {
        let mut meanings = BTreeMap::new();
        let mut errors = Vec::new();
        for (index, in_force) in source.in_force.iter().enumerate() {
            let rules = &in_force.version.rules;
            let clauses = rules.defines.iter().map(|define| {
                (define.name.clone(), Meaning::Clause(index, &define.clause, define.shown), define.clause.when.line)
            });
            let within = rules.allocations.iter().map(|allocate| {
                (format!("within_{}", allocate.account), Meaning::Within(index, allocate), allocate.clause.when.line)
            });
            for (name, meaning, line) in clauses.chain(within) {
                if meanings.insert(name.clone(), meaning).is_some() {
                    let what = format!("`{name}` is defined twice on {}", source.date);
                    errors.push(error(*in_force, line, what, "give one of them another name"));
                }
            }
        }
        Compiler { source, meanings, done: BTreeMap::new(), open: BTreeSet::new(), errors }
    }

    /// The literal of a condition that stands in a version.
    fn condition(&mut self, index: usize, condition: &Condition, graph: &mut Graph) -> Lit {
        let Some(in_force) = self.source.in_force.get(index).copied() else { return Lit::FALSE };
        let source = self.source;
        let (groups, members, date) = (source.groups, &source.members, source.date);
        let scope = Scope { parameters: &in_force.version.parameters, groups, members, date };
        let mut lowering = Lowering { scope: &scope, graph, definitions: self, problems: Vec::new() };
        let lit = lowering.condition(condition);
        for (what, mend) in lowering.problems {
            self.errors.push(error(in_force, condition.line, format!("in `{}`: {what}", condition.text), mend));
        }
        lit
    }

    fn step(&mut self, index: usize, clause: &Clause, graph: &mut Graph) -> Step {
        let when = self.condition(index, &clause.when, graph);
        let mut facts = Vec::new();
        self.support(&clause.when.expr, &mut facts, 0);
        let cite = self.cite(index, &clause.paragraph);
        Step { cite: cite.into(), rule: clause.rule.as_str().into(), when, facts, version: index }
    }

    /// The provision's citation with the paragraph, or the paragraph alone where it cites another part by itself.
    fn cite(&self, index: usize, paragraph: &str) -> String {
        if paragraph.starts_with("15 CFR") {
            return paragraph.to_owned();
        }
        let citation = self.source.in_force.get(index).map_or("", |in_force| in_force.provision.citation.as_str());
        format!("{citation}{paragraph}")
    }

    /// The facts that a condition reads, not looking into definitions that are steps of their own.
    fn support(&self, expr: &Expr, facts: &mut Vec<FactId>, depth: usize) {
        for name in expr.names() {
            let fact = FactId::named(&name.text).or_else(|| match self.meanings.get(&name.text) {
                Some(Meaning::Clause(_, clause, shown)) if !shown && depth < 16 => {
                    self.support(&clause.when.expr, facts, depth + 1);
                    None
                }
                Some(Meaning::Within(_, allocate)) => FactId::named(&allocate.fact),
                _ => None,
            });
            if let Some(fact) = fact
                && !facts.contains(&fact)
            {
                facts.push(fact);
            }
        }
    }

    fn within(&mut self, index: usize, allocate: &Allocate, graph: &mut Graph) -> Lit {
        // Where there is none, [`Compiler::account`] reports it.
        let Some(fact) = account_fact(allocate) else { return Lit::FALSE };
        let (mut any, mut earlier) = (Lit::FALSE, Lit::FALSE);
        for (when, limit) in self.limits(index, allocate, graph) {
            let fits = !graph.threshold(ThresholdAtom { fact, threshold: limit.saturating_add(1) });
            let here = graph.and(when, !earlier);
            let both = graph.and(here, fits);
            any = graph.or(any, both);
            earlier = graph.or(earlier, when);
        }
        any
    }

    /// Each limit's condition and its value in thousandths of a TPP.
    fn limits(&mut self, index: usize, allocate: &Allocate, graph: &mut Graph) -> Vec<(Lit, i64)> {
        let Some(in_force) = self.source.in_force.get(index).copied() else { return Vec::new() };
        let mut limits = Vec::new();
        for limit in &allocate.limits {
            let when = self.condition(index, &limit.when, graph);
            let parameter = in_force.version.parameters.get(&limit.at_most).filter(|parameter| parameter.unit == "TPP");
            match parameter.and_then(|parameter| parameter.on(self.source.date)).and_then(|value| value.thousandths()) {
                Some(value) => limits.push((when, value)),
                None => {
                    let mend = format!("add `[version.parameters.{}]` with a value in TPP", limit.at_most);
                    self.error_at(index, limit.when.line, format!("`{}` is no limit in TPP", limit.at_most), mend);
                }
            }
        }
        limits
    }

    fn error_at(&mut self, index: usize, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        if let Some(in_force) = self.source.in_force.get(index) {
            self.errors.push(error(*in_force, line, what, mend));
        }
    }
}

impl Definitions for Compiler<'_> {
    fn define(&mut self, name: &str, graph: &mut Graph) -> Option<Lit> {
        if let Some(lit) = self.done.get(name) {
            return Some(*lit);
        }
        let Some(meaning) = self.meanings.get(name).copied() else {
            return self.source.names.contains(name).then_some(Lit::FALSE);
        };
        if !self.open.insert(name.to_owned()) {
            let (Meaning::Clause(index, ..) | Meaning::Within(index, _)) = meaning;
            self.error_at(index, 0, format!("`{name}` is defined by itself"), "take it out of its own definition");
            return Some(Lit::FALSE);
        }
        let lit = match meaning {
            Meaning::Clause(index, clause, _) => self.condition(index, &clause.when, graph),
            Meaning::Within(index, allocate) => self.within(index, allocate, graph),
        };
        self.open.remove(name);
        self.done.insert(name.to_owned(), lit);
        Some(lit)
    }
}

/// The fact that holds an account after the line; `None` where it is no count.
fn account_fact(allocate: &Allocate) -> Option<FactId> {
    FactId::named(&allocate.fact).filter(|fact| matches!(fact.def().kind, FactKind::Int(_)))
}

fn error(in_force: InForce<'_>, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Diagnostic {
    let file = format!("law/ear/{}.toml", in_force.provision.path);
    Diagnostic::new("bad-condition", Place::line(file, line), what, mend)
}

pub(crate) fn version_in_force(in_force: &InForce<'_>) -> VersionInForce {
    VersionInForce {
        path: in_force.provision.path.clone(),
        citation: in_force.provision.citation.as_str().into(),
        from: in_force.version.from,
        source: in_force.version.source.clone(),
        certainty: in_force.version.certainty.letter(),
        unsure: in_force.version.unsure.as_deref().map(Into::into),
        digest: in_force.version.digest.clone(),
    }
}
