//! Puts the folder `typologies/` of the repository into the program, so that it starts with no file.
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../typologies").canonicalize()?;
    println!("cargo::rerun-if-changed={}", root.display());
    let mut folders: Vec<PathBuf> =
        fs::read_dir(&root)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    folders.retain(|path| path.is_dir());
    folders.sort();
    let mut code = String::from(
        "/// Every typology by its slug: `typology.toml` and `query.sql`.\npub(crate) const FOLDERS: &[(&str, &str, &str)] = &[\n",
    );
    for folder in folders {
        let slug = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let [about, query] = ["typology.toml", "query.sql"].map(|name| folder.join(name).display().to_string());
        println!("cargo::rerun-if-changed={about}");
        println!("cargo::rerun-if-changed={query}");
        let _ = writeln!(code, "    ({slug:?}, include_str!({about:?}), include_str!({query:?})),");
    }
    code.push_str("];\n");
    let calibration = root.join("calibration.toml");
    println!("cargo::rerun-if-changed={}", calibration.display());
    let _ = writeln!(
        code,
        "/// What evidence is worth, as fitted.\npub(crate) const CALIBRATION: &str = include_str!({:?});",
        calibration.display().to_string()
    );
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("folders.rs"), code)
}
