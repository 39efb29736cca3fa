//! What `missing.csv` asks is answered in it: the filled-in file settles its lines, and an answer that is not understood settles none.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

const ORDERS: &str = "order_id,date,origin,ultimate_consignee,destination,item,quantity,end_use\n\
    O-1,2025-06-02,US,acme,SG,H100 SXM,8,data center\n\
    O-2,2025-06-03,US,Lion Cloud Pte,SG,mystery board,4,data center\n\
    O-3,2025-06-04,US,acme,SG,H100 SXM,many,data center\n";
const PARTIES: &str = "party_id,name,country,hq_country\nacme,Acme Pte,SG,\n";

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("tollgate-answers-{}-{name}", std::process::id()));
        let _gone = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let folder = Folder(folder);
        folder.write("orders.csv", ORDERS);
        folder.write("parties.csv", PARTIES);
        folder
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn check(&self, out: &str, more: &[&str]) -> Output {
        let tables =
            ["check", "--orders", "orders.csv", "--parties", "parties.csv", "--policy", "diffusion", "--out", out];
        Command::new(env!("CARGO_BIN_EXE_tollgate")).args(tables).args(more).current_dir(&self.0).output().unwrap()
    }

    fn answers(&self, rows: &str) {
        self.write("answers.csv", &format!("table,of,column,answer\n{rows}"));
    }

    fn decisions(&self, out: &str) -> Vec<Value> {
        let text = self.read(&format!("{out}/decisions.jsonl"));
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The lines of a check that are not settled.
    fn open(&self, out: &str) -> Vec<String> {
        let decisions = self.decisions(out);
        let open = decisions.iter().filter(|line| line["outcome"] == "needs_information");
        open.map(|line| line["order_id"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

fn done(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    text
}

/// `missing.csv` with the answers that a function gives to a table, a row and a column.
fn filled(text: &str, answer: impl Fn(&str, &str, &str) -> Option<&'static str>) -> String {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(reader.headers().unwrap()).unwrap();
    for row in reader.records() {
        let row = row.unwrap();
        let [table, of, column] = [0, 1, 2].map(|place| row.get(place).unwrap());
        let answer = answer(table, of, column).unwrap_or("");
        let cells = row.iter().enumerate().map(|(place, cell)| if place == 5 { answer } else { cell });
        writer.write_record(cells).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[test]
fn a_filled_in_file_settles_every_line_and_says_so() {
    let folder = Folder::new("round");
    done(&folder.check("first", &[]));
    assert_eq!(folder.open("first"), ["O-1", "O-2", "O-3"]);
    let mut missing = folder.read("first/missing.csv");
    // What is open after one round of answers is asked again.
    for round in 0..4 {
        let text = filled(&missing, |table, _, column| {
            Some(match (table, column) {
                ("parties", "hq_country" | "country") => "SG",
                ("parties", "flags") => "none",
                ("items", "item") => "H100 SXM",
                ("orders", "quantity") => "12",
                ("orders", "freight_forwarder") => "acme",
                _ => return None,
            })
        });
        let earlier = if round == 0 { String::new() } else { folder.read("answers.csv") };
        let rows: Vec<&str> = text.lines().skip(usize::from(round > 0)).collect();
        folder.write("answers.csv", &format!("{earlier}{}\n", rows.join("\n")));
        done(&folder.check("next", &["--answers", "answers.csv"]));
        missing = folder.read("next/missing.csv");
        if folder.open("next").is_empty() {
            break;
        }
    }
    assert!(folder.open("next").is_empty(), "{missing}");
    let decisions = folder.decisions("next");
    let remarks = |at: usize| decisions[at]["remarks"].to_string();
    assert!(
        remarks(0).contains("`hq_country` of the party `acme` is `SG` by the answers file, row "),
        "{}",
        remarks(0)
    );
    assert!(remarks(1).contains("The item `mystery board` is `H100 SXM` by the answers file"), "{}", remarks(1));
    assert!(remarks(1).contains("of the party `Lion Cloud Pte` is `SG` by the answers file"), "{}", remarks(1));
    assert!(remarks(2).contains("`quantity` of O-3 line 1 is `12` by the answers file"), "{}", remarks(2));
    let overwriting = folder.check("next", &["--answers", "next/missing.csv"]);
    assert!(!overwriting.status.success(), "the answers were written over");
    let summary = folder.read("next/summary.json");
    assert!(summary.contains("\"answers.csv\""), "the answers are no input of the report: {summary}");
}

#[test]
fn an_answer_that_is_not_understood_widens_nothing() {
    let folder = Folder::new("bad");
    done(&folder.check("first", &[]));
    let before = folder.decisions("first");
    for (row, name) in [
        ("parties,acme,hq_country,Singapur-Land\n", "is no country"),
        ("parties,acme,hq_country,SG\nparties,acme,hq_country,CN\n", "two different answers"),
        ("parties,nobody,hq_country,SG\n", "is no party of the parties or the orders"),
        ("parties,acme,hq_contry,SG\n", "did you mean `hq_country`?"),
        ("parties,acme,flags,frendly\n", "is no list of flags"),
        ("persons,acme,hq_country,SG\n", "is no table with questions"),
        ("items,mystery board,item,another mystery\n", "is no item that is known"),
        ("items,mystery board,tpp,100\n", "what the item is at all is not known"),
        ("items,H100 SXM,item,RTX 4090\n", "is an item that is known already"),
        ("orders,O-9 line 1,quantity,3\n", "is no order and line"),
        ("orders,O-3,quantity,3\n", "names no row"),
        ("orders,O-3 line 1,quantity,1.000\n", "may be read in two ways"),
        ("orders,O-3 line 1,quantity,-4\n", "out of range"),
        ("orders,O-3 line 1,destination,Atlantis\n", "is no country"),
        ("parties,acme,hq_country,\n", ""),
    ] {
        folder.answers(row);
        let said = done(&folder.check("bad", &["--answers", "answers.csv"]));
        assert!(said.contains(name), "{row}: {said}");
        assert_eq!(folder.decisions("bad"), before, "{row}");
        let strict = folder.check("strict", &["--answers", "answers.csv", "--strict"]);
        assert!(!strict.status.success(), "{row}");
    }
}

#[test]
fn an_answer_about_one_thing_leaves_the_others_open() {
    let folder = Folder::new("part");
    folder.answers(
        "parties,Lion Cloud Pte,hq_country,SG\nparties,Lion Cloud Pte,country,SG\nitems,mystery board,item,H100 SXM\n",
    );
    done(&folder.check("part", &["--answers", "answers.csv"]));
    assert!(folder.open("part").contains(&"O-2".to_owned()), "whether the party is listed was not answered");
    let missing = folder.read("part/missing.csv");
    assert!(missing.contains("parties,Lion Cloud Pte,flags,"), "{missing}");
}

#[test]
fn headquarters_are_assumed_only_where_the_user_says_so() {
    let folder = Folder::new("assume");
    done(&folder.check("first", &[]));
    assert!(!folder.read("first/summary.json").contains("assumptions"));
    let output = folder.check("assumed", &["--assume-headquarters-at-place"]);
    done(&output);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.starts_with("Assumed, not known: the headquarters of 1 party"), "{text}");
    assert!(folder.read("assumed/summary.json").contains("Assumed, not known"));
    assert!(!folder.read("assumed/missing.csv").contains("parties,acme,hq_country"));
    let remarks = folder.decisions("assumed")[0]["remarks"].to_string();
    assert!(remarks.contains("are assumed to be where it is located, SG"), "{remarks}");
    // What is written and not understood is not assumed away.
    folder.write("parties.csv", "party_id,name,country,hq_country\nacme,Acme Pte,SG,Chnia\n");
    done(&folder.check("unread", &["--assume-headquarters-at-place"]));
    assert!(folder.open("unread").contains(&"O-1".to_owned()));
}
