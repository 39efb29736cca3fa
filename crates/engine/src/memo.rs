//! Decisions already made, found again by the truth of the law's atoms.

use std::sync::Arc;

use tollgate_law::facts::Facts;
use tollgate_law::program::Program;
use tollgate_model::Lookup;

use crate::determine::{Determination, determine};
use crate::scalar::{AtomMask, Scratch};

/// How many are kept; when there are more, all are dropped and gathered anew, so that memory stays bounded.
const KEPT: usize = 16_384;

/// A decision as [`determine()`] made it, with the truth of every node and what the caller derived from both.
#[derive(Debug)]
pub struct Judged<T> {
    /// The decision.
    pub determination: Determination,
    /// The truth of every node, and of the atoms, on which the decision depends and on nothing else ([`Scratch::mask`]).
    pub scratch: Scratch,
    /// What the caller made of it.
    pub derived: T,
}

/// Remembers decisions. Orders whose facts make the same atoms hold are decided alike, whatever the facts are:
/// all that a [`Program`] reads of an order is its atoms, and an unknown fact leaves all of its atoms unknown.
#[derive(Debug)]
pub struct Memo<T> {
    seen: Lookup<Box<[u64]>, Arc<Judged<T>>>,
    mask: AtomMask,
    key: Vec<u64>,
    scratch: Scratch,
}

impl<T> Default for Memo<T> {
    fn default() -> Memo<T> {
        Memo { seen: Lookup::new(), mask: AtomMask::default(), key: Vec::new(), scratch: Scratch::default() }
    }
}

impl<T> Memo<T> {
    /// The decision by a program, which `epoch` names; `derive` is asked once for each new one.
    pub fn judge(
        &mut self,
        epoch: usize,
        program: &Program,
        facts: &Facts,
        derive: impl FnOnce(&Determination, &Scratch) -> T,
    ) -> Arc<Judged<T>> {
        self.mask.read(program, facts);
        self.key.clear();
        self.key.push(epoch as u64);
        self.key.extend_from_slice(&self.mask.holds);
        self.key.extend_from_slice(&self.mask.may_hold);
        if let Some(known) = self.seen.get(self.key.as_slice()) {
            return Arc::clone(known);
        }
        let determination = determine(program, facts, &mut self.scratch);
        let derived = derive(&determination, &self.scratch);
        let judged = Arc::new(Judged { determination, scratch: self.scratch.clone(), derived });
        if self.seen.len() >= KEPT {
            self.seen.clear();
        }
        self.seen.insert(self.key.clone().into_boxed_slice(), Arc::clone(&judged));
        judged
    }
}
