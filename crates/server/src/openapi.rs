//! What the service is, for programs: OpenAPI 3.1, made from the same declarations that route its requests.

use serde_json::Value;
use tollgate_desk::DECISION_COMPONENT;
use tollgate_model::never;
use tollgate_records::DECISION_SCHEMA;
use utoipa::OpenApi;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, RefOr, Schema};

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

/// The form of a decision, as `docs/decision.schema.json` has it.
fn decision_schema() -> Result<RefOr<Schema>, serde_json::Error> {
    let mut schema: Value = serde_json::from_str(DECISION_SCHEMA)?;
    // The whole description is of one dialect, which stands in it once.
    schema.as_object_mut().and_then(|schema| schema.remove("$schema"));
    serde_json::from_value(schema)
}

/// The description, as `docs/openapi.json` has it: JSON, with a line break behind it.
pub fn description() -> String {
    let (_, mut api) = described().split_for_parts();
    let declared = Description::openapi();
    (api.info, api.tags) = (declared.info, declared.tags);
    let mut components = api.components.take().unwrap_or_else(Components::new);
    components.schemas.extend(declared.components.into_iter().flat_map(|components| components.schemas));
    match decision_schema() {
        Ok(schema) => drop(components.schemas.insert(DECISION_COMPONENT.to_owned(), schema)),
        Err(error) => never!("docs/decision.schema.json cannot be read: {error}"),
    }
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    let cookie = ApiKey::Cookie(ApiKeyValue::new(COOKIE));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    api.components = Some(components);
    let none: [&str; 0] = [];
    api.security = Some(["token", "session"].map(|name| SecurityRequirement::new(name, none)).to_vec());
    match api.to_pretty_json() {
        Ok(text) => text + "\n",
        Err(error) => {
            never!("the description cannot be written: {error}");
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_has_one_schema() {
        let description: Value = serde_json::from_str(&description()).unwrap();
        let schemas = &description["components"]["schemas"];
        let mut schema: Value = serde_json::from_str(DECISION_SCHEMA).unwrap();
        schema.as_object_mut().unwrap().remove("$schema").unwrap();
        assert_eq!(schemas[DECISION_COMPONENT], schema);
        for answer in ["Answer", "OnRecord"] {
            let of = &schemas[answer]["properties"]["decision"]["$ref"];
            assert_eq!(of, &format!("#/components/schemas/{DECISION_COMPONENT}"), "{answer}");
        }
    }
}
