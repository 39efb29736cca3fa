//! An order line as a request states it.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use tollgate_model::{Activity, Country, OrderLine, is_in_doubt};
use utoipa::ToSchema;

/// An order line as a request states it: the columns of the orders table. Those that decide nothing yet are taken and kept on record.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    /// The transaction.
    #[schema(required, min_length = 1, max_length = 200)]
    pub order_id: String,
    /// 1 where absent.
    pub line: Option<i64>,
    /// The day of shipment: the law in force on it decides.
    #[schema(required, format = Date)]
    pub date: String,
    /// `export`, `reexport`, `transfer`, `deemed_export` or `deemed_reexport`; `export` where absent.
    activity: Option<String>,
    exporter: Option<String>,
    purchaser: Option<String>,
    intermediate_consignee: Option<String>,
    #[schema(required, min_length = 1, max_length = 200)]
    ultimate_consignee: String,
    end_user: Option<String>,
    freight_forwarder: Option<String>,
    lpp_operator: Option<String>,
    /// ISO 3166-1 alpha-2.
    origin: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[schema(required, pattern = "^[A-Z]{2}$")]
    destination: String,
    /// The places on the way, in order: a text with `;` between them, or a list of texts.
    #[serde(default, deserialize_with = "places")]
    #[schema(value_type = Option<Value>)]
    via: Option<String>,
    /// A name, alias or id of the catalog or of the items given to `serve`.
    #[schema(required, min_length = 1, max_length = 200)]
    item: String,
    #[schema(required, minimum = 1)]
    quantity: i64,
    unit_price_usd: Option<Value>,
    hs_code: Option<String>,
    description: Option<String>,
    gross_weight_kg: Option<Value>,
    packages: Option<i64>,
    end_use: Option<String>,
    authorization: Option<String>,
}

impl OrderRequest {
    /// A line of a file as a request.
    pub fn of(line: &OrderLine<'_>) -> OrderRequest {
        let text = |text: Option<&str>| text.map(str::to_owned);
        OrderRequest {
            order_id: line.order_id.to_owned(),
            line: Some(line.line),
            date: line.date.to_string(),
            activity: Some(line.activity.as_str().to_owned()),
            exporter: text(line.exporter),
            purchaser: text(line.purchaser),
            intermediate_consignee: text(line.intermediate_consignee),
            ultimate_consignee: line.ultimate_consignee.to_owned(),
            end_user: text(line.end_user),
            freight_forwarder: text(line.freight_forwarder),
            lpp_operator: text(line.lpp_operator),
            origin: line.origin.map(|country| country.to_string()),
            destination: line.destination.to_string(),
            via: text(line.via),
            item: line.item.to_owned(),
            quantity: line.quantity,
            end_use: text(line.end_use),
            authorization: text(line.authorization),
            ..OrderRequest::default()
        }
    }

    /// The authorization that it claims, as it was written.
    pub fn claim(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// The end use that it declares, as it was written.
    pub fn end_use(&self) -> Option<&str> {
        self.end_use.as_deref()
    }

    /// The line, or what is wrong with a member and how to mend it.
    pub fn line(&self) -> Result<OrderLine<'_>, (String, &'static str)> {
        let required = [
            ("order_id", &self.order_id),
            ("ultimate_consignee", &self.ultimate_consignee),
            ("destination", &self.destination),
            ("item", &self.item),
            ("date", &self.date),
        ];
        if let Some((member, _)) = required.iter().find(|(_, text)| text.trim().is_empty()) {
            return Err((format!("`{member}` is required"), "give it"));
        }
        if let Some((member, _)) = required.iter().find(|(_, text)| text.len() > 200) {
            return Err((format!("`{member}` is longer than 200 bytes"), "give a shorter one"));
        }
        let optional = [
            ("exporter", &self.exporter),
            ("purchaser", &self.purchaser),
            ("intermediate_consignee", &self.intermediate_consignee),
            ("end_user", &self.end_user),
            ("freight_forwarder", &self.freight_forwarder),
            ("lpp_operator", &self.lpp_operator),
            ("end_use", &self.end_use),
        ];
        let given = optional.iter().filter_map(|(member, text)| Some((*member, text.as_ref()?)));
        if let Some((member, text)) = required.into_iter().chain(given).find(|(_, text)| is_in_doubt(text)) {
            let mend = "write what it is without the `?`, or leave out what is not known";
            return Err((format!("`{member}` is `{text}`, marked as not understood"), mend));
        }
        if let Some(line) = self.line.filter(|line| *line < 1) {
            return Err((format!("`line` is {line}"), "give a whole number of 1 or more"));
        }
        if self.quantity < 1 {
            return Err((format!("`quantity` is {}", self.quantity), "give a whole number of 1 or more"));
        }
        let day = "write it as YYYY-MM-DD";
        let country = "write an ISO 3166-1 alpha-2 code in capitals, such as SG, or the name in English";
        let origin = self.origin.as_deref().map(Country::from_text).transpose();
        let activity = self.activity.as_deref().map(Activity::from_word).transpose();
        let text = |member: &'static str, value: &str| format!("`{member}` is `{value}`");
        Ok(OrderLine {
            unread: &[],
            order_id: &self.order_id,
            line: self.line.unwrap_or(1),
            date: self.date.parse().map_err(|_| (text("date", &self.date), day))?,
            activity: activity
                .map_err(|_| {
                    let mend = "write export, reexport, transfer, deemed_export or deemed_reexport";
                    (text("activity", self.activity.as_deref().unwrap_or("")), mend)
                })?
                .unwrap_or(Activity::Export),
            exporter: self.exporter.as_deref(),
            purchaser: self.purchaser.as_deref(),
            intermediate_consignee: self.intermediate_consignee.as_deref(),
            ultimate_consignee: &self.ultimate_consignee,
            end_user: self.end_user.as_deref(),
            freight_forwarder: self.freight_forwarder.as_deref(),
            lpp_operator: self.lpp_operator.as_deref(),
            origin: origin.map_err(|_| ("`origin` is no country".to_owned(), country))?,
            destination: Country::from_text(&self.destination)
                .map_err(|_| (text("destination", &self.destination), country))?,
            via: self.via.as_deref(),
            item: &self.item,
            quantity: self.quantity,
            end_use: self.end_use.as_deref(),
            authorization: self.authorization.as_deref(),
        })
    }
}

/// The places on the way as one text.
fn places<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<String>, D::Error> {
    /// One text, or one for each place.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Places {
        Text(String),
        List(Vec<String>),
    }
    let places: Option<Places> = Option::deserialize(reader)?;
    Ok(places.map(|places| match places {
        Places::Text(text) => text,
        Places::List(places) => places.join(";"),
    }))
}
