use tollgate_lab::{
    Assumption, Band, Bars, Caption, Density, Fan, Figure, IndexRow, Indices, Lorenz, Study, Table, Tile, Tiles,
    Tornado, TornadoRow,
};

use super::study_page;

const HOSTILE: &str = "<script>alert(\"x\")</script>";

fn caption() -> Caption {
    Caption { id: "a".into(), title: HOSTILE.into(), note: HOSTILE.into(), judgement: true }
}

fn figures(values: &[f64]) -> Vec<Figure> {
    let name = || HOSTILE.to_owned();
    let band = Band { name: name(), p5: values.to_vec(), p50: values.to_vec(), p95: values.to_vec() };
    let first = values.first().copied().unwrap_or(f64::NAN);
    let row = TornadoRow { name: name(), at: (name(), name()), result: (first, -first), judgement: true };
    let ends = (first, first);
    let index =
        IndexRow { name: name(), first, first_interval: ends, total: first, total_interval: ends, judgement: false };
    let marks = vec![(1.0, name())];
    let fan = |log| Fan {
        caption: caption(),
        x_label: name(),
        y_label: name(),
        log,
        x: values.to_vec(),
        series: vec![band.clone(); 2],
        marks: marks.clone(),
    };
    vec![
        Figure::Fan(fan(false)),
        Figure::Fan(fan(true)),
        Figure::Density(Density {
            caption: caption(),
            x_label: name(),
            log: true,
            edges: values.to_vec(),
            series: vec![(name(), values.to_vec())],
            marks,
        }),
        Figure::Tornado(Tornado { caption: caption(), x_label: name(), base: first, rows: vec![row] }),
        Figure::Indices(Indices { caption: caption(), rows: vec![index] }),
        Figure::Lorenz(Lorenz { caption: caption(), label: name(), series: vec![(name(), values.to_vec(), first)] }),
        Figure::Tiles(Tiles {
            caption: caption(),
            label: name(),
            tiles: ["SG", "XX", HOSTILE]
                .map(|country| Tile { country: country.into(), tier: 2, value: first, of: None })
                .to_vec(),
        }),
        Figure::Bars(Bars {
            caption: caption(),
            y_label: name(),
            parts: vec![name()],
            bars: vec![(name(), values.to_vec())],
        }),
        Figure::Table(Table { caption: caption(), columns: vec![name()], rows: vec![vec![name()]] }),
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
    })
}

/// Every tag is closed by its own, in order.
fn balanced(page: &str) -> bool {
    let mut open = Vec::new();
    for part in page.split('<').skip(1) {
        let tag = part.split(['>', ' ', '/']).find(|word| !word.is_empty()).unwrap_or_default();
        let inside = part.split('>').next().unwrap_or_default();
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

#[test]
fn whatever_the_values_the_page_is_whole() {
    let cases: [&[f64]; 7] = [
        &[],
        &[0.0],
        &[5.0, 5.0],
        &[f64::NAN, 1.0, 2.0],
        &[f64::INFINITY, -1.0, 3.0],
        &[1e-9, 1.0, 1e12],
        &[-3.0, -2.0, -1.0],
    ];
    for values in cases {
        let page = page(figures(values));
        for bad in ["NaN", "inf<", "inf\"", "inf ", "<script"] {
            assert!(!page.contains(bad), "{values:?}: {bad}");
        }
        assert!(balanced(&page), "{values:?}");
        assert!(!page.contains("http"), "no network");
    }
}

#[test]
fn the_figures_stand_beside_the_picture() {
    let band =
        Band { name: "smuggled".into(), p5: vec![10.0, 20.0], p50: vec![1_234_567.0, 30.0], p95: vec![2e9, 40.0] };
    let fan = Fan {
        caption: caption(),
        x_label: "year".into(),
        y_label: "H100e".into(),
        log: true,
        x: vec![2025.0, 2026.0],
        series: vec![band],
        marks: Vec::new(),
    };
    let page = page(vec![Figure::Fan(fan)]);
    assert!(page.contains("<td>smuggled</td><td>2025</td><td>10</td><td>1.23 M</td><td>2 G</td>"), "{page}");
    assert!(page.contains("rests on judgement"));
}

#[test]
fn every_country_of_the_map_has_a_place_of_its_own() {
    let mut seen = std::collections::BTreeSet::new();
    for (row, line) in super::bars::MAP.iter().enumerate() {
        for (place, _) in line.match_indices(|c: char| c != ' ').step_by(2) {
            let code = line.get(place..place + 2).unwrap();
            assert!(
                place.is_multiple_of(3) && code.parse::<tollgate_model::Country>().is_ok(),
                "row {row}: {code} at {place}"
            );
            assert!(seen.insert(code), "{code} stands twice");
        }
    }
    assert!(["US", "NO", "SG", "NZ"].iter().all(|code| seen.contains(code)));
}
