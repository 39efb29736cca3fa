//! What names resolve to, and what they must never resolve to.

use std::collections::BTreeSet;

use tollgate_law::Law;
use tollgate_law::catalog::Resolution;
use tollgate_model::ItemKind;

#[test]
fn names_as_people_write_them_resolve() {
    let law = Law::embedded().unwrap();
    for (name, item) in [
        ("NVIDIA H100 80GB HBM3", "H100 SXM5 80GB"),
        ("nvidia a100-pcie-40gb", "A100 PCIe 40GB"),
        ("NVIDIA A100 80GB PCIe", "A100 PCIe 80GB"),
        ("Tesla V100-SXM2-32GB", "V100 SXM2 32GB"),
        ("PNY GeForce RTX 5090 32GB GDDR7 OC", "GeForce RTX 5090"),
        ("ASUS TUF-RTX4090-O24G-GAMING", "GeForce RTX 4090"),
        ("Gainward GeForce RTX 4080 SUPER Phantom 16GB", "GeForce RTX 4080 SUPER"),
        ("GeForce RTX 4090D", "GeForce RTX 4090 D"),
        ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "RTX PRO 6000 Blackwell Server"),
        ("NVIDIA Hopper H100 SXM5 80GB", "H100 SXM5 80GB"),
        ("英伟达 H100 SXM5 80GB", "H100 SXM5 80GB"),
        ("华为 昇腾 910C", "Ascend 910C"),
        ("900-21010-0000-000", "H100 PCIe 80GB"),
        ("Lenovo 4X67A90669", "L40S"),
        ("AWS p5.48xlarge", "p5.48xlarge"),
        ("Dell PowerEdge XE9680 8x H200", "PowerEdge XE9680 (H200)"),
        ("GB200 Superchip", "GB200 Superchip"),
        ("Cerebras WSE-3", "WSE-3"),
        ("Habana Gaudi 3 OAM", "Gaudi3"),
        ("Intel Xeon 6980P", "Xeon 6980P"),
        ("NVIDIA ConnectX-7", "ConnectX-7"),
        ("Nvidia A100 80G PCI-E", "A100 PCIe 80GB"),
        ("Micron HBM3 Gen2", "Micron HBM3E"),
        ("Supermicro SYS-A21GE-NBRT", "SYS-A21GE-NBRT"),
        ("ROG-ASTRAL-RTX5090-O32G-GAMING", "GeForce RTX 5090"),
        ("TUF-RTX4070TIS-O16G-GAMING", "GeForce RTX 4070 Ti SUPER"),
        ("GV-N5090AORUS M-32GD", "GeForce RTX 5090"),
        ("엔비디아 H100 PCIe", "H100 PCIe 80GB"),
        ("エヌビディア H100 PCIe", "H100 PCIe 80GB"),
        ("지포스 RTX 4090 그래픽카드", "GeForce RTX 4090"),
        ("七彩虹 iGame RTX 4090 D Vulcan", "GeForce RTX 4090 D"),
        ("Beschleunigerkarte H100 NVL", "H100 NVL"),
        ("Nvida H100 PCIe", "H100 PCIe 80GB"),
        ("Versal AI Edge VE2802", "Versal AI Edge VE2802"),
        ("Graphcore C2 IPU", "Graphcore C2"),
    ] {
        match law.catalog.resolve(name) {
            Resolution::Found(found) => assert_eq!(found.item, item, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn families_makers_and_chassis_are_questions() {
    let law = Law::embedded().unwrap();
    for name in [
        "HPE",
        "ThinkSystem",
        "Superchip",
        "Hopper",
        "Blackwell",
        "Blackwell Server",
        "Atlas 900",
        "Station",
        "TITAN",
        "Arc",
        "Cloud",
        "Cloud AI",
        "GPU server",
        "Graphics card",
        "Server",
        "Max",
        "PowerEdge XE9680",
        "SYS-821GE-TNHR",
        "PowerEdge R760xa",
        "H100",
        "RTX 6000",
        "4090",
        "8x H100 server",
        "HGX H100",
        "Cambricon MLU370",
        "Instinct",
        "900-99999-0020-000",
        "AMD H100 PCIe 80GB",
        "B200 PCIe",
        // A family, a superchip of two, a virtual slice, and a chip that was never sold under its name.
        "MI450",
        "VR200",
        "NVIDIA A40-48Q",
        "Falcon Shores",
        "NVIDIA 8x H100",
        // Of another generation than the chip is.
        "H20 Blackwell",
        "T4 Hopper",
        "RTX 2000 Blackwell Ampere",
        "RTX 4090 Blackwell",
        // A part of it, or something for it.
        "RTX 4090 memory",
        "memory for RTX 3060",
        "card for DGX H100",
        // A size or a series that none of these has.
        "RTX 3060 48GB",
        "RTX 3060 fan",
    ] {
        let found = law.catalog.resolve(name);
        assert!(!matches!(found, Resolution::Found(_)), "{name}: {found:?}");
    }
    for name in ["HPE", "Station", "Cloud", "Superchip", "900-99999-0020-000", "Banana 9000"] {
        assert_eq!(law.catalog.resolve(name), Resolution::Unknown(Vec::new()), "{name}");
    }
    // A memory size that the item does not come with is asked about.
    assert_eq!(law.catalog.resolve("GeForce RTX 5090 24GB"), Resolution::Unknown(vec!["GeForce RTX 5090"]));
    assert_eq!(law.catalog.chassis("Dell PowerEdge R760xa").unwrap().kind, ItemKind::Server);
}

#[test]
fn every_name_of_the_catalog_leads_to_its_item() {
    let law = Law::embedded().unwrap();
    assert!(law.catalog.items().len() > 1_000);
    let mut wrong = BTreeSet::new();
    for item in law.catalog.items() {
        if !matches!(law.catalog.resolve(&item.item), Resolution::Found(found) if found.item == item.item) {
            wrong.insert(item.item.as_str());
        }
        assert!(item.source.is_some() && item.certainty.is_some(), "{}", item.item);
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn memory_by_itself_is_no_accelerators_question() {
    let law = Law::embedded().unwrap();
    for name in ["24GB", "32GB"] {
        assert_eq!(law.catalog.resolve(name), Resolution::Unknown(Vec::new()), "{name}");
    }
    // Whose memory it is stands in the name.
    for (name, item) in [("Samsung HBM2E 16GB", "Samsung HBM2E"), ("HBM3 24GB SK hynix", "SK hynix HBM3")] {
        assert!(matches!(law.catalog.resolve(name), Resolution::Found(found) if found.item == item), "{name}");
    }
    for (name, generation) in [("HBM3E 24GB", "HBM3E"), ("HBM4 12-high", "HBM4")] {
        match law.catalog.resolve(name) {
            Resolution::Ambiguous(names) => {
                assert!(names.iter().all(|one| one.ends_with(generation)), "{name}: {names:?}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}
