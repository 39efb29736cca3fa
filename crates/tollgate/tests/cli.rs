//! The program as its user runs it: the bundled example, bad input, formats, and outputs that appear whole or not at all.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn tollgate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tollgate")).args(arguments).current_dir(root()).output().unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("tollgate-test-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const BUNDLE: [&str; 6] = [
    "--parties",
    "examples/orders/parties.csv",
    "--ownership",
    "examples/orders/ownership.csv",
    "--items",
    "examples/orders/items.csv",
];

#[test]
fn the_main_job_writes_its_files_the_same_every_time() {
    let out = folder("check");
    let run = |name: &str| {
        let dir = out.join(name);
        let done = tollgate(
            &[
                &["check", "--orders", "examples/orders/orders.csv"],
                &BUNDLE[..],
                &["--policy", "diffusion", "--out", dir.to_str().unwrap()],
            ]
            .concat(),
        );
        assert!(done.status.success(), "{}", text(&done.stderr));
        dir
    };
    let (first, second) = (run("a"), run("b"));
    let files = ["decisions.jsonl", "decisions.csv", "missing.csv", "alerts.jsonl", "allocations.csv", "summary.json"];
    for file in files.into_iter().chain(["report.html"]) {
        assert_eq!(std::fs::read(first.join(file)).unwrap(), std::fs::read(second.join(file)).unwrap(), "{file}");
    }
    assert_eq!(std::fs::read_dir(&first).unwrap().count(), 7, "something was left half-written");
    let decisions = std::fs::read_to_string(first.join("decisions.jsonl")).unwrap();
    let outcomes: std::collections::BTreeSet<String> = decisions
        .lines()
        .map(|line| {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            for field in [
                "order_id",
                "line",
                "date",
                "policy",
                "eccn",
                "tpp",
                "outcome",
                "authorization",
                "review_policy",
                "missing",
                "claimed_ok",
                "obligations",
                "trace",
                "hits",
            ] {
                assert!(object.get(field).is_some(), "{field}");
            }
            assert!(!object["trace"].as_array().unwrap().is_empty());
            object["outcome"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(outcomes.len(), 4);
    let page = std::fs::read_to_string(first.join("report.html")).unwrap();
    assert!(
        !page.contains("http://") && !page.contains("https://") && !page.contains("<script"),
        "the report needs a network"
    );
}

#[test]
fn the_lpp_limit_holds_in_date_order_whatever_the_order_of_the_file() {
    let out = folder("lpp");
    let header = "order_id,date,ultimate_consignee,destination,item,quantity,end_use,origin\n";
    let lines = [
        "a,2025-06-01,c,CH,H100 SXM5 80GB,1600,data_center,US",
        "b,2025-07-01,c,CH,H100 SXM5 80GB,100,data_center,US",
        "c,2025-08-01,c,CH,H100 SXM5 80GB,99,data_center,US",
        "d,2026-01-01,c,CH,H100 SXM5 80GB,1,data_center,US",
    ];
    std::fs::write(out.join("parties.csv"), "party_id,country,hq_country\nc,CH,CH\n").unwrap();
    let mut backwards = lines;
    backwards.reverse();
    for order in [lines, backwards] {
        std::fs::write(out.join("orders.csv"), format!("{header}{}\n", order.join("\n"))).unwrap();
        let path = |name: &str| out.join(name).to_string_lossy().into_owned();
        let done = tollgate(&[
            "decide",
            "--orders",
            &path("orders.csv"),
            "--parties",
            &path("parties.csv"),
            "--policy",
            "diffusion",
            "--out",
            &path("out.csv"),
        ]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        let decided = std::fs::read_to_string(out.join("out.csv")).unwrap();
        let outcome = |id: &str| {
            decided
                .lines()
                .find(|line| line.starts_with(&format!("{id},")))
                .unwrap()
                .split(',')
                .nth(6)
                .unwrap()
                .to_owned()
        };
        let got = ["a", "b", "c", "d"].map(outcome);
        assert_eq!(got, ["license_exception", "license_required", "license_exception", "license_exception"]);
    }
}

#[test]
fn parquet_and_csv_say_the_same() {
    let out = folder("formats");
    let path = |name: &str| out.join(name).to_string_lossy().into_owned();
    for name in ["d.csv", "d.parquet", "d.jsonl"] {
        let done = tollgate(
            &[&["decide", "--orders", "examples/orders/orders.csv"], &BUNDLE[..], &["--out", &path(name)]].concat(),
        );
        assert!(done.status.success(), "{}", text(&done.stderr));
    }
    let lines = |name: &str| std::fs::read_to_string(out.join(name)).unwrap().lines().count();
    assert_eq!(lines("d.csv"), lines("d.jsonl") + 1);
    let file = std::fs::File::open(out.join("d.parquet")).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let rows: usize = reader.map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(rows, lines("d.jsonl"));
}

/// Writes an orders file, runs `decide --strict`, and expects a refusal that names all of `wanted` and leaves nothing behind.
fn refused(name: &str, orders: &[u8], wanted: &[&str]) {
    let out = folder(name.split('.').next().unwrap());
    let orders_file = out.join(name);
    std::fs::write(&orders_file, orders).unwrap();
    let result = out.join("out.jsonl");
    let (orders_file, result) = (orders_file.to_str().unwrap(), result.to_str().unwrap());
    let done = tollgate(&["decide", "--strict", "--orders", orders_file, "--out", result]);
    let said = text(&done.stderr);
    assert_eq!(done.status.code(), Some(2), "{name}: {said}");
    for part in wanted.iter().chain(&["mend:"]) {
        assert!(said.contains(part), "{name}: no `{part}` in: {said}");
    }
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 1, "{name}: something was left behind");
}

#[test]
fn bad_input_is_refused_with_file_row_column_value_and_mend() {
    let head = "order_id,line,date,ultimate_consignee,destination,item,quantity\n";
    let row = |text: &str| format!("{head}{text}\n").into_bytes();
    refused("date.csv", &row("a,1,2025-13-01,c,SG,L4,1"), &["date.csv", "row 1", "`date`", "2025-13-01", "YYYY-MM-DD"]);
    refused("country.csv", &row("a,1,2025-01-01,c,Atlantis,L4,1"), &["row 1", "`destination`", "Atlantis"]);
    refused("quantity.csv", &row("a,1,2025-01-01,c,SG,L4,0"), &["row 1", "`quantity`", "out of range"]);
    refused("empty.csv", &row("a,1,2025-01-01,,SG,L4,1"), &["row 1", "`ultimate_consignee`", "empty"]);
    refused("item.csv", &row("a,1,2025-01-01,c,SG,Banana 9000,1"), &["row 1", "`item`", "Banana 9000"]);
    refused("ambiguous.csv", &row("a,1,2025-01-01,c,SG,H100,1"), &["several items", "H100 PCIe 80GB"]);
    refused("twice.csv", &row("a,1,2025-01-01,c,SG,L4,1\na,1,2025-01-02,c,SG,L4,1"), &["row 2", "row 1 already"]);
    refused("short.csv", &row("a,1,2025-01-01,c,SG,L4"), &["row 1", "has 6 cells"]);
    refused("column.csv", b"order_id,date\na,2025-01-01\n", &["`destination`", "required column is missing"]);
    refused("none.csv", b"order_id,date\n", &["`destination`", "required column is missing"]);
    refused("header.csv", b"order_id,order_id\na,b\n", &["stands twice"]);
    refused("bytes.csv", &[head.as_bytes(), b"a,1,2025-01-01,c\xff,SG,L4,1\n"].concat(), &["row 1", "not UTF-8"]);
    refused("nothing.csv", b"", &["no header row"]);
    refused("lines.jsonl", b"{\"order_id\": 1}\nnot json\n", &["row 2", "not a JSON object"]);
    refused("torn.parquet", b"PAR1 torn", &["cannot be read as Parquet"]);
    refused("ending.xlsx", b"x", &["ending"]);
    let all = tollgate(&["decide", "--orders", "/nowhere/orders.csv", "--out", "/tmp/x.csv"]);
    assert_eq!(all.status.code(), Some(2));
}

#[test]
fn all_mistakes_of_a_file_come_at_once() {
    let out = folder("many");
    let orders = out.join("orders.csv");
    std::fs::write(&orders, "order_id,date,ultimate_consignee,destination,item,quantity\na,x,c,SG,L4,1\nb,2025-01-01,c,XX,L4,1\nc,2025-01-01,c,SG,L4,many\n").unwrap();
    let done = tollgate(&[
        "decide",
        "--strict",
        "--orders",
        orders.to_str().unwrap(),
        "--out",
        out.join("o.csv").to_str().unwrap(),
    ]);
    let said = text(&done.stderr);
    for row in ["row 1", "row 2", "row 3"] {
        assert!(said.contains(row), "{said}");
    }
}

#[test]
fn policies_are_listed_shown_compared_and_checked() {
    let said = |arguments: &[&str]| {
        let done = tollgate(arguments);
        assert!(done.status.success(), "{arguments:?}: {}", text(&done.stderr));
        text(&done.stdout)
    };
    assert!(said(&["policy", "list"]).contains("anthropic-2025"));
    assert!(said(&["policy", "show", "diffusion@2025-06-01"]).contains("740/740.29-lpp"));
    let diff = said(&["policy", "diff", "diffusion", "anthropic-2025", "--date", "2025-06-01"]);
    assert!(diff.contains("740.29(d)") && diff.contains("7912000"), "{diff}");
    assert!(said(&["policy", "diff", "ear", "codified", "--date", "2025-05-14"]).contains("no difference"));
    assert_eq!(tollgate(&["policy", "show", "nonsense"]).status.code(), Some(2));
    assert!(
        said(&[
            "explain",
            "--orders",
            "examples/orders/orders.csv",
            "--parties",
            "examples/orders/parties.csv",
            "--items",
            "examples/orders/items.csv",
            "--order",
            "PO-001"
        ])
        .contains("It may go")
    );
}

#[test]
fn fail_on_sets_the_exit_status() {
    let out = folder("fail-on");
    let run = |what: &str| {
        tollgate(
            &[
                &["check", "--orders", "examples/orders/orders.csv"],
                &BUNDLE[..],
                &["--out", out.to_str().unwrap(), "--fail-on", what],
            ]
            .concat(),
        )
        .status
        .code()
    };
    assert_eq!(run("license_required"), Some(1));
    assert_eq!(run("nonsense"), Some(2));
}
