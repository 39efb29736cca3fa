use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate_law::{Law, Policy, split_fixed};
use tollgate_model::{Clearance, Diagnostic, Diagnostics, Item, Party, Place, Stake};
use tollgate_screening::{BadStake, Screener};

use super::parties::Parents;
use super::run::{RunError, Stop};
use super::screened::{SHOWN, Screened, load_screener};

/// The small tables beside the orders.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) parties: BTreeMap<String, Party>,
    pub(crate) items: BTreeMap<String, Item>,
    pub(crate) screened: Screened,
    pub(crate) parents: Parents,
    pub(crate) stakes: Vec<Stake>,
    pub(crate) clearances: Vec<Clearance>,
}

/// Lists to screen against.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Screening<'a> {
    pub(crate) lists: &'a [PathBuf],
    /// Basis points.
    pub(crate) threshold: u32,
    pub(crate) clearances: Option<&'a Path>,
}

impl Tables {
    /// Reads the tables and screens the parties; also gives the lists, ready for more names.
    pub(crate) fn read(
        parties: Option<&Path>,
        ownership: Option<&Path>,
        items: Option<&Path>,
        screening: Screening<'_>,
        stop: &Stop,
    ) -> Result<(Tables, Screener), RunError> {
        let stakes = ownership.map(tollgate_records::read_ownership).transpose()?.unwrap_or_default();
        let parties = parties.map(tollgate_records::read_parties).transpose()?.unwrap_or_default();
        let items = items.map(tollgate_records::read_items).transpose()?.unwrap_or_default();
        let screener = load_screener(screening.lists)?;
        let cleared = screening.clearances.map(tollgate_records::read_clearances).transpose()?.unwrap_or_default();
        let screened =
            Screened::new(&screener, &parties, &stakes, (screening.threshold, SHOWN), &cleared, ownership, stop)?;
        let parents = Parents::of(&stakes);
        Ok((Tables { parties, items, screened, parents, stakes, clearances: cleared }, screener))
    }

    /// The same tables, with further findings about list matches; what was said last counts.
    pub(crate) fn with_findings(&self, more: &[Clearance]) -> Result<Tables, BadStake> {
        let clearances = [self.clearances.as_slice(), more].concat();
        let screened = self.screened.with_findings(&self.parties, &self.stakes, &clearances)?;
        let (parties, items) = (self.parties.clone(), self.items.clone());
        let (parents, stakes) = (self.parents.clone(), self.stakes.clone());
        Ok(Tables { parties, items, screened, parents, stakes, clearances })
    }
}

/// The policy of a name, or of a file or folder of the user's own, with `@YYYY-MM-DD` behind either.
pub(crate) fn load_policy(law: &Arc<Law>, name: &str) -> Result<Policy, Diagnostics> {
    let (base, fixed) = split_fixed(name)?;
    if law.policy_names().contains(&base) {
        return law.policy(name);
    }
    let path = PathBuf::from(base);
    let file = if path.is_dir() { path.join("policy.toml") } else { path };
    if !file.exists() {
        return law.policy(name);
    }
    match std::fs::read_to_string(&file) {
        Ok(text) => law.policy_from_text(&file.display().to_string(), &text, fixed),
        Err(error) => {
            let place = Place::file(file.display().to_string());
            let mend = "check the path, that you may read it, and that it is UTF-8";
            Err(Diagnostic::new("unreadable-file", place, format!("cannot be read: {error}"), mend).into())
        }
    }
}
