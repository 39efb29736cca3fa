//! `tollgate audit key`, `checkpoint`, `prove` and `witness`: the history anchored outside of the log.

use std::path::{Path, PathBuf};

use clap::Args;
use tollgate_ledger::{
    Checkpoint, CheckpointFolder, Comparison, ConsistencyProof, Evidence, Frontier, Hash, InclusionProof, KeyKind,
    NoteSigner as _, PublicKey, Publisher, RangeHashes, Record, RecordProof, SecretKey, Witness, consistency_ranges,
    inclusion_ranges, leaf_hash, open_log_to_read,
};
use tollgate_model::{Stop, hex};
use tollgate_server::now;

use super::files::{latest, named, read, unusable, write_file};
use super::follow::follow;
use crate::commands::inputs::Database;
use crate::commands::{Failure, print};

/// Which key is made.
#[derive(Args)]
pub(crate) struct KeyArguments {
    /// What the key is called: an address of yours without spaces and +, such as example.com/ledger; checkpoints begin with it
    #[arg(long, value_name = "NAME")]
    name: String,
    /// A key for a witness, in place of one for a log
    #[arg(long)]
    witness: bool,
    /// The file of the secret half; the public half goes into FILE.pub
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Makes a key.
pub(crate) fn make_key(arguments: &KeyArguments) -> Result<(), Failure> {
    let kind = if arguments.witness { KeyKind::Witness } else { KeyKind::Log };
    let key = SecretKey::make(&arguments.name, kind).map_err(unusable)?;
    key.write(&arguments.out).map_err(unusable)?;
    let public = key.public_key();
    write_file(&PathBuf::from(format!("{}.pub", arguments.out.display())), &format!("{public}\n"))?;
    print(&format!(
        "{public}\nHand this public half to whoever is to verify; keep {} secret.\n",
        arguments.out.display()
    ))
}

/// What is signed.
#[derive(Args)]
pub(crate) struct CheckpointArguments {
    #[command(flatten)]
    database: Database,
    /// The secret key of the log
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// A file, or a folder that is there: it then gets the tiles too, by which a later rewriting is named to the record. What is there already is gone on from
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
}

/// Signs a checkpoint of the log as it is now.
pub(crate) fn checkpoint(arguments: &CheckpointArguments, stop: &Stop) -> Result<(), Failure> {
    let CheckpointArguments { database, key, out } = arguments;
    let signer = SecretKey::read(key).map_err(unusable)?;
    let (origin, file) = (signer.public_key().name.clone(), out.display());
    let size = if out.is_dir() {
        let mut publisher = Publisher::open(out, Box::new(signer)).map_err(unusable)?;
        publisher.check_tiles().map_err(unusable)?;
        let mut log = open_log_to_read(&database.database).map_err(Failure::Unusable)?;
        publisher.publish(&mut log).map_err(unusable)?.size
    } else {
        // What was signed before must stand in what is signed now.
        let mut before = match out.exists() {
            true => Some(Comparison::read(out, signer.public_key()).map_err(unusable)?),
            false => None,
        };
        let mut tree = Frontier::default();
        follow(&database.database, stop, &mut |record| {
            if let Some(before) = &mut before {
                before.push(record);
            }
            push(&mut tree, record)
        })?;
        before.map(Comparison::finish).transpose().map_err(unusable)?;
        let checkpoint = Checkpoint::sign(&tree, &signer).map_err(unusable)?;
        write_file(out, &checkpoint.note.to_string())?;
        checkpoint.size
    };
    print(&format!("{file}: {origin} signed {size} records\nKeep it where whoever may write the log cannot.\n"))
}

fn push(tree: &mut Frontier, record: &Record) -> Result<(), Failure> {
    match tree.push(leaf_hash(&record.hash)) {
        true => Ok(()),
        false => Err(Failure::Unusable(
            "the log has more records than can be numbered\n  mend: begin a new ledger".to_owned(),
        )),
    }
}

/// What is proven.
#[derive(Args)]
pub(crate) struct ProveArguments {
    #[command(flatten)]
    database: Database,
    /// A signed checkpoint, or the folder of them, of which the largest is taken
    #[arg(long, value_name = "PATH")]
    checkpoint: PathBuf,
    /// The public key of the log, a file or its text
    #[arg(long, value_name = "KEY")]
    log_key: String,
    /// The number of the record that stands in the log (C2SP tlog-proof)
    #[arg(long, value_name = "NUMBER", required_unless_present = "since", conflicts_with = "since")]
    record: Option<u64>,
    /// An earlier checkpoint, from which the log only grew (for a witness)
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    /// The file of the proof
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// What is gathered for a proof while the log is read.
struct Passage {
    seq: Option<u64>,
    before: Hash,
    body: Option<Vec<u8>>,
    hashes: RangeHashes,
    comparison: Comparison,
}

impl Passage {
    fn take(&mut self, record: &Record) {
        self.comparison.push(record);
        self.hashes.push(leaf_hash(&record.hash));
        let Some(seq) = self.seq else { return };
        if record.seq == seq {
            self.body = Some(record.body.clone());
        } else if record.seq < seq {
            self.before = record.hash;
        }
    }
}

/// Writes a proof of inclusion or of consistency.
pub(crate) fn prove(arguments: &ProveArguments, stop: &Stop) -> Result<(), Failure> {
    let key = PublicKey::read(&arguments.log_key).map_err(unusable)?;
    let checkpoint = latest(&arguments.checkpoint, &key).map_err(unusable)?;
    let earlier = arguments.since.as_deref().map(|path| Checkpoint::read(path, &key)).transpose().map_err(unusable)?;
    let size = checkpoint.size;
    let index = arguments.record.and_then(|record| record.checked_sub(1));
    let ranges = match &earlier {
        Some(earlier) => consistency_ranges(earlier.size, size),
        None => index.and_then(|index| inclusion_ranges(index, size)),
    };
    let ranges = ranges.ok_or_else(|| {
        let what = format!("{}: covers {size} records", arguments.checkpoint.display());
        let mend = "name a record from 1 on that it covers, or with --since a checkpoint of no more records";
        Failure::Unusable(format!("{what}\n  mend: {mend}"))
    })?;
    let comparison = Comparison::new(&key, vec![checkpoint.clone()], None);
    let hashes = RangeHashes::new(ranges);
    let mut passage = Passage { seq: arguments.record, before: [0; 32], body: None, hashes, comparison };
    follow(&arguments.database.database, stop, &mut |record| {
        passage.take(record);
        Ok(())
    })?;
    passage.comparison.finish().map_err(unusable)?;
    let short = || Failure::Unusable("the log has too few records\n  mend: run `tollgate audit verify`".to_owned());
    let hashes = passage.hashes.finish().ok_or_else(short)?;
    let text = match (earlier, index) {
        (Some(earlier), _) => {
            let proof = ConsistencyProof { old_size: earlier.size, new_size: size, hashes };
            if !proof.holds(&earlier.root, &checkpoint.root) {
                let (origin, old) = (&key.name, earlier.size);
                let what = format!(
                    "the log was rewritten: the {size} records do not go on from the {old} that {origin} signed"
                );
                return Err(Failure::Unusable(format!("{what}\n  mend: keep all as it is, and see docs/runbook.md")));
            }
            proof.text(&checkpoint)
        }
        (None, index) => {
            let (index, body) = index.zip(passage.body).ok_or_else(short)?;
            let inclusion = InclusionProof { index, size, hashes };
            RecordProof { before: passage.before, body, inclusion, checkpoint }.text()
        }
    };
    write_file(&arguments.out, &text)
}

/// What is countersigned.
#[derive(Args)]
pub(crate) struct WitnessArguments {
    /// A signed checkpoint, or the folder of them, of which the latest is taken
    #[arg(long, value_name = "PATH")]
    checkpoint: PathBuf,
    /// The public key of the log, a file or its text
    #[arg(long, value_name = "KEY")]
    log_key: String,
    /// The secret key of the witness
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The folder in which the witness keeps the last checkpoint of each log
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// What `tollgate audit prove --since` wrote, where the checkpoint has no tiles beside it
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// Where the countersigned checkpoint goes: a file, or a folder that is there; to standard output where absent
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
}

/// How the checkpoint is shown to go on from the last one.
fn evidence(arguments: &WitnessArguments, key: &PublicKey, checkpoint: &Checkpoint) -> Result<Evidence, Failure> {
    if let Some(path) = &arguments.proof {
        let (proof, later) = ConsistencyProof::open(&read(path)?, key).map_err(|error| named(path, &error))?;
        if (later.size, later.root) != (checkpoint.size, checkpoint.root) {
            let what = format!("{}: proves another checkpoint than --checkpoint", path.display());
            return Err(Failure::Unusable(format!("{what}\n  mend: give the proof that was made for this checkpoint")));
        }
        return Ok(Evidence::Proof(proof));
    }
    let folder = match arguments.checkpoint.is_dir() {
        true => Some(CheckpointFolder::new(&arguments.checkpoint)),
        false => CheckpointFolder::around(&arguments.checkpoint),
    };
    Ok(folder.map_or(Evidence::Nothing, |folder| Evidence::Leaves(folder.leaves(checkpoint.size))))
}

/// Countersigns a checkpoint.
pub(crate) fn witness(arguments: &WitnessArguments) -> Result<(), Failure> {
    let log_key = PublicKey::read(&arguments.log_key).map_err(unusable)?;
    let signer = SecretKey::read(&arguments.key).map_err(unusable)?;
    let id = hex(&signer.public_key().id());
    let checkpoint = latest(&arguments.checkpoint, &log_key).map_err(unusable)?;
    let evidence = evidence(arguments, &log_key, &checkpoint)?;
    let time_s = u64::try_from(now() / 1_000)
        .map_err(|_| Failure::Unusable("the clock stands before 1970\n  mend: put it right".to_owned()))?;
    let witness = Witness::new(&arguments.state, Box::new(signer)).map_err(unusable)?;
    let signed = witness.countersign(&log_key, checkpoint, evidence, time_s).map_err(unusable)?;
    let text = signed.note.to_string();
    match arguments.out.as_deref() {
        None => print(&text),
        Some(folder) if folder.is_dir() => write_file(&folder.join(sent_name(&signed, &id)), &text),
        Some(file) => write_file(file, &text),
    }
}

/// The name of a countersigned checkpoint in a folder of many.
fn sent_name(checkpoint: &Checkpoint, witness: &str) -> PathBuf {
    Path::new(&format!("{:020}.{witness}", checkpoint.size)).to_owned()
}
