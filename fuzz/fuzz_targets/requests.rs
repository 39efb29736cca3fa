//! Any bytes as a request for an order: a line, or what is wrong with it and how to mend it.
#![no_main]
use libfuzzer_sys::fuzz_target;
use tollgate_desk::{OrderRequest, check};

fuzz_target!(|bytes: &[u8]| {
    let Ok(order) = serde_json::from_slice::<OrderRequest>(bytes) else { return };
    match check(&order) {
        Ok(()) => assert!(order.line().is_ok()),
        Err(error) => assert!(!error.diagnostic().mend.is_empty()),
    }
    // What is put on record is what was asked.
    let text = serde_json::to_string(&order).expect("a request is JSON");
    let again: OrderRequest = serde_json::from_str(&text).expect("its JSON is a request");
    assert_eq!(serde_json::to_string(&again).expect("a request is JSON"), text);
});
