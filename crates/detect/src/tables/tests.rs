//! The derived tables and the page that documents them.

use std::path::Path;

use super::columns::{TariffRow, TariffTable};
use super::*;

#[test]
fn the_documentation_has_the_columns_that_there_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/design/typologies.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let written = text.split_once("<!-- columns -->\n").unwrap().1.split_once("<!-- end of columns -->").unwrap().0;
    let expected = format!("\n{}\n", reference());
    assert!(written == expected, "put this between the marks of docs/design/typologies.md:\n{expected}");
}

#[test]
fn a_table_has_each_column_once_in_the_order_of_its_list() {
    for table in DerivedTable::ALL {
        let schema = table.schema();
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let listed: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
        assert_eq!(names, listed);
        let once: std::collections::BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(once.len(), names.len(), "{}", table.as_str());
    }
}

#[test]
fn a_builder_is_empty_after_its_batch_and_holds_no_number_that_is_not_finite() {
    let mut table = TariffTable::default();
    table.push(TariffRow { hs_code: "854231", usd_per_kg_p50: Some(f64::NAN), usd_per_kg_p99: Some(2.0) });
    let batch = table.finish().unwrap();
    assert_eq!(batch.schema(), DerivedTable::Hs.schema());
    assert_eq!((batch.num_rows(), batch.column(1).null_count(), batch.column(2).null_count()), (1, 1, 0));
    assert_eq!(table.finish().unwrap().num_rows(), 0);
}
