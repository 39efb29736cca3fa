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

fn one(file: &str, text: &str) -> List {
    read(file, text).unwrap().remove(0)
}

#[test]
fn a_list_that_breaks_off_or_goes_on_as_a_page_is_refused() {
    let rows = "Entity List,1,,,Kestrel Amber Works,,,\nEntity List,2,,,Kestrel Birch Works,,,\n";
    for (tail, what) in [
        ("Entity List,3,,,Kestrel Ced", "breaks off"),
        ("Entity List,3,,,\"Kestrel Ced", "breaks off"),
        ("<html><body>502 Bad Gateway</body></html>\n", "page of HTML"),
    ] {
        let error = read("csl.csv", &format!("{HEADER}{rows}{tail}")).unwrap_err();
        assert!(error.what.contains(what), "{error}");
    }
    let cut =
        "{\"id\":\"a\",\"schema\":\"Company\",\"properties\":{\"name\":[\"Kestrel Amber\"]}}\n{\"id\":\"b\",\"sch";
    assert!(read("a.ftm.json", cut).unwrap_err().what.contains("breaks off"));
    // The last line of a whole file need not end.
    assert_eq!(one("csl.csv", &format!("{HEADER}{}", rows.trim_end())).entries.len(), 2);
}

#[test]
fn a_header_is_found_below_titles_and_has_each_column_once() {
    let rows = format!("{HEADER}Entity List,1,,,Kestrel Amber Works,,,\n");
    let list = one("csl.csv", &format!("Screening list,,,,,,,\nUpdated 2026-03-01\n\n{rows}"));
    assert_eq!((list.entries.len(), list.bad.len()), (1, 0));
    let twice = "source,name,alt_names,addresses,alt_names\nEntity List,Kestrel,Falco,,Heron\n";
    assert!(read("csl.csv", twice).unwrap_err().what.contains("twice"));
    assert!(read("x.csv", "a title\nfoo,bar\n1,2\n").is_err());
}

#[test]
fn an_entry_that_cannot_be_searched_is_told_and_not_dropped_in_silence() {
    let own = "id,name,list\n1,Kestrel Amber Works,Entity List\nKestrel Birch Works,2,Entity List\n3,---,Entity List\n4,ቡና ባንክ,Entity List\n5,Kestrel Elder,Entity List\n6,Kestrel Fir,Entity List\n7,Kestrel Gorse,Entity List\n";
    let list = one("own.csv", own);
    assert_eq!((list.entries.len(), list.bad.len(), list.rows), (4, 3, 7));
    assert!(list.bad.iter().any(|bad| bad.what.contains("script that is not read")), "{:?}", list.bad);
    assert!(list.bad.iter().any(|bad| bad.what.contains("cells may have moved")), "{:?}", list.bad);
}

#[test]
fn days_that_cannot_be_or_can_be_two_bind_longer() {
    let row = |from: &str, until: &str| {
        let text = format!("name,list,from,until\nKestrel Amber,Entity List,{from},{until}\n");
        let list = one("own.csv", &text);
        let entry = &list.entries[0];
        let day = |day: Option<Date>| day.map_or(String::new(), |day| day.to_string());
        (day(entry.from), day(entry.until), list.guessed.len())
    };
    assert_eq!(row("2024-01-05", "2026-05-06"), ("2024-01-05".into(), "2026-05-06".into(), 0));
    assert_eq!(row("05/06/2024", "04/03/2027"), ("2024-05-06".into(), "2027-04-03".into(), 0));
    assert_eq!(row("", "till revoked"), (String::new(), String::new(), 1));
    assert_eq!(row("2026-01-01", "2020-01-01"), (String::new(), String::new(), 1));
}

#[test]
fn sanctions_within_a_party_count_and_those_of_nobody_are_told() {
    let nested = r#"{"id":"a","schema":"Company","datasets":["us_trade_csl"],"properties":{"name":["Kestrel Amber"],"sanctions":[{"id":"s","schema":"Sanction","properties":{"programId":["US-BIS-EL"],"startDate":["2020-01-01"]}}]}}"#;
    let list = one("targets.nested.json", nested);
    assert_eq!((list.entries.len(), list.entries[0].effect), (1, Effect::EntityList));
    assert_eq!(list.entries[0].from, "2020-01-01".parse().ok());
    let orphan = r#"{"id":"s","schema":"Sanction","properties":{"entity":["gone"],"programId":["US-BIS-EL"]}}"#;
    let list = one("entities.ftm.json", &format!("{nested}\n{orphan}\n"));
    assert!(list.bad.iter().any(|bad| bad.line == 2 && bad.what.contains("gone")), "{:?}", list.bad);
}

#[test]
fn other_names_that_are_objects_are_names() {
    let json = r#"{"total":2,"results":[{"source":"Entity List","name":"Kestrel Amber","alt_names":[{"name":"Falco Ambra"},"Ambre"]},{"source":"Entity List","name":"Kestrel Birch"}]}"#;
    let list = one("csl.json", json);
    let names: Vec<&str> = list.entries[0].names.iter().map(|name| name.text.as_str()).collect();
    assert_eq!(names, ["Kestrel Amber", "Falco Ambra", "Ambre"]);
    let odd = json.replace("\"Ambre\"", "17");
    assert_eq!(one("csl.json", &odd).bad.len(), 1);
}

#[test]
fn european_tables_and_advanced_xml_are_read() {
    let union = "fileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;NameAlias_WholeName;Entity_Regulation_Programme;Address_CountryIso2Code\n1/1/2026;13;EU.27.28;Kestrel Lines;RUS;\n1/1/2026;13;EU.27.28;Falco Lines;RUS;\n1/1/2026;13;EU.27.28;;;RU\n1/1/2026;14;EU.27.29;Heron Lines;BLR;\n";
    let list = one("eu.csv", union);
    assert_eq!((list.entries.len(), list.rows, list.bad.len()), (2, 4, 0));
    assert_eq!((list.entries[0].names.len(), list.entries[0].countries.len()), (2, 1));
    assert_eq!(list.entries[0].effect, Effect::Other);
    let kingdom = "Last Updated,18/11/2025\nName 6,Name 1,Name 2,Name Non-Latin Script,Alias Quality,Regime,Country,Listed On,Group ID\nKESTREL,Amber,,Кестрел,,Russia,Russia,01/02/2023,77\nFALCO,Amber,,,Low,Russia,,01/02/2023,77\n";
    let list = one("ConList.csv", kingdom);
    let entry = &list.entries[0];
    assert_eq!((list.entries.len(), entry.names[0].text.as_str(), entry.names.len()), (1, "Amber KESTREL", 3));
    assert_eq!((entry.from, entry.names[2].weak), ("2023-02-01".parse().ok(), true));
    let advanced = r#"<?xml version="1.0"?><Sanctions xmlns="urn:x"><ReferenceValueSets><ListValues><List ID="1550">SDN List</List></ListValues></ReferenceValueSets><DistinctParties><DistinctParty><Profile ID="36"><Identity><Alias Primary="true" LowQuality="false"><DocumentedName><DocumentedNamePart><NamePartValue>Kestrel</NamePartValue></DocumentedNamePart><DocumentedNamePart><NamePartValue>Lines</NamePartValue></DocumentedNamePart></DocumentedName></Alias><Alias Primary="false" LowQuality="true"><DocumentedName><DocumentedNamePart><NamePartValue>KL</NamePartValue></DocumentedNamePart></DocumentedName></Alias></Identity></Profile></DistinctParty><DistinctParty><Profile ID="37"/></DistinctParty></DistinctParties><SanctionsEntries><SanctionsEntry ProfileID="36" ListID="1550"><SanctionsMeasure><Comment>CUBA</Comment></SanctionsMeasure></SanctionsEntry></SanctionsEntries></Sanctions>"#;
    let list = one("sdn_advanced.xml", advanced);
    let entry = &list.entries[0];
    assert_eq!((entry.names[0].text.as_str(), entry.names[1].weak, list.bad.len()), ("Kestrel Lines", true, 1));
    assert_eq!(
        (entry.effect, entry.programs.as_slice()),
        (Effect::SpeciallyDesignated, ["CUBA".to_owned()].as_slice())
    );
}

#[test]
fn a_later_page_and_an_answer_with_errors_are_no_list() {
    let record = r#"{"source":"Entity List","name":"Kestrel Amber"}"#;
    for head in [
        r#""offset":100"#,
        r#""page":2"#,
        r#""meta":{"total":9}"#,
        r#""links":{"next":"https://list.example/2"}"#,
        r#""has_more":true"#,
        r#""errors":["SDN not available"]"#,
    ] {
        let what = read("csl.json", &format!("{{{head},\"results\":[{record}]}}")).unwrap_err().to_string();
        assert!(what.contains("page of an answer") || what.contains("says `errors`"), "{head}: {what}");
    }
    let whole = format!("{{\"offset\":0,\"page\":1,\"next\":null,\"errors\":[],\"total\":1,\"results\":[{record}]}}");
    assert_eq!(one("csl.json", &whole).entries.len(), 1);
}

#[test]
fn what_stands_in_the_place_of_rows_is_told() {
    let rows: String = (0..8).map(|at| format!("Entity List,{at},,,Kestrel Amber {at}b,,,\n")).collect();
    let what = read("csl.csv", &format!("{HEADER}{rows}Rate limit exceeded\n")).unwrap_err().to_string();
    assert!(what.contains("in the place of a row"), "{what}");
    let footed = one("csl.csv", &format!("{HEADER}{rows}Total: 8 rows\n"));
    assert_eq!((footed.entries.len(), footed.bad.len()), (8, 1));
    let joined = one("csl.csv", &format!("{HEADER}{rows}{HEADER}{rows}"));
    assert_eq!((joined.entries.len(), joined.bad.len(), joined.rows), (16, 1, 17));
    assert!(joined.bad[0].what.contains("header again"), "{:?}", joined.bad);
}

#[test]
fn an_interface_says_in_many_ways_that_an_answer_is_a_page() {
    let record = r#"{"source":"Entity List","name":"Kestrel Amber"}"#;
    for head in [
        r#""page":1,"total_pages":3"#,
        r#""pagination":{"current":1,"pages":"12"}"#,
        r#""meta":{"page":{"totalElements":40}}"#,
        r#""limit":1,"offset":0"#,
        r#""@odata.nextLink":"https://list.example/2""#,
        r#""nextToken":"aGk=""#,
        r#""links":[{"rel":"self","href":"/1"},{"rel":"next","href":"/2"}]"#,
        r#""truncated":true"#,
    ] {
        let what = read("csl.json", &format!("{{{head},\"results\":[{record}]}}")).unwrap_err().to_string();
        assert!(what.contains("page of an answer"), "{head}: {what}");
    }
    for head in [
        r#""limit":100"#,
        r#""limit":1,"total":1"#,
        r#""page":1,"pages":1,"nextLink":"""#,
        r#""links":{"next":{"href":null}}"#,
    ] {
        assert_eq!(one("csl.json", &format!("{{{head},\"results\":[{record}]}}")).entries.len(), 1, "{head}");
    }
    let money = r#"{"id":"a","schema":"Company","properties":{"name":["Kestrel Amber"]}}"#;
    let page = format!("{money}\n<html><body>504 Gateway Time-out</body></html>\n");
    assert!(read("entities.ftm.json", &page).unwrap_err().what.contains("page of HTML"));
}

#[test]
fn encodings_without_a_mark_and_lines_of_old_are_read() {
    let text = format!("{HEADER}Entity List,1,,,Kestrel Amber,,,\nEntity List,2,,,Société Falco,,,\n");
    let names = |bytes: Vec<u8>| {
        let list = read_lists(&[("csl.csv".to_owned(), bytes)]).unwrap().remove(0);
        let names: Vec<String> = list.entries.iter().map(|entry| entry.names[0].text.clone()).collect();
        (names, list.guessed.len(), list.bad.len())
    };
    let whole = (vec!["Kestrel Amber".to_owned(), "Société Falco".to_owned()], 0, 0);
    assert_eq!(names(text.encode_utf16().flat_map(u16::to_le_bytes).collect()), whole);
    assert_eq!(names(text.encode_utf16().flat_map(u16::to_be_bytes).collect()), whole);
    assert_eq!(names(text.replace('\n', "\r").into_bytes()), whole);
    // A file that is in no UTF-8 at all is read by a guess, which is said.
    let western = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert_eq!(names(western), (whole.0.clone(), 1, 0));
    let escaped =
        text.replace("Société", "Soci&eacute;t&eacute;").replace(",,,\nEntity", ",,Br&uuml;cke; Pont,\nEntity");
    assert_eq!(names(escaped.into_bytes()).0[1], "Socie\u{301}te\u{301} Falco");
}

#[test]
fn quotes_that_are_written_otherwise_cost_no_row() {
    let rows: String = (0..4).map(|at| format!("Entity List,{at},,,Kestrel Amber {at}b,,,\n")).collect();
    for row in ["Entity List,9,,,\"Falco \\\"Gorse\\\", Ltd\",,,\n", "Entity List,9,,,\"Falco Gorse Ltd,,,\n"] {
        let list = one("csl.csv", &format!("{HEADER}{row}{rows}"));
        assert_eq!((list.entries.len(), list.guessed.len(), list.bad.len()), (5, 1, 0), "{:?}", list.bad);
        assert!(list.entries[0].names[0].text.starts_with("Falco"), "{:?}", list.entries[0]);
    }
    let sdn = "36,\"KESTREL\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n";
    let alt = "36,12,\"aka,\"FALCO TRADE\",-0- \n";
    let files = [("sdn.csv", sdn), ("alt.csv", alt)].map(|(file, text)| (file.to_owned(), text.as_bytes().to_vec()));
    assert_eq!(read_lists(&files).unwrap()[0].entries[0].names[1].text, "FALCO TRADE");
}

#[test]
fn what_breaks_off_or_stands_in_the_place_of_rows_is_refused() {
    let record = |name: &str| format!("{{\"source\":\"Entity List\",\"name\":\"{name}\"}}");
    let cut = format!("{{\"total\":3,\"results\":[{},\n{},\n{}", record("Kestrel"), record("Falco"), record("Heron"));
    assert!(read("csl.json", &cut).unwrap_err().what.contains("breaks off"));
    let money = "{\"id\":\"a\",\"schema\":\"Company\",\"properties\":{\"name\":[\"Kestrel Amber\"]}}\n";
    assert!(read("a.ftm.json", &format!("{money}{{\"id\":\"b\",\"sch\n")).unwrap_err().what.contains("breaks off"));
    let rows: String = (0..8).map(|at| format!("Entity List,{at},,,Kestrel Amber {at}b,,,\n")).collect();
    for (tail, what) in
        [("<div>Service unavailable</div>\n", "page of HTML"), ("{\"error\":\"quota\"}\n", "in the place of a row")]
    {
        let error = read("csl.csv", &format!("{HEADER}{rows}{tail}")).unwrap_err();
        assert!(error.what.contains(what), "{error}");
    }
    let moved = "name,list\nEntity List,Kestrel Amber\nKestrel Birch,Entity List\nKestrel Cedar,Entity List\n";
    let list = one("own.csv", moved);
    assert_eq!((list.entries.len(), list.bad.len()), (2, 1));
}

#[test]
fn a_header_that_moved_costs_no_row_in_silence() {
    let row = |at: u32| format!("Entity List,{at},,,Kestrel Amber {at}b,,,\n");
    let rows: String = (2..6).map(row).collect();
    let list = one("csl.csv", &format!("{}{HEADER}{rows}", row(1)));
    assert_eq!((list.entries.len(), list.bad.len(), list.rows), (4, 1, 5));
    assert!(list.bad[0].what.contains("before the header"), "{:?}", list.bad);
    let header =
        "ent_num,SDN_Name,SDN_Type,Program,Title,Call_Sign,Vess_type,Tonnage,GRT,Vess_flag,Vess_owner,Remarks\n";
    let sdn = "36,\"KESTREL LINES\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n";
    let list = one("sdn.csv", &format!("{header}{sdn}"));
    assert_eq!((list.entries.len(), list.bad.len(), list.rows), (1, 0, 1));
    let page = format!("{sdn}<html>\n<body>502</body>\n");
    assert!(read("sdn.csv", &page).unwrap_err().what.contains("page of HTML"));
}

#[test]
fn names_beside_a_slash_are_weak_names() {
    let names = |text: &str| split_names(text).into_iter().map(|name| (name.text, name.weak)).collect::<Vec<_>>();
    let both = names("Al-Kestrel/Islamic Sparrowhawks");
    assert!(both.contains(&("Islamic Sparrowhawks".to_owned(), true)), "{both:?}");
    assert_eq!(names("Kestrel Import/Export Works").len(), 1);
}

/// An answer of three entries with these members beside them.
fn answer(members: &str) -> String {
    let records: Vec<String> = ["Kestrel Amber", "Falco Gorse", "Heron Birch"]
        .iter()
        .map(|name| format!("{{\"source\":\"Entity List\",\"name\":\"{name}\"}}"))
        .collect();
    format!("{{{members},\"results\":[{}]}}", records.join(","))
}

#[test]
fn how_much_there_is_is_read_however_it_is_written() {
    for members in [
        "\"total\":\"1,240\"",
        "\"total\":40.0",
        "\"total\":\"40.0\"",
        "\"total\":\"1 240\"",
        "\"total\":\"10,000+\"",
        "\"total\":\"3 of 40\"",
        "\"total\":-1",
        "\"total\":\"many\"",
        "\"total\":{\"value\":3,\"relation\":\"gte\"}",
        "\"response\":{\"meta\":{\"paging\":{\"count\":{\"total\":50}}}}",
        "\"page\":\"2 of 9\"",
        "\"link\":\"<https://lists.example/?page=2>; rel=\\\"next\\\"\"",
        "\"fault\":{\"text\":\"quota\"}",
        "\"meta\":{\"success\":false}",
        "\"status\":\"partial\"",
        "\"results\":[]",
    ] {
        assert!(read("csl.json", &answer(members)).is_err(), "{members}");
    }
    for members in ["\"total\":\"3\"", "\"total\":3.0", "\"total\":null", "\"status\":\"ok\"", "\"page\":\"1 of 1\""] {
        assert_eq!(one("csl.json", &answer(members)).entries.len(), 3, "{members}");
    }
    assert_eq!(one("csl.json", &answer("\"message\":\"quota is near\"")).guessed.len(), 1);
}

#[test]
fn members_in_another_form_are_read_or_told() {
    let record = "{\"Source\":\"Entity List\",\"Name\":\"Kestrel Amber\",\"altNames\":[\"Pika Slate\"],\"ids\":[\"Tax ID, 12345678, RU\"]}";
    let list = one("csl.json", &format!("{{\"results\":[{record}]}}"));
    assert_eq!((list.entries[0].names[1].text.as_str(), list.entries[0].ids.len()), ("Pika Slate", 1));
    let other = "{\"source\":\"Entity List\",\"name\":\"Kestrel Amber\",\"alt_names\":{\"name\":\"Pika Slate\"}}";
    assert_eq!(one("csl.json", &format!("{{\"results\":[{other}]}}")).entries[0].names[1].text, "Pika Slate");
    let money = |names: &str| {
        format!("{{\"id\":\"a\",\"schema\":\"Person\",\"properties\":{{{names}}},\"datasets\":[\"us_trade_csl\"]}}\n")
    };
    let list = one("a.ftm.json", &money("\"firstName\":[\"Anton\"],\"lastName\":[\"Volev\"]"));
    assert_eq!(list.entries[0].names[0].text, "Anton Volev");
    assert_eq!(one("a.ftm.json", &money("\"name\":[\"Volev\",77]")).guessed.len(), 1);
    let ends = [money("\"name\":[\"Volev\"]"), "{\"error\":\"quota\"}\n".to_owned()].concat();
    assert!(read("a.ftm.json", &ends).unwrap_err().what.contains("in the place of a row"));
}

#[test]
fn xml_loses_no_entry_in_silence() {
    let entry = |name: &str| format!("<sdnEntry><uid>1</uid><lastName>{name}</lastName></sdnEntry>");
    let list = |head: &str, entries: &str| format!("<sdnList>{head}{entries}</sdnList>");
    let count = |count: &str| format!("<publshInformation><Record_Count>{count}</Record_Count></publshInformation>");
    assert!(read("sdn.xml", &list(&count("1,300"), &entry("KESTREL"))).is_err());
    assert!(read("sdn.xml", &list(&count("some"), &entry("KESTREL"))).is_err());
    let twice = [list("", &entry("KESTREL")), list("", &entry("FALCO"))].concat();
    assert!(read("sdn.xml", &twice).unwrap_err().what.contains("more than one document"));
    let other = list("", &[entry("KESTREL"), "<SdnEntry><lastName>FALCO</lastName></SdnEntry>".to_owned()].concat());
    assert_eq!(one("sdn.xml", &other).bad.len(), 1);
    let windows = one("sdn.xml", &list("", &entry("KITE&#146;S VOLE")));
    assert_eq!(windows.entries[0].names[0].text, "KITE\u{2019}S VOLE");
    let parts = "<export><sanctionEntity><nameAlias firstName=\"Anton\" lastName=\"Volev\" wholeName=\"\"/></sanctionEntity></export>";
    assert_eq!(one("eu.xml", parts).entries[0].names[0].text, "Anton Volev");
}

#[test]
fn files_beside_sdn_that_break_off_and_names_in_other_columns_are_not_lost() {
    let sdn = "36,\"KESTREL\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"f.k.a. 'WREN BASALT'.\" \n";
    let alt = "36,12,\"aka\",\"FALCO TRADE\",-0- \n36,13,\"aka\",\"PIKA SL";
    let files = [("sdn.csv", sdn), ("alt.csv", alt)].map(|(file, text)| (file.to_owned(), text.as_bytes().to_vec()));
    assert!(read_lists(&files).unwrap_err().what.contains("breaks off"));
    assert_eq!(one("sdn.csv", sdn).entries[0].names[1].text, "WREN BASALT");
    let own = one("own.csv", "name,alias_1,local_name,first_name\nKestrel,Pika Slate,Falco Gorse,Anton\n");
    let names: Vec<&str> = own.entries[0].names.iter().map(|name| name.text.as_str()).collect();
    assert_eq!((names.as_slice(), own.unused.len()), (["Kestrel", "Pika Slate", "Falco Gorse"].as_slice(), 1));
    let column = one("own.csv", "name\nKestrel, Amber and Sons\nFalco\n");
    assert_eq!((column.entries.len(), column.bad.len()), (2, 0));
    let tail = "upstream connect error or disconnect before headers, reset reason: connection termination\n";
    let rows: String = (0..8).map(|at| format!("Entity List,{at},,,Kestrel Amber {at}b,,,\n")).collect();
    assert!(read("csl.csv", &format!("{HEADER}{rows}{tail}")).is_err());
}
