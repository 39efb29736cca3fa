//! Times every typology over a folder of tables (`tollgate detect --tables DIR`): one JSON object a line.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a measuring program")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use tollgate_detect::engine::{Engine as _, LocalEngine, LocalOptions, QUERY_TIME};
use tollgate_detect::typology::Typology;

const TABLES: [&str; 12] = [
    "lines",
    "parties",
    "links",
    "ownership",
    "stakes_all",
    "law",
    "items",
    "hs",
    "payments",
    "sites",
    "serials",
    "inspections",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("give the folder of the tables")?);
    let threads = std::env::args().nth(2).map_or(Ok(2), |word| word.parse())?;
    let stop = Arc::new(AtomicBool::new(false));
    let mut engine = LocalEngine::new(&LocalOptions { threads, memory: 3 << 30, time: QUERY_TIME, stop })?;
    for table in TABLES {
        engine.add_parquet(table, &folder.join(format!("{table}.parquet")))?;
    }
    let typologies =
        Typology::embedded().map_err(|errors| errors.0.iter().map(ToString::to_string).collect::<String>())?;
    for typology in &typologies {
        let start = Instant::now();
        let found = engine.findings(typology)?.len();
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{}",
            serde_json::json!({ "id": typology.id, "slug": typology.slug, "seconds": seconds, "found": found, "sql": typology.sql })
        );
    }
    Ok(())
}
