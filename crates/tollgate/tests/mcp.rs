//! `tollgate mcp` as a client drives it: the real program, over pipes, one message a line.
#![cfg(feature = "mcp")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop, helpers included"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A client and the server that it started.
struct Client {
    server: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    id: u64,
}

impl Client {
    /// Starts the program and shakes hands.
    fn start(arguments: &[&str]) -> Client {
        let mut server = Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .arg("mcp")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = server.stdin.take();
        let output = BufReader::new(server.stdout.take().unwrap());
        let mut client = Client { server, input, output, id: 0 };
        let hello = client.request(
            "initialize",
            json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } }),
        );
        assert_eq!(hello["result"]["serverInfo"]["name"], "tollgate", "{hello}");
        assert!(hello["result"]["capabilities"]["tools"].is_object(), "{hello}");
        client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string());
        client
    }

    fn send(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{line}").unwrap();
        input.flush().unwrap();
    }

    /// The answer to the message that was sent last.
    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn request(&mut self, method: &str, params: Value) -> Value {
        self.id += 1;
        let message = json!({ "jsonrpc": "2.0", "id": self.id, "method": method, "params": params });
        self.send(&message.to_string());
        let answer = self.answer();
        assert_eq!(answer["id"], self.id, "{answer}");
        answer
    }

    /// The text of a call's result, its JSON, and whether it is an error.
    fn call(&mut self, tool: &str, arguments: Value) -> CallResult {
        let answer = self.request("tools/call", json!({ "name": tool, "arguments": arguments }));
        let result = &answer["result"];
        let text = result["content"][0]["text"].as_str();
        assert!(text.is_some(), "{answer}");
        CallResult {
            text: text.unwrap().to_owned(),
            json: result["structuredContent"].clone(),
            is_error: result["isError"] == true,
        }
    }

    /// The text of an error, which says how to mend it.
    fn refused(&mut self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments);
        assert!(result.is_error, "{tool}: {}", result.text);
        assert!(result.text.contains("mend: "), "{tool}: {}", result.text);
        result.text
    }

    /// Closes the pipe; the server ends by itself.
    fn close(mut self) {
        self.input = None;
        assert!(self.server.wait().unwrap().success());
    }
}

struct CallResult {
    text: String,
    json: Value,
    is_error: bool,
}

/// A line that needs a license.
fn line() -> Value {
    json!({
        "order_id": "Q-1", "date": "2026-11-02", "origin": "US", "destination": "CN", "ultimate_consignee": "P1", "item": "H100 SXM", "quantity": 8,
        "end_use": "cloud",
    })
}

fn party() -> Value {
    json!({ "party_id": "P1", "name": "Beispiel Rechenhaus", "country": "CN", "hq_country": "CN" })
}

#[test]
fn tools_are_listed_with_schemas_that_allow_nothing_else() {
    let mut client = Client::start(&[]);
    let answer = client.request("tools/list", json!({}));
    let tools = answer["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ask", "classify", "decide", "explain", "screen", "policy_diff"]);
    for tool in tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{tool}");
        for (name, property) in tool["inputSchema"]["properties"].as_object().unwrap() {
            assert!(property["description"].as_str().is_some_and(|text| !text.is_empty()), "{name}: {property}");
        }
    }
    let lines = &tools[2]["inputSchema"]["properties"]["lines"]["items"];
    assert_eq!(lines["additionalProperties"], false, "{lines}");
    assert!(lines["required"].as_array().unwrap().contains(&json!("destination")), "{lines}");
    assert!(tools[2]["inputSchema"]["required"].as_array().unwrap().contains(&json!("lines")));
    client.close();
}

#[test]
fn every_tool_answers_as_its_command_does() {
    let mut client = Client::start(&[]);
    let reply = client.call(
        "ask",
        json!({ "question": "4 RTX 5090 and one HGX A100 8-GPU to Example Works, Viet Nam, for rendering", "date": "2026-11-02" }),
    );
    assert!(!reply.is_error, "{}", reply.text);
    assert_eq!(reply.json["understood"]["destination"], "VN");
    assert_eq!(reply.json["decisions"].as_array().unwrap().len(), 2);
    let classified = client.call("classify", json!({ "names": ["H100 SXM"], "date": "2026-11-02" }));
    assert_eq!(classified.json["items"][0]["eccn"], "4A090.a", "{}", classified.text);
    let decided = client.call("decide", json!({ "lines": [line()], "parties": [party()] }));
    assert_eq!(decided.json["decisions"][0]["outcome"], "license_required", "{}", decided.text);
    assert!(decided.text.contains("not screened"), "{}", decided.text);
    let explained = client.call("explain", json!({ "order": "Q-1", "lines": [line()], "parties": [party()] }));
    assert!(explained.text.contains("What it is"), "{}", explained.text);
    assert_eq!(explained.json["decisions"][0]["outcome"], "license_required");
    let compared = client.call("policy_diff", json!({ "first": "ear", "second": "diffusion", "date": "2025-04-01" }));
    assert!(!compared.is_error && compared.json["spans"].is_array(), "{}", compared.text);
    client.close();
}

#[test]
fn what_is_not_understood_is_an_error_with_its_mend() {
    let mut client = Client::start(&[]);
    assert!(
        client.refused("ask", json!({ "question": "4 flux capacitors to Example Works, Norway" })).contains("flux")
    );
    assert!(client.refused("ask", json!({ "question": "4 L40S", "to": "Norway" })).contains("`to`"));
    assert!(client.refused("ask", json!({ "question": "4 L40S to A, Norway", "date": "2.11.2026" })).contains("date"));
    assert!(
        client
            .refused("ask", json!({ "question": "4 L40S to A, Norway", "policy": "/etc/passwd" }))
            .contains("diffusion")
    );
    assert!(
        client.refused("classify", json!({ "names": ["Example 9000 that nobody knows"] })).contains("Example 9000")
    );
    assert!(client.refused("classify", json!({ "names": [] })).contains("names"));
    let mut misspelt = line();
    misspelt["licence_number"] = json!("D1234567");
    let text = client.refused("decide", json!({ "lines": [misspelt], "parties": [party()] }));
    assert!(text.contains("licence_number") && !text.contains("/tmp"), "{text}");
    client.refused("decide", json!({ "lines": [] }));
    client.refused("explain", json!({ "order": "Q-1" }));
    client.refused("explain", json!({ "order": "Q-2", "lines": [line()], "parties": [party()] }));
    client.refused("screen", json!({ "name": "Example Works" }));
    client.refused("policy_diff", json!({ "first": "ear", "second": "nowhere" }));
    let unknown = client.request("tools/call", json!({ "name": "ship", "arguments": {} }));
    assert!(unknown["error"]["message"].as_str().unwrap().contains("policy_diff"), "{unknown}");
    client.close();
}

#[test]
fn a_member_that_stands_twice_is_refused() {
    let mut client = Client::start(&[]);
    client.send(
        r#"{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"name":"ask","arguments":{"question":"1 L40S to A, Norway","question":"9 L40S to A, Norway"}}}"#,
    );
    let answer = client.answer();
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    assert!(
        answer["result"]["content"][0]["text"].as_str().unwrap().contains("question (which stands twice)"),
        "{answer}"
    );
    client.close();
}

#[test]
fn files_of_the_server_are_read_and_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let orders = folder.path().join("orders.csv");
    let parties = folder.path().join("parties.csv");
    std::fs::write(
        &orders,
        "order_id,date,origin,destination,ultimate_consignee,item,quantity\nQ-7,2026-11-02,US,CN,P1,H100 SXM,8\n",
    )
    .unwrap();
    std::fs::write(&parties, "party_id,name,country,hq_country\nP1,Beispiel Rechenhaus,CN,CN\n").unwrap();
    let (orders, parties) = (orders.to_string_lossy(), parties.to_string_lossy());
    let mut client = Client::start(&["--orders", &orders, "--parties", &parties]);
    let explained = client.call("explain", json!({ "order": "Q-7" }));
    assert_eq!(explained.json["decisions"][0]["outcome"], "license_required", "{}", explained.text);
    let text = client.refused("decide", json!({ "lines": [line()], "parties": [party()] }));
    assert!(text.contains("--parties"), "{text}");
    let decided = client.call("decide", json!({ "lines": [line()] }));
    assert_eq!(decided.json["decisions"][0]["outcome"], "license_required", "{}", decided.text);
    client.close();
}
