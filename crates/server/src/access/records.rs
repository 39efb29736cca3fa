//! What the audit log says of who may do what. Every server on a database knows the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tollgate_model::{Date, hex};
use utoipa::ToSchema;

/// What a person or a program may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum, ToSchema)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Role {
    /// Reads allocations, orders and policies.
    Viewer,
    /// Also decides orders without recording them, and screens names.
    Analyst,
    /// Also records: reserves, ships, cancels, amends, releases what another one entered, puts right.
    Officer,
    /// Reads, and says who may do what; records nothing else.
    Administrator,
    /// Reads everything, the log included, and records nothing.
    Auditor,
}

/// What a request asks for; a token may be good for some of them only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum, ToSchema)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Right {
    /// Read orders, allocations, policies, metrics.
    Read,
    /// Decide for trial, screen.
    Try,
    /// Record.
    Record,
    /// Read the log.
    Log,
    /// Say who may do what.
    Manage,
}

impl Role {
    /// Its word in records and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Analyst => "analyst",
            Role::Officer => "officer",
            Role::Administrator => "administrator",
            Role::Auditor => "auditor",
        }
    }

    /// Whether the role has a right.
    pub fn has(self, right: Right) -> bool {
        match right {
            Right::Read => true,
            Right::Try => matches!(self, Role::Analyst | Role::Officer),
            Right::Record => self == Role::Officer,
            Right::Log => self == Role::Auditor,
            Right::Manage => self == Role::Administrator,
        }
    }
}

/// The data of a record of kind `access`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// A token is given out.
    Token {
        /// SHA-256 of the token, in hexadecimal. It is as long as a key, so that no slow hash is needed.
        sha256: String,
        /// What it is called; whose it is too, where no person is named.
        name: String,
        /// The person whose it is: all that is done with it is done by `PERSON/NAME`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<String>,
        /// What it may do.
        role: Role,
        /// The last day on which it is good; without an end where absent.
        until: Option<String>,
        /// The rights of the role that it is good for; all of them where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scopes: Option<Vec<Right>>,
    },
    /// All tokens of a name, and of a person of the name, are taken back.
    Revoked {
        /// Whose.
        name: String,
    },
    /// A user is made, or given another role or password. The hash of the password stands beside the log, not in it.
    User {
        /// Who.
        name: String,
        /// What the person may do.
        role: Role,
        /// SHA-256 of the kept hash: which password was meant.
        password: String,
    },
    /// A user who logs in at the OpenID provider, or one who is given another role.
    Federated {
        /// Who.
        name: String,
        /// What the person may do.
        role: Role,
        /// The e-mail address that the provider vouches for, where it has an `@`; else the provider's own id of the person, which may have `sub:` before
        /// it.
        subject: String,
    },
    /// A user who was let in by an e-mail address or an id logged in for the first time: from now on only the person of this id of the provider's is
    /// meant, whoever has the address later.
    Bound {
        /// Who.
        name: String,
        /// The provider.
        issuer: String,
        /// Its own id of the person.
        subject: String,
    },
    /// A user has another password and the same role, where the password before is still the one that is meant: of who was removed or let in anew meanwhile
    /// nothing changes by it.
    Password {
        /// Who.
        name: String,
        /// SHA-256 of the kept hash of the password before.
        before: String,
        /// SHA-256 of the kept hash.
        password: String,
    },
    /// A user may not log in any more.
    UserRemoved {
        /// Who.
        name: String,
    },
    /// A link by which the first administrator is made, once.
    Setup {
        /// SHA-256 of its secret.
        sha256: String,
    },
}

/// A token as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub person: String,
    pub role: Role,
    pub until: Option<String>,
    pub scopes: Option<Vec<Right>>,
}

/// A user as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub role: Role,
    /// Which password: sessions begun with another one end.
    pub password: String,
}

/// What the records come to.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    /// Records taken up.
    seen: usize,
    pub tokens: BTreeMap<String, Token>,
    pub users: BTreeMap<String, User>,
    /// Names of users by what they were let in by: an e-mail address in small letters, or the provider's own id after `sub:`.
    pub federated: BTreeMap<String, String>,
    /// Provider and its own id of each user who logged in there, by name.
    pub bound: BTreeMap<String, (String, String)>,
    /// How often somebody of a name was let in, as a user.
    admissions: BTreeMap<String, u32>,
    pub setup: Option<String>,
    /// Everybody who ever could act, as the log has them.
    actors: BTreeSet<String>,
    /// What cannot be read, where something cannot: it may take rights away, so nobody has any then.
    unreadable: Option<String>,
}

impl Token {
    /// As whom the log has what is done with it.
    pub(crate) fn actor(&self) -> String {
        if self.person == self.name { self.name.clone() } else { format!("{}/{}", self.person, self.name) }
    }

    /// Whether it is good for a right.
    pub(crate) fn has(&self, right: Right) -> bool {
        self.role.has(right) && self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&right))
    }

    /// Whether a day is none after its last.
    fn is_good(&self, today: Date) -> bool {
        self.until.as_deref().is_none_or(|until| until.parse::<Date>().is_ok_and(|until| today <= until))
    }
}

impl Directory {
    /// Takes up the records that came since; `all` are all records of kind `access`. A ledger that was built anew has the same ones again.
    pub(crate) fn take(&mut self, all: &[String]) {
        for text in all.iter().skip(self.seen) {
            match serde_json::from_str(text) {
                Ok(Access::Token { sha256, name, person, role, until, scopes }) => {
                    let person = person.unwrap_or_else(|| name.clone());
                    let token = Token { name, person, role, until, scopes };
                    self.actors.insert(token.actor());
                    self.tokens.insert(sha256, token);
                }
                Ok(Access::Revoked { name }) => {
                    self.tokens.retain(|_, token| token.name != name && token.person != name);
                }
                Ok(Access::User { name, role, password }) => {
                    self.let_in_anew(&name);
                    self.users.insert(name, User { role, password });
                    // Somebody can log in: the link has done its work.
                    self.setup = None;
                }
                Ok(Access::Federated { name, role, subject }) => {
                    self.let_in_anew(&name);
                    // Of no password the hash is this: nobody can log in with one.
                    self.users.insert(name.clone(), User { role, password: format!("federated:{subject}") });
                    self.federated.insert(admission(&subject), name);
                    self.setup = None;
                }
                Ok(Access::UserRemoved { name }) => {
                    self.users.remove(&name);
                    self.federated.retain(|_, known| *known != name);
                    self.bound.remove(&name);
                }
                Ok(Access::Password { name, before, password }) => {
                    if let Some(user) = self.users.get_mut(&name).filter(|user| user.password == before) {
                        user.password = password;
                    }
                }
                // One person of the provider's is one user: of two who are bound to the same, the first is.
                Ok(Access::Bound { name, issuer, subject }) => {
                    let identity = (issuer, subject);
                    if self.bound_to(&identity).is_none_or(|known| known == name) {
                        self.bound.insert(name, identity);
                    }
                }
                Ok(Access::Setup { sha256 }) => self.setup = Some(sha256),
                // Of a later version, or damaged: it may take somebody's rights away.
                Err(error) => drop(self.unreadable.get_or_insert_with(|| error.to_string())),
            }
        }
        self.seen = self.seen.max(all.len());
    }

    /// Forgets by what somebody could log in until now.
    fn let_in_anew(&mut self, name: &str) {
        self.federated.retain(|_, known| known != name);
        self.bound.remove(name);
        self.actors.insert(name.to_owned());
        let times = self.admissions.entry(name.to_owned()).or_default();
        *times = times.saturating_add(1);
    }

    /// How often somebody of a name was let in: what was bound before the last time is bound no more.
    pub(crate) fn admissions(&self, name: &str) -> u32 {
        self.admissions.get(name).copied().unwrap_or(0)
    }

    /// The user whom a provider and its own id of a person are bound to.
    pub(crate) fn bound_to(&self, identity: &(String, String)) -> Option<&str> {
        let (name, _) = self.bound.iter().find(|(_, known)| *known == identity)?;
        Some(name)
    }

    /// Everybody who ever could act, as the log has them, in alphabetical order.
    pub(crate) fn actors(&self) -> Vec<String> {
        self.actors.iter().cloned().collect()
    }

    /// Whether somebody of a name has a way in now: as a user, or as the person of a token.
    pub(crate) fn is_person(&self, name: &str) -> bool {
        self.users.contains_key(name) || self.tokens.values().any(|token| token.person == name)
    }

    /// Whether a token that `is_meant` is good for a right on a day.
    fn has_token(&self, is_meant: impl Fn(&Token) -> bool, right: Right, today: Date) -> bool {
        self.tokens.values().any(|token| is_meant(token) && token.has(right) && token.is_good(today))
    }

    /// Whether an actor of the log has a right on a day, by whatever means.
    pub(crate) fn has_actor(&self, actor: &str, right: Right, today: Date) -> bool {
        let by_token = self.has_token(|token| token.actor() == actor, right, today);
        by_token || self.users.get(actor).is_some_and(|user| user.role.has(right))
    }

    /// Whether a person has a right on a day, as a user or by any token.
    pub(crate) fn has_person(&self, person: &str, right: Right, today: Date) -> bool {
        let by_token = self.has_token(|token| token.person == person, right, today);
        by_token || self.users.get(person).is_some_and(|user| user.role.has(right))
    }

    /// Whether on a day another person than the one who proposes a change of access may confirm it: whoever records or manages, as a user or by a token.
    pub(crate) fn has_confirmer(&self, proposer: &str, today: Date) -> bool {
        let confirms = [Right::Record, Right::Manage];
        let by_token = confirms.iter().any(|right| self.has_token(|token| token.person != proposer, *right, today));
        let mut others = self.users.iter().filter(|(name, _)| *name != proposer);
        by_token || others.any(|(_, user)| confirms.iter().any(|right| user.role.has(*right)))
    }

    /// Whether somebody of a name may do anything as a user, or by a token that is called so or is the person's.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.is_person(name) || self.tokens.values().any(|token| token.name == name)
    }

    /// An error where a record of who may do what cannot be read.
    pub(crate) fn check(&self) -> Result<(), String> {
        match &self.unreadable {
            None => Ok(()),
            Some(what) => Err(format!(
                "a record of who may do what cannot be read: {what}\n  mend: use the version of Tollgate that wrote it, or a later one"
            )),
        }
    }

    /// The token of a hash, if it is good on the day.
    pub(crate) fn token(&self, hash: &str, today: Date) -> Option<&Token> {
        self.tokens.get(hash).filter(|token| token.is_good(today))
    }
}

/// By what somebody is let in, so that an address and an id that reads like one are two things.
pub(crate) fn admission(subject: &str) -> String {
    match subject {
        id if id.starts_with("sub:") => id.to_owned(),
        // Letters beyond ASCII are what they are: another mailbox may differ from this one in nothing else (the sign for kelvin is no `k`).
        address if address.contains('@') => address.to_ascii_lowercase(),
        id => format!("sub:{id}"),
    }
}

/// A new secret of 256 bits, in hexadecimal.
pub fn new_secret() -> Result<String, String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| format!("the system gives no random numbers: {error}"))?;
    Ok(hex(&bytes))
}

/// A new token, which is shown once.
pub fn new_token() -> Result<String, String> {
    Ok(format!("tg_{}", new_secret()?))
}

/// SHA-256 of a text, in hexadecimal.
pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_to_who_may_do_what() {
        let token = new_token().unwrap();
        assert!(token.len() == 67 && token != new_token().unwrap());
        let hash = sha256(&token);
        let given = Access::Token {
            sha256: hash.clone(),
            name: "ana".into(),
            person: None,
            role: Role::Analyst,
            until: Some("2026-12-31".into()),
            scopes: None,
        };
        let user = |role| Access::User { name: "ana".into(), role, password: "p".into() };
        let text = |access: &Access| serde_json::to_string(access).unwrap();
        let mut all = vec![text(&given), text(&Access::Setup { sha256: "s".into() })];
        let mut directory = Directory::default();
        directory.take(&all);
        let last: Date = "2026-12-31".parse().unwrap();
        assert_eq!(directory.token(&hash, last).map(|token| token.role), Some(Role::Analyst));
        assert_eq!(directory.token(&hash, last.plus_days(1)), None);
        assert_eq!(directory.setup.as_deref(), Some("s"));
        all.extend([text(&Access::Revoked { name: "ana".into() }), text(&user(Role::Officer))]);
        directory.take(&all);
        assert_eq!((directory.token(&hash, last), &directory.setup), (None, &None));
        assert_eq!(directory.users["ana"].role, Role::Officer);
        all.extend([text(&given), text(&Access::UserRemoved { name: "ana".into() })]);
        directory.take(&all);
        assert!(directory.users.is_empty() && directory.token(&hash, last).is_some());
        // Another password is of who is there with the one before, and lets nobody in anew.
        let password = |before: &str| {
            let access = Access::Password { name: "ana".into(), before: before.into(), password: "q".into() };
            text(&access)
        };
        all.extend([password("p"), text(&user(Role::Viewer)), password("x")]);
        directory.take(&all);
        assert_eq!(directory.users["ana"], User { role: Role::Viewer, password: "p".into() });
        all.push(password("p"));
        directory.take(&all);
        assert_eq!(directory.users["ana"], User { role: Role::Viewer, password: "q".into() });
        // What cannot be read may be somebody's revocation.
        assert!(directory.check().is_ok());
        all.push(r#"{"suspended":{"name":"ana"}}"#.into());
        directory.take(&all);
        assert!(directory.check().unwrap_err().contains("suspended"));
    }

    #[test]
    fn a_token_acts_as_its_person_and_goes_with_the_person() {
        let mut directory = Directory::default();
        let token = |hash: &str, name: &str, person: Option<&str>| {
            let (sha256, name, person) = (hash.to_owned(), name.to_owned(), person.map(str::to_owned));
            let access = Access::Token { sha256, name, person, role: Role::Officer, until: None, scopes: None };
            serde_json::to_string(&access).unwrap()
        };
        let mut all = vec![token("1", "desk", Some("ana")), token("2", "desk", None), token("3", "ana", Some("ana"))];
        directory.take(&all);
        let day: Date = "2026-01-01".parse().unwrap();
        let actor = |directory: &Directory, hash: &str| directory.token(hash, day).map(Token::actor);
        assert_eq!(actor(&directory, "1").as_deref(), Some("ana/desk"));
        assert_eq!(actor(&directory, "2").as_deref(), Some("desk"));
        assert_eq!(actor(&directory, "3").as_deref(), Some("ana"));
        all.push(serde_json::to_string(&Access::Revoked { name: "ana".into() }).unwrap());
        directory.take(&all);
        assert_eq!((actor(&directory, "1"), actor(&directory, "3")), (None, None));
        assert!(actor(&directory, "2").is_some());
        assert_eq!(directory.actors(), ["ana", "ana/desk", "desk"], "who could act stays known");
    }

    #[test]
    fn a_change_of_access_is_confirmed_by_another_person_who_records_or_manages() {
        let day: Date = "2026-06-01".parse().unwrap();
        let user = |name: &str, role| Access::User { name: name.into(), role, password: "p".into() };
        let token = |person: &str, role, until: Option<&str>, scopes| Access::Token {
            sha256: format!("{person}{role:?}{until:?}"),
            name: "desk".into(),
            person: Some(person.into()),
            role,
            until: until.map(str::to_owned),
            scopes,
        };
        let mut directory = Directory::default();
        let mut log = Vec::new();
        let mut has_after = |access: Access| {
            log.push(serde_json::to_string(&access).unwrap());
            directory.take(&log);
            directory.has_confirmer("root", day)
        };
        // The proposer's own, those who only read or try, what is past its day, and a token for less.
        assert!(!has_after(user("root", Role::Administrator)));
        assert!(!has_after(token("root", Role::Officer, None, None)), "one's own token is no other person");
        assert!(!has_after(user("eva", Role::Auditor)));
        assert!(!has_after(token("bob", Role::Officer, Some("2026-05-31"), None)));
        assert!(!has_after(token("kim", Role::Officer, Some("2026-12-31"), Some(vec![Right::Read]))));
        assert!(has_after(token("ana", Role::Officer, Some("2026-06-01"), None)), "a person of a token alone confirms");
        assert!(!has_after(Access::Revoked { name: "ana".into() }));
        assert!(has_after(user("ida", Role::Officer)));
    }
}
