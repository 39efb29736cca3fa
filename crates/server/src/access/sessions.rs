//! Sessions of users with a browser. They live in the memory of one server: a restart ends them.

use std::collections::BTreeMap;

use super::records::{new_secret, sha256};

/// A session ends so long after its last request, in milliseconds: thirty minutes.
const IDLE: i64 = 30 * 60_000;
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) name: String,
    /// Which password it was begun with.
    pub(crate) password: String,
    pub(crate) csrf: String,
    begun: i64,
    used: i64,
    /// So long after its start it ends, in milliseconds.
    longest: i64,
}

/// How long a session lasts at the longest, in milliseconds: twelve hours; one that a provider vouched for, an hour, so that the provider is asked again.
pub(crate) const LONGEST: i64 = 12 * 3_600_000;
pub(crate) const LONGEST_VOUCHED: i64 = 3_600_000;

/// Letters of a session's hash by which its owner ends it.
const HANDLE: usize = 16;

/// All sessions, by the SHA-256 of their cookies.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    open: BTreeMap<String, Session>,
}

impl Sessions {
    /// Begins a session; returns its cookie's value and what must be sent with every write.
    pub(crate) fn begin(
        &mut self,
        name: &str,
        password: &str,
        now: i64,
        longest: i64,
    ) -> Result<(String, String), String> {
        self.open.retain(|_, session| session.lives(now));
        let (cookie, csrf) = (new_secret()?, new_secret()?);
        let session = Session {
            name: name.to_owned(),
            password: password.to_owned(),
            csrf: csrf.clone(),
            begun: now,
            used: now,
            longest,
        };
        self.open.insert(sha256(&cookie), session);
        Ok((cookie, csrf))
    }

    /// The session of a cookie's SHA-256, if it lives.
    pub(crate) fn of_hash(&mut self, hash: &str, now: i64) -> Option<Session> {
        let session = self.open.get_mut(hash).filter(|session| session.lives(now))?;
        session.used = now;
        Some(session.clone())
    }

    /// The sessions of a name that live: by what each is ended, when it began and was used last, in milliseconds since 1970-01-01 UTC.
    pub(crate) fn of(&self, name: &str, now: i64) -> Vec<(String, i64, i64)> {
        let living = self.open.iter().filter(|(_, session)| session.name == name && session.lives(now));
        living.map(|(hash, session)| (hash.chars().take(HANDLE).collect(), session.begun, session.used)).collect()
    }

    /// Ends a session of a name, by what [`Sessions::of`] says of it.
    pub(crate) fn end_of(&mut self, name: &str, handle: &str) {
        self.open.retain(|hash, session| session.name != name || !hash.starts_with(handle) || handle.len() < HANDLE);
    }

    /// By what the session of a cookie is ended.
    pub(crate) fn handle(cookie: &str) -> String {
        sha256(cookie).chars().take(HANDLE).collect()
    }

    pub(crate) fn end(&mut self, cookie: &str) {
        self.open.remove(&sha256(cookie));
    }
}

impl Session {
    fn lives(&self, now: i64) -> bool {
        now - self.used <= IDLE && now - self.begun <= self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end() {
        let mut sessions = Sessions::default();
        let (cookie, csrf) = sessions.begin("ana", "p", 0, LONGEST).unwrap();
        assert_eq!(
            sessions.of_hash(&sha256(&cookie), IDLE).map(|session| (session.name, session.csrf)),
            Some(("ana".into(), csrf))
        );
        assert!(
            sessions.of_hash(&sha256(&cookie), 2 * IDLE).is_some()
                && sessions.of_hash(&sha256(&cookie), 3 * IDLE + 1).is_none()
        );
        assert!(sessions.of_hash(&sha256("forged"), 0).is_none());
        let (cookie, _) = sessions.begin("ana", "p", 0, LONGEST).unwrap();
        for step in 0..=LONGEST / IDLE {
            assert!(sessions.of_hash(&sha256(&cookie), step * IDLE).is_some());
        }
        assert!(sessions.of_hash(&sha256(&cookie), LONGEST + 1).is_none());
        let (cookie, _) = sessions.begin("ana", "p", 0, LONGEST).unwrap();
        sessions.end(&cookie);
        assert!(sessions.of_hash(&sha256(&cookie), 0).is_none());
    }
}
