//! What `scenarios/base.toml` derives from the tables of `data/`.

use super::*;

const CHIPS: &str = include_str!("../../../../data/chips_by_quarter.csv");

/// H100e and megawatts of all quarters whose last day lies in a range of days, written as in the table.
fn sold(from: &str, until: &str) -> (f64, f64) {
    let (mut h100e, mut megawatts) = (0.0, 0.0);
    for line in CHIPS.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        if (from..=until).contains(&cells[1]) {
            h100e += cells[3].parse::<f64>().unwrap();
            megawatts += cells[7].parse::<f64>().unwrap();
        }
    }
    (h100e, megawatts)
}

#[test]
fn what_is_derived_from_counts_of_chips_is_what_they_say() {
    let scenario = scenario("");
    let near = |number: f64, counted: f64| assert!((number / counted - 1.0).abs() < 0.01, "{number}, {counted}");
    let (of_2024, _) = sold("2024-01-01", "2024-12-31");
    near(scenario.constants.backcast_supply_h100e, of_2024);
    let (of_2025, _) = sold("2025-01-01", "2025-12-31");
    let supply = scenario.evidence.iter().find(|evidence| evidence.name == "chips sold in 2025").unwrap();
    near(supply.known.middle(), of_2025);
    let (of_quarter, _) = sold("2025-10-01", "2025-12-31");
    let prior = scenario.parameters[Parameter::SupplyFlow as usize].distribution.ends();
    assert!(prior[0] < of_quarter && of_quarter < prior[1]);
    // An H100 takes 0.7 kW, with its server 1.45 kW, and a building takes 1.3 times that.
    let kilowatts = |(h100e, megawatts): (f64, f64)| megawatts * 1e3 / h100e * (1.45 / 0.7) * 1.3;
    near(scenario.constants.kilowatts_an_h100e, kilowatts(sold("2025-01-01", "2025-03-31")));
    near(scenario.constants.kilowatts_in_use, kilowatts(sold("2000-01-01", "2024-12-31")));
}
