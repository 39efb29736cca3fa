//! The part of `check` that looks for evasion, or says why it does not.

use std::sync::Arc;

use tollgate_law::Policy;
use tollgate_model::OrderLine;
use tollgate_records::Declared;

use super::summary::Summary;
use crate::commands::Failure;
use crate::commands::inputs::ContextArguments;
use tollgate_decide::{Decided, DeclaredFinding, RunError, Tables};
use tollgate_model::Stop;

/// What was found, and what was not looked for.
pub(super) struct EvasionResults {
    /// The lines of `alerts.jsonl`.
    pub(super) alerts: String,
    /// What was not looked for, a sentence each.
    pub(super) not_done: Vec<String>,
    /// The message about queries that failed; `None` where all were run.
    pub(super) failed_queries: Option<String>,
}

#[cfg(not(feature = "detect"))]
pub(super) use disabled::EvasionSearch;
#[cfg(feature = "detect")]
pub(super) use enabled::EvasionSearch;

#[cfg(feature = "detect")]
mod enabled {
    use std::collections::BTreeMap;

    use tollgate_model::Party;

    use super::*;
    use tollgate_detect::detector::{Detection, Detector};

    use crate::commands::detect::{alerts_text, detector, failed_queries_text, missing_tables_text, unread_note};
    use crate::commands::query_session::{LocalEngineChoice, detect_on_this_machine};
    use tollgate_detect::Watch;
    use tollgate_model::count_of;
    use tollgate_report::{AlertRow, Alerts};

    /// Cases that the report shows.
    const CASES_SHOWN: usize = 100;

    /// Gathers lines, and runs the typologies over them.
    pub(in crate::commands::check) struct EvasionSearch {
        watch: Watch,
        detector: Detector,
    }

    impl EvasionSearch {
        pub(in crate::commands::check) fn new(
            context: &ContextArguments,
            policy: &Arc<Policy>,
            tables: &Arc<Tables>,
        ) -> Result<EvasionSearch, Failure> {
            let detector = detector(context)?;
            let watch = Watch::new(Arc::clone(policy), Arc::clone(tables), context.context_tables())?;
            Ok(EvasionSearch { watch, detector })
        }

        pub(in crate::commands::check) fn seen(&mut self, order: &OrderLine<'_>) {
            self.watch.seen(order);
        }

        pub(in crate::commands::check) fn all_seen(&mut self) -> Result<(), RunError> {
            self.watch.all_seen()
        }

        pub(in crate::commands::check) fn decided(
            &mut self,
            order: &OrderLine<'_>,
            decided: &Decided<'_>,
            declared: Declared<'_>,
            findings: &[DeclaredFinding],
        ) -> Result<(), RunError> {
            self.watch.decided_with(order, decided, declared, findings)
        }

        /// What was found, and what was not looked for.
        pub(in crate::commands::check) fn finish(
            self,
            tables: &Tables,
            summary: &mut Summary,
            stop: &Stop,
        ) -> Result<EvasionResults, Failure> {
            let unread = self.watch.unread_lines();
            let choice = LocalEngineChoice::InProcess;
            let found = detect_on_this_machine(self.watch.finish()?, &self.detector, &choice, stop)?;
            let mut by_lack: BTreeMap<String, Vec<&str>> = BTreeMap::new();
            for skipped in &found.skipped {
                by_lack.entry(missing_tables_text(skipped)).or_default().push(&skipped.id);
            }
            let not_run =
                by_lack.into_iter().map(|(lack, ids)| format!("Typologies not run, with {lack}: {}.", ids.join(", ")));
            let failed_queries = failed_queries_text(&found.failed);
            let unread = (unread > 0).then(|| unread_note(unread));
            let not_done = not_run.chain(failed_queries.clone()).chain(unread).collect();
            summary.add_alerts(report_part(&found, tables), json(&found));
            Ok(EvasionResults { alerts: alerts_text(&found.ranked), not_done, failed_queries })
        }
    }

    /// The part of the report: cases, best first.
    fn report_part(found: &Detection, tables: &Tables) -> Alerts {
        let name = |id: &str| {
            tables.parties.get(id).and_then(|party: &Party| party.name.clone()).unwrap_or_else(|| id.to_owned())
        };
        let row = |case: &tollgate_detect::alerts::Case| {
            let lead = found.ranked.alerts.iter().find(|alert| case.alerts.first() == Some(&alert.alert_id))?;
            let others = found.ranked.alerts.iter().filter(|alert| alert.case == case.case_id);
            let mut with: Vec<&str> = others
                .flat_map(|alert| alert.evidence.iter().map(|evidence| evidence.pattern.as_str()))
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
                more_parties: count_of(case.subjects.len().saturating_sub(parties.len())),
                parties: parties.join(", "),
                tpp: case.tpp.max(0).unsigned_abs(),
                first: lead.first.to_string(),
                last: lead.last.to_string(),
                why: lead.why.clone(),
                with: with.join(", "),
            })
        };
        Alerts {
            total: count_of(found.ranked.alerts.len()),
            cases: count_of(found.ranked.cases.len()),
            run: count_of(found.run),
            rows: found.ranked.cases.iter().filter_map(row).take(CASES_SHOWN).collect(),
        }
    }

    /// The part of `summary.json`.
    fn json(found: &Detection) -> serde_json::Value {
        let rounded = |value: f64| (value * 1e4).round() / 1e4;
        let cases = found.ranked.cases.iter().take(CASES_SHOWN).map(|case| {
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
mod disabled {
    use super::*;

    /// Looks for nothing: the program was built without typologies.
    pub(in crate::commands::check) struct EvasionSearch;

    impl EvasionSearch {
        pub(in crate::commands::check) fn new(
            _: &ContextArguments,
            _: &Arc<Policy>,
            _: &Arc<Tables>,
        ) -> Result<EvasionSearch, Failure> {
            Ok(EvasionSearch)
        }

        pub(in crate::commands::check) fn seen(&mut self, _: &OrderLine<'_>) {}

        pub(in crate::commands::check) fn all_seen(&mut self) -> Result<(), RunError> {
            Ok(())
        }

        pub(in crate::commands::check) fn decided(
            &mut self,
            _: &OrderLine<'_>,
            _: &Decided<'_>,
            _: Declared<'_>,
            _: &[DeclaredFinding],
        ) -> Result<(), RunError> {
            Ok(())
        }

        pub(in crate::commands::check) fn finish(
            self,
            _: &Tables,
            _: &mut Summary,
            _: &Stop,
        ) -> Result<EvasionResults, Failure> {
            let why = "No typology is run: this program was built with --no-default-features; alerts.jsonl is empty.";
            Ok(EvasionResults { alerts: String::new(), not_done: vec![why.to_owned()], failed_queries: None })
        }
    }
}
