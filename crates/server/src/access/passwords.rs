//! Passwords, by argon2id with the parameters that OWASP recommends (19 MiB, two passes, one lane: the library's default).

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use tollgate_model::never;

/// Shorter ones are refused (NIST SP 800-63B, 3.1.1.2, for a password that is the only factor).
pub(crate) const SHORTEST: usize = 15;
/// Longer ones too: hashing takes memory.
pub(crate) const LONGEST: usize = 200;

/// The hash of a password in PHC form, or what is wrong with it.
pub fn hash(password: &str) -> Result<String, String> {
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Err(format!("the password has {length} characters, not {SHORTEST} to {LONGEST}"));
    }
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|error| error.to_string())
}

/// Whether a password is the one that was hashed. Takes as long where there is none, so that nobody learns who is a user.
pub(crate) fn matches(password: &str, kept: Option<&str>) -> bool {
    static NOBODY: LazyLock<Result<String, String>> = LazyLock::new(|| hash("nobody has this password"));
    let compared: &str = match (kept, NOBODY.as_ref()) {
        (Some(kept), _) => kept,
        (None, Ok(nobody)) => nobody,
        (None, Err(what)) => {
            never!("a password cannot be hashed: {what}");
            return false;
        }
    };
    let parsed = PasswordHash::new(compared);
    let fits = parsed.is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok());
    fits && kept.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_alone() {
        let kept = hash("correct horse battery").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(matches("correct horse battery", Some(&kept)) && !matches("correct horse batterz", Some(&kept)));
        assert!(!matches("nobody has this password", None) && !matches("x", Some("garbage")));
        assert!(hash("too short").is_err() && hash(&"x".repeat(201)).is_err());
    }
}
