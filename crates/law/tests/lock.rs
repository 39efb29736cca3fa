//! History is append-only: a version that stands in `law.lock` changes only with a `corrects` note.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use tollgate_law::Law;

#[test]
#[expect(clippy::disallowed_methods, reason = "`cargo xtask lock` asks for the file to be extended")]
fn versions_stand_as_they_are_locked() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../law/law.lock");
    let law = Law::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    let locked: BTreeMap<(String, String), String> = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace().map(str::to_owned);
            Some(((words.next()?, words.next()?), words.next()?))
        })
        .collect();
    let mut current = BTreeMap::new();
    let mut changed = Vec::new();
    for provision in &law.provisions {
        for version in &provision.versions {
            let key = (provision.path.clone(), version.from.to_string());
            if locked.get(&key).is_some_and(|digest| *digest != version.digest) && version.corrects.is_none() {
                changed.push(format!("{} from {}", provision.path, version.from));
            }
            current.insert(key, version.digest.clone());
        }
    }
    assert!(changed.is_empty(), "changed without a `corrects` note: {changed:?}");
    let gone: Vec<_> = locked.keys().filter(|key| !current.contains_key(*key)).collect();
    assert!(gone.is_empty(), "versions that stood before are gone: {gone:?}");
    if std::env::var("TOLLGATE_LOCK").is_ok() {
        let mut text = String::new();
        for ((provision, from), digest) in &current {
            let _ = writeln!(text, "{provision} {from} {digest}");
        }
        std::fs::write(&path, text).unwrap();
        return;
    }
    assert_eq!(locked, current, "run `cargo xtask lock` to add the new versions");
}

#[test]
fn the_ten_q_list_is_grade_a() {
    let law = Law::embedded().unwrap();
    assert!(law.catalog.items().len() >= 250);
    for name in [
        "A100 SXM4 80GB",
        "A800 SXM",
        "H100 SXM",
        "H200 SXM",
        "H800 SXM",
        "B100",
        "B200",
        "GB200",
        "L4",
        "L40S",
        "RTX 6000 Ada",
    ] {
        let found = law.catalog.resolve(name);
        assert!(matches!(found, tollgate_law::catalog::Resolution::Found(_)), "{name}: {found:?}");
    }
    for (name, item) in [
        ("NVIDIA H100 80GB SXM5", "H100 SXM5 80GB"),
        ("nvidia h100 sxm", "H100 SXM5 80GB"),
        ("RTX4090", "GeForce RTX 4090"),
        ("MI300X", "Instinct MI300X"),
    ] {
        match law.catalog.resolve(name) {
            tollgate_law::catalog::Resolution::Found(found) => assert_eq!(found.item, item),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert!(
        matches!(law.catalog.resolve("H100"), tollgate_law::catalog::Resolution::Ambiguous(names) if names.len() > 2)
    );
    assert!(matches!(law.catalog.resolve("Banana 9000"), tollgate_law::catalog::Resolution::Unknown(_)));
}
