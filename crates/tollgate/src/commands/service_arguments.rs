use std::path::PathBuf;

use clap::{Args, Subcommand};
use tollgate_model::Date;

use super::arguments::{Basis, TextFormat, day, set_name};

#[derive(Subcommand)]
#[command(after_help = "Examples:
  tollgate audit verify --database sqlite:tollgate.sqlite
  tollgate audit export --database sqlite:tollgate.sqlite --from 2026-01-01 --to 2026-12-31 --out 2026.jsonl
The form of the records is written down in docs/audit-log.md; docs/verify_audit_log.py checks an export without Tollgate.")]
pub(crate) enum AuditCommand {
    /// Follows the chain of hashes from the first record to the last, and names the first that is not as it was written.
    Verify {
        #[command(flatten)]
        database: Database,
        /// The hash that the last record must have, as an earlier run printed it: finds records that were cut off the end
        #[arg(long, value_name = "HASH")]
        expect: Option<String>,
        /// How it is printed
        #[arg(long, default_value = "text")]
        format: TextFormat,
    },
    /// Writes records for a regulator: .jsonl as they stand in the chain, or .parquet.
    Export {
        #[command(flatten)]
        database: Database,
        /// The first day, in UTC
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        from: Option<Date>,
        /// The last day, in UTC
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        to: Option<Date>,
        /// The file: .jsonl or .parquet
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

#[derive(Args)]
#[command(after_help = "Example:
  tollgate backup --database sqlite:tollgate.sqlite --out tollgate-2026-11-25.sqlite
The ledger may be in use meanwhile; what is added during the copy is in it or not, but its chain is whole. For PostgreSQL use pg_dump.")]
pub(crate) struct BackupArguments {
    #[command(flatten)]
    pub(crate) database: Database,
    /// The copy; it appears whole and verified, or not at all
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
#[command(after_help = "Example:
  tollgate restore --from tollgate-2026-11-25.sqlite --database sqlite:tollgate.sqlite
The backup's chain is verified first. A ledger that is there already is never written over: move it away, and keep it.")]
pub(crate) struct RestoreArguments {
    /// A backup
    #[arg(long, value_name = "FILE")]
    pub(crate) from: PathBuf,
    #[command(flatten)]
    pub(crate) database: Database,
}

/// Where the ledger is.
#[derive(Args)]
pub(crate) struct Database {
    /// sqlite:FILE, or postgres://user@host/database
    #[arg(
        long,
        env = "TOLLGATE_DATABASE",
        hide_env_values = true,
        value_name = "URL",
        default_value = "sqlite:tollgate.sqlite"
    )]
    pub(crate) database: String,
}

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate token add --name desk --role officer > desk.token
  tollgate serve --policy diffusion --parties parties.csv --lists lists
  tollgate serve --policy diffusion --parties parties.csv --orders orders.csv --alerts alerts.jsonl
  tollgate serve --config tollgate.toml --tls-cert chain.pem --tls-key key.pem --listen 0.0.0.0:443
A flag goes before an environment variable, that before the file of --config, and that before the default. The file has the flags' names as keys:
  policy = \"diffusion\"
  lists = [\"lists\"]
docs/service.md has the requests.")]
pub(crate) struct ServeArguments {
    /// Settings as TOML, for what neither a flag nor a variable says
    #[arg(long, env = "TOLLGATE_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where to listen; other machines reach it only if you say so
    #[arg(long, env = "TOLLGATE_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:7117")]
    pub(crate) listen: String,
    /// The certificate chain (PEM): the service then speaks HTTPS
    #[arg(long, env = "TOLLGATE_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The certificate's key (PEM)
    #[arg(long, env = "TOLLGATE_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Requests a second that one caller may send, on average
    #[arg(long, env = "TOLLGATE_RATE", value_name = "NUMBER", default_value = "500")]
    pub(crate) rate: std::num::NonZeroU32,
    /// The folder of uploaded files and their results
    #[arg(long, env = "TOLLGATE_JOBS", value_name = "DIR", default_value = "tollgate-jobs")]
    pub(crate) jobs: PathBuf,
    /// Orders that the web pages show: a file as for `tollgate decide`, decided at the start and not counted
    #[arg(long, env = "TOLLGATE_ORDERS", value_name = "FILE")]
    pub(crate) orders: Option<PathBuf>,
    /// Cases that the web pages show: a file that `tollgate detect` wrote
    #[arg(long, env = "TOLLGATE_ALERTS", value_name = "FILE")]
    pub(crate) alerts: Option<PathBuf>,
    /// The OpenID provider at which people may log in, as its own documents name it
    #[arg(long, env = "TOLLGATE_OIDC_ISSUER", value_name = "URL", requires_all = ["oidc_client", "public_url"])]
    pub(crate) oidc_issuer: Option<String>,
    /// What the provider calls this service
    #[arg(long, env = "TOLLGATE_OIDC_CLIENT", value_name = "ID")]
    pub(crate) oidc_client: Option<String>,
    /// The file of the secret that the provider gave this service, where it gave one
    #[arg(long, env = "TOLLGATE_OIDC_SECRET_FILE", value_name = "FILE")]
    pub(crate) oidc_secret_file: Option<PathBuf>,
    /// The address under which people reach this service; the provider sends them back to /login/oidc/callback there
    #[arg(long, env = "TOLLGATE_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// How requests are logged to standard error
    #[arg(long, env = "TOLLGATE_LOG", default_value = "text")]
    pub(crate) log: tollgate_server::Logging,
    #[command(flatten)]
    pub(crate) database: Database,
    #[command(flatten)]
    pub(crate) basis: Basis,
}

#[derive(Subcommand)]
#[command(after_help = "Example:
  tollgate user add --name ana --role officer < password.txt
The password is read from standard input, and kept by its argon2id hash; what was done stands in the audit log, the hash does not.")]
pub(crate) enum UserCommand {
    /// Makes a user, or gives one another role and password, which is read as a line from standard input.
    Add {
        #[command(flatten)]
        database: Database,
        /// Who; the name stands in the log with all that is done
        #[arg(long, value_name = "NAME", value_parser = set_name)]
        name: String,
        /// What the user may do
        #[arg(long)]
        role: tollgate_server::Role,
        /// For a user who logs in at the OpenID provider: the e-mail address that it vouches for, or else its own id of the person
        #[arg(long, value_name = "TEXT")]
        subject: Option<String>,
    },
    /// Takes the right to log in, and all tokens of the name, away.
    Remove {
        #[command(flatten)]
        database: Database,
        /// Whose
        #[arg(long, value_name = "NAME", value_parser = set_name)]
        name: String,
    },
}

#[derive(Subcommand)]
#[command(after_help = "Examples:
  tollgate token add --name desk --role officer --until 2027-06-30
  tollgate token revoke --name desk
A token is printed once and kept by its hash; giving one out and taking it back are records of the audit log.")]
pub(crate) enum TokenCommand {
    /// Makes a token and prints it.
    Add {
        #[command(flatten)]
        database: Database,
        /// Whose it is; stands in the log with all that is done with it
        #[arg(long, value_name = "NAME", value_parser = set_name)]
        name: String,
        /// What its holder may do
        #[arg(long)]
        role: tollgate_server::Role,
        /// The last day on which it is good
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        until: Option<Date>,
        /// The rights of the role that it is good for; all of them where absent
        #[arg(long, value_name = "RIGHT", value_delimiter = ',')]
        scopes: Option<Vec<tollgate_server::Right>>,
    },
    /// Takes all tokens of a name back.
    Revoke {
        #[command(flatten)]
        database: Database,
        /// Whose
        #[arg(long, value_name = "NAME", value_parser = set_name)]
        name: String,
    },
}
