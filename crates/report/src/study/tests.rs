//! Pages of studies: whole whatever the values, and with the figures below each picture.

use std::collections::BTreeSet;

use tollgate_lab::{
    Assumption, Band, Bars, Caption, Density, Fan, Figure, IndexRow, Indices, Lorenz, Study, Table, Tile, Tiles,
    Tornado, TornadoRow,
};

use super::axis::{Scale, exact, short};
use super::look::runs;
use super::marks::Marks;
use super::study_page;
use super::tiles::{MAP, filling};
use super::words::wrap;

const HOSTILE: &str = "<script>alert(\"x\")</script>&'";

fn caption() -> Caption {
    Caption { id: "a".into(), title: HOSTILE.into(), note: HOSTILE.into(), judgement: true }
}

fn tile(country: &str, value: f64, of: Option<f64>) -> Tile {
    Tile { country: country.into(), tier: 2, value, of }
}

/// Every kind of figure, with these values wherever it takes one and this text wherever it takes one.
fn figures(values: &[f64], text: &str, count: usize) -> Vec<Figure> {
    let name = || text.to_owned();
    let first = values.first().copied().unwrap_or(f64::NAN);
    let last = values.last().copied().unwrap_or(f64::NAN);
    let band = Band { name: name(), p5: values.to_vec(), p50: values.to_vec(), p95: values.to_vec() };
    let marks: Vec<(f64, String)> = values.iter().map(|value| (*value, name())).collect();
    let fan = |log| Fan {
        caption: caption(),
        x_label: name(),
        y_label: name(),
        log,
        x: values.to_vec(),
        series: vec![band.clone(); count],
        marks: marks.clone(),
    };
    let density = |log| Density {
        caption: caption(),
        x_label: name(),
        log,
        edges: values.to_vec(),
        series: vec![(name(), values.to_vec()); count],
        marks: marks.clone(),
    };
    let row = |judgement| TornadoRow { name: name(), at: (name(), name()), result: (first, last), judgement };
    let index = IndexRow {
        name: name(),
        first,
        first_interval: (first, last),
        total: last,
        total_interval: (last, first),
        judgement: true,
    };
    let tiles = [("SG", None), ("SG", Some(first)), ("XX", Some(last)), (text, None)];
    vec![
        Figure::Fan(fan(false)),
        Figure::Fan(fan(true)),
        Figure::Density(density(false)),
        Figure::Density(density(true)),
        Figure::Tornado(Tornado {
            caption: caption(),
            x_label: name(),
            base: first,
            rows: [row(true), row(false)].into_iter().cycle().take(count).collect(),
        }),
        Figure::Indices(Indices { caption: caption(), rows: vec![index; count] }),
        Figure::Lorenz(Lorenz {
            caption: caption(),
            label: name(),
            series: vec![(name(), values.to_vec(), first); count],
        }),
        Figure::Tiles(Tiles {
            caption: caption(),
            label: name(),
            tiles: tiles.map(|(country, of)| tile(country, first, of)).into_iter().take(count * 4).collect(),
        }),
        Figure::Bars(Bars {
            caption: caption(),
            y_label: name(),
            parts: vec![name(); count],
            bars: vec![(name(), values.to_vec()); count],
        }),
        Figure::Table(Table { caption: caption(), columns: vec![name()], rows: vec![vec![name()]; count] }),
    ]
}

fn page(figures: Vec<Figure>) -> String {
    let text = || HOSTILE.to_owned();
    study_page(&Study {
        name: text(),
        question: text(),
        answers: vec![text()],
        caveats: vec![text()],
        figures,
        assumptions: vec![Assumption { name: text(), value: text(), unit: text(), source: text() }],
        data: Vec::new(),
        made_from: vec![(text(), text())],
        open: tollgate_lab::OpenResults::default(),
    })
}

/// Whether every tag is closed, the last opened first.
fn balanced(page: &str) -> bool {
    let mut open = Vec::new();
    for part in page.split('<').skip(1) {
        let tag = part.split(['>', ' ', '/']).find(|word| !word.is_empty()).unwrap_or("");
        let inside = part.split('>').next().unwrap_or("");
        if part.starts_with('/') {
            if open.pop() != Some(tag) {
                return false;
            }
        } else if !inside.ends_with('/') && !["meta", "!doctype"].contains(&tag) {
            open.push(tag);
        }
    }
    open.is_empty()
}

/// What is wrong with a page whatever it shows.
fn wrong(page: &str) -> Vec<&'static str> {
    let text = page.replace("informs", "");
    let mut wrong: Vec<&str> = ["NaN", "inf", "<script", "http"].into_iter().filter(|bad| text.contains(bad)).collect();
    if !balanced(page) {
        wrong.push("a tag is left open");
    }
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|part| part.split('"').next()).collect();
    if ids.iter().collect::<BTreeSet<_>>().len() != ids.len() {
        wrong.push("an id stands twice");
    }
    if page.matches("role=\"img\"").count() != page.matches("_t\"><title").count() {
        wrong.push("a picture has no title");
    }
    wrong
}

#[test]
fn whatever_the_values_the_page_is_whole() {
    let cases: [&[f64]; 15] = [
        &[],
        &[0.0],
        &[7.0],
        &[5.0, 5.0],
        &[f64::NAN],
        &[f64::NAN, 1.0, 2.0],
        &[1.0, f64::NAN, 3.0, 4.0],
        &[f64::INFINITY, -1.0, 3.0],
        &[f64::NEG_INFINITY, f64::INFINITY],
        &[1e-9, 1.0, 1e12],
        &[-3.0, -2.0, -1.0],
        &[f64::MIN, f64::MAX],
        &[-9e299, 9e299],
        &[0.0, f64::MIN_POSITIVE, 5e-324],
        &[1.0, 1.0 + f64::EPSILON],
    ];
    for values in cases {
        for count in [0, 1, 2, 9, 30] {
            let page = page(figures(values, HOSTILE, count));
            assert_eq!(wrong(&page), Vec::<&str>::new(), "{values:?} {count}");
        }
    }
}

#[test]
fn a_study_of_nothing_is_a_page() {
    let page = study_page(&Study {
        name: String::new(),
        question: String::new(),
        answers: Vec::new(),
        caveats: Vec::new(),
        figures: Vec::new(),
        assumptions: Vec::new(),
        data: Vec::new(),
        made_from: Vec::new(),
        open: tollgate_lab::OpenResults::default(),
    });
    assert_eq!(wrong(&page), Vec::<&str>::new());
    assert!(page.contains("Where this rests on judgement") && page.contains("not legal advice"));
}

#[test]
fn a_long_name_is_cut_in_the_picture_and_whole_in_its_title() {
    let long = "policy ".repeat(60);
    let page = page(figures(&[1.0, 2.0], &long, 4));
    assert_eq!(wrong(&page), Vec::<&str>::new());
    assert!(page.contains(&format!("<title>{long}</title>policy")) && page.contains('…'));
}

fn row(page: &str, cells: &[&str]) -> bool {
    let number = |cell: &&str| cell.chars().all(|c| c.is_ascii_digit() || ",.-–".contains(c));
    let cells: Vec<String> = cells
        .iter()
        .enumerate()
        .map(|(place, cell)| match place {
            0 => format!("<th scope=\"row\">{cell}</th>"),
            _ if number(cell) => format!("<td class=\"number\">{cell}</td>"),
            _ => format!("<td>{cell}</td>"),
        })
        .collect();
    page.contains(&format!("<tr>{}</tr>", cells.concat()))
}

#[test]
fn the_figures_of_lines_stand_below_them() {
    let band =
        Band { name: "smuggled".into(), p5: vec![10.0, 20.0], p50: vec![1_234_567.0, f64::NAN], p95: vec![2e9, 40.0] };
    let fan = Fan {
        caption: caption(),
        x_label: "year".into(),
        y_label: "H100e".into(),
        log: true,
        x: vec![2025.0, 2026.0],
        series: vec![band],
        marks: vec![(2025.4, "in force".into()), (2031.0, "beyond".into())],
    };
    let density = Density {
        caption: caption(),
        x_label: "ratio".into(),
        log: true,
        edges: vec![1.0, 10.0, 100.0],
        series: vec![("one".into(), vec![0.25, 0.75]), ("other".into(), vec![1.0])],
        marks: Vec::new(),
    };
    let lorenz =
        Lorenz { caption: caption(), label: "compute".into(), series: vec![("rule".into(), vec![0.1, 0.2, 0.7], 0.4)] };
    let page = page(vec![Figure::Fan(fan), Figure::Density(density), Figure::Lorenz(lorenz)]);
    assert!(row(&page, &["smuggled", "2025", "10", "1,234,567", "2,000,000,000"]), "{page}");
    assert!(row(&page, &["smuggled", "2026", "20", "–", "40"]));
    assert!(page.contains("Marked: in force at 2025; beyond at 2031.") && page.contains("H100e (logarithmic)"));
    assert!(row(&page, &["1", "10", "0.25", "1"]) && row(&page, &["10", "100", "0.75", "–"]));
    assert!(row(&page, &["Gini", "0.4"]) && row(&page, &["the lowest 2", "0.3"]) && row(&page, &["the lowest 3", "1"]));
    assert!(page.contains("rule: Gini 0.4") && page.contains("rests on judgement"));
}

#[test]
fn the_figures_of_bars_stand_below_them() {
    let bar = |name: &str, judgement| TornadoRow {
        name: name.into(),
        at: ("0.01".into(), "0.08".into()),
        result: (18.929_29, 56.538_93),
        judgement,
    };
    let tornado = Tornado {
        caption: caption(),
        x_label: "ratio".into(),
        base: 33.638_55,
        rows: vec![bar("detect", true), bar("supply", false)],
    };
    let index = IndexRow {
        name: "detect".into(),
        first: 0.38,
        first_interval: (0.3, 0.46),
        total: 0.5,
        total_interval: (0.4, 0.6),
        judgement: false,
    };
    let bars = Bars {
        caption: caption(),
        y_label: "H100e".into(),
        parts: vec!["smuggled".into(), "lawful".into()],
        bars: vec![("rule".into(), vec![1_500.4, 0.25]), ("none".into(), vec![-12.0])],
    };
    let tiles = Tiles {
        caption: caption(),
        label: "H100e".into(),
        tiles: vec![tile("SG", 5_427_557.3, None), tile("QQ", 25.0, Some(100.0))],
    };
    let page = page(vec![
        Figure::Tornado(tornado),
        Figure::Indices(Indices { caption: caption(), rows: vec![index] }),
        Figure::Bars(bars),
        Figure::Tiles(tiles),
    ]);
    assert!(row(&page, &["detect", "0.01", "18.93", "0.08", "56.54", "judgement"]), "{page}");
    assert!(row(&page, &["supply", "0.01", "18.93", "0.08", "56.54", "source"]));
    assert!(page.contains("Marked: ratio with every parameter at its middle: 33.64."));
    assert!(row(&page, &["detect", "0.38", "0.3", "0.46", "0.5", "0.4", "0.6", "source"]));
    assert!(row(&page, &["rule", "1,500", "0.25"]) && row(&page, &["none", "-12", "–"]));
    assert!(row(&page, &["SG", "2", "5,427,557", "–"]) && row(&page, &["QQ", "2", "25", "100"]));
    assert!(page.contains("elsewhere"));
}

#[test]
fn judgements_among_the_assumptions_are_marked() {
    let assumption = |name: &str, source: &str| Assumption {
        name: name.into(),
        value: "1".into(),
        unit: "x".into(),
        source: source.into(),
    };
    let page = study_page(&Study {
        name: String::new(),
        question: String::new(),
        answers: Vec::new(),
        caveats: Vec::new(),
        figures: Vec::new(),
        assumptions: vec![assumption("a", "judgement: between b and c"), assumption("d", "90 FR 4544")],
        data: Vec::new(),
        made_from: Vec::new(),
        open: tollgate_lab::OpenResults::default(),
    });
    let cells = |word: &str, source: &str| format!("{word}</th><td>1</td><td>x</td><td>{source}</td></tr>");
    let judged = "<tr class=\"judged-row\"><th scope=\"row\">a <span class=\"judged-word\">judgement</span>";
    assert!(page.contains(&cells(judged, "judgement: between b and c")), "{page}");
    assert!(page.contains(&cells("<tr><th scope=\"row\">d", "90 FR 4544")));
    assert!(page.contains("Marked as judgements: 1."));
}

#[test]
fn numbers_are_short_in_pictures_and_whole_in_tables() {
    let cases = [
        (0.0, "0", "0"),
        (0.05, "0.05", "0.05"),
        (-2.5, "-2.5", "-2.5"),
        (999.96, "1 k", "1000"),
        (1_234.0, "1.23 k", "1,234"),
        (-3_400_000.0, "-3.4 M", "-3,400,000"),
        (2e9, "2 G", "2,000,000,000"),
        (1.5e-9, "1.5e-9", "1.5e-9"),
        (1e300, "1e300", "1e300"),
        (f64::NAN, "–", "–"),
        (f64::INFINITY, "–", "–"),
    ];
    for (value, brief, whole) in cases {
        assert_eq!((short(value).as_str(), exact(value).as_str()), (brief, whole), "{value}");
    }
}

fn tick_texts(values: &[f64], log: bool) -> Vec<String> {
    let scale = Scale::over(values.iter().copied(), log, (0.0, 100.0)).unwrap().rounded();
    scale.labeled_ticks().into_iter().map(|(_, text)| text).collect()
}

#[test]
fn ticks_are_round() {
    assert_eq!(tick_texts(&[2025.0, 2030.0], false), ["2025", "2026", "2027", "2028", "2029", "2030"]);
    assert_eq!(tick_texts(&[0.0, 4_800_000.0], false), ["0", "1 M", "2 M", "3 M", "4 M", "5 M"]);
    assert_eq!(tick_texts(&[-0.02, 0.05], false), ["-0.02", "0", "0.02", "0.04", "0.06"]);
    assert_eq!(tick_texts(&[30.0, 45_000.0], true), ["100", "1 k", "10 k"]);
    assert_eq!(tick_texts(&[300.0, 900.0], true), ["200", "500", "1 k"]);
    assert!(Scale::over([f64::NAN].into_iter(), false, (0.0, 1.0)).is_none());
    let log = Scale::over([0.0, 1.0, 100.0].into_iter(), true, (0.0, 100.0)).unwrap();
    assert_eq!((log.place(0.0), log.reach(0.0), log.place(f64::NAN)), (None, Some(0.0), None));
    assert!((log.place(10.0).unwrap() - 50.0).abs() < 1e-9);
}

#[test]
fn words_of_marks_do_not_cover_each_other() {
    let scale = Scale::over([0.0, 100.0].into_iter(), false, (0.0, 800.0)).unwrap();
    let height = |values: &[f64]| {
        let marks: Vec<(f64, String)> = values.iter().map(|value| (*value, "a word".to_owned())).collect();
        Marks::lay(&scale, &marks).height()
    };
    let one = height(&[50.0]);
    assert!(one > 0.0 && height(&[]) == 0.0 && height(&[-5.0, 105.0, f64::NAN]) == 0.0);
    assert_eq!(
        (height(&[10.0, 50.0, 99.0]), height(&[50.0, 50.0]), height(&[98.0, 99.0])),
        (one, 2.0 * one, 2.0 * one)
    );
}

#[test]
fn lines_break_where_a_value_is_missing_and_names_at_words() {
    assert_eq!(runs([Some(1), Some(2), None, None, Some(3), None].into_iter()), [vec![1, 2], vec![3]]);
    assert_eq!(wrap("Diffusion Rule, half the budget", 15, 4), ["Diffusion Rule,", "half the budget"]);
    assert_eq!(wrap("one two three four", 5, 2), ["one", "two …"]);
    assert_eq!(wrap("incomprehensible", 8, 2), ["incompr…"]);
}

#[test]
fn the_map_has_every_country_once_and_tiles_fill_by_part_or_rank() {
    let codes: Vec<&str> = MAP.into_iter().flat_map(|line| line.split(' ')).filter(|code| *code != ".").collect();
    let unknown: Vec<&&str> = codes.iter().filter(|code| code.parse::<tollgate_model::Country>().is_err()).collect();
    assert!(codes.len() > 80 && unknown.is_empty(), "{unknown:?}");
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    assert!(MAP.iter().all(|line| line.split(' ').count() <= 19));
    assert!(["US", "NO", "SG", "NZ"].iter().all(|code| codes.contains(code)));
    let ranks = [10.0, 30.0, 20.0];
    let close =
        |value: f64, of: Option<f64>, share: f64| (filling(&tile("SG", value, of), &ranks) - share).abs() < 1e-9;
    assert!(close(25.0, Some(100.0), 0.25) && close(20.0, None, 2.0 / 3.0) && close(20.0, Some(0.0), 2.0 / 3.0));
    assert!(close(500.0, Some(100.0), 1.0) && close(-1.0, None, 0.0) && close(f64::NAN, Some(1.0), 0.0));
}
