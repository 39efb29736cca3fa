//! How fast files are read: `cargo run --release -p tollgate-intake --example intake_speed -- FILE...` prints the lines, the seconds and the lines a second.
//! Without a file it makes an export of a million rows and reads it.
#![expect(clippy::disallowed_methods, reason = "a measuring program")]

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use tollgate_intake::{Options, intake};
use tollgate_law::Law;

const ROWS: u64 = 1_000_000;
const ITEMS: [&str; 6] =
    ["NVIDIA L40S 48GB PCIe", "RTX 5090", "HGX H200 8-GPU", "H100 PCIe 80GB", "Twinax cable 2m", "ConnectX-7 400G NIC"];
const COUNTRIES: [&str; 6] = ["Norway", "Malaysia", "Viet Nam", "Germany", "United Arab Emirates", "Japan"];

/// One of several, by a number.
fn one_of<'a>(words: &[&'a str], number: u64) -> &'a str {
    let place = usize::try_from(number).map_or(0, |number| number % words.len().max(1));
    words.get(place).copied().map_or("", |word| word)
}

fn write_export(path: &std::path::Path) -> std::io::Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    writeln!(
        file,
        "Order No;Pos;Ship date;Exporter;Sold-to;Ship-to;End user;Ship-to country;Material;Order qty;SU;Net price;Curr.;Usage;ECCN"
    )?;
    let mut number = 7_u64;
    for row in 0..ROWS {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = number >> 33;
        let (party, day, month) = (mixed % 5_000, 1 + mixed % 28, 1 + mixed % 11);
        writeln!(
            file,
            "45{:08};{};{day:02}.{month:02}.2026;Quayside Boards;Buyer {party} Ltd;Consignee {party} GmbH;;{};{};{};EA;{},50;EUR;rendering;3A090.a",
            row / 3,
            row % 3 * 10 + 10,
            one_of(&COUNTRIES, mixed >> 3),
            one_of(&ITEMS, mixed >> 7),
            1 + mixed % 40,
            100 + mixed % 30_000,
        )?;
    }
    file.flush()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        let path = std::env::temp_dir().join(format!("tollgate-intake-speed-{}.csv", std::process::id()));
        write_export(&path)?;
        files.push(path);
    }
    let law = Law::embedded()?;
    let began = Instant::now();
    let taken = intake(&files, &Options::default(), &law.catalog)?;
    let millis = began.elapsed().as_millis().max(1);
    let lines = u128::try_from(taken.report.lines)?;
    let rate = lines * 1_000 / millis;
    writeln!(std::io::stdout(), "{lines} lines in {millis} ms: {rate} lines a second")?;
    if std::env::args_os().len() == 1 {
        files.iter().try_for_each(std::fs::remove_file)?;
    }
    Ok(())
}
