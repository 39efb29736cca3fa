//! Sessions of users with a browser. They live in the memory of one server: a restart ends them.

use std::collections::BTreeMap;

use super::records::{new_secret, sha256};

/// A session ends so long after its last request, in milliseconds: thirty minutes.
const IDLE: i64 = 30 * 60_000;
/// And so long after its start: twelve hours.
const LONGEST: i64 = 12 * 3_600_000;
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) name: String,
    /// Which password it was begun with.
    pub(crate) password: String,
    pub(crate) csrf: String,
    begun: i64,
    used: i64,
}

/// All sessions, by the SHA-256 of their cookies.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    open: BTreeMap<String, Session>,
}

impl Sessions {
    /// Begins a session; returns its cookie's value and what must be sent with every write.
    pub(crate) fn begin(&mut self, name: &str, password: &str, now: i64) -> Result<(String, String), String> {
        self.open.retain(|_, session| session.lives(now));
        let (cookie, csrf) = (new_secret()?, new_secret()?);
        let session =
            Session { name: name.to_owned(), password: password.to_owned(), csrf: csrf.clone(), begun: now, used: now };
        self.open.insert(sha256(&cookie), session);
        Ok((cookie, csrf))
    }

    /// The session of a cookie, if it lives.
    pub(crate) fn find(&mut self, cookie: &str, now: i64) -> Option<Session> {
        let session = self.open.get_mut(&sha256(cookie)).filter(|session| session.lives(now))?;
        session.used = now;
        Some(session.clone())
    }

    pub(crate) fn end(&mut self, cookie: &str) {
        self.open.remove(&sha256(cookie));
    }
}

impl Session {
    fn lives(&self, now: i64) -> bool {
        now - self.used <= IDLE && now - self.begun <= LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end() {
        let mut sessions = Sessions::default();
        let (cookie, csrf) = sessions.begin("ana", "p", 0).unwrap();
        assert_eq!(
            sessions.find(&cookie, IDLE).map(|session| (session.name, session.csrf)),
            Some(("ana".into(), csrf))
        );
        assert!(sessions.find(&cookie, 2 * IDLE).is_some() && sessions.find(&cookie, 3 * IDLE + 1).is_none());
        assert!(sessions.find("forged", 0).is_none());
        let (cookie, _) = sessions.begin("ana", "p", 0).unwrap();
        for step in 0..=LONGEST / IDLE {
            assert!(sessions.find(&cookie, step * IDLE).is_some());
        }
        assert!(sessions.find(&cookie, LONGEST + 1).is_none());
        let (cookie, _) = sessions.begin("ana", "p", 0).unwrap();
        sessions.end(&cookie);
        assert!(sessions.find(&cookie, 0).is_none());
    }
}
