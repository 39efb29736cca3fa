//! Login at an OpenID provider: the authorization code flow with PKCE (OpenID Connect Core 1.0, RFC 7636).

mod claims;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
};
use serde::Deserialize;
use tollgate_desk::scoped_id;

use super::access::{Access, Directory, LONGEST_VOUCHED, Peer, admission, denied};
use super::grants::record;
use super::logins::{Cookies, session_cookie};
use super::orders::unavailable;
use super::problem::Problem;
use super::{Shared, sha256};
use crate::now;
use claims::odd_claims;

/// A login that was begun must end so soon, in milliseconds.
const PATIENCE: i64 = 10 * 60_000;
/// Logins that may be under way at once; the oldest give way.
const MOST: usize = 10_000;
/// What ties a login to the browser that began it.
const COOKIE: &str = "tollgate_login";

/// The provider, and the logins that are under way there.
#[derive(Debug)]
pub struct Provider {
    issuer: IssuerUrl,
    client: ClientId,
    secret: Option<ClientSecret>,
    /// The address here to which it sends people back.
    back: RedirectUrl,
    begun: Mutex<BTreeMap<String, Begun>>,
}

#[derive(Debug)]
struct Begun {
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    at: i64,
}

impl Provider {
    /// `public` is the address under which people reach this service.
    pub fn new(issuer: &str, client: &str, secret: Option<String>, public: &str) -> Result<Provider, String> {
        let wrong = |what: &str, error: &dyn std::fmt::Display| {
            format!("{what}: is no address: {error}\n  mend: write it whole, such as https://login.example.org")
        };
        let back = format!("{}/login/oidc/callback", public.trim_end_matches('/'));
        let address = IssuerUrl::new(issuer.to_owned()).map_err(|error| wrong(issuer, &error))?;
        let here = |host: &str| {
            host == "localhost" || host.trim_matches(['[', ']']).parse().is_ok_and(|host: IpAddr| host.is_loopback())
        };
        if address.url().scheme() != "https" && !address.url().host_str().is_some_and(here) {
            return Err(format!(
                "{issuer}: is reached without TLS: anybody between could log in as anybody\n  mend: give the provider's https address"
            ));
        }
        Ok(Provider {
            issuer: address,
            client: ClientId::new(client.to_owned()),
            secret: secret.map(ClientSecret::new),
            back: RedirectUrl::new(back).map_err(|error| wrong(public, &error))?,
            begun: Mutex::default(),
        })
    }

    fn begun(&self) -> MutexGuard<'_, BTreeMap<String, Begun>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, state: &str, begun: Begun) {
        let mut all = self.begun();
        let late = begun.at - PATIENCE;
        all.retain(|_, begun| begun.at > late);
        while all.len() >= MOST {
            all.pop_first();
        }
        all.insert(sha256(state), begun);
    }

    /// What the provider says of itself. It is asked anew at each login, so that its keys may change.
    fn metadata(&self) -> Result<CoreProviderMetadata, String> {
        CoreProviderMetadata::discover(&self.issuer, &ask).map_err(|error| message(&error))
    }

    /// Where to send somebody to log in, and the state that will come back.
    fn begin(&self) -> Result<(String, String), String> {
        let client = CoreClient::from_provider_metadata(self.metadata()?, self.client.clone(), self.secret.clone());
        let client = client.set_redirect_uri(self.back.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (address, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        self.remember(state.secret(), Begun { nonce, verifier, at: now() });
        Ok((address.to_string(), state.secret().clone()))
    }

    /// Whom the provider vouches for.
    fn end(&self, code: String, begun: Begun) -> Result<Vouched, String> {
        let client = CoreClient::from_provider_metadata(self.metadata()?, self.client.clone(), self.secret.clone());
        let client = client.set_redirect_uri(self.back.clone());
        let exchange = client.exchange_code(AuthorizationCode::new(code)).map_err(|error| message(&error))?;
        let odd = RefCell::new(Vec::new());
        let answer = exchange.set_pkce_verifier(begun.verifier).request(&|request| {
            let response = ask(request)?;
            odd.replace(odd_claims(response.body()));
            Ok::<_, ureq::Error>(response)
        });
        let answer = answer.map_err(|error| match odd.borrow().as_slice() {
            [] => message(&error),
            odd => format!(
                "its id token has what OpenID Connect does not have there in {}: leave that out of the id token at the provider ({})",
                odd.join(", "),
                message(&error)
            ),
        })?;
        let token = answer.id_token().ok_or_else(|| "the provider gave no id token".to_owned())?;
        let claims = token.claims(&client.id_token_verifier(), &begun.nonce).map_err(|error| message(&error))?;
        Ok(Vouched {
            issuer: claims.issuer().as_str().to_owned(),
            subject: claims.subject().as_str().to_owned(),
            email: claims.email().map(|email| email.as_str().to_owned()),
            verified: claims.email_verified(),
        })
    }
}

/// What the provider says of a person.
#[derive(Clone, Debug)]
struct Vouched {
    issuer: String,
    /// Its own id of the person.
    subject: String,
    email: Option<String>,
    /// Whether the address is the person's; nothing where the provider does not say.
    verified: Option<bool>,
}

/// Who a person is here.
#[derive(Debug, PartialEq, Eq)]
struct Entrant {
    name: String,
    /// By what the sessions of the user are known.
    password: String,
    /// Whether the provider's id of the person is on record already.
    bound: bool,
}

/// Who an administrator let in by an address that the provider vouches for, or by its own id of the person; `Err` says why nobody.
fn admit(directory: &Directory, person: &Vouched) -> Result<Entrant, String> {
    let of = |subject: &str| directory.federated.get(&admission(subject)).cloned();
    let address = person.email.as_deref().filter(|email| email.contains('@'));
    let by_address = address.filter(|_| person.verified == Some(true)).and_then(of);
    let name = by_address.or_else(|| of(&format!("sub:{}", person.subject)));
    let let_in = format!(
        "an administrator can let this person in by the provider's own id: tollgate user add --subject sub:{}",
        person.subject
    );
    let Some(name) = name else {
        let known = address.is_some_and(|address| of(address).is_some());
        return Err(match (known, address, person.verified) {
            (true, Some(address), Some(false)) => {
                format!("the OpenID provider says that the address {address} is not verified; {let_in}")
            }
            (true, Some(address), _) => {
                format!("the OpenID provider does not vouch for the address {address} (no `email_verified`); {let_in}")
            }
            _ => format!("the OpenID provider knows you, but no administrator let you in; {let_in}"),
        });
    };
    let user = directory.users.get(&name).ok_or("the user was removed")?;
    let identity = (person.issuer.clone(), person.subject.clone());
    // One who is let in by an address and by an id as well, as two users, would be two persons where two are needed.
    if let Some(other) = directory.bound_to(&identity).filter(|known| *known != name) {
        return Err(format!("this person of the OpenID provider is {other} here, and cannot be {name} too"));
    }
    let bound = directory.bound.get(&name);
    match bound {
        Some((issuer, subject)) if (issuer, subject) != (&person.issuer, &person.subject) => {
            Err(format!("{name} is another person at the OpenID provider than the one who logged in before; {let_in}"))
        }
        _ => Ok(Entrant { password: user.password.clone(), name, bound: bound.is_some() }),
    }
}

/// An error with all that led to it.
fn message(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// Sends a request of the library's. A redirect is not followed: it would send secrets to where nobody meant.
fn ask(request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let agent: ureq::Agent = config.timeout_global(Some(Duration::from_secs(10))).build().into();
    let (parts, mut body) = agent.run(request)?.into_parts();
    let body = body.with_config().limit(1 << 20).read_to_vec()?;
    Ok(HttpResponse::from_parts(parts, body))
}

#[derive(Deserialize)]
pub(super) struct Returned {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

fn no_provider() -> Problem {
    let mend = "start the service with --oidc-issuer and --oidc-client, or log in with a password";
    Problem::new(StatusCode::NOT_FOUND, "no_provider", "this service has no OpenID provider", mend)
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| unavailable(&error.to_string()))?;
    done.map_err(|what| {
        let mend = "log in anew; if it goes on, compare --oidc-issuer and the client with what the provider knows";
        Problem::new(StatusCode::BAD_GATEWAY, "provider", format!("the OpenID provider: {what}"), mend)
    })
}

/// Sends a browser to the provider.
pub(super) async fn begin(State(app): State<Shared>, Peer(from): Peer) -> Result<Response, Problem> {
    // Each login asks the provider twice: strangers may cause that so often and no more.
    app.gate.check_stranger(from)?;
    app.provider.as_ref().ok_or_else(no_provider)?;
    let desk = app.clone();
    let (address, state) = aside(move || desk.provider.as_ref().map_or(Err(String::new()), Provider::begin)).await?;
    let secure = if app.secure { "; Secure" } else { "" };
    // Lax: the provider's answer is a request from elsewhere, and must carry it.
    let cookie = format!("{COOKIE}={state}; Path=/login; HttpOnly; SameSite=Lax; Max-Age={}{secure}", PATIENCE / 1_000);
    let header = |text: &str| HeaderValue::from_str(text).map_err(|error| unavailable(&error.to_string()));
    let headers = [(header::LOCATION, header(&address)?), (header::SET_COOKIE, header(&cookie)?)];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// Takes a browser back from the provider and begins its session.
pub(super) async fn callback(
    State(app): State<Shared>,
    headers: HeaderMap,
    Query(returned): Query<Returned>,
) -> Result<(Cookies, Html<&'static str>), Problem> {
    let provider = app.provider.as_ref().ok_or_else(no_provider)?;
    if let Some(error) = returned.error {
        return Err(denied(&format!("the OpenID provider refuses: {error}")));
    }
    let (Some(code), Some(state)) = (returned.code, returned.state) else {
        return Err(denied("the OpenID provider gave neither a code nor a reason"));
    };
    let is_same_browser =
        super::access::cookie_named(&headers, COOKIE).is_some_and(|cookie| sha256(cookie) == sha256(&state));
    let begun = provider.begun().remove(&sha256(&state)).filter(|begun| is_same_browser && begun.at > now() - PATIENCE);
    let begun = begun.ok_or_else(|| denied("this browser began no such login, or too long ago"))?;
    let desk = app.clone();
    let person = aside(move || match &desk.provider {
        Some(provider) => provider.end(code, begun),
        None => Err(String::new()),
    });
    let person = person.await?;
    app.refresh_directory().await?;
    let admit_now = || {
        let mend = "log in as somebody who was let in";
        admit(&app.gate.directory(), &person).map_err(|what| Problem { mend: mend.to_owned(), ..denied(&what) })
    };
    let mut entrant = admit_now()?;
    if !entrant.bound {
        bind(&app, &entrant.name, &person).await?;
        entrant = admit_now()?;
        if !entrant.bound {
            return Err(denied("the login was not bound to its person"));
        }
    }
    let Entrant { name, password, .. } = entrant;
    let begun = app.gate.sessions().begin(&name, &password, now(), LONGEST_VOUCHED);
    let (value, _) = begun.map_err(|what| unavailable(&what))?;
    // A page of this site leads on: a redirect would still count as coming from the provider, and the strict cookie would stay behind.
    let page = "<!doctype html><html lang=\"en\"><meta http-equiv=\"refresh\" content=\"0; url=/\"><title>Tollgate</title><p><a href=\"/\">Logged in</a></p></html>";
    Ok((session_cookie(&app, &value, LONGEST_VOUCHED / 1_000)?, Html(page)))
}

/// Puts on record which person of the provider's a user is, once for each time that the user is let in.
async fn bind(app: &Shared, name: &str, person: &Vouched) -> Result<(), Problem> {
    let times = app.gate.directory().admissions(name);
    let (issuer, subject) = (person.issuer.clone(), person.subject.clone());
    let again = times.to_string();
    // The first time has the id that it had before there were more.
    let parts: &[&str] = if times > 1 { &["bound", &issuer, &subject, &again] } else { &["bound", &issuer, &subject] };
    let id = scoped_id("access", name, parts);
    record(app, name, &id, &Access::Bound { name: name.to_owned(), issuer, subject }).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(subject: &str, email: Option<&str>, verified: Option<bool>) -> Vouched {
        let (subject, email) = (subject.to_owned(), email.map(str::to_owned));
        Vouched { issuer: "https://login.example".to_owned(), subject, email, verified }
    }

    #[test]
    fn an_address_counts_where_it_is_vouched_for_and_for_the_person_who_had_it_first() {
        let mut directory = Directory::default();
        let let_in = |name: &str, subject: &str| Access::Federated {
            name: name.to_owned(),
            role: crate::Role::Officer,
            subject: subject.to_owned(),
        };
        let mut log: Vec<String> =
            [let_in("ana", "Ana@example.org"), let_in("bob", "b-2"), let_in("kim", "kim@example.org")]
                .iter()
                .map(|access| serde_json::to_string(access).unwrap())
                .collect();
        directory.take(&log);
        let name =
            |directory: &Directory, person: &Vouched| admit(directory, person).map(|found| (found.name, found.bound));
        let ana = person("a-1", Some("ana@example.org"), Some(true));
        assert_eq!(name(&directory, &ana), Ok(("ana".to_owned(), false)));
        assert_eq!(name(&directory, &person("b-2", None, None)), Ok(("bob".to_owned(), false)));
        // Nor is who has a mailbox that is written alike, with the sign for kelvin.
        assert!(name(&directory, &person("k-1", Some("\u{212a}im@example.org"), Some(true))).is_err());
        // Whose own id reads like somebody's address is not that somebody.
        assert!(name(&directory, &person("ana@example.org", None, None)).is_err());
        for verified in [None, Some(false)] {
            let error = name(&directory, &person("a-1", Some("ana@example.org"), verified)).unwrap_err();
            assert!(error.contains("ana@example.org") && error.contains("sub:a-1"), "{error}");
        }
        let bound = Access::Bound { name: "ana".to_owned(), issuer: ana.issuer.clone(), subject: "a-1".to_owned() };
        log.push(serde_json::to_string(&bound).unwrap());
        directory.take(&log);
        assert_eq!(name(&directory, &ana), Ok(("ana".to_owned(), true)));
        let heir = person("a-9", Some("ana@example.org"), Some(true));
        assert!(name(&directory, &heir).unwrap_err().contains("another person"), "the address went to somebody else");
        assert!(name(&directory, &Vouched { issuer: "https://other.example".to_owned(), ..ana.clone() }).is_err());
        // Whoever is let in twice, by the address and by the id, is one user still: no second person.
        log.push(serde_json::to_string(&let_in("ana2", "sub:a-1")).unwrap());
        directory.take(&log);
        let by_id = person("a-1", Some("ana@example.org"), Some(false));
        assert!(name(&directory, &by_id).unwrap_err().contains("is ana here"));
        let twice = Access::Bound { name: "ana2".to_owned(), issuer: ana.issuer.clone(), subject: "a-1".to_owned() };
        log.push(serde_json::to_string(&twice).unwrap());
        directory.take(&log);
        assert!(name(&directory, &by_id).is_err() && name(&directory, &ana).is_ok());
        // Let in anew, a user is bound anew: what was bound before says nothing.
        assert_eq!(directory.admissions("ana"), 1);
        log.push(serde_json::to_string(&let_in("ana", "ana@example.org")).unwrap());
        directory.take(&log);
        assert_eq!((name(&directory, &ana), directory.admissions("ana")), (Ok(("ana".to_owned(), false)), 2));
    }

    #[test]
    fn a_provider_is_reached_over_tls_or_on_this_machine() {
        let new = |issuer: &str| Provider::new(issuer, "tollgate", None, "https://tollgate.example");
        assert!(new("http://login.example").unwrap_err().contains("without TLS"));
        for fine in ["https://login.example", "http://127.0.0.1:7395", "http://localhost:1", "http://[::1]:1"] {
            assert!(new(fine).is_ok(), "{fine}");
        }
    }
}
