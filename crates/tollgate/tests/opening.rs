//! `--opening`: balances use up limits to the unit, and what is not understood of them is refused.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tollgate")).current_dir(folder).args(arguments).output().unwrap()
}

/// What is decided of one order of 4 H100 to a buyer in India, with a table of opening balances.
fn decided_with(opening: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let parties = "party_id,name,country,hq_country,parent_id,flags\nmaker,Maker,US,US,,\nbuyer,Buyer,IN,IN,above,\nabove,Above,IN,IN,,\n";
    let orders = "order_id,line,date,activity,exporter,ultimate_consignee,origin,destination,item,quantity,end_use
O-1,1,2025-07-01,export,maker,buyer,US,IN,H100 SXM5 80GB,4,data_center
";
    for (name, text) in [("orders.csv", orders), ("parties.csv", parties), ("opening.csv", opening)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let arguments = ["decide", "--orders", "orders.csv", "--parties", "parties.csv", "--policy", "diffusion"];
    let done = run(folder.path(), &[&arguments[..], &["--opening", "opening.csv", "--out", "out.csv"]].concat());
    match done.status.success() {
        true => Ok(fs::read_to_string(folder.path().join("out.csv")).unwrap()),
        false => Err(String::from_utf8(done.stderr).unwrap()),
    }
}

#[test]
fn an_opening_balance_of_a_subsidiary_or_its_parent_uses_up_the_limit() {
    let head = "account,holder,country,year,tpp\n";
    assert!(decided_with(head).unwrap().contains("license_exception,LPP"));
    for row in ["lpp,above,,2025,26890000", "LPP,buyer,,2025,26890000"] {
        let decided = decided_with(&format!("{head}{row}\n")).unwrap();
        assert!(decided.contains("license_required"), "{row}: {decided}");
    }
    // To the unit, and only in its year.
    for row in ["lpp,above,,2025,26836704", "lpp,above,,2024,26900000"] {
        assert!(decided_with(&format!("{head}{row}\n")).unwrap().contains("license_exception,LPP"), "{row}");
    }
    assert!(decided_with(&format!("{head}lpp,above,,2025,26836704.001\n")).unwrap().contains("license_required"));
}

#[test]
fn an_opening_balance_that_is_not_understood_is_refused() {
    let head = "account,holder,country,year,tpp\n";
    for (rows, what) in [
        ("lpq,above,,2025,1\n", "no such account"),
        ("lpp,above,,,1\n", "is no year of the account `lpp`"),
        ("lpp,above,IN,2025,1\n", "counts all countries together"),
        ("country,above,,,1\n", "is a country's"),
        ("nveu,above,,,1\n", "none is stated"),
        ("country,IN,,2025,1\n", "is no year of the account `country`"),
        ("lpp,above,,2025,1\nlpp,buyer,,2025,2\n", "stands in an earlier row already"),
        ("lpp,above,,2025,1.000.000\n", "tpp"),
        ("lpp,,,2025,1\n", "holder"),
    ] {
        let said = decided_with(&format!("{head}{rows}")).unwrap_err();
        assert!(said.contains("opening.csv") && said.contains(what) && said.contains("mend:"), "{rows}: {said}");
    }
}
