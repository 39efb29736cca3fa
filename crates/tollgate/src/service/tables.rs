use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate_law::{Law, LawErrors, Policy, split_fixed};
use tollgate_model::{Item, Party};
use tollgate_records::InputErrors;

/// The small tables beside the orders.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) parties: BTreeMap<String, Party>,
    pub(crate) items: BTreeMap<String, Item>,
}

impl Tables {
    pub(crate) fn read(
        parties: Option<&Path>,
        ownership: Option<&Path>,
        items: Option<&Path>,
    ) -> Result<Tables, InputErrors> {
        // Stakes are read for their mistakes; following them belongs to screening.
        ownership.map(tollgate_records::read_ownership).transpose()?;
        Ok(Tables {
            parties: parties.map(tollgate_records::read_parties).transpose()?.unwrap_or_default(),
            items: items.map(tollgate_records::read_items).transpose()?.unwrap_or_default(),
        })
    }
}

/// The policy of a name, or of a file or folder of the user's own, with `@YYYY-MM-DD` behind either.
pub(crate) fn load_policy(law: &Arc<Law>, name: &str) -> Result<Policy, LawErrors> {
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
        Err(error) => Err(LawErrors(vec![tollgate_law::LawError {
            file: file.display().to_string(),
            line: 0,
            what: format!("cannot be read: {error}"),
            mend: "check the path, that you may read it, and that it is UTF-8".to_owned(),
        }])),
    }
}
