//! Names and lists: no text panics, folding twice is folding once, and a score stays within its bounds whichever name asks.
#![no_main]
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

use tollgate_screening::{Name, Query, Scratch, Screener, fold, read_lists, score, split_names};

const LIST: &str = "name,id,list,country,address,registry_id,date\nAlpha Works Ltd,1,Entity List (own),CN,\"5 Xueyuan Road, Beijing\",91110108,2001-02-03\n,2,Entity List (own),HK,\"148 Wing Lok Street, Hong Kong\",,\n";
static SCREENER: LazyLock<Screener> =
    LazyLock::new(|| Screener::new(read_lists(&[("own.csv".to_owned(), LIST.as_bytes().to_vec())]).unwrap()));

fuzz_target!(|bytes: &[u8]| {
    let _ = read_lists(&[("fuzzed".to_owned(), bytes.to_vec())]);
    let text = String::from_utf8_lossy(bytes);
    let once = fold(&text).join(" ");
    assert_eq!(fold(&once).join(" "), once);
    let _ = split_names(&text);
    let half = text.chars().count() / 2;
    let (a, b): (String, String) = (text.chars().take(half).collect(), text.chars().skip(half).collect());
    let (a, b) = (Name::parse(&a), Name::parse(&b));
    let name = [text.as_ref()];
    let query = Query { names: &name, city: Some(&text), address: Some(&text), id: Some(&text), ..Query::default() };
    for hit in SCREENER.screen(query, 0, usize::MAX, &mut Scratch::default()) {
        assert!(hit.points <= 10_000 && hit.explanation().iter().all(|part| !part.is_empty()));
    }
    assert!(score(&a, &b).points <= 10_000 && score(&b, &a).points <= 10_000);
});
