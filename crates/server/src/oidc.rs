//! Login at an OpenID provider: the authorization code flow with PKCE (OpenID Connect Core 1.0, RFC 7636).

use std::collections::BTreeMap;
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

use super::access::{Peer, denied};
use super::logins::{Cookies, session_cookie};
use super::orders::unavailable;
use super::problem::Problem;
use super::{Shared, sha256};
use crate::now;

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
        Ok(Provider {
            issuer: IssuerUrl::new(issuer.to_owned()).map_err(|error| wrong(issuer, &error))?,
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
        CoreProviderMetadata::discover(&self.issuer, &ask).map_err(|error| told(&error))
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

    /// Whom the provider vouches for: an e-mail address that it verified, or else its own id of the person.
    fn end(&self, code: String, begun: Begun) -> Result<String, String> {
        let client = CoreClient::from_provider_metadata(self.metadata()?, self.client.clone(), self.secret.clone());
        let client = client.set_redirect_uri(self.back.clone());
        let exchange = client.exchange_code(AuthorizationCode::new(code)).map_err(|error| told(&error))?;
        let answer = exchange.set_pkce_verifier(begun.verifier).request(&ask).map_err(|error| told(&error))?;
        let token = answer.id_token().ok_or_else(|| "the provider gave no id token".to_owned())?;
        let claims = token.claims(&client.id_token_verifier(), &begun.nonce).map_err(|error| told(&error))?;
        let email =
            claims.email().filter(|_| claims.email_verified() == Some(true)).map(|email| email.as_str().to_owned());
        Ok(email.unwrap_or_else(|| claims.subject().as_str().to_owned()))
    }
}

/// An error with all that led to it.
fn told(error: &dyn std::error::Error) -> String {
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
    let own = super::access::cookie_named(&headers, COOKIE).is_some_and(|cookie| sha256(cookie) == sha256(&state));
    let begun = provider.begun().remove(&sha256(&state)).filter(|begun| own && begun.at > now() - PATIENCE);
    let begun = begun.ok_or_else(|| denied("this browser began no such login, or too long ago"))?;
    let desk = app.clone();
    let subject = aside(move || match &desk.provider {
        Some(provider) => provider.end(code, begun),
        None => Err(String::new()),
    });
    let subject = subject.await?;
    app.refresh_directory().await?;
    let known = {
        let directory = app.gate.directory();
        let name = directory.federated.get(&subject).cloned();
        name.and_then(|name| Some((directory.users.get(&name)?.password.clone(), name)))
    };
    let (password, name) =
        known.ok_or_else(|| denied("the OpenID provider knows you, but no administrator let you in"))?;
    let begun = app.gate.sessions().begin(&name, &password, now());
    let (value, _) = begun.map_err(|what| unavailable(&what))?;
    // A page of this site leads on: a redirect would still count as coming from the provider, and the strict cookie would stay behind.
    let page = "<!doctype html><html lang=\"en\"><meta http-equiv=\"refresh\" content=\"0; url=/\"><title>Tollgate</title><p><a href=\"/\">Logged in</a></p></html>";
    Ok((session_cookie(&app, &value, 12 * 3_600)?, Html(page)))
}
