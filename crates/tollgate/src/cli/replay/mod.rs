//! History under two policies: what would have been decided otherwise, each with its own allocations kept in order of date.

mod difference;
mod schemes;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tollgate_law::{Law, Policy};
use tollgate_model::{OrderLine, Outcome, ReviewPolicy};
use tollgate_records::{Declared, Output};

use super::arguments::{ReplayArguments, TextFormat};
use super::decide::load;
use super::progress::Bar;
use super::{Failure, print};
use crate::report;
use crate::service::{Decided, Lines, Run, RunError, Silent, Stop, Tables, each, load_policy, run};
use difference::Difference;
use schemes::Schemes;

/// Decisions that go from one thread to the other together.
const CHUNK: usize = 4_096;

/// A decision in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Short {
    pub(super) outcome: Outcome,
    pub(super) review: Option<ReviewPolicy>,
    /// Place of the exception's name among [`Names`].
    pub(super) exception: Option<u16>,
}

impl Short {
    fn of(decided: &Decided<'_>, names: &mut Names) -> Short {
        let label = decided.determination().label;
        let exception = decided.exception().map(|exception| names.place(&exception.name));
        Short { outcome: label.outcome, review: label.review, exception }
    }

    /// In words.
    fn text(self, names: &Names) -> String {
        match (self.outcome, self.review, self.exception.and_then(|place| names.text(place))) {
            (outcome, Some(review), _) => format!("{} ({})", outcome.as_str(), review.as_str()),
            (outcome, None, Some(name)) => format!("{} ({name})", outcome.as_str()),
            (outcome, None, None) => outcome.as_str().to_owned(),
        }
    }
}

/// Names of exceptions, the same for both policies.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// Of every exception of either policy.
    fn of(policies: [&Policy; 2]) -> Names {
        let mut names: Vec<String> = Vec::new();
        for policy in policies {
            for version in policy.provisions.iter().flat_map(|provision| &provision.versions) {
                names.extend(version.rules.exceptions.iter().map(|exception| exception.name.clone()));
            }
        }
        names.sort();
        names.dedup();
        Names(names)
    }

    fn place(&mut self, name: &str) -> u16 {
        let place = self.0.iter().position(|own| own == name).unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        });
        u16::try_from(place).unwrap_or(u16::MAX)
    }

    fn text(&self, place: u16) -> Option<&str> {
        self.0.get(usize::from(place)).map(String::as_str)
    }
}

/// The second pass: each line's decision is held against the one that comes from the first.
struct Comparing<'a> {
    first: Receiver<Vec<Short>>,
    chunk: std::vec::IntoIter<Short>,
    names: Names,
    difference: Difference,
    schemes: Option<Schemes>,
    output: &'a mut Output,
    path: &'a Path,
}

impl Lines for Comparing<'_> {
    fn decided(
        &mut self,
        order: &OrderLine<'_>,
        decided: &Decided<'_>,
        declared: Declared<'_>,
    ) -> Result<(), RunError> {
        let before = match self.chunk.next() {
            Some(before) => before,
            None => {
                let Ok(chunk) = self.first.recv() else { return Err(RunError::Stopped) };
                self.chunk = chunk.into_iter();
                self.chunk.next().ok_or(RunError::Stopped)?
            }
        };
        let after = Short::of(decided, &mut self.names);
        let changed = self.difference.add(order, decided, declared, (before, after));
        if let Some(schemes) = &mut self.schemes {
            schemes.add(order, decided, before, after);
        }
        let Some(change) = changed else { return Ok(()) };
        let line = serde_json::json!({
            "order_id": order.order_id, "line": order.line, "date": order.date.to_string(), "ultimate_consignee": order.ultimate_consignee,
            "destination": order.destination.code(), "item": order.item, "quantity": order.quantity,
            "tpp": decided.line.tpp.map(|tpp| tpp.ceil()), "change": change.as_str(),
            "from": before.text(&self.names), "to": after.text(&self.names),
        });
        let failed = |error| RunError::Output(self.path.to_owned(), error);
        self.output.write_all(line.to_string().as_bytes()).and_then(|()| self.output.write_all(b"\n")).map_err(failed)
    }
}

/// Decides everything under one policy, and sends it on in the order of decision.
fn first_pass(
    orders: &Path,
    tables: Arc<Tables>,
    policy: Arc<Policy>,
    (mut names, sender): (Names, SyncSender<Vec<Short>>),
    stop: &Stop,
) -> Result<(), RunError> {
    let mut chunk = Vec::with_capacity(CHUNK);
    run(
        &Run { orders, tables, policy },
        stop,
        &mut Silent,
        &mut each(|_, decided| {
            chunk.push(Short::of(decided, &mut names));
            if chunk.len() >= CHUNK {
                let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
                // The other side is gone only where it failed, and then says so itself.
                return sender.send(full).map_err(|_| RunError::Stopped);
            }
            Ok(())
        }),
    )?;
    sender.send(chunk).map_err(|_| RunError::Stopped)
}

pub(crate) fn replay(arguments: &ReplayArguments, stop: &Stop) -> Result<(), Failure> {
    let (policy, tables, _) = load(&arguments.inputs.basis, stop)?;
    let law = Law::embedded()?;
    let against = Arc::new(load_policy(&law, &arguments.against)?);
    let schemes = arguments.truth.as_deref().map(Schemes::read).transpose()?;
    let names = Names::of([&policy, &against]);
    let path = |name: &str| arguments.out.join(name);
    let diff = path("diff.jsonl");
    let failed = |file: &Path| {
        let file = file.to_owned();
        move |error| RunError::Output(file, error)
    };
    let mut output = Output::create(&diff).map_err(failed(&diff))?;
    let orders: &PathBuf = &arguments.inputs.orders;
    let (sender, receiver) = sync_channel(64);
    let mut comparing = Comparing {
        first: receiver,
        chunk: Vec::new().into_iter(),
        names: names.clone(),
        difference: Difference::new(&against),
        schemes,
        output: &mut output,
        path: &diff,
    };
    let second = Run { orders, tables: Arc::clone(&tables), policy: Arc::clone(&against) };
    std::thread::scope(|scope| {
        let (tables, first) = (Arc::clone(&tables), Arc::clone(&policy));
        let running = scope.spawn(move || first_pass(orders, tables, first, (names, sender), stop));
        let done = run(&second, stop, &mut Bar::new(), &mut comparing).map(|_| ());
        // A mistake of the input is found by both passes; the first one's word is enough.
        drop(std::mem::replace(&mut comparing.first, sync_channel(0).1));
        running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)).and(done)
    })?;
    let Comparing { difference, schemes, .. } = comparing;
    let summary = difference.json((&policy, &against), schemes.as_ref());
    let text = format!("{summary:#}\n");
    let page = report::replay_page(&difference.report((&policy, &against), &tables, schemes.as_ref()));
    let mut outputs = vec![(output, diff.clone())];
    for (name, text) in [("summary.json", &text), ("report.html", &page)] {
        let file = path(name);
        let mut output = Output::create(&file).map_err(failed(&file))?;
        output.write_all(text.as_bytes()).map_err(failed(&file))?;
        outputs.push((output, file));
    }
    for (output, file) in outputs {
        output.commit().map_err(failed(&file))?;
    }
    match arguments.format {
        TextFormat::Json => print(&text),
        TextFormat::Text => print(&difference.text((&policy, &against), schemes.as_ref(), &arguments.out)),
    }
}
