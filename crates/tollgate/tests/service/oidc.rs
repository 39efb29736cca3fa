//! Login at an OpenID provider: a small one of our own, which signs with Ed25519 and checks PKCE.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm};
use openidconnect::url::form_urlencoded;
use openidconnect::{
    AccessToken, Audience, EmptyAdditionalClaims, EndUserEmail, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    PrivateSigningKey, StandardClaims, SubjectIdentifier,
};
use serde_json::{Value, json};

use crate::harness::{Service, folder, token, token_of};

/// An Ed25519 key of zeros, as PKCS #8.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n-----END PRIVATE KEY-----\n";

/// What the provider was told at the start of the login that is under way, and whom it vouches for.
#[derive(Clone, Default)]
struct Login {
    nonce: String,
    challenge: String,
    email: String,
    verified: bool,
}

#[derive(Clone)]
struct Issuer {
    address: String,
    login: Arc<Mutex<Login>>,
}

fn key() -> CoreEdDsaPrivateSigningKey {
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(KEY, None).unwrap()
}

async fn metadata(State(issuer): State<Issuer>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", issuer.address);
    Json(json!({
        "issuer": issuer.address, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn answer(State(issuer): State<Issuer>, sent: String) -> Json<Value> {
    let sent: BTreeMap<String, String> = form_urlencoded::parse(sent.as_bytes()).into_owned().collect();
    let login = issuer.login.lock().unwrap().clone();
    let verifier = PkceCodeVerifier::new(sent["code_verifier"].clone());
    assert_eq!(PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str(), login.challenge, "PKCE");
    assert_eq!(sent["code"], "the-code");
    let person = StandardClaims::new(SubjectIdentifier::new("person-1".to_owned()));
    let person = person.set_email(Some(EndUserEmail::new(login.email))).set_email_verified(Some(login.verified));
    let now = chrono::Utc::now();
    let audience = vec![Audience::new("tollgate".to_owned())];
    let url = IssuerUrl::new(issuer.address.clone()).unwrap();
    let claims = CoreIdTokenClaims::new(
        url,
        audience,
        now + chrono::Duration::minutes(5),
        now,
        person,
        EmptyAdditionalClaims {},
    );
    let claims = claims.set_nonce(Some(Nonce::new(login.nonce)));
    let access = AccessToken::new("access".to_owned());
    let token = CoreIdToken::new(claims, &key(), CoreJwsSigningAlgorithm::EdDsa, Some(&access), None).unwrap();
    Json(json!({ "access_token": "access", "token_type": "bearer", "id_token": token.to_string() }))
}

fn issuer() -> Issuer {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let issuer = Issuer { address: format!("http://{}", listener.local_addr().unwrap()), login: Arc::default() };
    let own = issuer.clone();
    std::thread::spawn(move || {
        let keys = || async { Json(json!({ "keys": [key().as_verification_key()] })) };
        let router = Router::new().route("/.well-known/openid-configuration", get(metadata)).route("/keys", get(keys));
        let router = router.route("/token", post(answer)).with_state(own);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
    });
    issuer
}

/// Begins a login and goes where it sends: the state, and the cookie that ties it to the browser.
fn begin(service: &Service, issuer: &Issuer, email: &str, verified: bool) -> (String, String) {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
    let agent: ureq::Agent = config.into();
    let sent = agent.get(format!("{}/login/oidc", service.address)).call().unwrap();
    assert_eq!(sent.status(), 303);
    let header = |name: &str| sent.headers().get(name).unwrap().to_str().unwrap().to_owned();
    let (address, cookie) = (header("location"), header("set-cookie"));
    assert!(address.starts_with(&format!("{}/authorize?", issuer.address)), "{address}");
    let value = |name: &str| {
        let pair = address.split(['?', '&']).find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
        pair.to_owned()
    };
    assert_eq!((value("response_type"), value("code_challenge_method")), ("code".to_owned(), "S256".to_owned()));
    *issuer.login.lock().unwrap() =
        Login { nonce: value("nonce"), challenge: value("code_challenge"), email: email.to_owned(), verified };
    (value("state"), cookie.split(';').next().unwrap().to_owned())
}

#[test]
fn who_the_provider_vouches_for_and_the_administrator_let_in_has_a_session() {
    let folder = folder("oidc");
    let administrator = token(&folder, "administrator");
    let issuer = issuer();
    let service = Service::start_with(
        &folder,
        &["--oidc-issuer", &issuer.address, "--oidc-client", "tollgate", "--public-url", "http://tollgate.example"],
    );
    let user = json!({ "name": "ana", "role": "officer", "subject": "ana@example.org" }).to_string();
    let (status, proposed) = service.ask("POST", "/v1/users", &administrator, Some("u1"), &user);
    assert_eq!(service.ask("POST", "/v1/users", &administrator, Some("u1"), &user), (202, proposed.clone()));
    let second = token_of(&folder, "bob", "officer");
    assert_eq!((status, service.confirm(&second, &proposed).0), (202, 200), "{proposed}");
    let both =
        json!({ "name": "bob", "role": "officer", "subject": "b", "password": "a sentence of words" }).to_string();
    assert_eq!(service.ask("POST", "/v1/users", &administrator, Some("u2"), &both).0, 422);
    let back = |state: &str, cookie: &str| {
        let path = format!("/login/oidc/callback?code=the-code&state={state}");
        service.send("GET", &path, &[("Cookie", cookie)], "")
    };
    let (state, cookie) = begin(&service, &issuer, "ana@example.org", true);
    assert_eq!(back(&state, "tollgate_login=forged").0, 401, "another browser's login");
    assert_eq!(back(&state, &cookie).0, 401, "and it is spent");
    let (state, cookie) = begin(&service, &issuer, "ana@example.org", true);
    let (status, page, session) = back(&state, &cookie);
    assert_eq!(status, 200, "{page}");
    let session = session.split(';').next().unwrap().to_owned();
    let me = service.send("GET", "/v1/session", &[("Cookie", session.as_str())], "").1;
    assert_eq!((&me["name"], &me["role"]), (&json!("ana"), &json!("officer")));
    assert_eq!(back(&state, &cookie).0, 401, "replayed");
    // An address that nobody verified, and one that no administrator let in.
    for (email, verified) in [("ana@example.org", false), ("eve@example.org", true)] {
        let (state, cookie) = begin(&service, &issuer, email, verified);
        assert_eq!(back(&state, &cookie).0, 401, "{email}");
    }
    // A token made for another login, by its nonce.
    let (state, cookie) = begin(&service, &issuer, "ana@example.org", true);
    issuer.login.lock().unwrap().nonce = "another".to_owned();
    assert_eq!(back(&state, &cookie).0, 502);
    // No password opens the door, and who is removed is out.
    let login = json!({ "name": "ana", "password": "federated:ana@example.org" }).to_string();
    assert_eq!(service.send("POST", "/v1/session", &[("Content-Type", "application/json")], &login).0, 401);
    assert_eq!(service.ask("DELETE", "/v1/users/ana", &administrator, Some("d1"), "").0, 204);
    assert_eq!(service.send("GET", "/v1/session", &[("Cookie", session.as_str())], "").0, 401);
    let plain = Service::start(&crate::harness::folder("no-oidc"));
    assert_eq!(plain.send("GET", "/login/oidc", &[], "").0, 404);
}
