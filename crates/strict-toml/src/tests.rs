use tollgate_model::{Date, Decimal};

use super::*;

/// Every mistake as its code, its line, what and mend.
fn told(file: TomlFile<'_>) -> Vec<String> {
    let line = |diagnostic: &Diagnostic| diagnostic.place.line.map_or(0, |line| line);
    let text = |diagnostic: &Diagnostic| {
        format!("{} {}: {}; {}", diagnostic.code, line(diagnostic), diagnostic.what, diagnostic.mend)
    };
    file.into_diagnostics().0.iter().map(text).collect()
}

#[test]
fn values_of_every_type_are_read() {
    let text = "text = \"a\"\nflag = true\nday = 2025-05-15\nquoted = \"2025-05-15\"\nexact = 0.1\nwhole = 1_000\nreal = 1e3\n\
                words = [\"a\", \"b\"]\n[table]\nx = 1\n[[list]]\n[[list]]\n";
    let file = TomlFile::parse("f.toml", text);
    let root = file.root();
    let day: Date = "2025-05-15".parse().unwrap();
    assert_eq!(root.required_text("text", "\"a\""), Placed { value: "a".to_owned(), line: 1 });
    assert_eq!(root.boolean("flag"), Some(true));
    assert_eq!(
        (root.required_date("day"), root.date_or_text("quoted"), root.date_or_text("day")),
        (day, Some(day), Some(day))
    );
    assert_eq!(root.decimal("exact").unwrap().value, "0.1".parse::<Decimal>().unwrap());
    assert_eq!(root.whole("whole", &Domain::new(1, 1_000)), Some(Placed { value: 1_000, line: 6 }));
    assert_eq!(root.floating_point("real", &Domain::new(0.0, 1e4)), Some(Placed { value: 1_000.0, line: 7 }));
    assert_eq!(root.required_words("words", "[]").len(), 2);
    let table = root.table("table").unwrap();
    let numbers = table.number_entries();
    assert_eq!(numbers, [Entry { key: "x".to_owned(), value: Number::Whole(1), line: 10 }]);
    assert_eq!(root.tables("list").iter().map(Table::line).collect::<Vec<_>>(), [11, 12]);
    assert_eq!(root.text("absent"), None);
    root.finish();
    assert_eq!(told(file), [""; 0]);
}

#[test]
fn unknown_keys_are_reported_with_the_nearest_known_one() {
    let file = TomlFile::parse("f.toml", "limt = 1\nzebra = 2\n[empty]\nx = 1\n");
    let root = file.root();
    let _ = (root.has("limit"), root.has("unit"));
    root.table("empty").unwrap().finish();
    root.finish();
    let expected = [
        "unknown-key 1: unknown key `limt`; did you mean `limit`? the keys here are: empty, limit, unit",
        "unknown-key 2: unknown key `zebra`; the keys here are: empty, limit, unit",
        "unknown-key 4: unknown key `x`; take it out: this table takes no keys",
    ];
    assert_eq!(told(file), expected);
}

#[test]
fn wrong_types_are_reported_with_what_is_wanted() {
    let text = "text = 1\nflag = \"yes\"\nday = \"2025-05-15\"\nquoted = \"soon\"\nexact = \"1\"\nwhole = 1.5\nreal = nan\nwords = [1]\ntable = 1\nlist = 1\n";
    let file = TomlFile::parse("f.toml", text);
    let root = file.root();
    assert_eq!((root.text("text"), root.boolean("flag"), root.date("day")), (None, None, None));
    assert_eq!((root.date_or_text("quoted"), root.decimal("exact")), (None, None));
    assert_eq!(root.whole("whole", &Domain::new(0, 9)), None);
    assert_eq!(root.floating_point("real", &Domain::new(0.0, 9.0)), None);
    assert!(root.words("words").is_empty() && root.table("table").is_none() && root.tables("list").is_empty());
    root.finish();
    let told = told(file);
    assert_eq!(told.len(), 10, "{told:#?}");
    for (line, (text, wanted)) in told
        .iter()
        .zip([
            "a quoted text",
            "`true` or `false`",
            "a bare day such as 2025-05-15",
            "YYYY-MM-DD",
            "a decimal number",
            "a whole number",
            "a number",
            "a list of quoted texts",
            "a table",
            "a list of tables",
        ])
        .enumerate()
    {
        assert!(text.starts_with(&format!("wrong-type {}: ", line + 1)) && text.contains(wanted), "{text}");
    }
}

#[test]
fn what_is_missing_or_empty_is_reported_with_an_example() {
    let file = TomlFile::parse("f.toml", "blank = \" \"\nnone = []\n");
    let root = file.root();
    assert_eq!(root.required_text("name", "\"D5\"").value, "");
    assert_eq!(root.required_date("from"), Date::MIN);
    let _ = (root.required_text("blank", "\"x\""), root.required_words("none", "[\"x\"]"));
    assert_eq!(root.required_floating_point("cap", "4.5", &Domain::new(0.0, 9.0)), 0.0);
    root.finish();
    let expected = [
        "missing-key 1: `name` is missing; add `name = \"D5\"`",
        "missing-key 1: `from` is missing; add `from = YYYY-MM-DD`",
        "empty-text 1: `blank` is empty; write, for example, `blank = \"x\"`",
        "missing-key 1: `cap` is missing; add `cap = 4.5`",
        "empty-list 2: `none` is empty; write, for example, `none = [\"x\"]`",
    ];
    assert_eq!(told(file), expected);
}

#[test]
fn numbers_are_held_to_their_domains() {
    let file = TomlFile::parse("f.toml", "a = 11\nb = -0.5\nc = [0.5, 2]\n");
    let root = file.root();
    assert_eq!(root.whole("a", &Domain::of_unit(1, 10, "H100")), None);
    assert_eq!(root.floating_point("b", &Domain::new(0.0, 1.0)), None);
    assert_eq!(root.floating_points("c", &Domain::new(0.0, 1.0)), [0.5]);
    let expected = [
        "out-of-domain 1: `a` is 11, not from 1 to 10 H100; write a number from 1 to 10 H100",
        "out-of-domain 2: `b` is -0.5, not from 0 to 1; write a number from 0 to 1",
        "out-of-domain 3: `c` is 2, not from 0 to 1; write a number from 0 to 1",
    ];
    assert_eq!(told(file), expected);
}

#[test]
fn what_is_not_toml_is_reported_and_the_rest_is_read() {
    let file = TomlFile::parse("f.toml", "a = 1\na = 2\nb = ]\nc = 3\n");
    let root = file.root();
    assert_eq!(root.decimal("c").map(|number| number.line), Some(4));
    let told = told(file);
    assert!(told[0].starts_with("duplicate-key 2: ") && told[1].starts_with("not-toml 3: "), "{told:#?}");
}

#[test]
fn free_keys_are_read_with_their_lines() {
    let file = TomlFile::parse("f.toml", "[t]\nx = { a = 1 }\ny = 1\n[b]\nu = true\n[r]\nv = [1, 2]\nw = 3\n");
    let root = file.root();
    let tables = root.table("t").unwrap().table_entries("{ a = 1 }");
    assert_eq!(tables.iter().map(|entry| (entry.key.as_str(), entry.line)).collect::<Vec<_>>(), [("x", 2)]);
    assert_eq!(root.table("b").unwrap().boolean_entries(), [Entry { key: "u".to_owned(), value: true, line: 5 }]);
    let lists = root.table("r").unwrap().floating_points_entries(&Domain::new(0.0, 9.0));
    assert_eq!(lists.into_iter().map(|entry| entry.value).collect::<Vec<_>>(), [vec![1.0, 2.0], vec![3.0]]);
    assert_eq!(
        told(file),
        ["wrong-type 3: `y` is not a table such as `{ a = 1 }`; write a table such as `{ a = 1 }` there"]
    );
}

#[test]
fn settings_are_texts_whole_numbers_or_lists() {
    let file =
        TomlFile::parse("f.toml", "bind = \":80\"\nport = 8_080\nfiles = [\"a\", \"b\"]\nbindd = 1\nport2 = 1.5\n");
    let settings = file.root().setting_entries(&["bind", "files", "port", "port2"]);
    let settings: Vec<_> = settings.into_iter().map(|entry| (entry.key, entry.value.join(" "))).collect();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(settings, [pair("bind", ":80"), pair("files", "a b"), pair("port", "8080")]);
    let told = told(file);
    assert!(told[0].contains("did you mean `bind`?") && told[1].starts_with("wrong-type 5: "), "{told:#?}");
}
