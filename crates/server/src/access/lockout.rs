//! Who may try a password now: counted before the password is looked at, so that many at once are as few as one after another.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::proxies::network;

/// Failures in a row after which who tries a name is locked out, and after which a name is shut for all who never logged in with it.
const FAILURES: u32 = 5;
const FAILURES_OF_ALL: u32 = 50;
/// The first lock lasts a minute; each further failure doubles it, up to a quarter of an hour.
const LOCK: i64 = 60_000;
const LONGEST_LOCK: i64 = 15 * 60_000;
/// Names and addresses whose failures are remembered.
const MOST: usize = 10_000;
/// Browsers that are known to have logged in.
const MOST_BROWSERS: usize = 10_000;

/// From where somebody tries a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// A browser that logged in with this name before, by the SHA-256 of what it keeps.
    Browser(String),
    /// An address.
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    count: u32,
    until: i64,
}

impl Failures {
    fn wait(&self, now: i64) -> Option<i64> {
        Some(self.until - now).filter(|left| *left > 0)
    }

    /// Counts an attempt as failed until it succeeds.
    fn count(&mut self, now: i64, allowed: u32) {
        self.count = self.count.saturating_add(1);
        if let Some(beyond) = self.count.checked_sub(allowed) {
            let doubled = LOCK.saturating_mul(1_i64.checked_shl(beyond.min(30)).unwrap_or(i64::MAX));
            self.until = now.saturating_add(doubled.clamp(LOCK, LONGEST_LOCK));
        }
    }
}

/// Attempts at names. Who fails five times is locked out from where he tries; from elsewhere the name's owner still gets in. Where a name is tried from
/// many addresses it is shut for all but browsers that logged in with it before: so nobody can lock its owner out for good.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    tried: BTreeMap<(String, Origin), Failures>,
    names: BTreeMap<String, Failures>,
    browsers: BTreeMap<String, (String, i64)>,
}

impl Attempts {
    /// From where somebody tries a name: `kept` is what a browser has from an earlier login.
    pub(crate) fn origin(&self, name: &str, kept: Option<String>, address: IpAddr) -> Origin {
        let known = kept.filter(|kept| self.browsers.get(kept).is_some_and(|(of, _)| of == name));
        known.map_or_else(|| Origin::Address(network(address)), Origin::Browser)
    }

    /// Whether an attempt would be taken; `Err` says for how many milliseconds none is.
    pub(crate) fn check(&self, name: &str, origin: &Origin, now: i64) -> Result<(), i64> {
        let of_all = self.names.get(name).filter(|_| matches!(origin, Origin::Address(_)));
        let tried = self.tried.get(&(name.to_owned(), origin.clone()));
        of_all.into_iter().chain(tried).filter_map(|known| known.wait(now)).max().map_or(Ok(()), Err)
    }

    /// Counts an attempt, which has failed unless [`Attempts::succeed`] follows; `Err` says for how many milliseconds no attempt is taken.
    pub(crate) fn begin(&mut self, name: &str, origin: &Origin, now: i64) -> Result<(), i64> {
        let stranger = matches!(origin, Origin::Address(_));
        if let Some(wait) = self.names.get(name).filter(|_| stranger).and_then(|known| known.wait(now)) {
            return Err(wait);
        }
        make_room(&mut self.tried);
        make_room(&mut self.names);
        let tried = self.tried.entry((name.to_owned(), origin.clone())).or_default();
        if let Some(wait) = tried.wait(now) {
            return Err(wait);
        }
        tried.count(now, FAILURES);
        if stranger {
            self.names.entry(name.to_owned()).or_default().count(now, FAILURES_OF_ALL);
        }
        Ok(())
    }

    /// The attempt had the right password; the browser may say so later with what `kept` is the SHA-256 of.
    pub(crate) fn succeed(&mut self, name: &str, origin: &Origin, kept: String, now: i64) {
        self.tried.remove(&(name.to_owned(), origin.clone()));
        if matches!(origin, Origin::Address(_)) {
            self.names.remove(name);
        }
        if self.browsers.len() >= MOST_BROWSERS {
            let oldest = self.browsers.iter().min_by_key(|(_, (_, at))| *at).map(|(kept, _)| kept.clone());
            oldest.and_then(|oldest| self.browsers.remove(&oldest));
        }
        self.browsers.insert(kept, (name.to_owned(), now));
    }
}

/// Where too many are remembered, those with the fewest failures are forgotten.
fn make_room<K: Clone + Ord>(all: &mut BTreeMap<K, Failures>) {
    if all.len() < MOST {
        return;
    }
    let mut counts: Vec<u32> = all.values().map(|known| known.count).collect();
    counts.sort_unstable();
    let middle = counts.get(counts.len() / 2).copied().unwrap_or(u32::MAX);
    let mut left = all.len() / 2;
    all.retain(|_, known| {
        let forgotten = known.count <= middle && left > 0;
        left = left.saturating_sub(usize::from(forgotten));
        !forgotten
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(last: u8) -> IpAddr {
        IpAddr::from([203, 0, 113, last])
    }

    #[test]
    fn attempts_count_before_their_password_is_known() {
        let mut attempts = Attempts::default();
        let origin = attempts.origin("ana", None, from(1));
        let taken = (0..400).filter(|_| attempts.begin("ana", &origin, 0).is_ok()).count();
        assert_eq!(taken, 5, "of many at once as few are looked at as one after another");
        assert_eq!(attempts.begin("ana", &origin, LOCK - 1), Err(1));
        assert!(attempts.begin("bob", &origin, 0).is_ok(), "another name");
        let elsewhere = attempts.origin("ana", None, from(2));
        assert!(attempts.begin("ana", &elsewhere, 0).is_ok(), "from elsewhere its owner gets in");
        attempts.succeed("ana", &elsewhere, "kept".into(), 0);
        // The lock lapses, and doubles with the next failure, up to its longest.
        assert!(attempts.begin("ana", &origin, LOCK).is_ok());
        assert_eq!(attempts.begin("ana", &origin, LOCK), Err(2 * LOCK));
        let mut now = LOCK;
        for _ in 0..90 {
            now += LONGEST_LOCK;
            assert!(attempts.begin("ana", &origin, now).is_ok());
        }
        assert_eq!(attempts.begin("ana", &origin, now), Err(LONGEST_LOCK));
    }

    #[test]
    fn a_name_that_is_tried_from_everywhere_is_open_to_a_browser_that_knows_it() {
        let mut attempts = Attempts::default();
        let home = attempts.origin("root", None, from(250));
        assert!(attempts.begin("root", &home, 0).is_ok());
        attempts.succeed("root", &home, "kept".into(), 0);
        let guesses = (0..200).filter(|last| {
            let origin = attempts.origin("root", None, from(*last));
            attempts.begin("root", &origin, 1).is_ok()
        });
        assert_eq!(guesses.count(), 50);
        let known = attempts.origin("root", Some("kept".into()), from(9));
        assert_eq!(known, Origin::Browser("kept".into()));
        assert!(attempts.begin("root", &known, 1).is_ok());
        assert!(
            matches!(attempts.origin("ana", Some("kept".into()), from(9)), Origin::Address(_)),
            "of this name alone"
        );
        // A thief of what the browser keeps has five guesses too.
        assert_eq!((0..9).filter(|_| attempts.begin("root", &known, 1).is_ok()).count(), 4);
    }

    #[test]
    fn addresses_of_one_subscriber_count_as_one_and_memory_has_an_end() {
        let one: IpAddr = "2001:db8::1".parse().unwrap();
        let other: IpAddr = "2001:db8::ffff:1".parse().unwrap();
        let mapped: IpAddr = "::ffff:203.0.113.7".parse().unwrap();
        assert_eq!((network(one), network(mapped)), (network(other), from(7)));
        let mut attempts = Attempts::default();
        let origin = attempts.origin("x", None, from(1));
        for _ in 0..5 {
            let _ = attempts.begin("locked", &origin, 0);
        }
        for number in 0..3 * MOST {
            assert!(attempts.begin(&format!("n{number}"), &origin, 0).is_ok());
        }
        assert!(attempts.tried.len() <= MOST && attempts.names.len() <= MOST);
        assert!(attempts.begin("locked", &origin, 0).is_err(), "who failed most is forgotten last");
    }
}
