//! What an amendment may say: it names what there is, once for a day, and is applied in order of day.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_model::{Date, Diagnostic, Place};

use crate::groups::{Change, Groups};
use crate::law::Law;
use crate::policy_file::{Amend, PolicyFile};
use crate::provision::{Provision, Rules, Version};

/// The amendments of a file in order of the day from which they hold, wherever they stand in it.
pub(super) fn in_order_of_day(file: &PolicyFile) -> Vec<&Amend> {
    let mut amends: Vec<&Amend> = file.amends.iter().collect();
    amends.sort_by_key(|amend| amend.from);
    amends
}

/// From when anybody could know an amendment: as its file says, else since its document was published, else since it holds.
pub(super) fn known_from(amend: &Amend, law: &Law) -> Date {
    let published = || law.sources.get(&amend.source)?.published;
    amend.known_from.or_else(published).unwrap_or(amend.from)
}

/// Reports what no provision of the law has, and what is said twice for one day.
pub(super) fn check(file: &PolicyFile, law: &Law, errors: &mut Vec<Diagnostic>) {
    for source in
        file.excludes.iter().map(|exclude| &exclude.source).filter(|source| !law.sources.contains_key(&source.value))
    {
        let what = format!("`{}` is not a source: nothing would be left out", source.value);
        let mend = "name a key of law/sources.toml, as `tollgate policy show` prints it";
        let place = Place::line(file.file.as_str(), source.line);
        errors.push(Diagnostic::new("unknown-source", place, what, mend));
    }
    let mut said: BTreeMap<(&str, Date, String), usize> = BTreeMap::new();
    for amend in &file.amends {
        let Some(provision) = law.provisions.iter().find(|provision| provision.path == amend.provision) else {
            continue;
        };
        check_parameters(amend, provision, errors);
        check_removals(amend, provision, errors);
        check_accounts(amend, provision, errors);
        for subject in subjects(amend) {
            let key = (amend.provision.as_str(), amend.from, subject.clone());
            if let Some(line) = said.insert(key, amend.line) {
                let what = format!("{subject} of `{}` is set twice from {}", amend.provision, amend.from);
                let mend = format!("line {line} sets it too: take one of them out, or give it another day");
                let place = Place::line(amend.file.as_str(), amend.line);
                errors.push(Diagnostic::new("two-for-one-day", place, what, mend));
            }
        }
    }
}

/// Reports changes of country groups that the law does not have, and those by which nobody enters or leaves. `base` has the groups of the policy with
/// some changes of its own.
pub(super) fn check_changes(files: &[PolicyFile], base: &dyn Fn(&[Change]) -> Groups, errors: &mut Vec<Diagnostic>) {
    let all: Vec<(&PolicyFile, &Change)> =
        files.iter().flat_map(|file| file.changes.iter().map(move |change| (file, change))).collect();
    for (at, (file, change)) in all.iter().enumerate() {
        let place = Place::line(file.file.as_str(), change.line);
        let others: Vec<Change> =
            all.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, (_, other))| (*other).clone()).collect();
        let groups = base(&others);
        let Some(members) = groups.countries(&change.group, change.from) else {
            let what = format!("there is no country group `{}`", change.group);
            let mend = format!("the groups are: {}", groups.names().join(", "));
            errors.push(Diagnostic::new("unknown-group", place, what, mend));
            continue;
        };
        let enters = change.add.iter().any(|country| !members.contains(country));
        if !enters && !change.remove.iter().any(|country| members.contains(country)) {
            let what = format!("nobody enters or leaves `{}` on {}: nothing would change", change.group, change.from);
            let mend = "name in `add` who is not in it then, in `remove` who is, or take the change out";
            errors.push(Diagnostic::new("no-effect", place, what, mend));
        }
    }
}

/// Reports an amendment that came to nothing: `amended` are the versions that it reached, as they stood before.
pub(super) fn check_effect(amend: &Amend, amended: &[Version], errors: &mut Vec<Diagnostic>) {
    let place = || Place::line(amend.file.as_str(), amend.line);
    if amended.is_empty() {
        let what = format!(
            "`{}` does not stand from {} on under this policy: nothing would change",
            amend.provision, amend.from
        );
        let mend = "amend a provision that stands then (`tollgate policy show`), or base the policy on another";
        errors.push(Diagnostic::new("no-effect", place(), what, mend));
        return;
    }
    let sets = !amend.parameters.is_empty() || !amend.limits.is_empty() || !amend.remove.is_empty();
    if !sets && amend.rules.is_empty() {
        let what = format!("the amendment of `{}` sets, adds and removes nothing", amend.provision);
        let mend = "add `[amend.parameters.…]`, rules or `remove`, or take it out";
        errors.push(Diagnostic::new("no-effect", place(), what, mend));
    }
    for id in &amend.remove {
        let stands = |version: &Version| ids(&version.rules).any(|known| known == id);
        let ever = amended.iter().any(stands);
        if !ever {
            let what = format!(
                "the rule `{id}` of `{}` does not stand from {} on: nothing would be removed",
                amend.provision, amend.from
            );
            let mend = "name a rule that stands then, or another day";
            errors.push(Diagnostic::new("no-effect", place(), what, mend));
        }
    }
}

/// What an amendment sets, each of which may be set once for a day.
fn subjects(amend: &Amend) -> Vec<String> {
    let parameters = amend.parameters.keys().map(|name| format!("the parameter `{name}`"));
    parameters.chain(ids(&amend.rules).map(|id| format!("the rule `{id}`"))).collect()
}

/// The names of the rules that can be removed by name.
fn ids(rules: &Rules) -> impl Iterator<Item = &str> {
    let requires = rules.requires.iter().map(|rule| rule.id.as_str());
    let exceptions = rules.exceptions.iter().map(|rule| rule.id.as_str());
    let findings = rules.findings.iter().chain(&rules.unmodeled).map(|rule| rule.id.as_str());
    requires.chain(exceptions).chain(findings)
}

fn check_parameters(amend: &Amend, provision: &Provision, errors: &mut Vec<Diagnostic>) {
    let known: BTreeSet<&str> =
        provision.versions.iter().flat_map(|version| version.parameters.keys()).map(String::as_str).collect();
    for (name, parameter) in &amend.parameters {
        if known.contains(name.as_str()) || uses(amend, name) {
            continue;
        }
        let what = format!("`{}` has no parameter `{name}`, and the amendment does not use it", amend.provision);
        let mend = if known.is_empty() {
            "the provision has no parameters: take it out".to_owned()
        } else {
            format!("its parameters are: {}", known.iter().copied().collect::<Vec<_>>().join(", "))
        };
        let place = Place::line(amend.file.as_str(), parameter.line);
        errors.push(Diagnostic::new("unknown-parameter", place, what, mend));
    }
}

/// Whether a rule that the amendment adds measures against a parameter.
fn uses(amend: &Amend, name: &str) -> bool {
    let rules = &amend.rules;
    let allocated = rules.allocations.iter().flat_map(|allocation| &allocation.limits);
    amend.limits.iter().map(|(_, limit)| limit).chain(allocated).any(|limit| limit.at_most == name)
        || conditions(rules).any(|condition| condition.names().iter().any(|used| used.text == name))
}

fn conditions(rules: &Rules) -> impl Iterator<Item = &crate::expr::Expr> {
    let defines = rules.defines.iter().map(|rule| &rule.clause);
    let classifies = rules.classifies.iter().map(|rule| &rule.clause);
    let requires = rules.requires.iter().map(|rule| &rule.clause);
    let reviews = rules.reviews.iter().map(|rule| &rule.clause);
    let gates = rules.gates.iter().map(|rule| &rule.clause);
    let exceptions = rules.exceptions.iter().map(|rule| &rule.clause);
    let within = rules.exceptions.iter().flat_map(|rule| &rule.conditions);
    let findings = rules.findings.iter().chain(&rules.unmodeled).map(|rule| &rule.clause);
    let clauses = defines.chain(classifies).chain(requires).chain(reviews).chain(gates).chain(exceptions);
    clauses.chain(within).chain(findings).map(|clause| &clause.when.expr)
}

fn check_removals(amend: &Amend, provision: &Provision, errors: &mut Vec<Diagnostic>) {
    let known: BTreeSet<&str> = provision.versions.iter().flat_map(|version| ids(&version.rules)).collect();
    for id in amend.remove.iter().filter(|id| !known.contains(id.as_str())) {
        let what = format!("`{}` has no rule `{id}` to remove", amend.provision);
        let mend = format!("its rules are: {}", known.iter().copied().collect::<Vec<_>>().join(", "));
        let place = Place::line(amend.file.as_str(), amend.line);
        errors.push(Diagnostic::new("unknown-rule", place, what, mend));
    }
}

fn check_accounts(amend: &Amend, provision: &Provision, errors: &mut Vec<Diagnostic>) {
    let here = provision.versions.iter().flat_map(|version| &version.rules.allocations);
    let known: BTreeSet<&str> =
        here.chain(&amend.rules.allocations).map(|allocation| allocation.account.as_str()).collect();
    for (account, limit) in amend.limits.iter().filter(|(account, _)| !known.contains(account.as_str())) {
        let what = format!("`{}` has no account `{account}`", amend.provision);
        let mend = format!("its accounts are: {}", known.iter().copied().collect::<Vec<_>>().join(", "));
        let place = Place::line(amend.file.as_str(), limit.when.line);
        errors.push(Diagnostic::new("unknown-account", place, what, mend));
    }
}
