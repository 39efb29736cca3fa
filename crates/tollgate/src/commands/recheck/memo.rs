//! What followed from certificates, remembered by their text, so that a decision that was made a thousand times is derived once.

use std::sync::{Arc, OnceLock};

use tollgate_engine::{Certificate, RecheckError, Rederived, Rederiver, check_law};
use tollgate_law::Policy;
use tollgate_model::{Date, Lookup};

/// Remembered derivations; when there are more, all are dropped, so that memory stays bounded.
const REMEMBERED: usize = 65_536;

/// What follows from a certificate.
#[derive(Debug)]
pub(super) enum Derivation {
    /// This decision.
    Decision {
        /// The decision.
        rederived: Rederived,
        /// The argument of the first record of it whose argument follows, as it is written there.
        trace: OnceLock<Box<str>>,
    },
    /// None: its text is not one that a certificate has.
    Unreadable,
    /// None.
    Refused(RecheckError),
}

/// The parts of a certificate's text, in which nothing was read yet.
struct CertificateParts<'a> {
    /// The digest and the day of the law, with a colon behind each.
    head: &'a str,
    /// The digest alone.
    law: &'a str,
    /// The two masks, which with the law are all that the decision follows from.
    masks: &'a str,
    /// The digest of the facts; `None` in certificates of the first version.
    facts: Option<&'a str>,
}

impl CertificateParts<'_> {
    fn of(text: &str) -> Option<CertificateParts<'_>> {
        let (law, rest) = text.split_once(':')?;
        let (day, rest) = rest.split_once(':')?;
        let head = text.get(..law.len() + day.len() + 2)?;
        let (holds, behind) = rest.split_once(':')?;
        let (masks, facts) = match behind.split_once(':') {
            None => (rest, None),
            Some((may_hold, facts)) => (rest.get(..holds.len() + may_hold.len() + 1)?, Some(facts)),
        };
        Some(CertificateParts { head, law, masks, facts })
    }
}

/// A policy by which decisions were recorded, and what followed from certificates under it.
pub(super) struct DerivationMemo {
    policy: Arc<Policy>,
    /// How the certificates of an order's day begin; only of days of which one was read.
    heads: Lookup<Date, String>,
    /// By the digest of the law, and in it by the masks as they are written.
    derived: Lookup<String, Lookup<String, Arc<Derivation>>>,
    remembered: usize,
}

impl DerivationMemo {
    pub(super) fn new(policy: Arc<Policy>) -> DerivationMemo {
        DerivationMemo { policy, heads: Lookup::new(), derived: Lookup::new(), remembered: 0 }
    }

    /// The first digits of the digest of the law that decides an order of a day here.
    pub(super) fn law(&self, order_day: Date) -> &str {
        let digest = self.policy.program(order_day).digest.as_str();
        digest.get(..16).unwrap_or(digest)
    }

    /// What follows from a certificate of an order of a day.
    pub(super) fn derive(&mut self, rederiver: &mut Rederiver, order_day: Date, text: &str) -> Arc<Derivation> {
        match self.remembered(order_day, text) {
            Some(derivation) => derivation,
            None => self.derive_anew(rederiver, order_day, text),
        }
    }

    fn remembered(&self, order_day: Date, text: &str) -> Option<Arc<Derivation>> {
        let parts = CertificateParts::of(text)?;
        // What is no number was not read before: it is looked at as a whole.
        parts.facts.is_none_or(|facts| u64::from_str_radix(facts, 16).is_ok()).then_some(())?;
        self.heads.get(&order_day).filter(|head| *head == parts.head)?;
        self.derived.get(parts.law)?.get(parts.masks).cloned()
    }

    fn derive_anew(&mut self, rederiver: &mut Rederiver, order_day: Date, text: &str) -> Arc<Derivation> {
        let (Some(parts), Ok(certificate)) = (CertificateParts::of(text), text.parse::<Certificate>()) else {
            return Arc::new(Derivation::Unreadable);
        };
        if let Err(error) = check_law(&self.policy, order_day, &certificate) {
            return Arc::new(Derivation::Refused(error));
        }
        self.heads.insert(order_day, parts.head.to_owned());
        if let Some(derivation) = self.remembered(order_day, text) {
            return derivation;
        }
        let derivation = Arc::new(match rederiver.rederive(&self.policy, order_day, &certificate) {
            Ok(rederived) => Derivation::Decision { rederived, trace: OnceLock::new() },
            Err(error) => Derivation::Refused(error),
        });
        if self.remembered >= REMEMBERED {
            self.derived.clear();
            self.remembered = 0;
        }
        self.remembered += 1;
        let of_law = self.derived.entry(parts.law.to_owned()).or_default();
        of_law.insert(parts.masks.to_owned(), Arc::clone(&derivation));
        derivation
    }
}
