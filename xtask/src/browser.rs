//! The service's pages in a real browser, driven by the scripts of `tests/browser`.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::served::{Served, built, serve};
use crate::{Failed, root, run};

/// Everybody who has something of their own to do; the password is the one in `service.mjs`.
const ROLES: [&str; 5] = ["viewer", "analyst", "officer", "administrator", "auditor"];
const PASSWORD: &[u8] = b"a long password of mine\n";

/// Chromium, and letters for the second language in the pictures.
fn chromium() -> Result<(), Failed> {
    let known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    if known.iter().any(|path| Path::new(path).exists()) {
        return Ok(());
    }
    let packages = ["install", "--yes", "--no-install-recommends", "chromium", "fonts-ipafont-gothic"];
    run("apt-get", &packages).map_err(|_| {
        "Chromium is not installed, and could not be\n  mend: as root, apt-get install chromium fonts-ipafont-gothic"
            .to_owned()
    })
}

/// Copies the test beside the packages that it needs, which are fetched where they are not there yet.
fn packages(folder: &Path) -> Result<(), Failed> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for file in ["package.json", "service.mjs", "pages.mjs", "tasks.mjs", "first.mjs"] {
        let from = root().join("tests/browser").join(file);
        std::fs::copy(&from, folder.join(file)).map_err(|error| format!("{}: {error}", from.display()))?;
    }
    let npm = ["install", "--prefix", &folder.to_string_lossy(), "--no-audit", "--no-fund", "--silent"];
    run("npm", &npm).map_err(|what| format!("{what}\n  mend: install Node 20 or later, and check the network"))
}

/// What somebody could write into a field to harm whoever reads it.
const HOSTILE: [&str; 5] = [
    "<script>window.hurt=1</script>",
    "\"><img src=x onerror=window.hurt=1>",
    "\u{202e}gnp.exe",
    "😀' OR 1=1; DROP TABLE orders; --",
    "=HYPERLINK(1)",
];

/// Copies the example, with a party and an order for each hostile text.
fn hostile(folder: &Path) -> Result<(), Failed> {
    for (file, columns) in [
        ("parties.csv", &["party_id", "name", "address", "phone"][..]),
        ("orders.csv", &["order_id", "ultimate_consignee"]),
    ] {
        let from = root().join("examples/orders").join(file);
        let mut text = std::fs::read_to_string(&from).map_err(|error| format!("{}: {error}", from.display()))?;
        let header: Vec<String> = text.lines().next().unwrap_or_default().split(',').map(str::to_owned).collect();
        let own = [
            ("date", "2025-06-02"),
            ("destination", "SG"),
            ("item", "NVIDIA H100 SXM"),
            ("quantity", "1"),
            ("country", "SG"),
        ];
        for hostile in HOSTILE {
            let cell = |name: &String| match own.iter().find(|(own, _)| own == name) {
                _ if columns.contains(&name.as_str()) => format!("\"{}\"", hostile.replace('"', "\"\"")),
                Some((_, value)) => (*value).to_owned(),
                None => String::new(),
            };
            text.push_str(&header.iter().map(cell).collect::<Vec<_>>().join(","));
            text.push('\n');
        }
        std::fs::write(folder.join(file), text).map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(())
}

/// Opens every page on the bundled example; the pictures are in `target/screenshots`.
pub(crate) fn browser() -> Result<(), Failed> {
    let tollgate = built()?;
    chromium()?;
    let tools = root().join("target/tools/browser");
    packages(&tools)?;
    let folder = root().join("target/browser");
    let _of_an_earlier_run = std::fs::remove_dir_all(&folder);
    let told = |error: std::io::Error| format!("target/browser: {error}");
    std::fs::create_dir_all(&folder).map_err(told)?;
    hostile(&folder)?;
    let example = |file: &str| root().join("examples/orders").join(file).to_string_lossy().into_owned();
    let files = [
        ("--orders", folder.join("orders.csv").to_string_lossy().into_owned()),
        ("--parties", folder.join("parties.csv").to_string_lossy().into_owned()),
        ("--ownership", example("ownership.csv")),
        ("--items", example("items.csv")),
        ("--lists", example("list.csv")),
        ("--policy", "diffusion".to_owned()),
    ];
    let files: Vec<&str> = files.iter().flat_map(|(flag, value)| [*flag, value.as_str()]).collect();
    let alerts = folder.join("alerts.jsonl").to_string_lossy().into_owned();
    let program = tollgate.to_string_lossy();
    run(&program, &[&["detect"], files.as_slice(), &["--out", &alerts]].concat())?;
    for (name, role) in ROLES.map(|role| (role, role)).into_iter().chain([("second", "officer")]) {
        let mut child = Command::new(&tollgate)
            .args(["user", "add", "--name", name, "--role", role])
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .spawn()
            .map_err(told)?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(PASSWORD).map_err(told)?;
        }
        if !child.wait().map_err(told)?.success() {
            return Err(format!("failed: user add {role}"));
        }
    }
    let (_served, address): (Served, String) =
        serve(&tollgate, &folder, &[files.as_slice(), &["--alerts", &alerts]].concat())?;
    let script = |name: &str| tools.join(name).to_string_lossy().into_owned();
    let pictures = root().join("target/screenshots").to_string_lossy().into_owned();
    run("node", &[&script("tasks.mjs"), &address, &pictures, &example("orders.csv")])?;
    run("node", &[&script("pages.mjs"), &address, &pictures])?;
    first_start(&tollgate, &folder, &script("first.mjs"), &pictures)
}

/// A service that knows nobody yet, from the link that it prints to its first officer; once on a desk and once on a phone.
fn first_start(tollgate: &Path, folder: &Path, script: &str, pictures: &str) -> Result<(), Failed> {
    for look in ["desk", "phone"] {
        let folder = folder.join(format!("first-{look}"));
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let (mut served, address) = serve(tollgate, &folder, &[])?;
        let line = served.line()?;
        let link = line.split_whitespace().find(|word| word.contains("/setup#"));
        let link = link.ok_or_else(|| format!("the service names no link of a first start: {line}"))?;
        let program = tollgate.to_string_lossy();
        run("node", &[script, &address, pictures, link, look, &program, &folder.to_string_lossy()])?;
    }
    Ok(())
}
