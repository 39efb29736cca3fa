//! What the server is started with.

use std::path::PathBuf;

use clap::Args;

use crate::commands::inputs::Basis;

#[derive(Args)]
#[command(after_help = "Example, as an assistant's settings have it:
  {\"mcpServers\": {\"tollgate\": {\"command\": \"tollgate\", \"args\": [\"mcp\", \"--lists\", \"csl.csv\", \"--policy\", \"ear\"]}}}
Example, by hand:
  tollgate mcp --orders orders.csv --parties parties.csv --lists csl.csv
The tools are ask, classify, decide, explain, screen and policy_diff. They read the files named here and no others, and write none.")]
pub(crate) struct McpArguments {
    /// Orders that `explain` may name
    #[arg(long, value_name = "FILE")]
    pub(crate) orders: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) basis: Basis,
}
