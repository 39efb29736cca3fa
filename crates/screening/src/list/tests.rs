//! Each form of a list is read, and what is no list is refused.

use super::*;

fn read(file: &str, text: &str) -> Result<Vec<List>, Diagnostic> {
    read_lists(&[(file.to_owned(), text.as_bytes().to_vec())])
}

const HEADER: &str = "source,entity_number,type,programs,name,title,addresses,alt_names\n";

#[test]
fn the_consolidated_list_is_read_in_both_forms() {
    let row = "Entity List (EL) - Bureau of Industry and Security,17,,,\"Alpha Systems Co., Ltd. (ASC). Affiliated Entity: Beta Works\",,\"1 Road, City, CN; Box 2, HK\",Alfa Sistems\n";
    let lists = read("csl.csv", &format!("\u{feff}{HEADER}{row}")).unwrap();
    let entry = &lists[0].entries[0];
    let names: Vec<(&str, bool)> = entry.names.iter().map(|name| (name.text.as_str(), name.weak)).collect();
    assert_eq!(entry.id, "17");
    assert_eq!(
        names,
        [
            ("Alpha Systems Co., Ltd. (ASC). Affiliated Entity: Beta Works", false),
            ("Alpha Systems Co., Ltd", false),
            ("ASC", true),
            ("Beta Works", false),
            ("Alfa Sistems", false)
        ]
    );
    assert_eq!(entry.countries.iter().map(|country| country.code()).collect::<Vec<_>>(), ["CN", "HK"]);
    assert_eq!(Effect::from_list_name(&entry.list), Effect::EntityList);
    let json = r#"{"total":1,"results":[{"source":"Unverified List (UVL) - Bureau of Industry and Security","entity_number":5,"name":"Gamma","alt_names":["Gama"],"addresses":[{"city":"Dubai","country":"AE"}]}]}"#;
    let entry = &read("csl.json", json).unwrap()[0].entries[0];
    assert_eq!((entry.id.as_str(), entry.names.len(), entry.addresses[0].as_str()), ("5", 2, "Dubai, AE"));
}

#[test]
fn ofac_files_belong_together() {
    let files = [
        ("sdn.csv", "36,\"AERO LINES\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n\u{1a}"),
        ("alt.csv", "36,12,\"aka\",\"AERO-LINEAS\",-0- \n99,13,\"aka\",\"NOBODY\",-0- \n"),
        ("add.csv", "36,25,-0- ,\"Havana\",\"Cuba\",-0- \n"),
    ]
    .map(|(file, text)| (file.to_owned(), text.as_bytes().to_vec()));
    let lists = read_lists(&files).unwrap();
    let entry = &lists[0].entries[0];
    assert_eq!(entry.names.len(), 2);
    assert_eq!(entry.addresses, ["Havana, Cuba"]);
    assert_eq!(entry.countries[0].code(), "CU");
    assert!(lists[1].bad.iter().any(|bad| bad.what.contains("entry 99")), "{:?}", lists[1].bad);
    assert!(read_lists(&files[1..]).unwrap_err().mend.contains("sdn.csv"));
}

#[test]
fn other_forms_are_told_by_their_first_line() {
    let denied = "\"Name\"\t\"Street_Address\"\t\"City\"\t\"State\"\t\"Country\"\t\"Postal_Code\"\t\"Effective_Date\"\t\"Expiration_Date\"\t\"Standard_Order\"\n\" I. ASH\"\t\"1 Way\"\t\"Town\"\t\"TX\"\t\"US\"\t\"1\"\t\"\"\t\"\"\t\"Y\"\n";
    let lists = read("dpl.txt", denied).unwrap();
    assert_eq!(Effect::from_list_name(&lists[0].entries[0].list), Effect::DeniedPerson);
    let money = "{\"id\":\"x-1\",\"schema\":\"Company\",\"datasets\":[\"us_own\"],\"properties\":{\"name\":[\"Delta\"],\"weakAlias\":[\"D\"],\"country\":[\"ru\"]}}\n{broken\n";
    let list = &read("entities.ftm.json", money).unwrap()[0];
    assert_eq!((list.entries.len(), list.bad.len()), (1, 1));
    assert_eq!(list.entries[0].countries[0].code(), "RU");
    let list = &read("own.csv", "name,country,aliases\nEpsilon,SG,Eps;Epsi\n,,\n").unwrap()[0];
    assert_eq!((list.entries[0].names.len(), list.bad.len()), (3, 1));
}

#[test]
fn what_is_no_list_is_refused() {
    for (text, what) in [
        ("", "not in the form"),
        ("<!DOCTYPE html><html>", "not in the form"),
        ("{\"error\": 500}", "not in the form"),
        (HEADER, "no entry"),
        ("a,b\n1,2\n", "not in the form"),
    ] {
        let error = read("csl.csv", text).unwrap_err();
        assert!(error.what.contains(what), "{text}: {error}");
        assert!(!error.mend.is_empty());
    }
}

#[test]
fn old_encodings_and_bad_rows_do_not_stop_a_list() {
    let mut bytes = format!("{HEADER}X,1,,,Soci").into_bytes();
    bytes.push(0xe9);
    bytes.extend_from_slice(b"t,,,\nX,2\n");
    let lists = read_lists(&[("csl.csv".to_owned(), bytes)]).unwrap();
    assert_eq!(lists[0].entries[0].names[0].text, "Soci\u{e9}t");
    assert_eq!(lists[0].bad[0], BadRow { line: 3, what: "has 2 cells where the header has 8".to_owned() });
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_reading_fail(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), start in 0..5_usize) {
        let starts = ["", HEADER, "name,country\n", "{\"schema\":\"\",\"properties\":{", "1,\"A\",,,,,,,,,,\n"];
        let mut all = starts[start].as_bytes().to_vec();
        all.extend(bytes);
        let _ = read_lists(&[("x".to_owned(), all)]);
    }
}

#[test]
fn a_former_name_in_a_name_field_is_a_name() {
    let texts = |field: &str| split_names(field).into_iter().map(|name| name.text).collect::<Vec<_>>();
    for field in [
        "Lion Cloud (formerly known as Blue Heron Works)",
        "Lion Cloud, formerly Blue Heron Works",
        "Lion Cloud d/b/a Blue Heron Works",
        "Lion Cloud trading as Blue Heron Works",
    ] {
        assert_eq!(texts(field), [field, "Lion Cloud", "Blue Heron Works"]);
    }
    assert_eq!(texts("Al-Noor Trading Associates"), ["Al-Noor Trading Associates"]);
}
