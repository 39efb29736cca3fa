//! The part of `check` that looks for evasion, or says why it does not.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use tollgate_law::Policy;
use tollgate_model::OrderLine;
use tollgate_records::Declared;

use super::Failure;
use super::summary::Summary;
use crate::commands::check::CheckArguments;
use crate::commands::inputs::Surroundings;
use tollgate_decide::{Decided, RunError, Tables};
use tollgate_model::Stop;

impl Surroundings {
    /// The files that were given.
    pub(crate) fn given(&self) -> impl Iterator<Item = &Path> {
        [&self.payments, &self.sites, &self.serials, &self.inspections].into_iter().flatten().map(PathBuf::as_path)
    }
}

#[cfg(feature = "detect")]
impl Surroundings {
    /// The optional tables.
    pub(crate) fn context_tables(&self) -> tollgate_detect::ContextTables {
        tollgate_detect::ContextTables {
            payments: self.payments.clone(),
            sites: self.sites.clone(),
            serials: self.serials.clone(),
            inspections: self.inspections.clone(),
            as_of: None,
        }
    }
}

/// What looking came to.
pub(super) struct Looked {
    /// The lines of `alerts.jsonl`.
    pub(super) alerts: String,
    /// What was not looked for, a sentence each.
    pub(super) not_done: Vec<String>,
    /// What is said of queries that failed, where some did.
    pub(super) failed: Option<String>,
}

#[cfg(feature = "detect")]
pub(super) use with::Looking;
#[cfg(not(feature = "detect"))]
pub(super) use without::Looking;

#[cfg(feature = "detect")]
mod with {
    use std::collections::BTreeMap;

    use tollgate_model::Party;

    use super::*;
    use tollgate_detect::detector::{Detection, Detector};

    use crate::commands::detect::{alerts_text, detected, detector, failures, lacks, unread_note};
    use tollgate_detect::Watch;
    use tollgate_report::{AlertRow, Alerts};

    /// Cases that the report shows.
    const SHOWN: usize = 100;

    /// Gathers lines, and runs the typologies over them.
    pub(in crate::commands) struct Looking {
        watch: Watch,
        detector: Detector,
    }

    impl Looking {
        pub(in crate::commands) fn new(
            arguments: &CheckArguments,
            policy: &Arc<Policy>,
            tables: &Arc<Tables>,
        ) -> Result<Looking, Failure> {
            let detector = detector(&arguments.surroundings)?;
            let watch = Watch::new(Arc::clone(policy), Arc::clone(tables), arguments.surroundings.context_tables())?;
            Ok(Looking { watch, detector })
        }

        pub(in crate::commands) fn seen(&mut self, order: &OrderLine<'_>) {
            self.watch.seen(order);
        }

        pub(in crate::commands) fn all_seen(&mut self) -> Result<(), RunError> {
            self.watch.all_seen()
        }

        pub(in crate::commands) fn decided(
            &mut self,
            order: &OrderLine<'_>,
            decided: &Decided<'_>,
            declared: Declared<'_>,
        ) -> Result<(), RunError> {
            self.watch.decided(order, decided, declared)
        }

        /// What was found, and what was not looked for.
        pub(in crate::commands) fn finish(
            self,
            tables: &Tables,
            summary: &mut Summary,
            stop: &Stop,
        ) -> Result<Looked, Failure> {
            let unread = self.watch.unread_lines();
            let found = detected(self.watch.finish()?, &self.detector, stop)?;
            let mut by_lack: BTreeMap<String, Vec<&str>> = BTreeMap::new();
            for own in &found.skipped {
                by_lack.entry(lacks(own)).or_default().push(&own.id);
            }
            let not_run =
                by_lack.into_iter().map(|(lack, ids)| format!("Typologies not run, with {lack}: {}.", ids.join(", ")));
            let failed = failures(&found.failed);
            let unread = (unread > 0).then(|| unread_note(unread));
            let not_done = not_run.chain(failed.clone()).chain(unread).collect();
            summary.add_alerts(shown(&found, tables), json(&found));
            Ok(Looked { alerts: alerts_text(&found.ranked), not_done, failed })
        }
    }

    fn count(number: usize) -> u64 {
        u64::try_from(number).unwrap_or(u64::MAX)
    }

    fn shown(found: &Detection, tables: &Tables) -> Alerts {
        let name = |id: &str| {
            tables.parties.get(id).and_then(|party: &Party| party.name.clone()).unwrap_or_else(|| id.to_owned())
        };
        let row = |case: &tollgate_detect::alerts::Case| {
            let lead = found.ranked.alerts.iter().find(|alert| case.alerts.first() == Some(&alert.alert_id))?;
            let others = found.ranked.alerts.iter().filter(|alert| alert.case == case.case_id);
            let mut with: Vec<&str> = others
                .flat_map(|alert| alert.evidence.iter().map(|own| own.pattern.as_str()))
                .filter(|pattern| *pattern != lead.pattern)
                .collect();
            with.sort_unstable();
            with.dedup();
            let parties: Vec<String> = case.subjects.iter().take(3).map(|id| name(id)).collect();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
            let percent = (case.score * 100.0).round() as u64;
            Some(AlertRow {
                percent,
                family: lead.typology.clone(),
                pattern: lead.pattern.clone(),
                more_parties: count(case.subjects.len().saturating_sub(parties.len())),
                parties: parties.join(", "),
                tpp: u64::try_from(case.tpp).unwrap_or(0),
                first: lead.first.to_string(),
                last: lead.last.to_string(),
                why: lead.why.clone(),
                with: with.join(", "),
            })
        };
        Alerts {
            total: count(found.ranked.alerts.len()),
            cases: count(found.ranked.cases.len()),
            run: count(found.run),
            rows: found.ranked.cases.iter().filter_map(row).take(SHOWN).collect(),
        }
    }

    fn json(found: &Detection) -> serde_json::Value {
        let rounded = |value: f64| (value * 1e4).round() / 1e4;
        let cases = found.ranked.cases.iter().take(SHOWN).map(|case| {
            serde_json::json!({
                "case": case.case_id, "alerts": case.alerts, "subjects": case.subjects, "score": rounded(case.score), "tpp": case.tpp,
                "officer_hours": case.hours, "tpp_saved_an_hour": case.saved_an_hour.round(),
            })
        });
        serde_json::json!({
            "alerts": found.ranked.alerts.len(), "cases": found.ranked.cases.len(), "typologies_run": found.run,
            "first_cases": cases.collect::<Vec<_>>(),
        })
    }
}

#[cfg(not(feature = "detect"))]
mod without {
    use super::*;

    /// Looks for nothing: the program was built without typologies.
    pub(in crate::commands) struct Looking;

    impl Looking {
        pub(in crate::commands) fn new(
            _: &CheckArguments,
            _: &Arc<Policy>,
            _: &Arc<Tables>,
        ) -> Result<Looking, Failure> {
            Ok(Looking)
        }

        pub(in crate::commands) fn seen(&mut self, _: &OrderLine<'_>) {}

        pub(in crate::commands) fn all_seen(&mut self) -> Result<(), RunError> {
            Ok(())
        }

        pub(in crate::commands) fn decided(
            &mut self,
            _: &OrderLine<'_>,
            _: &Decided<'_>,
            _: Declared<'_>,
        ) -> Result<(), RunError> {
            Ok(())
        }

        pub(in crate::commands) fn finish(self, _: &Tables, _: &mut Summary, _: &Stop) -> Result<Looked, Failure> {
            let why = "No typology is run: this program was built with --no-default-features; alerts.jsonl is empty.";
            Ok(Looked { alerts: String::new(), not_done: vec![why.to_owned()], failed: None })
        }
    }
}
