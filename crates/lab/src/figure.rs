//! What a study shows, free of how it is drawn: the report draws it, `results.json` and the CSV files hold it.

use serde::Serialize;

/// A picture or table of a study.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Figure {
    /// Medians with their range from the 5th to the 95th percentile along an axis: fan charts over years, sweeps over a lever.
    Fan(Fan),
    /// How likely each value is.
    Density(Density),
    /// What a result moves by when one parameter goes from its low to its high value.
    Tornado(Tornado),
    /// First-order and total indices of Sobol, with intervals.
    Indices(Indices),
    /// How unequally something is shared out.
    Lorenz(Lorenz),
    /// A tile for each country.
    Tiles(Tiles),
    /// Parts of a whole, side by side.
    Bars(Bars),
    /// Rows and columns.
    Table(Table),
}

/// What all pictures have.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Caption {
    /// A word for files and addresses: lowercase letters, digits and `-`.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// How to read it, and what drives it.
    pub note: String,
    /// Whether it rests on judgement more than on sources.
    pub judgement: bool,
}

/// See [`Figure::Fan`].
#[derive(Clone, Debug, Serialize)]
pub struct Fan {
    /// What it shows.
    pub caption: Caption,
    /// What runs along, with its unit.
    pub x_label: String,
    /// What is shown, with its unit.
    pub y_label: String,
    /// Whether the upright axis is logarithmic.
    pub log: bool,
    /// The places along.
    pub x: Vec<f64>,
    /// One for each policy or part.
    pub series: Vec<Band>,
    /// Places to mark, each with a word: 1,700 H100, an effective date.
    pub marks: Vec<(f64, String)>,
}

/// A series of a fan: as many values as there are places.
#[derive(Clone, Debug, Serialize)]
pub struct Band {
    /// Of what.
    pub name: String,
    /// 5th percentile.
    pub p5: Vec<f64>,
    /// Median.
    pub p50: Vec<f64>,
    /// 95th percentile.
    pub p95: Vec<f64>,
}

/// See [`Figure::Density`].
#[derive(Clone, Debug, Serialize)]
pub struct Density {
    /// What it shows.
    pub caption: Caption,
    /// What is shown, with its unit.
    pub x_label: String,
    /// Whether the axis is logarithmic: the edges then lie evenly in logarithm.
    pub log: bool,
    /// One more than there are bins.
    pub edges: Vec<f64>,
    /// For each name, the share of draws in each bin.
    pub series: Vec<(String, Vec<f64>)>,
    /// Values to mark, each with a word.
    pub marks: Vec<(f64, String)>,
}

/// See [`Figure::Tornado`].
#[derive(Clone, Debug, Serialize)]
pub struct Tornado {
    /// What it shows.
    pub caption: Caption,
    /// What is shown, with its unit.
    pub x_label: String,
    /// The result with every parameter at its middle.
    pub base: f64,
    /// Widest first.
    pub rows: Vec<TornadoRow>,
}

/// A parameter of a tornado.
#[derive(Clone, Debug, Serialize)]
pub struct TornadoRow {
    /// Its name.
    pub name: String,
    /// Its low and high value, as text.
    pub at: (String, String),
    /// The result at either.
    pub result: (f64, f64),
    /// Whether its range is a judgement.
    pub judgement: bool,
}

/// See [`Figure::Indices`].
#[derive(Clone, Debug, Serialize)]
pub struct Indices {
    /// What it shows.
    pub caption: Caption,
    /// Largest total index first.
    pub rows: Vec<IndexRow>,
}

/// A parameter's indices, each with the ends of its 95 percent interval.
#[derive(Clone, Debug, Serialize)]
pub struct IndexRow {
    /// Its name.
    pub name: String,
    /// First order: the share of variance that it explains alone.
    pub first: f64,
    /// Interval of the first.
    pub first_interval: (f64, f64),
    /// Total: with all that it does together with others.
    pub total: f64,
    /// Interval of the total.
    pub total_interval: (f64, f64),
    /// Whether its range is a judgement.
    pub judgement: bool,
}

/// See [`Figure::Lorenz`].
#[derive(Clone, Debug, Serialize)]
pub struct Lorenz {
    /// What it shows.
    pub caption: Caption,
    /// What is shared out.
    pub label: String,
    /// For each name, the shares in rising order (they sum to 1), and Gini's coefficient.
    pub series: Vec<(String, Vec<f64>, f64)>,
}

/// See [`Figure::Tiles`].
#[derive(Clone, Debug, Serialize)]
pub struct Tiles {
    /// What it shows.
    pub caption: Caption,
    /// What the value is, with its unit.
    pub label: String,
    /// One for each country.
    pub tiles: Vec<Tile>,
}

/// A country's tile.
#[derive(Clone, Debug, Serialize)]
pub struct Tile {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// 1, 2 or 3.
    pub tier: u8,
    /// What is shown.
    pub value: f64,
    /// Of what it is a part, such as its allocation, where there is one.
    pub of: Option<f64>,
}

/// See [`Figure::Bars`].
#[derive(Clone, Debug, Serialize)]
pub struct Bars {
    /// What it shows.
    pub caption: Caption,
    /// What is shown, with its unit.
    pub y_label: String,
    /// The parts, from the ground up.
    pub parts: Vec<String>,
    /// Each bar's name and its parts.
    pub bars: Vec<(String, Vec<f64>)>,
}

/// See [`Figure::Table`].
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    /// What it shows.
    pub caption: Caption,
    /// The heads of the columns.
    pub columns: Vec<String>,
    /// The cells, as text.
    pub rows: Vec<Vec<String>>,
}

/// A study as it is reported.
#[derive(Clone, Debug, Serialize)]
pub struct Study {
    /// The scenario's name.
    pub name: String,
    /// What was asked.
    pub question: String,
    /// What came out, in sentences with their figures.
    pub answers: Vec<String>,
    /// Where the answer is driven by judgement, and what the model leaves out, in sentences.
    pub caveats: Vec<String>,
    /// Pictures and tables, in order.
    pub figures: Vec<Figure>,
    /// Every parameter: name, value or distribution as text, unit, source.
    pub assumptions: Vec<Assumption>,
    /// Further tables, by name, which stand in files alone.
    #[serde(skip)]
    pub data: Vec<(String, Vec<Vec<String>>)>,
    /// What it was made from: seed, draws, versions, digests.
    pub made_from: Vec<(String, String)>,
    /// Its numbers, and what it takes to run it again.
    #[serde(flatten)]
    pub open: OpenResults,
}

/// The numbers of a study, and what it takes to run it again.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OpenResults {
    /// The scenario that it was run from; none where a study was made by hand.
    pub scenario: Option<ScenarioRecord>,
    /// Each output that the study looks at, by arm and year.
    pub outcomes: Vec<OutcomeRow>,
    /// The first draws, each with its parameters and all outputs; none where nobody asked for them.
    #[serde(skip)]
    pub draws: Option<KeptDraws>,
}

/// A scenario as it was run: with the same law and program it gives the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScenarioRecord {
    /// What its file was called.
    pub name: String,
    /// The whole of it, with what was set on the command line.
    pub text: String,
    /// SHA-256 of the text.
    pub sha256: String,
    /// SHA-256 of `scenarios/base.toml`, which it stands on.
    pub base_sha256: String,
    /// Random draws, which may be others than the text says.
    pub draws: u64,
    /// The seed, likewise.
    pub seed: u64,
}

/// An output of an arm in a year: quantiles over the draws.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutcomeRow {
    /// The arm.
    pub arm: String,
    /// The output.
    pub output: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// The year.
    pub year: i32,
    /// 5th percentile, median and 95th percentile.
    pub quantiles: [f64; 3],
    /// The same of the difference from the first arm, draw by draw.
    pub difference: [f64; 3],
}

/// An output as tables name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputName {
    /// Its name.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Where it is: `united_states`, `tier3`, `abroad` or `world`.
    pub place: &'static str,
}

/// Draws as they were drawn and what came of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeptDraws {
    /// The names and units of parameters.
    pub parameters: Vec<(String, String)>,
    /// A value of each for every draw.
    pub points: Vec<Vec<f64>>,
    /// The names of arms.
    pub arms: Vec<String>,
    /// The outputs.
    pub outputs: Vec<OutputName>,
    /// The years.
    pub years: Vec<i32>,
    /// By draw, arm, output and year, the last turning fastest.
    pub values: Vec<f64>,
}

/// A parameter as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct Assumption {
    /// Its name.
    pub name: String,
    /// Its value or distribution, as text.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// Where it is from, or `judgement`.
    pub source: String,
}
