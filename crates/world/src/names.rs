//! Names that nobody has, made from words that many have.

use tollgate_model::Country;

use tollgate_lab::{Stream, TradeConstants};

const FIRST: [&str; 40] = [
    "Apex",
    "Banyan",
    "Cedar",
    "Delta",
    "Eastgate",
    "Falcon",
    "Golden",
    "Harbor",
    "Indigo",
    "Jade",
    "Kestrel",
    "Lotus",
    "Meridian",
    "Northstar",
    "Orchid",
    "Pacific",
    "Quartz",
    "Ridge",
    "Summit",
    "Tidal",
    "Union",
    "Vertex",
    "Westlake",
    "Zenith",
    "Straits",
    "Monsoon",
    "Coral",
    "Atlas",
    "Nimbus",
    "Horizon",
    "Pioneer",
    "Crescent",
    "Silverline",
    "Emerald",
    "Granite",
    "Harvest",
    "Lumen",
    "Vector",
    "Aurora",
    "Cobalt",
];
const SECOND: [&str; 12] = [
    "Data",
    "Compute",
    "Digital",
    "Cloud",
    "Systems",
    "Networks",
    "Analytics",
    "Robotics",
    "Bio",
    "Media",
    "Mobility",
    "Research",
];
const OTHER: [&str; 10] =
    ["Trading", "Realty", "Textiles", "Foods", "Travel", "Logistics", "Furniture", "Pharma", "Games", "Beauty"];
const GIVEN: [&str; 36] = [
    "Wei", "Li", "Anna", "Ravi", "Mei", "Omar", "Sara", "Tan", "Ivan", "Chen", "Noor", "Luis", "Kim", "Priya", "Ali",
    "Jun", "Eva", "Hana", "Arif", "Maria", "Lin", "Tom", "Yusuf", "Dina", "Hui", "Peter", "Aisha", "Minh", "Elena",
    "Siti", "Ahmad", "Grace", "Viktor", "Nadia", "Jing", "Paul",
];
const FAMILY: [&str; 40] = [
    "Tan", "Lim", "Lee", "Wong", "Kumar", "Singh", "Ng", "Chen", "Wang", "Hassan", "Ibrahim", "Silva", "Garcia", "Kim",
    "Park", "Nguyen", "Tran", "Patel", "Sharma", "Khan", "Ahmed", "Ivanov", "Novak", "Kowalski", "Müller", "Rossi",
    "Sato", "Santos", "Reyes", "Okafor", "Cohen", "Yilmaz", "Haddad", "Chua", "Goh", "Rahman", "Abdullah", "Wijaya",
    "Costa", "Meyer",
];
const STREETS: [&str; 24] = [
    "Market Street",
    "Harbour Road",
    "Station Road",
    "Park Avenue",
    "Industrial Way",
    "Tower Road",
    "Science Park Drive",
    "Commerce Street",
    "Lake Road",
    "Garden Lane",
    "Cross Street",
    "Riverside Drive",
    "Airport Road",
    "Temple Street",
    "College Road",
    "Bay Street",
    "North Road",
    "South Road",
    "Hill Street",
    "Mill Road",
    "Palm Avenue",
    "Victory Avenue",
    "Central Square",
    "Old Town Road",
];

fn pick<'a>(stream: &mut Stream, words: &[&'a str]) -> &'a str {
    words.get(stream.below(words.len())).copied().unwrap_or("")
}

/// The legal form that companies of a country often have.
fn form(country: Country, stream: &mut Stream) -> &'static str {
    let forms: &[&str] = match country.code() {
        "SG" => &["Pte Ltd", "Pte. Ltd.", "Private Limited"],
        "MY" => &["Sdn Bhd", "Sdn. Bhd."],
        "IN" => &["Pvt Ltd", "Private Limited", "Ltd"],
        "AE" | "SA" => &["FZ-LLC", "LLC", "FZE"],
        "CH" => &["AG", "SA", "GmbH"],
        "BR" => &["Ltda", "S.A."],
        "TH" | "VN" | "TW" | "HK" | "CN" => &["Co., Ltd.", "Company Limited", "Ltd"],
        "ID" => &["PT", "Tbk PT"],
        "US" => &["Inc.", "LLC", "Corp."],
        "DE" | "AT" => &["GmbH", "AG"],
        "PL" => &["Sp. z o.o.", "S.A."],
        _ => &["Ltd", "S.A.", "LLC"],
    };
    forms.get(stream.below(forms.len())).copied().unwrap_or("Ltd")
}

/// A company's name; `trade` where its business has nothing to do with computers.
pub(crate) fn company(country: Country, trade: bool, stream: &mut Stream) -> String {
    let second = if trade { pick(stream, &OTHER) } else { pick(stream, &SECOND) };
    let (first, form) = (pick(stream, &FIRST), form(country, stream));
    // Registers hold few names twice: most need a third word, and many a fourth.
    let third = match stream.below(16) {
        0 => String::new(),
        1..=6 => format!(" {}", pick(stream, &FIRST)),
        7..=9 => format!(" {}", 1 + stream.below(999)),
        _ => format!(" {} {}", pick(stream, &FIRST), pick(stream, &SECOND)),
    };
    format!("{first}{third} {second} {form}")
}

/// The name of a person.
pub(crate) fn person(constants: &TradeConstants, stream: &mut Stream) -> String {
    // A second given name, as many have: two people of one name are rare and occur.
    let second =
        if stream.chance(constants.second_name_share) { format!(" {}", pick(stream, &GIVEN)) } else { String::new() };
    format!("{}{second} {}", pick(stream, &GIVEN), pick(stream, &FAMILY))
}

/// A street address, some with a floor and a door.
pub(crate) fn address(constants: &TradeConstants, stream: &mut Stream) -> String {
    let unit = if stream.chance(constants.unit_share) {
        format!(", #{:02}-{:02}", 1 + stream.below(40), 1 + stream.below(30))
    } else {
        String::new()
    };
    format!("{} {}{unit}", 1 + stream.below(400), pick(stream, &STREETS))
}

/// A telephone number.
pub(crate) fn phone(country: Country, stream: &mut Stream) -> String {
    format!("+{} {:04} {:04}", 20 + u32::from(country.index()), stream.below(10_000), stream.below(10_000))
}

/// A mail address at the company's own domain, or at one that everybody has.
pub(crate) fn email(name: &str, free: bool, stream: &mut Stream) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).take(28).collect();
    let letters = letters.to_lowercase();
    match free {
        true => format!(
            "{letters}{}@{}",
            stream.below(1_000),
            pick(stream, &["mail.example", "post.example", "inbox.example"])
        ),
        false => {
            let post = pick(stream, &["info", "sales", "office", "contact", "procurement"]);
            format!("{post}@{letters}{}.example", stream.below(100))
        }
    }
}
