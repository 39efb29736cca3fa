//! Tests of questions in one line.

use std::sync::{Arc, LazyLock};

use crate::ask::*;
use tollgate_law::Law;

fn read(text: &str) -> Question {
    static LAW: LazyLock<Arc<Law>> = LazyLock::new(|| Law::embedded().unwrap());
    question(text, &LAW.catalog)
}

#[test]
fn a_whole_question_is_understood() {
    let found =
        read("Can I ship 3 L40S and two RTX 4090 from Germany to Example Render Studio Ltd., Viet Nam, for rendering?");
    assert_eq!(
        found.lines.iter().map(|line| (line.quantity, line.item.as_str())).collect::<Vec<_>>(),
        [(3, "L40S"), (2, "GeForce RTX 4090")]
    );
    assert_eq!(found.buyer.as_deref(), Some("Example Render Studio Ltd."));
    assert_eq!(found.destination.map(Country::code), Some("VN"));
    assert_eq!(found.origin.map(Country::code), Some("DE"));
    assert_eq!(found.end_use.as_deref(), Some("rendering"));
    assert!(found.lacking().is_empty());
    let tables = found.tables("2026-11-28".parse().unwrap());
    assert_eq!(tables.orders.lines().count(), 3);
    assert!(tables.parties.contains("Example Render Studio Ltd."));
}

#[test]
fn forms_of_recipients() {
    let found = read("4x L40S to a buyer in Vietnam");
    assert_eq!((&found.buyer, found.destination.map(Country::code)), (&None, Some("VN")));
    assert!(found.lacking().iter().any(|part| part.contains("who buys?")), "{found:?}");
    let found = read("1 L40S to Example Works Malaysia");
    assert_eq!((found.buyer.as_deref(), found.destination.map(Country::code)), (Some("Example Works"), Some("MY")));
    let found = read("1 L40S to Example Works, Malaysia, headquartered in China, for inference");
    assert_eq!(found.hq_country.map(Country::code), Some("CN"));
}

#[test]
fn what_is_not_understood_is_told() {
    let found = read("4 flux capacitors to Example Works, Norway");
    assert!(found.lines[0].open.is_some());
    assert!(!read("4 L40S to Example Works").lacking().is_empty());
    assert!(!read("4 L40S from Atlantis to Example Works, Norway").lacking().is_empty());
    assert!(!read("hello").lacking().is_empty());
    assert!(read("L40S to Example Works, Norway").lines[0].open.is_some());
}

#[test]
fn words_that_change_a_number_are_asked_about() {
    for text in [
        "a dozen L40S",
        "two dozen L40S",
        "ten thousand L40S",
        "2,5 L40S",
        "4 L40S not",
        "4 L40S per month",
        "no L40S",
        "half an L40S",
        "-5 L40S",
        "1.000 L40S",
        "0 L40S",
        "1e6 L40S",
        "about 4 L40S",
        "4 or 5 L40S",
        "+4 L40S",
        "L40S x0",
        "L40S x 2.5",
        "L40S (about 4)",
        "L40S 4",
        "L40S 4 boxes",
    ] {
        let found = read(&format!("{text} to Example Works, Norway"));
        assert!(found.lines.iter().all(|line| line.open.is_some()), "{text}: {found:?}");
    }
    assert_eq!(read("1,000 L40S to Example Works, Norway").lines[0].quantity, 1_000);
    assert_eq!(read("eight L40S to Example Works, Norway").lines[0].open, None);
}

#[test]
fn a_second_party_or_place_is_never_passed_over() {
    for text in [
        "Example Works, Norway or China",
        "Example Works, Norway, via China",
        "Example Works, China, Norway",
        "Example Works, Norway and Other Works, Sweden",
        "Example Works, Norway, headquartered in Norway or China",
        "Example Works, Norway, headquartered in Atlantis",
        "Example Works, Norway, for rendering on behalf of Other Works",
        "Example Works, Norway, for rendering, paid by Other Works",
        "Example Works not in China, Norway",
        "Example Works, Norway; 3 H20 to Other Works, China",
        "Example Works, Norway?? no, Sweden",
        "Example Works, Norway. Then to China",
        "Example Works, Norway China",
        "Example Works, a Other Works company, Norway",
        "Example Works (Other Works subsidiary), Norway",
        "Example Works subsidiary of Other Works, Norway",
        "Example Works on behalf of Other Works, Norway",
        "Example Works and then Other Works, Norway",
        "Example Works, Norway, owned by Other Works",
        "Embassy of Iran, Norway",
        "Bank of China for trading, Norway",
        "Example Works, San Jose, CA",
        "Example Works, Norway, for rendering, end user Other Works",
    ] {
        assert!(!read(&format!("4 L40S to {text}")).lacking().is_empty(), "{text}");
    }
    for text in [
        "Smith and Sons, Norway",
        "Example Works Norway AS, Norway",
        "Example Works, Norway, for rendering",
        "Example Works, Inc., San Jose, CA, USA",
        "Institute for Examples, Norway",
        "Institute for Examples, Norway, for rendering",
        "Example Works Co., Ltd., Hanoi, Viet Nam",
        "Air China, Norway, headquartered in China",
        "Example (Thailand) Co., Ltd., Thailand",
    ] {
        assert!(read(&format!("4 L40S to {text}")).lacking().is_empty(), "{text}");
    }
}

#[test]
fn words_that_no_name_has_are_asked_about() {
    for text in [
        "4 kg L40S",
        "4 boxes of L40S",
        "4 pallets L40S",
        "4 L40S (to be resold in China)",
        "4 L40S [8 cards each]",
        "4 L40S NVL",
        "4 broken L40S",
        "rent 4 L40S",
        "4 L40S for a friend",
    ] {
        let found = read(&format!("{text} to Example Works, Norway"));
        assert!(found.lines.iter().any(|line| line.open.is_some()) || !found.lacking().is_empty(), "{text}: {found:?}");
    }
    for text in
        ["4 NVIDIA L40S GPUs", "4 used L40S cards", "4 pcs. L40S", "one HGX A100 8-GPU board", "2 H100 SXM5 80GB"]
    {
        let found = read(&format!("{text} to Example Works, Norway"));
        assert!(found.lines.iter().all(|line| line.open.is_none()), "{text}: {found:?}");
    }
}

#[test]
fn counts_are_read_as_people_write_them() {
    for (text, quantity) in [
        ("8xL40S", 8),
        ("8x L40S", 8),
        ("8 x L40S", 8),
        ("8\u{d7}L40S", 8),
        ("4pcs L40S", 4),
        ("10k L40S", 10_000),
        ("qty 4 L40S", 4),
        ("Qty: 4 L40S", 4),
        ("twenty L40S", 20),
        ("\u{ff14} L40S", 4),
        ("100 RTX 4090s", 100),
        ("L40S x4", 4),
        ("L40S x 4", 4),
        ("L40S (x4)", 4),
        ("L40S (qty 4)", 4),
        ("L40S 4 pcs", 4),
    ] {
        let found = read(&format!("{text} to Example Works, Norway"));
        let [line] = found.lines.as_slice() else { panic!("{text}: {found:?}") };
        assert_eq!((line.quantity, &line.open), (quantity, &None), "{text}");
    }
}

#[test]
fn other_languages_and_arrows_divide_a_question() {
    for text in [
        "4 L40S an Beispiel GmbH, Norwegen, f\u{fc}r Rendering",
        "vier L40S aus Deutschland an Beispiel GmbH, Norwegen",
        "4 L40S \u{e0} Exemple SA, Norv\u{e8}ge, pour le rendu",
        "cuatro L40S desde Alemania a Ejemplo, Noruega, para renderizado",
        "4 L40S -> Example Works, Norway",
    ] {
        let found = read(text);
        assert!(found.lacking().is_empty(), "{text}: {found:?}");
        assert_eq!(found.destination.map(Country::code), Some("NO"), "{text}");
        assert_eq!(
            found.lines.iter().map(|line| (line.quantity, &line.open)).collect::<Vec<_>>(),
            [(4, &None)],
            "{text}"
        );
    }
}

#[test]
fn a_place_behind_the_name_is_the_address_and_is_screened_too() {
    let found = read("4 L40S to Example Works, Sevastopol, Ukraine");
    assert_eq!((found.buyer.as_deref(), found.address.as_str()), (Some("Example Works"), "Sevastopol"));
    let tables = found.tables("2026-11-28".parse().unwrap());
    assert!(tables.parties.lines().nth(1).unwrap().matches("Sevastopol").count() == 2, "{}", tables.parties);
    assert_eq!(read("4 L40S to Example / Other Works, Norway").other_names, ["Example", "Other Works"]);
}

#[test]
fn the_end_of_a_name_is_no_country() {
    for text in [
        "Baltic Tensor AI",
        "Baltic Tensor SA",
        "Baltic Tensor CO",
        "Baltic Tensor AG",
        "Baltic Tensor AS",
        "Baltic Tensor IN",
        "Baltic Tensor SE",
        "Baltic Tensor NO",
        "Baltic Tensor NOR",
        "Baltic Tensor, SA",
        "Baltic Tensor (AG)",
        "Leaders in AI",
        "Bank of Norway",
        "Acme New Jersey",
        "Robin Jordan",
        "Acme Inner Mongolia",
    ] {
        let found = read(&format!("4 L40S to {text}"));
        assert!(!found.lacking().is_empty(), "{text}: {found:?}");
    }
    for text in [
        "Baltic Tensor AS, Norway",
        "Baltic Tensor, NO",
        "Baltic Tensor in NO",
        "Baltic Tensor (NO)",
        "Baltic Tensor (Norway)",
        "Baltic Tensor at Norway",
        "Baltic Tensor Norway",
        "Baltic Tensor, Bergen Norway",
    ] {
        let found = read(&format!("4 L40S to {text}"));
        assert_eq!(found.destination.map(Country::code), Some("NO"), "{text}");
        assert!(found.lacking().is_empty(), "{text}: {found:?}");
    }
    for text in ["Baltic Tensor, the Netherlands", "Baltic Tensor in the Netherlands", "Baltic Tensor the Netherlands"]
    {
        let found = read(&format!("4 L40S to {text}"));
        assert_eq!((found.buyer.as_deref(), found.destination.map(Country::code)), (Some("Baltic Tensor"), Some("NL")));
        assert!(found.lacking().is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn nobody_is_no_buyer() {
    for text in [
        "Norway",
        "the Netherlands",
        "in Norway",
        "a customer, Norway",
        "our new client, Norway",
        "TBD, Norway",
        "N/A, Norway",
        "same, Norway",
        "same as consignee, Norway",
        "whoever, Norway",
        "someone in Norway",
        "stock, Norway",
        "stock",
        "self",
        "self, Norway",
        "internal, Norway",
        "end user unknown, Norway",
        "Buyer TBD, Oslo, Norway",
        "Norway, Norway",
        "NO, Norway",
        "-, Norway",
        "ein Kunde, Norwegen",
        "a customer in Bergen, Norway",
        "our client (Bergen), Norway",
        "one of our buyers, Norway",
    ] {
        let lacking = read(&format!("4 L40S to {text}")).lacking();
        assert!(lacking.iter().any(|part| part.contains("who buys?")), "{text}: {lacking:?}");
    }
    for text in
        ["TBD (Bergen), Norway", "Example Works, TBD, Norway", "Example Works, unknown, Norway", "N/A yet, Norway"]
    {
        assert!(!read(&format!("4 L40S to {text}")).lacking().is_empty(), "{text}");
    }
    for text in ["Self Storage Ltd, Norway", "Client Server Systems, Norway", "Unknown Worlds, Norway"] {
        assert!(read(&format!("4 L40S to {text}")).lacking().is_empty(), "{text}");
    }
}

#[test]
fn marks_and_words_of_doubt_are_asked_about() {
    for text in [
        "4 L40S to Example Works, Norway?",
        "4 L40S to Example Works, Norway ?",
        "4 L40S to Example Works, Norway (?)",
        "4 L40S to Example Works, Norway*",
        "4 L40S to Example Works, Norway, for rendering?",
        "4 L40S to Example Works, Norway?, for rendering",
        "4 L40S to Example Works, Norway, for rendering? or training",
        "4 L40S to Example Works?, Norway",
        "4 L40S? to Example Works, Norway",
        "4? L40S to Example Works, Norway",
        "4 L40S from Germany? to Example Works, Norway",
        "4 L40S to Example Works, Norway, headquartered in Norway?",
        "4 L40S to Example Works, maybe Norway",
        "Can I ship 4 L40S to Example Works, Norway??",
        "Can I ship 4 L40S? to Example Works, Norway?",
    ] {
        let found = read(text);
        let is_open = found.lines.iter().any(|line| line.open.is_some());
        assert!(is_open || !found.lacking().is_empty(), "{text}: {found:?}");
    }
    for text in ["Can I ship 4 L40S to Example Works, Norway?", "may we ship 4 L40S to Example Works, Norway today?"] {
        let found = read(text);
        assert!(found.lacking().is_empty() && found.lines[0].open.is_none(), "{text}: {found:?}");
    }
}

#[test]
fn a_name_with_a_space_too_many_is_asked_about() {
    let asked = |text: &str| read(&format!("{text} to Fjord Studio AS, Norway")).lines[0].open.clone();
    assert!(asked("4 L4 0S").is_some_and(|open| open.contains("L40S")));
    assert_eq!(asked("4 L40S"), None);
    assert_eq!(asked("4 RTX 4090"), None);
}

#[test]
fn one_form_of_japanese_and_german_is_read() {
    let found = read("4 L40SをFjord Studio（オスロ、ノルウェー）に輸出できますか？");
    assert!(found.lacking().is_empty(), "{found:?}");
    assert_eq!((found.lines[0].quantity, found.lines[0].item.as_str()), (4, "L40S"));
    assert_eq!(found.destination.map(Country::code), Some("NO"));
    let found = read("Darf ich 4 L40S an Fjord Studio AS, Oslo, Norwegen liefern?");
    assert!(found.lacking().is_empty(), "{found:?}");
    assert_eq!(found.destination.map(Country::code), Some("NO"));
}
