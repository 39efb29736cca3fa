//! Items that are found in texts, and texts that stay open.

use super::*;
use tollgate_law::Law;

fn find(name: &str, description: &str) -> Goods {
    let law = Law::embedded().unwrap();
    GoodsFinder::new(&law.catalog).goods(name, description, Some(true))
}

#[test]
fn items_are_found_in_running_text() {
    assert_eq!(find("", "4U machine, HGX H200 8-GPU, 2x Xeon 8570, 2TB"), Goods::Item("HGX H200 8-GPU".to_owned()));
    assert_eq!(find("", "ZOTAC GAMING GeForce RTX 5090 SOLID OC 32GB"), Goods::Item("GeForce RTX 5090".to_owned()));
    assert_eq!(find("", "NVIDIA L40S 48GB PCIe for Dell"), Goods::Item("L40S".to_owned()));
    let four = Goods::Assembly { accelerator: "L40S".to_owned(), count: 4 };
    assert_eq!(find("X-1", "ProLiant CTO Svr (4x L40S)"), four);
    assert_eq!(find("X-1", "L40S x4 server"), four);
    assert_eq!(find("SRV-4xL40S", ""), four);
    assert_eq!(find("", "L40S × 4 搭載サーバー"), four);
    assert_eq!(find("", "L40S ×４ 搭載サーバー"), four);
    assert_eq!(find("", "4卡 L40S 服务器"), four);
    assert_eq!(find("", "Carte graphique NVIDIA L40S 48 Go"), Goods::Item("L40S".to_owned()));
    assert_eq!(
        find("", "SERVER DELL POWEREDGE XE9680 WITH 8 H100 GPU"),
        Goods::Item("PowerEdge XE9680 (H100)".to_owned())
    );
    assert_eq!(find("", "RTX 4090显卡"), Goods::Item("GeForce RTX 4090".to_owned()));
}

#[test]
fn a_count_belongs_to_the_name_behind_it() {
    let found = find("", "HGX H200 8-GPU, 2x Xeon 8570");
    assert_eq!(found, Goods::Item("HGX H200 8-GPU".to_owned()));
    assert_eq!(find("", "L40S PCIe x16"), Goods::Item("L40S".to_owned()));
}

#[test]
fn what_is_not_settled_is_asked() {
    for text in [
        "Dual L40S",
        "L40S 4枚",
        "H100 SXM5 80GB 搭載サーバー",
        "H100 SXM5 Serverschrank",
        "H100 server",
        "server with L40S",
        "RTX 5090 and H200 NVL kit",
        "PC PARTS - ADAPTER MODULE",
        "GPU cable kit",
        "4 RTX 5090",
    ] {
        assert!(matches!(find("", text), Goods::Open { .. }), "{text}: {:?}", find("", text));
    }
    assert!(matches!(find("L4", "NVIDIA H200 NVL card"), Goods::Open { .. }));
}

#[test]
fn work_and_cables_hold_no_accelerator() {
    for text in ["On-site installation 5 days", "QSFP112 DAC 1m", "Stromkabel C19 2m"] {
        assert!(matches!(find("", text), Goods::NoCompute(_)), "{text}: {:?}", find("", text));
    }
    let law = Law::embedded().unwrap();
    assert!(matches!(GoodsFinder::new(&law.catalog).goods("", "cable", Some(false)), Goods::Open { .. }));
}
