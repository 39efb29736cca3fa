//! `tollgate mcp`: the verbs of the program as tools of the Model Context Protocol, over standard input and output. Every tool reads and none writes.

mod arguments;
mod rows;
mod tools;
mod wire;

use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};
use tollgate_model::Stop;

use super::Failure;
pub(crate) use arguments::McpArguments;
use tools::{TOOLS, ToolDefinition, ToolReply};

/// How often is looked whether the process is to end.
const PAUSE: Duration = Duration::from_millis(100);
/// What of the client's messages waits to be read.
const PIPE_BYTES: usize = 64 << 10;
/// What an assistant is told of the server as a whole.
const INSTRUCTIONS: &str = "Tollgate decides by United States export law whether a shipment of AI compute may go. \
Ask it and do not guess: pass on its words, its citations and what it says is missing. \
A line that needs information may not go. It informs; it is not legal advice.";

/// Serves until the client closes standard input, or until Ctrl-C.
pub(crate) fn mcp(arguments: McpArguments, stop: &Stop) -> Result<(), Failure> {
    arguments.basis.name_unknown_columns()?;
    if std::io::stdin().is_terminal() {
        // Where standard error cannot be written, nobody reads it.
        let _ = writeln!(std::io::stderr(), "waiting for a client of the Model Context Protocol; Ctrl-C ends");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let server = Server { arguments: Arc::new(arguments), stop: Arc::clone(stop) };
    let served = runtime.block_on(async {
        tokio::select! {
            served = serve(server) => served,
            () = until_stopped(stop) => Ok(()),
        }
    });
    // Reading standard input cannot be broken off; nothing waits for it.
    runtime.shutdown_background();
    served
}

async fn serve(server: Server) -> Result<(), Failure> {
    let failed = |what: String| {
        let mend = "start it as an assistant does, and speak the Model Context Protocol on standard input";
        Failure::Unusable(format!("the client cannot be served: {what}\n  mend: {mend}"))
    };
    let (incoming, sink) = tokio::io::duplex(PIPE_BYTES);
    let (input, output) = rmcp::transport::stdio();
    tokio::spawn(wire::pass_on(input, sink));
    let running = server.serve((incoming, output)).await.map_err(|error| failed(error.to_string()))?;
    running.waiting().await.map_err(|error| failed(error.to_string()))?;
    Ok(())
}

async fn until_stopped(stop: &Stop) {
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep(PAUSE).await;
    }
}

/// The server: what it was started with.
struct Server {
    arguments: Arc<McpArguments>,
    stop: Stop,
}

/// A tool as clients see it: read-only, and the same answer to the same call.
fn described(tool: &ToolDefinition) -> Tool {
    let annotations = ToolAnnotations::with_title(tool.title).read_only(true).idempotent(true).open_world(false);
    Tool::new(tool.name, tool.description, Arc::new((tool.schema)()))
        .with_title(tool.title)
        .with_annotations(annotations)
}

/// The result of a call: the text as the command prints it, and the same facts as JSON.
fn result(reply: ToolReply) -> CallToolResult {
    let ToolReply { text, json, problem } = reply;
    let mut result = match problem {
        None => CallToolResult::success(vec![ContentBlock::text(text)]),
        Some(problem) => CallToolResult::error(vec![ContentBlock::text(format!("{text}\nerror: {problem}"))]),
    };
    result.structured_content = Some(json);
    result
}

/// A failure as the result of a call, with its mend.
fn failed(failure: Failure) -> CallToolResult {
    let text = match failure {
        Failure::Unusable(text) | Failure::Incomplete(text) => text,
        Failure::Stopped => "the server was stopped before this was answered\n  mend: start it again".to_owned(),
        Failure::Found | Failure::NoReader => "the call came to no answer\n  mend: call it again".to_owned(),
    };
    CallToolResult::error(vec![ContentBlock::text(format!("error: {text}"))])
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("tollgate", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(TOOLS.iter().map(described).collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = TOOLS.iter().find(|tool| tool.name == request.name) else {
            let names = TOOLS.iter().map(|tool| tool.name).collect::<Vec<_>>().join(", ");
            let what = format!("there is no tool `{}`; mend: the tools are {names}", request.name);
            return Err(ErrorData::invalid_params(what, None));
        };
        let (arguments, stop) = (Arc::clone(&self.arguments), Arc::clone(&self.stop));
        // A call without arguments is one with none: each tool refuses what it needs and lacks.
        let members = request.arguments.into_iter().flatten().collect();
        let done = tokio::task::spawn_blocking(move || (tool.call)(&arguments, members, &stop));
        let done = done.await.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
        Ok(done.map_or_else(failed, result).into())
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        TOOLS.iter().find(|tool| tool.name == name).map(described)
    }
}
