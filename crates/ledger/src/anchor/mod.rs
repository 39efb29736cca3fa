//! The history anchored outside of the log: a Merkle tree over the records (RFC 6962), signed checkpoints of it (C2SP `tlog-checkpoint` and
//! `signed-note`), proofs of inclusion and of consistency, and the countersigning of witnesses (C2SP `tlog-cosignature`).
//!
//! An entry of the tree is the 32 bytes of a record's hash, so that whoever holds the tree learns nothing of what is recorded. Nothing here is called
//! while a batch is recorded.

mod checkpoint;
mod comparison;
mod error;
mod folder;
mod gaps;
mod merkle;
mod note;
mod proof;
mod proof_text;
mod publisher;
mod witness;

#[cfg(test)]
mod tests;

pub use checkpoint::Checkpoint;
pub use comparison::{Agreement, Comparison};
pub use error::AnchorError;
pub use folder::{CheckpointFolder, Leaves};
pub use gaps::{Gap, GapProof, GapProver};
pub use merkle::{Frontier, leaf_hash, node_hash};
pub use note::{KeyKind, Note, NoteSignature, NoteSigner, PublicKey, SecretKey};
pub use proof::{ConsistencyProof, InclusionProof, RangeHashes, consistency_ranges, inclusion_ranges};
pub use proof_text::RecordProof;
pub use publisher::{Publication, Publisher};
pub use witness::{Evidence, Witness};
