//! What the ledger's log says of lines: what was decided, set aside, released, shipped, corrected and given up.

use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::Value;
use tollgate_ledger::{Command, Ledger, Log, Record, Status};

use super::Board;
use super::row::LEDGER;

/// Records that are read before the ledger is let go for others.
const AT_A_TIME: u32 = 20_000;

/// Something that was done with a line.
#[derive(Clone, Debug, Default)]
pub(crate) struct LineEvent {
    /// The line's id; the posting's id where `of_posting`.
    pub(crate) line_id: String,
    /// Whether `line_id` names a shipment, of which the line is to be looked up.
    pub(crate) of_posting: bool,
    pub(crate) seq: u64,
    /// Milliseconds since 1970-01-01 UTC.
    pub(crate) at_ms: i64,
    pub(crate) actor: String,
    /// `decided`, `amended`, `reserved`, `released`, `shipped`, `corrected`, `canceled`.
    pub(crate) act: &'static str,
    /// The id of the record.
    pub(crate) id: String,
    /// Milli-TPP, where it is about some.
    pub(crate) amount_milli_tpp: Option<i64>,
    pub(crate) day: Option<String>,
    /// Why.
    pub(crate) text: String,
    /// Why the ledger refused it, where it did.
    pub(crate) refused: Option<&'static str>,
    /// When a reservation lapses, in milliseconds since 1970-01-01 UTC.
    pub(crate) expires_at_ms: Option<i64>,
}

/// A line as a decision's record has it.
#[derive(Debug, Deserialize)]
pub(crate) struct LedgerLine {
    order: LedgerOrder,
    decision: LedgerDecision,
}

#[derive(Debug, Deserialize)]
struct LedgerOrder {
    order_id: String,
    line: Option<i64>,
    date: String,
    exporter: Option<String>,
    ultimate_consignee: String,
    destination: String,
    item: String,
    quantity: i64,
    authorization: Option<String>,
}

#[derive(Debug, Deserialize)]
struct LedgerDecision {
    outcome: String,
    authorization: Option<String>,
    review_policy: Option<String>,
    tpp: Option<i64>,
    #[serde(default)]
    destination: String,
}

/// What a record says of a line.
#[derive(Debug)]
pub(crate) struct Heard {
    event: LineEvent,
    line: Option<LedgerLine>,
}

/// The id of the line that a reservation was made for: without the number of its revision.
fn line_of(reservation: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let revised = reservation.rsplit_once(":r").filter(|(line, revision)| {
        is_number(revision) && line.rsplit_once(':').is_some_and(|(_, number)| is_number(number))
    });
    revised.map_or(reservation, |(line, _)| line)
}

/// What the next records say of lines, the number of the last one that was read, and whether all were; an error says what cannot be read.
pub(crate) fn heard(ledger: &mut Ledger<impl Log>, after: u64) -> Result<(Vec<Heard>, u64, bool), String> {
    let (mut all, mut last, mut wrong) = (Vec::new(), after, None);
    let paged = ledger.page(after, AT_A_TIME, &mut |record| {
        last = record.seq;
        match said(record) {
            Ok(heard) => all.extend(heard),
            Err(what) => drop(wrong.get_or_insert(what)),
        }
    });
    paged.map_err(|error| error.to_string())?;
    match wrong {
        Some(what) => Err(what),
        None => Ok((all, last, last >= ledger.head().seq)),
    }
}

fn said(record: &Record) -> Result<Option<Heard>, String> {
    let body = record.parse()?;
    let unreadable = |error: serde_json::Error| format!("record {}: {error}", record.seq);
    let event = LineEvent {
        seq: record.seq,
        at_ms: body.at_ms,
        actor: body.actor.to_string(),
        id: body.id.to_string(),
        ..LineEvent::default()
    };
    match body.kind.as_ref() {
        "decision" => {
            let line: LedgerLine = serde_json::from_str(body.data.get()).map_err(unreadable)?;
            let line_id = tollgate_desk::line_id(&line.order.order_id, line.order.line.unwrap_or(1));
            let is_first = body.id.strip_prefix("decision:") == Some(line_id.as_str());
            let act = if is_first { "decided" } else { "amended" };
            Ok(Some(Heard { event: LineEvent { line_id, act, ..event }, line: Some(line) }))
        }
        "release" => {
            let data: Value = serde_json::from_str(body.data.get()).map_err(unreadable)?;
            let text = data.get("reason").and_then(Value::as_str).unwrap_or("").to_owned();
            let line_id = line_of(body.id.strip_prefix("release:").unwrap_or("")).to_owned();
            Ok(Some(Heard { event: LineEvent { line_id, act: "released", text, ..event }, line: None }))
        }
        "ledger" => {
            let data: Commanded = serde_json::from_str(body.data.get()).map_err(unreadable)?;
            Ok(data.event(event).map(|event| Heard { event, line: None }))
        }
        _ => Ok(None),
    }
}

#[derive(Deserialize)]
struct Commanded {
    command: Command,
    status: String,
}

impl Commanded {
    /// What the ledger was asked to do, as a thing done with a line; `None` where it is about no line.
    fn event(self, event: LineEvent) -> Option<LineEvent> {
        let refused = Status::ALL.iter().map(|status| status.as_str()).find(|word| *word == self.status);
        let refused = refused.filter(|word| *word != Status::Done.as_str());
        let event = LineEvent { refused, ..event };
        let of = |id: &str| line_of(id).to_owned();
        Some(match self.command {
            Command::Reserve { id, amount_milli_tpp: amount, day, expires_at_ms: expires, .. }
            | Command::Amend { id, amount_milli_tpp: amount, day, expires_at_ms: expires, .. } => LineEvent {
                line_id: of(&id),
                act: "reserved",
                amount_milli_tpp: Some(amount),
                day: Some(day.to_string()),
                expires_at_ms: Some(expires),
                ..event
            },
            Command::Post { reservation, amount_milli_tpp, day, .. } => LineEvent {
                line_id: of(&reservation),
                act: "shipped",
                amount_milli_tpp,
                day: Some(day.to_string()),
                ..event
            },
            Command::Void { reservation, reason, .. } => {
                LineEvent { line_id: of(&reservation), act: "canceled", text: reason, ..event }
            }
            Command::Correct { posting, amount_milli_tpp: amount, day, reason, .. } => LineEvent {
                line_id: posting,
                of_posting: true,
                act: "corrected",
                amount_milli_tpp: Some(amount),
                day: Some(day.to_string()),
                text: reason,
                ..event
            },
            _ => return None,
        })
    }
}

impl Board {
    /// The number of the ledger's last record that was taken up.
    pub(crate) fn heard_until(&self) -> u64 {
        *self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Takes up what the records from `after` to `last` say; nothing where others were faster.
    pub(crate) fn take_up(&self, heard: &[Heard], after: u64, last: u64) -> Result<(), String> {
        let mut known = self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *known != after {
            return Ok(());
        }
        self.with(|connection| {
            connection.execute_batch("BEGIN")?;
            let taken = heard.iter().try_for_each(|heard| take(connection, heard));
            connection.execute_batch("COMMIT")?;
            taken
        })?;
        *known = last;
        Ok(())
    }

    /// What was done with a line, in order.
    pub(crate) fn events(&self, line_id: &str) -> Result<Vec<LineEvent>, String> {
        let sql = "SELECT seq, at, actor, act, id, tpp, day, text, refused, expires FROM events WHERE line_id = ?1 ORDER BY seq";
        self.with(|connection| connection.prepare_cached(sql)?.query_map([line_id], event)?.collect())
    }

    /// The numbers of the records about any line of an order.
    pub(crate) fn records_of_order(&self, order: &str) -> Result<Vec<u64>, String> {
        // Ids of lines are the order's with a colon and the number behind it.
        let sql = "SELECT seq FROM events WHERE line_id >= ?1 AND line_id < ?2";
        let (from, until) = (format!("{order}:"), format!("{order};"));
        let number = |row: &rusqlite::Row<'_>| Ok(row.get::<_, i64>(0)?.unsigned_abs());
        self.with(|connection| connection.prepare_cached(sql)?.query_map([&from, &until], number)?.collect())
    }

    /// Lines of which a reservation lapses before a time, the next first.
    pub(crate) fn lapsing(&self, from_ms: i64, until_ms: i64) -> Result<Vec<(String, i64)>, String> {
        let sql = "SELECT line_id, max(expires) FROM events WHERE expires > ?1 GROUP BY line_id HAVING max(expires) <= ?2 ORDER BY 2 LIMIT 50";
        self.with(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_map(params![from_ms, until_ms], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
    }
}

/// The acts by name, as they are kept and shown.
const ACTS: [&str; 7] = ["decided", "amended", "reserved", "released", "shipped", "corrected", "canceled"];

fn event(row: &rusqlite::Row<'_>) -> rusqlite::Result<LineEvent> {
    let act: String = row.get(3)?;
    let refused: Option<String> = row.get(8)?;
    Ok(LineEvent {
        line_id: String::new(),
        of_posting: false,
        seq: row.get::<_, i64>(0)?.unsigned_abs(),
        at_ms: row.get(1)?,
        actor: row.get(2)?,
        act: ACTS.into_iter().find(|known| *known == act).unwrap_or("decided"),
        id: row.get(4)?,
        amount_milli_tpp: row.get(5)?,
        day: row.get(6)?,
        text: row.get(7)?,
        refused: refused.and_then(|word| Status::ALL.iter().map(|status| status.as_str()).find(|known| *known == word)),
        expires_at_ms: row.get(9)?,
    })
}

fn take(connection: &Connection, Heard { event, line }: &Heard) -> rusqlite::Result<()> {
    let line_id = match event.of_posting {
        true => {
            let mut statement = connection.prepare_cached("SELECT line_id FROM events WHERE id = ?1")?;
            let mut rows = statement.query([&event.line_id])?;
            match rows.next()? {
                Some(row) => row.get(0)?,
                // A shipment of no line: a file of another program's.
                None => return Ok(()),
            }
        }
        false => event.line_id.clone(),
    };
    let mut statement =
        connection.prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?;
    statement.execute(params![
        line_id,
        i64::try_from(event.seq).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?,
        event.at_ms,
        event.actor,
        event.act,
        event.id,
        event.amount_milli_tpp,
        event.day,
        event.text,
        event.refused,
        event.expires_at_ms.filter(|_| event.refused.is_none()),
    ])?;
    if let Some(line) = line {
        put(connection, line)?;
    }
    if event.act == "reserved" && event.refused.is_some() {
        take_back(connection, &line_id)?;
    }
    Ok(())
}

/// Puts a line in the place of one with the same id.
fn put(connection: &Connection, LedgerLine { order, decision }: &LedgerLine) -> rusqlite::Result<()> {
    let line = order.line.unwrap_or(1);
    let here = params![order.order_id, line];
    connection
        .prepare_cached("INSERT INTO earlier SELECT * FROM orders WHERE order_id = ?1 AND line = ?2")?
        .execute(here)?;
    connection.prepare_cached("DELETE FROM orders WHERE order_id = ?1 AND line = ?2")?.execute(here)?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO orders VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, '', '', '')",
    )?;
    let destination = if decision.destination.is_empty() { &order.destination } else { &decision.destination };
    insert.execute(params![
        order.order_id,
        line,
        order.date,
        order.exporter,
        order.ultimate_consignee,
        destination,
        order.item,
        order.quantity,
        decision.tpp,
        decision.outcome,
        decision.authorization,
        order.authorization,
        decision.review_policy,
        LEDGER
    ])?;
    Ok(())
}

/// Takes back a decision whose reservation was refused: an amendment leaves what stood before, and a first decision stays as one that set nothing aside.
fn take_back(connection: &Connection, line_id: &str) -> rusqlite::Result<()> {
    let Some((order, line)) = line_id.rsplit_once(':') else { return Ok(()) };
    let before: Option<i64> = connection
        .prepare_cached("SELECT max(rowid) FROM earlier WHERE order_id = ?1 AND line = ?2 AND source = 'ledger'")?
        .query_row(params![order, line], |row| row.get(0))?;
    let Some(before) = before else { return Ok(()) };
    connection.prepare_cached("DELETE FROM orders WHERE order_id = ?1 AND line = ?2")?.execute(params![order, line])?;
    connection.prepare_cached("INSERT INTO orders SELECT * FROM earlier WHERE rowid = ?1")?.execute([before])?;
    connection.prepare_cached("DELETE FROM earlier WHERE rowid = ?1")?.execute([before])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reservation_names_its_line() {
        for (reservation, line) in [
            ("PO-1:1", "PO-1:1"),
            ("PO-1:1:r2", "PO-1:1"),
            ("A:r2:1", "A:r2:1"),
            ("A:r2:1:r13", "A:r2:1"),
            ("x:rest", "x:rest"),
        ] {
            assert_eq!(line_of(reservation), line);
        }
    }
}
