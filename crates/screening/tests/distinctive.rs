//! A listed name's core beside common words is a possible match, and a common word beside others is none.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use tollgate_screening::{Match, Query, Scratch, Screener, THRESHOLD, read_lists};

/// Listed names with their aliases.
const LISTED: [(&str, &str); 18] = [
    ("Huawei Technologies Co., Ltd.", "Huawei;华为技术有限公司"),
    ("Semiconductor Manufacturing International Corporation (SMIC)", "SMIC"),
    ("Inspur Group Co., Ltd.", "Inspur Group"),
    ("Sophgo Technologies Ltd.", "Beijing Sophgo"),
    ("Yangtze Memory Technologies Co., Ltd.", "YMTC"),
    ("Quvexa Precision Instruments JSC", ""),
    ("Tarkvol Dresmik Electronics LLC", ""),
    ("Orion Electronics Ltd", ""),
    ("Pacific Star Trading FZE", "Pacific Trading"),
    ("KIM, Chol Su", "Kim Trading"),
    ("QXJ Group", "QXJ Limited;QXJ Trading"),
    ("Delta Trading House", ""),
    ("Shanghai Electronics Import Export Corporation", ""),
    ("Rahimov Logistics", ""),
    ("Lantern Trading LLC", ""),
    ("TechLantern Industries LLC", ""),
    ("JKS Group", "JKS Limited;JKS Trading"),
    ("NUBIROV, Tarkan", "Nubirov Trading"),
];

fn screener() -> Screener {
    let row = |(name, aliases): &(&str, &str)| format!("\"{name}\",\"{aliases}\",Entity List,CN");
    let rows: Vec<String> = LISTED.iter().map(row).collect();
    let text = format!("name,aliases,list,country\n{}\n", rows.join("\n"));
    Screener::new(read_lists(&[("list.csv".to_owned(), text.into_bytes())]).unwrap())
}

fn matches(screener: &Screener, text: &str) -> Vec<Match> {
    let country = Some("NO".parse().unwrap());
    let query = Query { names: &[text], country, ..Query::default() };
    screener.screen(query, THRESHOLD, 20, &mut Scratch::default())
}

#[test]
fn subsidiaries_and_branches_may_be_the_listed_party_and_are_never_taken_for_it() {
    let screener = screener();
    let mut missed = Vec::new();
    for (text, listed) in [
        ("Huawei Norge", 0),
        ("Huawei Norge AS", 0),
        ("Huawei Technologies Norway", 0),
        ("Huawei Deutschland GmbH", 0),
        ("Huawei Cloud", 0),
        ("华为 Norge", 0),
        ("H u a w e i Norge", 0),
        ("H u a w e i  N o r g e", 0),
        ("H.u.a.w.e.i. Oslo", 0),
        ("H u a w e i A S", 0),
        ("HuaweiNorge AS", 0),
        ("Hua wei Norge", 0),
        ("Lion Cloud c/o Huawei Norge AS", 0),
        ("Lion Cloud AS (Huawei Norge)", 0),
        ("Lion Cloud via H u a w e i Oslo", 0),
        ("Oslo Huawei Service Center", 0),
        ("SMIC Shanghai", 1),
        ("SMIC Logistics", 1),
        ("smic europe bv", 1),
        ("Inspur Group Norge", 2),
        ("Inspur Norge", 2),
        ("Sophgo Europe BV", 3),
        ("YMTC Norge", 4),
        ("Halden-YMTC Joint Venture", 4),
        ("YMTC Halden JV AS", 4),
        ("Quvexa Trading", 5),
        ("Quvexa International Logistics Pte Ltd", 5),
        ("Istanbul Quvexa Elektronik Sanayi", 5),
        ("Tarkvol Dresmik Europe", 6),
        ("QXJ Norge AS", 10),
        ("Norge-Quvexa Trading", 5),
        ("Quvexa-Trading Oslo", 5),
        ("Lantern Trading Norge", 14),
        ("Oslo Lantern Trading House", 14),
        ("TechLantern Norge AS", 15),
        ("Techlantern Norge AS", 15),
        ("JKS Norge AS", 16),
    ] {
        let hits = matches(&screener, text);
        if !hits.iter().any(|hit| hit.entry == listed) || hits.iter().any(|hit| screener.is_same(hit)) {
            missed.push(text);
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn namesakes_and_common_words_have_no_match() {
    let screener = screener();
    let mut alerts = Vec::new();
    for text in [
        "Orion Logistics",
        "Orion Norge AS",
        "Pacific Logistics",
        "Kim Logistics",
        "Chol Trading",
        "Delta Norge AS",
        "Shanghai Logistics",
        "Halden Quvexor Trading",
        "Tarkvol Norge",
        "Qxj norge as",
        "Jks norge as",
        "Gold-Quvexa Trading",
        "X-Quvexa Oslo",
        "Lantern Norge AS",
        "Lanterns Norge AS",
        "Nubirov Bakeri AS",
        "Memory Norge AS",
        "Norge Electronics AS",
        "Group Technologies International",
        "Bergen Bakeri AS",
    ] {
        if let Some(hit) = matches(&screener, text).first() {
            alerts.push(format!("{text} | {} {}", hit.name, hit.points));
        }
    }
    assert!(alerts.is_empty(), "{alerts:#?}");
}

#[test]
fn the_explanation_says_that_the_core_stands_beside_common_words() {
    let screener = screener();
    let hit = matches(&screener, "Huawei Norge AS").into_iter().find(|hit| hit.core).unwrap();
    assert!(hit.explanation().join("; ").contains("beside common words"), "{:?}", hit.explanation());
}
