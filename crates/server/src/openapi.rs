//! What the service is, for programs: OpenAPI 3.1, made from the same declarations that route its requests.

use utoipa::OpenApi;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};

use super::access::COOKIE;
use super::problem::ProblemDetails;
use super::server::described;

#[derive(OpenApi)]
#[openapi(
    info(title = "Tollgate", description = "Decides orders of AI compute and keeps their allocations. It informs; it is not legal advice."),
    tags(
        (name = "orders", description = "Decided, reserved, held, shipped"),
        (name = "allocations", description = "What each account holds"),
        (name = "jobs", description = "Whole files of orders"),
        (name = "policy", description = "The law in force"),
        (name = "screening", description = "Names against lists"),
        (name = "audit", description = "The log"),
        (name = "access", description = "Who may do what"),
    ),
    components(schemas(ProblemDetails)),
)]
struct Description;

/// The description, as `docs/openapi.json` has it.
pub fn description() -> String {
    let (_, mut api) = described().split_for_parts();
    let own = Description::openapi();
    (api.info, api.tags) = (own.info, own.tags);
    let mut components = api.components.take().unwrap_or_default();
    components.schemas.extend(own.components.unwrap_or_default().schemas);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    let cookie = ApiKey::Cookie(ApiKeyValue::new(COOKIE));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    api.components = Some(components);
    let none: [&str; 0] = [];
    api.security = Some(["token", "session"].map(|name| SecurityRequirement::new(name, none)).to_vec());
    api.to_pretty_json().map(|text| text + "\n").unwrap_or_default()
}
