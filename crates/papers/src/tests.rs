//! Papers of orders made up here: hostile names, templates of the user's, templates with mistakes, folders that hold something else.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tollgate_model::Stop;

use crate::case::{DutySheet, FlagSheet, LineSheet, OrderCase, PartySheet, QuestionSheet};
use crate::package::{Package, make_papers};
use crate::templates::Templates;
use crate::writing::{InputDigest, WriteError, write_package};

fn party(role: &str, name: &str) -> PartySheet {
    PartySheet {
        is_named: true,
        role: role.to_owned(),
        id: Some("p-1".to_owned()),
        name: Some(name.to_owned()),
        ..PartySheet::default()
    }
}

/// An order of one line under LPP to a consignee of some name.
fn lpp_order(name: &str) -> OrderCase {
    let consignee = party("ultimate_consignee", name);
    let duties = ["15 CFR 740.29(f)", "15 CFR 740.29(g)(1)"];
    let line = LineSheet {
        line: 1,
        item: "Card".to_owned(),
        eccn: Some("5A992.z".to_owned()),
        z_paragraph: Some(".z".to_owned()),
        is_listed: true,
        quantity: Some(7),
        tpp: Some(70_000),
        outcome: "license_exception".to_owned(),
        symbol: Some("LPP".to_owned()),
        may_go: true,
        duties: duties
            .map(|cite| DutySheet { cite: cite.to_owned(), text: "Do it.".to_owned(), deadline: "before".to_owned() })
            .to_vec(),
        ..LineSheet::default()
    };
    let mut case = OrderCase { lines: vec![line], parties: vec![consignee.clone()], ..OrderCase::default() };
    case.duties = duties.map(str::to_owned).to_vec();
    case.symbols = vec!["LPP".to_owned()];
    case.order.id = "X-1".to_owned();
    case.order.date = Some("2025-06-01".to_owned());
    case.order.activity = Some("export".to_owned());
    case.order.origin = Some("US".to_owned());
    case.order.may_go = true;
    case.order.ultimate_consignee = consignee;
    case
}

/// The same order where a fact is missing.
fn open_order() -> OrderCase {
    let mut case = lpp_order("Buyer");
    case.order.may_go = false;
    case.order.is_open = true;
    case.duties.clear();
    case.symbols.clear();
    for line in &mut case.lines {
        line.may_go = false;
        line.symbol = None;
        line.outcome = "needs_information".to_owned();
        line.red_flags = vec![FlagSheet { cite: "732".to_owned(), flag: "It is late.".to_owned() }];
    }
    case.questions = vec![QuestionSheet {
        column: "hq_country".to_owned(),
        table: "parties".to_owned(),
        role: Some("ultimate_consignee".to_owned()),
        of: "Buyer".to_owned(),
        lines: vec![1],
        shown: None,
    }];
    case
}

fn papers_of(case: OrderCase) -> Package {
    make_papers(&Templates::embedded().unwrap(), case, &[]).unwrap()
}

fn text_of(package: &Package, file: &str) -> String {
    package.papers.iter().find(|paper| paper.file == file).map(|paper| paper.text.clone()).unwrap()
}

#[test]
fn only_what_applies_is_made() {
    let files = |case| papers_of(case).papers.iter().map(|paper| paper.file.clone()).collect::<Vec<_>>();
    let released =
        ["screening", "aes", "destination-control", "lpp-certification", "lpp-copy", "records"].map(str::to_owned);
    assert_eq!(files(lpp_order("Buyer")), released);
    assert_eq!(files(open_order()), ["questionnaire", "red-flags", "screening", "records"].map(str::to_owned));
}

#[test]
fn an_order_that_is_open_is_held_on_every_paper() {
    let package = papers_of(open_order());
    assert!(
        package.papers.iter().all(|paper| paper.text.contains("HOLD: nothing of this order leaves on this paper."))
    );
    assert!(package.papers.iter().all(|paper| paper.html.contains("class=\"hold\"")));
    assert!(package.index.contains("Not made, since the decision does not let the order leave"));
    assert!(package.papers.iter().all(|paper| !paper.text.contains("may go")));
    let package = papers_of(lpp_order("Buyer"));
    assert!(package.papers.iter().all(|paper| !paper.text.contains("HOLD")));
}

#[test]
fn the_z_paragraph_comes_first_and_what_is_unknown_is_a_blank() {
    let text = text_of(&papers_of(lpp_order("Buyer")), "aes");
    assert!(text.contains("Commodity description: .z Card\n"), "{text}");
    assert!(text.contains("Value in US dollars: ________\n") && text.contains("License code: ________\n"), "{text}");
    assert!(text.contains("No license code is known here for LPP"));
}

#[test]
fn a_name_is_never_markup() {
    let name = "=<script>alert(1)</script>\n## HOLD | x :: y \u{202E}{{ order.id }}";
    let package = papers_of(lpp_order(name));
    let flat = "=<script>alert(1)</script> ## HOLD | x :: y \u{FFFD}{{ order.id }}";
    for paper in package.papers.iter().filter(|paper| paper.text.contains("alert")) {
        assert!(!paper.html.contains("<script>") && paper.html.contains("&lt;script&gt;"), "{}", paper.file);
        assert!(!paper.html.contains("<h2>HOLD") && !paper.html.contains('\u{202E}'));
        assert!(paper.text.replace('\n', " ").contains("## HOLD | x :: y"), "{}", paper.text);
    }
    assert!(text_of(&package, "lpp-certification").contains(flat));
}

#[test]
fn a_template_of_the_user_replaces_and_adds() {
    let folder = tempfile::tempdir().unwrap();
    let head = "+++\ntitle = \"T\"\ncites = [\"Our rule 4\"]\ndated = \"2026-01-01\"\nsource = \"us\"\nwhen = \"true\"\nwhy = \"we say so\"\n+++\n";
    fs::write(folder.path().join("lpp-copy.txt"), format!("{head}Ours: {{{{ order.ultimate_consignee.name }}}}\n"))
        .unwrap();
    fs::write(
        folder.path().join("cover.txt"),
        format!("{head}{{% for line in lines %}}- {{{{ line.item }}}}\n{{% endfor %}}"),
    )
    .unwrap();
    let package = make_papers(&Templates::with_folder(folder.path()).unwrap(), lpp_order("Buyer"), &[]).unwrap();
    assert!(text_of(&package, "lpp-copy").contains("Ours: Buyer\n"));
    assert!(text_of(&package, "cover").contains("  - Card\n"));
    assert!(package.index.contains("Why: we say so\n") && package.index.contains("Basis: Our rule 4\n"));
}

/// What is said of a folder with one template of some text.
fn mistakes_of(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ours.txt"), text).unwrap();
    let found = Templates::with_folder(folder.path());
    found.map(|_| String::new()).unwrap_or_else(|mistakes| mistakes.to_string())
}

#[test]
fn mistakes_of_a_template_are_named_with_their_line() {
    let head =
        "+++\ntitle = \"T\"\ncites = []\ndated = \"2026-01-01\"\nsource = \"us\"\nwhen = \"true\"\nwhy = \"w\"\n";
    let said = |text: &str| mistakes_of(&format!("{head}{text}"));
    assert_eq!(said("+++\nfine {{ order.id }}\n"), "");
    for (text, line, what) in [
        ("+++\none\n{{ order.ultimate_consignee.nmae }}\n", 10, "order.ultimate_consignee.nmae"),
        ("+++\n{% if false %}{{ ordre.id }}{% endif %}\n", 9, "ordre.id"),
        ("+++\n\n{{ order.id \n", 10, "not understood"),
        ("+++\n{{ order.id|upcase }}\n", 9, ""),
        ("hold = \"{{ parties.name.x }} {{ nothing }}\"\n+++\n", 8, "nothing"),
        ("colour = 3\n+++\n", 8, "colour"),
    ] {
        let found = said(text);
        // A filter that there is not is found when the paper is made.
        let found =
            if what.is_empty() && found.is_empty() { rendering_mistake(&format!("{head}{text}")) } else { found };
        assert!(
            found.contains(&format!("ours.txt:{line}")) || found.contains(&format!("line {line}")),
            "{text}: {found}"
        );
        assert!(found.contains(what), "{text}: {found}");
    }
    assert!(mistakes_of("no head\n").contains("the template has no head"));
    assert!(mistakes_of("+++\ntitle = \"T\"\n").contains("has no end"));
    assert!(mistakes_of(&format!("{}+++\n", head.replace("2026-01-01", "01/02/2026"))).contains("YYYY-MM-DD"));
}

/// What is said when the papers of an order are made with a template that seems fine.
fn rendering_mistake(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ours.txt"), text).unwrap();
    let templates = Templates::with_folder(folder.path()).unwrap();
    make_papers(&templates, lpp_order("Buyer"), &[]).unwrap_err().to_string()
}

#[test]
fn a_field_of_a_line_that_there_is_not_is_refused() {
    let head =
        "+++\ntitle = \"T\"\ncites = []\ndated = \"2026-01-01\"\nsource = \"us\"\nwhen = \"true\"\nwhy = \"w\"\n+++\n";
    let said = rendering_mistake(&format!("{head}{{% for line in lines %}}\n{{{{ line.itme }}}}\n{{% endfor %}}\n"));
    assert!(said.contains("10") && said.contains("line.itme"), "{said}");
}

#[test]
fn other_files_of_a_folder_of_templates_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.docx"), "x").unwrap();
    assert!(Templates::with_folder(folder.path()).map(|_| ()).unwrap_err().to_string().contains("notes.docx"));
}

fn write(package: &Package, folder: &Path) -> Result<String, String> {
    let stop: Stop = Arc::new(AtomicBool::new(false));
    let inputs = [InputDigest { path: "=orders.csv".to_owned(), sha256: "00".to_owned() }];
    write_package(package, &inputs, folder, &stop).map_err(|error| match error {
        WriteError::Occupied(text) => text,
        WriteError::Io(error) => error.to_string(),
        WriteError::Stopped => "stopped".to_owned(),
    })
}

#[test]
fn a_folder_is_replaced_only_where_it_holds_papers_that_nobody_changed() {
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("papers");
    let package = papers_of(lpp_order("Buyer"));
    let digest = write(&package, &folder).unwrap();
    assert_eq!(write(&package, &folder).unwrap(), digest);
    assert!(fs::read_to_string(folder.join("manifest.csv")).unwrap().contains("input,'=orders.csv,00\n"));
    write(&papers_of(open_order()), &folder).unwrap();
    assert!(!folder.join("aes.txt").exists() && folder.join("questionnaire.txt").exists());
    fs::write(folder.join("questionnaire.txt"), "filled in").unwrap();
    assert!(write(&package, &folder).unwrap_err().contains("`questionnaire.txt` was changed"));
    fs::write(folder.join("letter.txt"), "x").unwrap();
    let said = write(&package, &folder).unwrap_err();
    assert!(said.contains("letter.txt") || said.contains("questionnaire.txt"), "{said}");
    let other = above.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("orders.csv"), "x").unwrap();
    assert!(write(&package, &other).unwrap_err().contains("holds other files"));
    assert!(write(&package, &other.join("orders.csv")).unwrap_err().contains("is a file"));
    // Nothing half-written is left beside.
    assert_eq!(fs::read_dir(above.path()).unwrap().count(), 2);
}

#[test]
fn what_is_stopped_leaves_nothing() {
    let above = tempfile::tempdir().unwrap();
    let stop: Stop = Arc::new(AtomicBool::new(true));
    let done = write_package(&papers_of(lpp_order("Buyer")), &[], &above.path().join("papers"), &stop);
    assert!(matches!(done, Err(WriteError::Stopped)));
    assert_eq!(fs::read_dir(above.path()).unwrap().count(), 0);
}
