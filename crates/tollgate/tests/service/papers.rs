//! The papers of an order over HTTP: the same as `tollgate papers` makes, and nothing for an order that is not known.

use serde_json::{Value, json};

use crate::harness::{Service, folder, order, token};

fn files(papers: &Value) -> Vec<&str> {
    papers["papers"].as_array().unwrap().iter().map(|paper| paper["file"].as_str().unwrap()).collect()
}

#[test]
fn the_papers_of_an_order_follow_from_its_decision() {
    let folder = folder("papers");
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    assert_eq!(service.ask("GET", "/v1/orders/PO-1/papers", &officer, None, "").0, 404);

    // Under LPP it may go: the certification, the data for AES, the records.
    let goes = json!({ "order": order("PO-1", 100), "reserve": true });
    assert_eq!(service.post("/v1/orders", &officer, "k1", &goes).0, 201);
    let (status, papers) = service.ask("GET", "/v1/orders/PO-1/papers", &officer, None, "");
    assert_eq!((status, papers["order_id"].as_str()), (200, Some("PO-1")), "{papers}");
    for file in ["lpp-certification", "aes", "records"] {
        assert!(files(&papers).contains(&file), "{file}: {:?}", files(&papers));
    }
    assert_eq!(papers["waiting"], json!([]));
    let aes = papers["papers"].as_array().unwrap().iter().find(|paper| paper["file"] == "aes").unwrap();
    assert!(aes["text"].as_str().unwrap().contains("________"), "{aes}");
    assert!(aes["html"].as_str().unwrap().contains("@page"), "{aes}");
    // What the line itself set aside does not count against it.
    assert!(papers["index"].as_str().unwrap().contains("LPP"), "{papers}");

    // Too much for what is left: an application, and nothing that is made only for what may go.
    let over = json!({ "order": order("PO-2", 1_700), "reserve": true });
    assert_eq!(service.post("/v1/orders", &officer, "k2", &over).0, 201);
    let (_, papers) = service.ask("GET", "/v1/orders/PO-2/papers", &officer, None, "");
    assert!(files(&papers).contains(&"bis-748p") && !files(&papers).contains(&"aes"), "{:?}", files(&papers));
    assert!(papers["papers"][0]["text"].as_str().unwrap().contains("HOLD"), "{papers}");
    // Nothing of it is recorded, and nobody sees it who may not read.
    assert_eq!(service.ask("GET", "/v1/orders/PO-2/papers", "nobody", None, "").0, 401);
}
