//! A witness: it signs a checkpoint where that goes on from the last one it saw, and keeps it.

use std::path::{Path, PathBuf};

use super::checkpoint::Checkpoint;
use super::error::AnchorError;
use super::folder::{Leaves, write_whole};
use super::merkle::{Frontier, leaf_hash};
use super::note::{KeyKind, NoteSigner, PublicKey};
use super::proof::ConsistencyProof;

/// How a checkpoint is shown to go on from an earlier one.
#[derive(Debug)]
pub enum Evidence {
    /// By a proof.
    Proof(ConsistencyProof),
    /// By all leaves.
    Leaves(Leaves),
    /// By nothing: enough where there is no earlier one, or it is the same.
    Nothing,
}

/// Who countersigns, and the folder in which the last checkpoint of each log is kept.
pub struct Witness {
    folder: PathBuf,
    signer: Box<dyn NoteSigner>,
}

impl std::fmt::Debug for Witness {
    /// Without the signer, which may hold a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Witness").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Witness {
    /// A witness with a key of the kind.
    pub fn new(folder: &Path, signer: Box<dyn NoteSigner>) -> Result<Witness, AnchorError> {
        if signer.public_key().kind != KeyKind::Witness {
            let what = format!("the key of {} is that of a log", signer.public_key().name);
            return Err(AnchorError::form(what, "make one for the witness: `tollgate audit key --witness`"));
        }
        Ok(Witness { folder: folder.to_owned(), signer })
    }

    /// The last checkpoint of a log that was countersigned.
    pub fn last(&self, log: &PublicKey) -> Result<Option<Checkpoint>, AnchorError> {
        let path = self.path(log);
        match path.try_exists() {
            Ok(false) => return Ok(None),
            Ok(true) => {}
            Err(error) => return Err(AnchorError::file(&path, &error)),
        }
        let last = Checkpoint::read(&path, log)?;
        last.note.verify(self.signer.public_key())?;
        Ok(Some(last))
    }

    /// Countersigns a checkpoint of a log at a time in seconds since 1970-01-01 UTC, and keeps it; an error where it does not go on from the last one.
    pub fn countersign(
        &self,
        log: &PublicKey,
        mut checkpoint: Checkpoint,
        evidence: Evidence,
        time_s: u64,
    ) -> Result<Checkpoint, AnchorError> {
        let failed = |error: std::io::Error| AnchorError::file(&self.folder, &error);
        std::fs::create_dir_all(&self.folder).map_err(failed)?;
        // Of two that run at once the second sees what the first kept.
        let lock = std::fs::File::create(self.folder.join("lock")).map_err(failed)?;
        lock.lock().map_err(failed)?;
        if let Some(last) = self.last(log)? {
            check(&last, &checkpoint, evidence)?;
        }
        checkpoint.note.countersign(self.signer.as_ref(), time_s)?;
        write_whole(&self.path(log), checkpoint.note.to_string().as_bytes())?;
        Ok(checkpoint)
    }

    fn path(&self, log: &PublicKey) -> PathBuf {
        // Names are addresses, which are no names of files.
        let name = tollgate_model::hex(&leaf_hash(log.name.as_bytes()));
        self.folder.join(format!("{name}.checkpoint"))
    }
}

/// Whether a checkpoint goes on from another.
fn check(last: &Checkpoint, next: &Checkpoint, evidence: Evidence) -> Result<(), AnchorError> {
    let (origin, old, new) = (&next.origin, last.size, next.size);
    if new < old {
        return Err(AnchorError::Inconsistent(format!(
            "{origin} went back: it signs {new} records, and signed {old} before"
        )));
    }
    let forked = || {
        AnchorError::Inconsistent(format!(
            "{origin} was rewritten: the checkpoint of {new} records does not go on from that of {old} records, which it signed before"
        ))
    };
    if new == old {
        return if last.root == next.root { Ok(()) } else { Err(forked()) };
    }
    let holds = match evidence {
        Evidence::Proof(proof) => (proof.old_size, proof.new_size) == (old, new) && proof.holds(&last.root, &next.root),
        Evidence::Leaves(leaves) => goes_on(last, next, leaves)?,
        Evidence::Nothing => {
            let what = format!("nothing shows that the checkpoint of {new} records goes on from that of {old} records");
            let mend = "give --proof, which `tollgate audit prove --since` writes, or the folder with the tiles";
            return Err(AnchorError::form(what, mend));
        }
    };
    if holds { Ok(()) } else { Err(forked()) }
}

/// Whether leaves lead to one checkpoint and on to the other.
fn goes_on(last: &Checkpoint, next: &Checkpoint, mut leaves: Leaves) -> Result<bool, AnchorError> {
    let mut tree = Frontier::default();
    while tree.size() < next.size {
        if tree.size() == last.size && tree.root() != last.root {
            return Ok(false);
        }
        let Some(leaf) = leaves.next_leaf()? else { return Ok(false) };
        if !tree.push(leaf) {
            return Ok(false);
        }
    }
    Ok(tree.root() == next.root)
}
