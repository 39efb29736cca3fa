//! Who may do what. Tokens are records of the audit log, by their hash: every server on a database knows the same ones.

use axum::http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tollgate_model::{Date, hex};

use super::problem::Problem;

/// What the holder of a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Reads allocations, orders and policies.
    Viewer,
    /// Also decides orders without recording them, and screens names.
    Analyst,
    /// Also records: reserves, ships, cancels.
    Officer,
    /// Reads everything, the log included, and records nothing.
    Auditor,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    Read,
    Try,
    Record,
    Log,
}

impl Role {
    pub(crate) fn has(self, right: Right) -> bool {
        match right {
            Right::Read => true,
            Right::Try => matches!(self, Role::Analyst | Role::Officer),
            Right::Record => self == Role::Officer,
            Right::Log => self == Role::Auditor,
        }
    }
}

/// The data of a record of kind `access`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Access {
    /// A token is given out.
    Token {
        /// SHA-256 of the token, in hexadecimal. It is as long as a key, so that no slow hash is needed.
        sha256: String,
        /// Whose it is.
        name: String,
        role: Role,
        /// The last day on which it is good; without an end where absent.
        until: Option<String>,
    },
    /// All tokens of a name are taken back.
    Revoked { name: String },
}

/// A new token, which is shown once.
pub(crate) fn new_token() -> Result<String, String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| format!("the system gives no random numbers: {error}"))?;
    Ok(format!("tg_{}", hex(&bytes)))
}

pub(crate) fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token))
}

/// The name behind a request, if its token is good on the day and has the right.
pub(crate) fn admit(headers: &HeaderMap, access: &[String], today: Date, right: Right) -> Result<String, Problem> {
    let denied = |detail: &str| {
        let mend = "send `Authorization: Bearer TOKEN` with a token made by `tollgate token add`";
        Problem::new(StatusCode::UNAUTHORIZED, "not_authenticated", detail, mend)
    };
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(token) = value.and_then(|value| value.strip_prefix("Bearer ")) else {
        return Err(denied("the request carries no token"));
    };
    let hash = token_hash(token.trim());
    let mut found = None;
    for record in access.iter().filter_map(|record| serde_json::from_str::<Access>(record).ok()) {
        match record {
            Access::Token { sha256, name, role, until } if sha256 == hash => found = Some((name, role, until)),
            Access::Revoked { name } if found.as_ref().is_some_and(|(own, ..)| *own == name) => found = None,
            _ => {}
        }
    }
    let good = |until: &Option<String>| {
        until.as_deref().is_none_or(|until| until.parse::<Date>().is_ok_and(|until| today <= until))
    };
    let Some((name, role, _)) = found.filter(|(.., until)| good(until)) else {
        return Err(denied("the token is not known, was taken back, or is past its day"));
    };
    if !role.has(right) {
        let mend = "use a token of a role that may: see docs/service.md";
        return Err(Problem::new(StatusCode::FORBIDDEN, "not_allowed", "the role of this token may not do that", mend));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_admitted_until_taken_back_or_past_their_day() {
        let token = new_token().unwrap();
        assert!(token.len() == 67 && token != new_token().unwrap());
        let record = |access: &Access| serde_json::to_string(access).unwrap();
        let given = Access::Token {
            sha256: token_hash(&token),
            name: "ana".into(),
            role: Role::Analyst,
            until: Some("2026-12-31".into()),
        };
        let mut access = vec![record(&given)];
        let mut headers = HeaderMap::new();
        let today = "2026-12-31".parse().unwrap();
        let status = |headers: &HeaderMap, access: &[String], day: Date, right| {
            admit(headers, access, day, right).map_err(|problem| problem.status.as_u16())
        };
        assert_eq!(status(&headers, &access, today, Right::Read), Err(401));
        headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        assert_eq!(status(&headers, &access, today, Right::Try), Ok("ana".into()));
        assert_eq!(status(&headers, &access, today, Right::Record), Err(403));
        assert_eq!(status(&headers, &access, today.plus_days(1), Right::Read), Err(401));
        access.push(record(&Access::Revoked { name: "ana".into() }));
        assert_eq!(status(&headers, &access, today, Right::Read), Err(401));
        access.push(record(&given));
        assert_eq!(status(&headers, &access, today, Right::Read), Ok("ana".into()));
        headers.insert(header::AUTHORIZATION, "Basic x".parse().unwrap());
        assert_eq!(status(&headers, &access, today, Right::Read), Err(401));
    }
}
