//! Checkpoints as C2SP `tlog-checkpoint` describes them: how many records a log has, and the root of the tree over them, signed.

use std::path::Path;

use crate::record::Hash;

use super::error::AnchorError;
use super::merkle::Frontier;
use super::note::{KeyKind, Note, NoteSigner, PublicKey, decoded_hash, encoded, read_text};

const FORM: &str = "give a checkpoint as it was signed: name, number of records, root, an empty line and signatures";

/// How long a log is, and the root of the tree over its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log it is: the name of the key.
    pub origin: String,
    /// How many records it has.
    pub size: u64,
    /// The root of the tree over their hashes.
    pub root: Hash,
    /// The signed text.
    pub note: Note,
}

impl Checkpoint {
    /// Signs the state of a log.
    pub fn sign(tree: &Frontier, signer: &dyn NoteSigner) -> Result<Checkpoint, AnchorError> {
        let public = signer.public_key();
        if public.kind != KeyKind::Log {
            let what = format!("the key of {} is that of a witness", public.name);
            return Err(AnchorError::form(what, "give the key of the log: `tollgate audit key` without --witness"));
        }
        let (origin, size, root) = (public.name.clone(), tree.size(), tree.root());
        let note = Note::sign(format!("{origin}\n{size}\n{}\n", encoded(&root)), signer)?;
        Ok(Checkpoint { origin, size, root, note })
    }

    /// Reads a checkpoint that a log's key signed.
    pub fn open(text: &str, key: &PublicKey) -> Result<Checkpoint, AnchorError> {
        let note = Note::parse(text)?;
        note.verify(key)?;
        let wrong = || AnchorError::form("the note that was signed is no checkpoint", FORM);
        let mut lines = note.text.lines();
        let (origin, size, root) = (lines.next(), lines.next(), lines.next());
        let size: u64 =
            size.and_then(|text| text.parse().ok().filter(|size: &u64| size.to_string() == text)).ok_or_else(wrong)?;
        let root = root.and_then(decoded_hash).ok_or_else(wrong)?;
        let origin = origin.filter(|origin| *origin == key.name).ok_or_else(wrong)?.to_owned();
        if lines.any(str::is_empty) || key.kind != KeyKind::Log {
            return Err(wrong());
        }
        Ok(Checkpoint { origin, size, root, note })
    }

    /// Reads a checkpoint from a file.
    pub fn read(path: &Path, key: &PublicKey) -> Result<Checkpoint, AnchorError> {
        let named = |error: AnchorError| match error {
            AnchorError::Form { what, mend } => AnchorError::form(format!("{}: {what}", path.display()), mend),
            AnchorError::Signature(what) => AnchorError::Signature(format!("{}: {what}", path.display())),
            other => other,
        };
        Checkpoint::open(&read_text(path)?, key).map_err(named)
    }
}
