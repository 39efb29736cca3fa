//! Columns against rows: each line must come to what [`Decider`] makes of it, whatever the file looks like.

use std::fmt::Write as _;
use std::io::Write as _;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use proptest::prelude::*;
use tollgate_law::Law;

use super::*;
use tollgate_decide::{Run, Silent, each, run};
use tollgate_decide::{Screening, load_policy};

const COLUMNS: [&str; 17] = [
    "order_id",
    "line",
    "date",
    "activity",
    "exporter",
    "purchaser",
    "intermediate_consignee",
    "ultimate_consignee",
    "end_user",
    "freight_forwarder",
    "lpp_operator",
    "origin",
    "destination",
    "item",
    "quantity",
    "end_use",
    "authorization",
];
const DATES: [&str; 10] = [
    "2022-09-30",
    "2023-12-01",
    "2025-01-14",
    "2025-05-20",
    "2025-06-02",
    "2025-10-05",
    "2025-12-31",
    "2026-01-01",
    "2026-03-01",
    "2027-02-02",
];
const ITEMS: [&str; 8] =
    ["NVIDIA H100 SXM", "NVIDIA H20", "A100 SXM4 80GB", "NVIDIA B200", "L4", "weights-1", "heavy", "unknown"];
const COUNTRIES: [&str; 10] = ["SG", "AE", "DE", "CN", "HK", "US", "MY", "RU", "TW", "CY"];
const USES: [&str; 5] = ["data_center", "supercomputer", "hpc", "military", ""];
const CLAIMS: [&str; 8] = ["", "NLR", "LPP", "NAC", "ACA", "VEU", "AIA", "D123456"];

const PARTIES: &str = "party_id,name,country,hq_country,parent_id,flags
a,Alpha,SG,SG,,
b,Beta,SG,SG,a,
c,Gamma,AE,US,,nveu:AE
d,Delta,CN,CN,,military
e,Epsilon,DE,DE,,uveu;foundry
f,Zeta,MY,CN,d,
g,Eta,US,US,,denied_person
h,Huawei Technologies,CN,CN,,
i,Iota,TW,TW,,authorized_ic_designer;secure_facility
";
const OWNERSHIP: &str = "owner_id,owned_id,percent,from,until
h,b,60,2025-02-01,2025-12-31
h,e,49,,
";
const ITEM_TABLE: &str = "item,kind,tpp,data_center
heavy,ic,99999,true
unknown,ic,,true
weights-1,model_weights,,
";
const LIST: &str = "name,list,id
Huawei Technologies,Entity List,1
";

type Cells = Vec<String>;

fn line() -> impl Strategy<Value = Cells> {
    let party = || prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "g", "h", "i", "nobody", ""]);
    let of = |words: &'static [&'static str]| prop::sample::select(words);
    let country = || of(&COUNTRIES);
    (
        (of(&DATES), of(&["", "export", "reexport", "transfer"]), party(), party(), party()),
        (prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "i", "nobody"]), party(), party(), party()),
        (
            country(),
            country(),
            of(&ITEMS),
            prop::sample::select(vec![1, 9, 200, 900, 1700, 30_000]),
            of(&USES),
            of(&CLAIMS),
        ),
        1..3_u32,
    )
        .prop_map(|((date, activity, exporter, buyer, via), (consignee, user, carrier, operator), trade, line)| {
            let (origin, destination, item, quantity, end_use, claim) = trade;
            let (line, quantity) = (line.to_string(), quantity.to_string());
            let cells = [
                "",
                &line,
                date,
                activity,
                exporter,
                buyer,
                via,
                consignee,
                user,
                carrier,
                operator,
                origin,
                destination,
                item,
                &quantity,
                end_use,
                claim,
            ];
            cells.map(str::to_owned).to_vec()
        })
}

/// A folder with the tables, and what they are read to.
fn tables(folder: &Path) -> Arc<Tables> {
    for (name, text) in [("parties.csv", PARTIES), ("ownership.csv", OWNERSHIP), ("items.csv", ITEM_TABLE)] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let at = |name: &str| folder.join(name);
    let lists = tollgate_screening::read_lists(&[("list.csv".to_owned(), LIST.as_bytes().to_vec())]).unwrap();
    let screener = Arc::new(tollgate_screening::Screener::new(lists));
    let screening = Screening { screener: &screener, threshold: 9_000, clearances: None };
    let stop = Stop::default();
    let read =
        Tables::read(Some(&at("parties.csv")), Some(&at("ownership.csv")), Some(&at("items.csv")), screening, &stop);
    Arc::new(read.unwrap())
}

fn by_rows(
    orders: &Path,
    tables: &Arc<Tables>,
    policy: &Arc<Policy>,
    names: &ExceptionNames,
) -> Vec<(String, Verdict)> {
    let mut all = Vec::new();
    let job = Run { orders, tables: Arc::clone(tables), policy: Arc::clone(policy) };
    run(
        &job,
        &Stop::default(),
        &mut Silent,
        &mut each(|order, decided| {
            let label = decided.determination().label;
            all.push((
                format!("{} {}", order.order_id, order.line),
                Verdict::from_label(label, decided.program, names),
            ));
            Ok(())
        }),
    )
    .unwrap();
    all
}

#[derive(Default)]
struct Gathered([Vec<(String, Verdict)>; 2]);

impl VerdictSink for Gathered {
    fn take_chunk(&mut self, chunk: &Chunk, verdicts: [&[Verdict]; 2]) -> Result<(), RunError> {
        for (all, verdicts) in self.0.iter_mut().zip(verdicts) {
            for (line, verdict) in chunk.lines.iter().zip(verdicts) {
                let order = chunk.order(line).unwrap();
                all.push((format!("{} {}", order.order_id, order.line), *verdict));
            }
        }
        Ok(())
    }
}

/// The lines as a batch of texts; empty cells are none.
fn batch(lines: &[Cells]) -> RecordBatch {
    let column = |place: usize| {
        let cells = lines.iter().map(|line| Some(line[place].as_str()).filter(|cell| !cell.is_empty()));
        Arc::new(cells.collect::<StringArray>()) as ArrayRef
    };
    RecordBatch::try_from_iter_with_nullable(
        COLUMNS.iter().enumerate().map(|(place, name)| (*name, column(place), true)),
    )
    .unwrap()
}

/// Settled in any order and piece by piece, then counted in order of date.
fn by_steps(lines: &[Cells], settling: &dyn Fn() -> TwoPhaseReplay, piece: usize) -> Vec<(String, [i32; 2])> {
    use arrow_array::cast::AsArray as _;
    use arrow_array::types::Int32Type;
    let file = Path::new("orders");
    let mut settled: Vec<RecordBatch> =
        lines.chunks(piece).rev().map(|piece| settling().settle(&batch(piece), file).unwrap()).collect();
    settled.reverse();
    let mut counting = settling();
    let mut all = Vec::new();
    for settled in settled {
        let counted = counting.count(&settled, file).unwrap();
        assert_eq!(counted.num_rows(), settled.num_rows());
        let text =
            |name: &str, row: usize| counted.column_by_name(name).unwrap().as_string::<i32>().value(row).to_owned();
        let code =
            |name: &str, row: usize| counted.column_by_name(name).unwrap().as_primitive::<Int32Type>().value(row);
        all.extend((0..counted.num_rows()).map(|row| {
            (
                format!("{} {}", text("order_id", row), text("line", row)),
                ["tg_before", "tg_after"].map(|name| code(name, row)),
            )
        }));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("TOLLGATE_LONG").is_some() { 1_000 } else { 12 }))]

    #[test]
    fn columns_come_to_what_rows_do(
        mut lines in prop::collection::vec(line(), 1..160),
        pair in prop::sample::select(vec![["diffusion", "anthropic-2025"], ["ear", "diffusion"], ["codified", "anthropic-2025"]]),
        several in any::<bool>(),
        sorted in any::<bool>(),
        piece in 1..50_usize,
    ) {
        if sorted {
            lines.sort_by(|one, other| one[2].cmp(&other[2]));
        }
        for (place, line) in lines.iter_mut().enumerate() {
            let (order, number) = if several { (place / 2, place % 2 + 1) } else { (place, 1) };
            (line[0], line[1]) = (format!("PO-{order}"), number.to_string());
        }
        let folder = tempfile::tempdir().unwrap();
        let tables = tables(folder.path());
        let law = Law::embedded().unwrap();
        let policies = pair.map(|name| Arc::new(load_policy(&law, name).unwrap()));
        let names = ExceptionNames::from_policies(policies.iter().map(Arc::as_ref));
        let orders = folder.path().join("orders.csv");
        let mut text = COLUMNS.join(",") + "\n";
        lines.iter().for_each(|line| writeln!(text, "{}", line.join(",")).unwrap());
        std::fs::File::create(&orders).unwrap().write_all(text.as_bytes()).unwrap();

        // Where nothing is counted, rows are decided as the file has them: the order in which lines come is not compared.
        let in_order = |mut all: Vec<(String, Verdict)>| {
            all.sort_by(|one, other| one.0.cmp(&other.0));
            all
        };
        let rows = policies.each_ref().map(|policy| by_rows(&orders, &tables, policy, &names));
        let mut columns = Gathered::default();
        let history = History { orders: &orders, tables: Arc::clone(&tables), policies: policies.clone() };
        replay_history(&history, &Stop::default(), &mut Silent, &mut columns).unwrap();
        prop_assert_eq!(columns.0.map(in_order), rows.clone().map(in_order));

        if sorted && !several {
            let settling = || TwoPhaseReplay::new(policies.clone(), Arc::clone(&tables));
            let steps = by_steps(&lines, &settling, piece);
            let [before, after] = &rows;
            let expected: Vec<(String, [i32; 2])> = before.iter().zip(after)
                .map(|((order, before), (_, after))| (order.clone(), [before.code(), after.code()])).collect();
            prop_assert_eq!(steps, expected);
        }
    }
}

#[test]
fn a_code_that_stands_for_no_verdict_is_refused() {
    let line =
        ["PO-1", "1", "2025-06-02", "export", "a", "", "", "b", "", "", "", "US", "SG", "L4", "1", "data_center", ""];
    let folder = tempfile::tempdir().unwrap();
    let law = Law::embedded().unwrap();
    let policies = ["ear", "diffusion"].map(|name| Arc::new(load_policy(&law, name).unwrap()));
    let mut replay = TwoPhaseReplay::new(policies, tables(folder.path()));
    let file = Path::new("orders");
    let settled = replay.settle(&batch(&[line.map(str::to_owned).to_vec()]), file).unwrap();
    assert!(replay.count(&settled, file).is_ok());
    let place = settled.schema().index_of("tg_before").unwrap();
    let mut columns = settled.columns().to_vec();
    columns[place] = Arc::new(arrow_array::Int32Array::from(vec![0]));
    let broken = RecordBatch::try_new(settled.schema(), columns).unwrap();
    let error = replay.count(&broken, file).unwrap_err();
    assert!(error.contains("row 0") && error.contains("mend: "), "{error}");
}
