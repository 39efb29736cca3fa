//! `--known-on`: decided as somebody could have known the law on a day, and derived again from the record.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The exit status of a recheck of a file, and what it says.
fn recheck(file: &Path) -> (Option<i32>, String) {
    let done =
        Command::new(env!("CARGO_BIN_EXE_tollgate")).args(["audit", "recheck", "--file"]).arg(file).output().unwrap();
    (done.status.code(), String::from_utf8_lossy(&done.stdout).into_owned())
}

#[test]
fn a_decision_by_what_was_known_on_a_day_follows_from_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let orders = folder.path().join("orders.csv");
    let row = "PO-1,1,2025-06-01,H100 SXM5 80GB,1700,export,US,BR,seller,buyer,buyer,data_center";
    let head =
        "order_id,line,date,item,quantity,activity,origin,destination,exporter,purchaser,ultimate_consignee,end_use";
    std::fs::write(&orders, format!("{head}\n{row}\n")).unwrap();
    let parties = folder.path().join("parties.csv");
    std::fs::write(&parties, "party_id,name,country,hq_country\nseller,Seller,US,US\nbuyer,Buyer,BR,BR\n").unwrap();
    let decide = |known: &str, name: &str| {
        let out = folder.path().join(name);
        let done = Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .args(["decide", "--policy", "diffusion", "--known-on", known])
            .args([Path::new("--orders"), &orders, Path::new("--parties"), &parties, Path::new("--out"), &out])
            .output()
            .unwrap();
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned(), out)
    };
    for (known, outcome) in [("2025-01-10", "no_license_required"), ("2025-01-20", "license_required")] {
        let (status, text, out) = decide(known, &format!("{known}.jsonl"));
        assert_eq!(status, Some(0), "{text}");
        let line = std::fs::read_to_string(&out).unwrap();
        let decision: Value = serde_json::from_str(line.trim()).unwrap();
        assert_eq!(decision["policy"], format!("diffusion@known:{known}").as_str());
        assert_eq!(decision["outcome"], outcome, "{line}");
        let (status, text) = recheck(&out);
        assert_eq!((status, text.as_str()), (Some(0), "1 decisions follow from their certificates\n"));
    }
    for (known, says) in [("soon", "YYYY-MM-DD"), ("1990-01-01", "name a day from 2022-01-01 on")] {
        let (status, text, _) = decide(known, "refused.jsonl");
        assert_eq!((status, text.contains(says)), (Some(2), true), "{text}");
    }
}
