//! Claims of an id token that are of no form that OpenID Connect has for them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::CoreIdTokenClaims;
use serde_json::{Map, Value, json};

/// The claims of a token answer's id token whose values are of no form that OpenID Connect has for them, by name. A token with one is refused whole: each
/// is tried beside what every token has.
pub(super) fn odd_claims(answer: &[u8]) -> Vec<String> {
    let answer: Option<Value> = serde_json::from_slice(answer).ok();
    let token = answer.as_ref().and_then(|answer| answer.get("id_token")?.as_str());
    let payload = token.and_then(|token| URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok());
    let claims = payload.and_then(|payload| serde_json::from_slice::<Map<String, Value>>(&payload).ok());
    let is_odd = |name: &str, value: &Value| {
        let mut least = json!({ "iss": "https://a.example", "sub": "a", "aud": "a", "exp": 1, "iat": 1 });
        if let Some(least) = least.as_object_mut() {
            least.insert(name.to_owned(), value.clone());
        }
        serde_json::from_value::<CoreIdTokenClaims>(least).is_err()
    };
    let odd = claims.into_iter().flatten().filter(|(name, value)| is_odd(name, value));
    odd.map(|(name, _)| format!("`{name}`")).collect()
}

#[cfg(test)]
mod tests {
    use openidconnect::TokenResponse as _;

    use super::*;

    /// Claims as Cognito, JumpCloud, Auth0 and Entra ID send them: truth values and times as texts, nothing where nothing is known.
    #[test]
    fn claims_are_read_as_providers_send_them() {
        let read = |more: serde_json::Value| {
            let mut claims = serde_json::json!({
                "iss": "https://login.example", "sub": "a-1", "aud": "tollgate", "exp": 1_800_000_000, "iat": 1_700_000_000,
                "email": "ana@example.org",
            });
            for (name, value) in more.as_object().unwrap() {
                claims[name.as_str()] = value.clone();
            }
            let claims = serde_json::from_value::<openidconnect::core::CoreIdTokenClaims>(claims);
            claims.map(|claims| claims.email_verified()).map_err(|error| error.to_string())
        };
        for (claims, verified) in [
            (json!({ "email_verified": true }), Some(true)),
            (json!({ "email_verified": "true" }), Some(true)),
            (json!({ "email_verified": "false" }), Some(false)),
            (json!({ "email_verified": false }), Some(false)),
            (json!({ "email_verified": null }), None),
            (json!({}), None),
            (json!({ "updated_at": "2026-11-28T10:00:00.000Z", "email_verified": true }), Some(true)),
            (json!({ "updated_at": 1_700_000_000, "name": null, "picture": "", "aud": ["tollgate"] }), None),
            (json!({ "cognito:username": "ana", "groups": ["a"], "phone_number_verified": "false" }), None),
            (json!({ "address": { "formatted": "1 Main St\nSpringfield" }, "email_verified": true }), Some(true)),
            (json!({ "address": {}, "locale": "de-CH", "zoneinfo": "Europe/Zurich" }), None),
            (json!({ "address": null, "phone_number": null, "locale": null }), None),
            // What OpenID Connect does not name may be anything.
            (
                json!({ "cognito:groups": { "a": [[[]]] }, "custom:age": 7, "xms_edov": "1", "tid": null, "department": ["a"] }),
                None,
            ),
        ] {
            assert_eq!(read(claims.clone()), Ok(verified), "{claims}");
        }
        // What is neither true nor false vouches for nothing, and is named.
        for odd in [json!("yes"), json!(1), json!(["true"]), json!("")] {
            let error = read(json!({ "email_verified": odd })).unwrap_err();
            assert!(error.contains("email_verified"), "{error}");
        }
    }

    /// A claim of a form that it cannot have is no login, whoever the rest vouches for, and the refusal names it.
    #[test]
    fn a_claim_of_an_odd_form_is_refused_and_named() {
        let claims = |more: &[(&str, &Value)]| {
            let mut claims = json!({
                "iss": "https://login.example", "sub": "a-1", "aud": "tollgate", "exp": 1_800_000_000, "iat": 1_700_000_000,
                "email": "ana@example.org", "email_verified": true, "custom:floor": { "any": ["thing"] },
            });
            more.iter().for_each(|(name, value)| claims[*name] = (*value).clone());
            claims
        };
        let answer = |claims: &Value| {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let token = format!("{}.{}.{}", part(&json!({ "alg": "RS256", "typ": "JWT" })), part(claims), "AAAA");
            json!({ "access_token": "a", "token_type": "Bearer", "id_token": token }).to_string()
        };
        let read = |answer: &str| serde_json::from_str::<openidconnect::core::CoreTokenResponse>(answer);
        let fine = answer(&claims(&[]));
        assert!(read(&fine).unwrap().id_token().is_some() && odd_claims(fine.as_bytes()).is_empty());
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        let odd = [
            json!("1 Main St"),
            json!(["1 Main St"]),
            json!([]),
            json!({ "formatted": ["1 Main St"] }),
            json!({ "formatted": { "formatted": {} } }),
            json!(7),
            json!(-1e300),
            json!(u64::MAX),
            json!(true),
            json!(""),
            json!("\u{0}\u{202e}"),
            json!({ "address": null }),
            serde_json::from_str(&deep).unwrap(),
        ];
        let names = [
            "address",
            "birthdate",
            "email",
            "email_verified",
            "exp",
            "family_name",
            "gender",
            "iat",
            "iss",
            "locale",
            "name",
            "nonce",
            "phone_number",
            "phone_number_verified",
            "picture",
            "preferred_username",
            "sub",
            "updated_at",
            "website",
            "zoneinfo",
            "aud",
            "auth_time",
            "acr",
            "amr",
            "azp",
            "address#de",
            "email#de",
        ];
        let mut refusals = 0;
        for (name, value) in names.iter().flat_map(|name| odd.iter().map(move |value| (*name, value))) {
            let answer = answer(&claims(&[(name, value)]));
            let named = odd_claims(answer.as_bytes());
            match read(&answer) {
                Ok(_) => assert!(named.is_empty(), "{name} {value}: {named:?}"),
                Err(_) => {
                    refusals += 1;
                    assert_eq!(named, [format!("`{name}`")], "{value}");
                }
            }
            // Nothing but the two forms of a truth value ever vouches for an address.
            if name == "email_verified" {
                assert!(*value == json!(true) || read(&answer).is_err(), "{value}");
            }
        }
        assert!(refusals > 150, "{refusals}");
        assert_eq!(odd_claims(answer(&claims(&[("address", &json!("x")), ("locale", &json!(1))])).as_bytes()).len(), 2);
        for broken in ["", "{}", "[]", r#"{"id_token":7}"#, r#"{"id_token":"a.b.c"}"#, r#"{"id_token":"."}"#] {
            assert!(odd_claims(broken.as_bytes()).is_empty(), "{broken}");
        }
    }
}
