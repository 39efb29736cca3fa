//! The columns that a table of orders may have, by which every cell of every row is looked up.

use std::collections::BTreeMap;

use crate::columns::Source;

macro_rules! order_columns {
    ($($column:ident = $name:literal,)*) => {
        /// A column that a table of orders may have: a target of its headers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum OrderColumn {
            $($column,)*
        }

        impl OrderColumn {
            /// Every column.
            pub(crate) const ALL: &'static [OrderColumn] = &[$(OrderColumn::$column,)*];

            /// Its name in mapping files.
            pub(crate) fn as_str(self) -> &'static str {
                match self {
                    $(OrderColumn::$column => $name,)*
                }
            }
        }
    };
}

order_columns! {
    OrderId = "order_id",
    Line = "line",
    Date = "date",
    OtherDate = "other_date",
    Activity = "activity",
    Exporter = "exporter",
    ExporterCountry = "exporter_country",
    ExporterAddress = "exporter_address",
    Purchaser = "purchaser",
    PurchaserCountry = "purchaser_country",
    PurchaserAddress = "purchaser_address",
    PurchaserCompany = "purchaser_company",
    IntermediateConsignee = "intermediate_consignee",
    IntermediateConsigneeCountry = "intermediate_consignee_country",
    NotifyParty = "notify_party",
    UltimateConsignee = "ultimate_consignee",
    UltimateConsigneeCountry = "ultimate_consignee_country",
    UltimateConsigneeAddress = "ultimate_consignee_address",
    UltimateConsigneeCity = "ultimate_consignee_city",
    UltimateConsigneeEmail = "ultimate_consignee_email",
    UltimateConsigneePhone = "ultimate_consignee_phone",
    UltimateConsigneeCompany = "ultimate_consignee_company",
    UltimateConsigneeHqCountry = "ultimate_consignee_hq_country",
    UltimateConsigneeParent = "ultimate_consignee_parent",
    UltimateConsigneeName = "ultimate_consignee_name",
    EndUser = "end_user",
    EndUserHqCountry = "end_user_hq_country",
    EndUserParent = "end_user_parent",
    EndUserCountry = "end_user_country",
    FreightForwarder = "freight_forwarder",
    Origin = "origin",
    Destination = "destination",
    ShipToCountry = "ship_to_country",
    LppOperator = "lpp_operator",
    Via = "via",
    Item = "item",
    Sku = "sku",
    Description = "description",
    Quantity = "quantity",
    Packages = "packages",
    PackSize = "pack_size",
    Unit = "unit",
    UnitPrice = "unit_price",
    TotalValue = "total_value",
    Currency = "currency",
    HsCode = "hs_code",
    GrossWeightKg = "gross_weight_kg",
    WeightUnit = "weight_unit",
    EndUse = "end_use",
    Authorization = "authorization",
    LicenseCode = "license_code",
    LicenseNumber = "license_number",
    DeclaredEccn = "declared_eccn",
    Year = "year",
    Quarter = "quarter",
    UnreadText = "unread_text",
}

/// The sources of a table of orders by column.
pub(crate) struct OrderSources<'a>(Vec<Option<&'a Source>>);

impl<'a> OrderSources<'a> {
    /// The sources of a plan; a target of which no line of orders has anything is left out.
    pub(crate) fn new(sources: &'a BTreeMap<String, Source>) -> OrderSources<'a> {
        OrderSources(OrderColumn::ALL.iter().map(|column| sources.get(column.as_str())).collect())
    }

    /// The source of a column; `None` where the table has none.
    pub(crate) fn get(&self, column: OrderColumn) -> Option<&'a Source> {
        self.0.get(column as usize).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::known_targets;

    #[test]
    fn every_column_is_a_target_of_headers_and_is_found() {
        let targets = known_targets("orders");
        let source = |header: &str| Source { places: vec![1], header: header.to_owned(), unit: String::new() };
        for column in OrderColumn::ALL {
            assert!(targets.contains(column.as_str()), "{column:?}");
            let sources = BTreeMap::from([(column.as_str().to_owned(), source(column.as_str()))]);
            let table = OrderSources::new(&sources);
            for other in OrderColumn::ALL {
                let found = table.get(*other).map(|source| source.header.as_str());
                assert_eq!(found, (other == column).then_some(column.as_str()));
            }
        }
    }
}
