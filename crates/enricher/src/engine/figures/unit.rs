//! Units: money, percent, time, age and measures, in front of a number or behind it.

use crate::engine::pieces::number::{Form, Number};
use crate::engine::analysis::FigureKind;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// The unit of an amount.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unit {
    /// Nothing but the number.
    None,
    /// ISO 4217, and the part of a whole unit that is counted (0.01 for cents).
    Money(&'static str, f64),
    /// Per cent.
    Percent,
    /// Percentage points.
    PercentPoint,
    /// A length of time; the factor turns fortnights into weeks.
    Time(&'static str, f64),
    /// An age, in the unit.
    Age(&'static str),
    /// A physical quantity.
    Measure(&'static str),
}

impl Unit {
    /// Returns the code for the record.
    pub(super) fn code(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Money(code, _) | Self::Time(code, _) | Self::Age(code) | Self::Measure(code) => Some(code),
            Self::Percent => Some("percent"),
            Self::PercentPoint => Some("percentage_point"),
        }
    }

    /// Returns the kind that the unit decides.
    pub(super) fn kind(self) -> Option<FigureKind> {
        match self {
            Self::None => None,
            Self::Money(..) => Some(FigureKind::Money),
            Self::Percent | Self::PercentPoint => Some(FigureKind::Percent),
            Self::Time(..) => Some(FigureKind::Duration),
            Self::Age(_) => Some(FigureKind::Age),
            Self::Measure(_) => Some(FigureKind::Measure),
        }
    }

    /// Returns what the printed number is multiplied with.
    pub(super) fn factor(self) -> f64 {
        match self {
            Self::Money(_, factor) | Self::Time(_, factor) => factor,
            _ => 1.0,
        }
    }
}

/// A unit found behind a number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Which.
    pub unit: Unit,
    /// The piece after it.
    pub next: usize,
    /// Whether it is part of the number as printed: percent signs and currency words are, "km" is not.
    pub is_printed: bool,
}

// ---------------------------------------------------------------- money before the number

/// Reads "$", "US$", "€", "Rs.", "USD" directly before a number; returns the code and the piece after.
pub(super) fn currency_before(p: Pieces<'_>, at: usize) -> Option<(&'static str, usize)> {
    // The Penn Treebank's spelling of the pound sign.
    if p.is_mark(at, Mark::Hash) && !p.is_glued(at) && p.is_digits(at + 1) && p.is(at + 2, Class::Scale) {
        return Some(("GBP", at + 1));
    }
    if p.is_mark(at, Mark::Currency) {
        // "$US5": the country behind the sign.
        let behind = p.is_capital(at + 1) && p.is_glued(at) && p.is_glued(at + 1) && p.str(at + 1).len() <= 3;
        return Some(match behind {
            true => (prefixed_dollar(p.str(at + 1), p.str(at)), at + 2),
            false => (symbol(p.str(at)), at + 1),
        });
    }
    if let Some(found) = mangled(p, at) {
        return Some(found);
    }
    if p.is_word(at) && p.is_mark(at + 1, Mark::Currency) && (p.is_glued(at) || p.says_any(at, &["us", "u.s.", "hk", "nz", "c"])) {
        let spelled = p.is(at, Class::CurrencyCode).then(|| p.code(at)).flatten();
        return Some((spelled.unwrap_or_else(|| prefixed_dollar(p.str(at), p.str(at + 1))), at + 2));
    }
    // Lower-case codes that are also words need their capitals.
    let is_word = p.says_any(at, &["try", "fr", "rub", "cad", "rm", "rp", "tk", "nis", "dh", "sar", "php", "us$"]);
    let is_code = p.is(at, Class::CurrencyCode) && (p.is_capital(at) || !is_word) && !p.says(at, "pounds");
    if !is_code {
        return None;
    }
    let next = at + 1 + usize::from(p.is_mark(at + 1, Mark::Stop) && p.is_glued(at));
    let next = next + usize::from(p.is_mark(next, Mark::Currency));
    let counts = p.is_digits(next) || (p.is_mark(next, Mark::Hyphen) && p.is_digits(next + 1));
    counts.then(|| p.code(at).map(|code| (code, next))).flatten()
}

/// Pound and yen signs that a feed has turned into letters: "PS21,700", "Y=590 billion".
fn mangled(p: Pieces<'_>, at: usize) -> Option<(&'static str, usize)> {
    if p.str(at) == "PS" && p.is_glued(at) && p.is_digits(at + 1) {
        let is_amount = p.str(at + 1).contains([',', '.']) || p.is(at + 2, Class::Scale) || p.is_glued(at + 1) && p.says_any(at + 2, &["m", "k"]);
        return is_amount.then_some(("GBP", at + 1));
    }
    let is_yen = p.str(at) == "Y" && p.str(at + 1) == "=" && p.is_glued(at) && p.is_glued(at + 1) && p.is_digits(at + 2);
    is_yen.then_some(("JPY", at + 2))
}

fn symbol(mark: &str) -> &'static str {
    match mark {
        "€" => "EUR",
        "£" | "￡" | "₤" => "GBP",
        "¥" | "￥" | "円" => "JPY",
        "元" => "CNY",
        "₾" => "GEL",
        "₹" => "INR",
        "₱" => "PHP",
        "₩" => "KRW",
        "₦" => "NGN",
        "₪" => "ILS",
        "₽" => "RUB",
        "₺" => "TRY",
        "₴" => "UAH",
        "₫" => "VND",
        "₵" => "GHS",
        "฿" => "THB",
        _ => "USD",
    }
}

fn prefixed_dollar(prefix: &str, mark: &str) -> &'static str {
    match prefix {
        "a" | "A" | "AU" | "AUD" => "AUD",
        "c" | "C" | "CA" | "CAD" | "CAN" | "Can" => "CAD",
        "NZ" | "nz" => "NZD",
        "HK" | "hk" => "HKD",
        "S" | "SG" => "SGD",
        "NT" => "TWD",
        "R" => "BRL",
        "Z" => "ZWL",
        "J" => "JMD",
        "TT" => "TTD",
        "Mex" | "MX" => "MXN",
        "CN" | "RMB" => "CNY",
        _ => symbol(mark),
    }
}

/// After "$5": a spelled currency that only repeats the sign ("$5 US", "$5 dollars").
pub(super) fn skip_currency_word(p: Pieces<'_>, at: usize) -> usize {
    let repeats = p.is(at, Class::Currency) && p.code(at) == Some("USD") || (p.is(at, Class::CurrencyCode) && p.is_capital(at));
    at + usize::from(repeats)
}

// ---------------------------------------------------------------- behind the number

/// Reads the unit behind a number.
pub(super) fn after(p: Pieces<'_>, at: usize, number: &Number) -> Option<Found> {
    percent(p, at)
        .or_else(|| money(p, at, number))
        .or_else(|| decade_of_life(p, at))
        .or_else(|| age_or_time(p, at, number))
        .or_else(|| measure(p, at, number))
}

fn found(unit: Unit, next: usize, is_printed: bool) -> Option<Found> {
    Some(Found { unit, next, is_printed })
}

/// Steps over the hyphen of "30-year".
fn over_hyphen(p: Pieces<'_>, at: usize) -> usize {
    let is_hyphen = p.is_any_mark(at, &[Mark::Hyphen, Mark::EnDash]);
    let tight = p.is_glued(at) && p.is_glued_before(at);
    // Tokenised text writes "30 - year" with spaces.
    let spaced = !p.is_glued(at) && !p.is_glued_before(at) && p.is(at + 1, Classes::of(&[Class::TimeUnit, Class::Measure, Class::Currency])) && !p.says(at + 1, "in");
    at + usize::from(is_hyphen && (tight || spaced))
}

fn percent(p: Pieces<'_>, at: usize) -> Option<Found> {
    let word = over_hyphen(p, at);
    let next = if p.is_mark(at, Mark::Percent) {
        at + 1
    } else if p.says_all(word, &["percentage", "point"]) || p.says_all(word, &["percentage", "points"]) {
        return found(Unit::PercentPoint, word + 2, true);
    } else if p.is(word, Class::Percent) && !p.says(word, "percentage") {
        word + 1
    } else if p.says_all(word, &["per", "cent"]) || p.says_all(word, &["per", "cents"]) {
        word + 2
    } else if p.says_all(at, &["of", "a", "percentage", "point"]) {
        return found(Unit::PercentPoint, at + 4, true);
    } else if p.says(word, "percentage") || (p.says(at, "pc") && p.is_glued_before(at)) {
        word + 1
    } else {
        return None;
    };
    if p.says_any(next, &["point", "points"]) {
        return found(Unit::PercentPoint, next + 1, true);
    }
    found(Unit::Percent, next, true)
}

fn money(p: Pieces<'_>, at: usize, number: &Number) -> Option<Found> {
    let word = over_hyphen(p, at);
    if p.is_mark(at, Mark::Currency) {
        let unit = if p.str(at) == "¢" { Unit::Money("USD", 0.01) } else { Unit::Money(symbol(p.str(at)), 1.0) };
        return found(unit, at + 1, true);
    }
    if p.is(word, Class::Subunit) {
        return found(Unit::Money(p.code(word)?, 0.01), word + 1, true);
    }
    if p.says(word, "of") && p.is(word + 1, Class::Currency) && !p.is(word + 1, Class::Verb) {
        return found(Unit::Money(p.code(word + 1)?, 1.0), word + 2, true);
    }
    if let Some((code, words)) = national(p, word) {
        return found(Unit::Money(code, 1.0), word + words, true);
    }
    let is_name = p.is(word, Class::Currency) && !p.is_capital(word) && !p.says_any(word, &["won", "mark", "real", "sol", "rand", "ether", "dong"]);
    let is_doubtful = p.says_any(word, &["won", "rand", "dong"]) && !p.is_word(word + 1);
    if is_name || is_doubtful {
        return found(Unit::Money(p.code(word)?, 1.0), word + 1, true);
    }
    if let Some(code) = million_code(p, word) {
        return found(Unit::Money(code, 1e6), word + 1, true);
    }
    if p.says(at, "p") && p.is_glued_before(at) && !p.is_glued(at) {
        return found(Unit::Money("GBP", 0.01), at + 1, true);
    }
    let is_pounds = p.says(word, "pounds") && !weighs(p, word) && is_price(p, word, number);
    let is_code = p.is(word, Class::CurrencyCode) && (p.is_capital(word) && !p.says_any(word, &["try", "pounds"]) || is_pounds || p.says_any(word, &["rmb", "usd", "eur", "gbp"]));
    if is_code && number.scale == 1.0 && p.is(word + 1, Class::Scale) {
        return found(Unit::Money(p.code(word)?, p.value(word + 1)?), word + 2, true);
    }
    is_code.then(|| found(Unit::Money(p.code(word)?, 1.0), word + 1, true)).flatten()
}

/// "120 MEUR", "48.5 MGBP": millions of a currency.
fn million_code(p: Pieces<'_>, at: usize) -> Option<&'static str> {
    let code = p.str(at).strip_prefix('M').filter(|code| code.len() == 3 && p.shape(at) == Some(Shape::Upper))?;
    ["USD", "EUR", "GBP", "AUD", "CAD", "SEK", "NOK", "DKK", "CHF", "JPY"].into_iter().find(|known| *known == code)
}

/// Pounds are money where millions of them are, or where something is paid; otherwise they weigh.
fn is_price(p: Pieces<'_>, at: usize, number: &Number) -> bool {
    let from = at.saturating_sub(8);
    number.scale > 1.0 || (from..at).any(|index| p.says_any(index, &["worth", "cost", "costs", "paid", "pay", "pays", "fine", "fined", "price", "priced", "sold", "bought", "spent", "wages", "salary", "tax", "prize", "debts", "bail"]))
}

/// "pounds of explosives", "pounds overweight" are weights.
fn weighs(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(at + 1, &["of", "overweight", "heavier", "lighter", "per"])
}

/// "Australian dollars", "Pakistani rupees", "U.S. dollars", "pounds sterling".
fn national(p: Pieces<'_>, at: usize) -> Option<(&'static str, usize)> {
    if p.says(at, "pounds") && p.says(at + 1, "sterling") {
        return Some(("GBP", 2));
    }
    if !p.is_capital(at) && !p.is_word(at) {
        return None;
    }
    let skip = usize::from(p.says_any(at, &["new", "hong", "british", "united"]) && !p.is(at + 1, Classes::of(&[Class::Currency, Class::CurrencyCode])));
    let name = at + skip + 1;
    if !p.is(name, Classes::of(&[Class::Currency, Class::CurrencyCode])) {
        return None;
    }
    let adjective = p.str(name - 1).to_ascii_lowercase();
    let stem = p.str(name).to_ascii_lowercase();
    let stem = stem.trim_end_matches('s');
    NATIONAL
        .iter()
        .find(|(nation, currency, _)| *nation == adjective && currency.trim_end_matches('s') == stem)
        .map(|&(_, _, code)| (code, skip + 2))
}

/// Adjective, currency, ISO 4217 code, where the currency's name alone means another one.
const NATIONAL: [(&str, &str, &str); 62] = [
    ("u.s.", "dollar", "USD"),
    ("us", "dollar", "USD"),
    ("american", "dollar", "USD"),
    ("states", "dollar", "USD"),
    ("australian", "dollar", "AUD"),
    ("canadian", "dollar", "CAD"),
    ("zealand", "dollar", "NZD"),
    ("kong", "dollar", "HKD"),
    ("singapore", "dollar", "SGD"),
    ("singaporean", "dollar", "SGD"),
    ("taiwan", "dollar", "TWD"),
    ("jamaican", "dollar", "JMD"),
    ("zimbabwe", "dollar", "ZWL"),
    ("pakistani", "rupee", "PKR"),
    ("pakistan", "rupee", "PKR"),
    ("sri", "rupee", "LKR"),
    ("lankan", "rupee", "LKR"),
    ("nepalese", "rupee", "NPR"),
    ("indian", "rupee", "INR"),
    ("egyptian", "pound", "EGP"),
    ("sudanese", "pound", "SDG"),
    ("syrian", "pound", "SYP"),
    ("lebanese", "pound", "LBP"),
    ("british", "pound", "GBP"),
    ("irish", "pound", "IEP"),
    ("swiss", "franc", "CHF"),
    ("french", "franc", "FRF"),
    ("belgian", "franc", "BEF"),
    ("cfa", "franc", "XAF"),
    ("japanese", "yen", "JPY"),
    ("chinese", "yuan", "CNY"),
    ("korean", "won", "KRW"),
    ("russian", "ruble", "RUB"),
    ("russian", "rouble", "RUB"),
    ("belarusian", "ruble", "BYN"),
    ("danish", "krone", "DKK"),
    ("danish", "kroner", "DKK"),
    ("norwegian", "krone", "NOK"),
    ("norwegian", "kroner", "NOK"),
    ("swedish", "krona", "SEK"),
    ("swedish", "kronor", "SEK"),
    ("icelandic", "krona", "ISK"),
    ("czech", "koruna", "CZK"),
    ("czech", "crown", "CZK"),
    ("philippine", "peso", "PHP"),
    ("philippines", "peso", "PHP"),
    ("mexican", "peso", "MXN"),
    ("argentine", "peso", "ARS"),
    ("colombian", "peso", "COP"),
    ("chilean", "peso", "CLP"),
    ("brazilian", "real", "BRL"),
    ("brazilian", "reai", "BRL"),
    ("turkish", "lira", "TRY"),
    ("italian", "lira", "ITL"),
    ("iranian", "rial", "IRR"),
    ("saudi", "riyal", "SAR"),
    ("qatari", "riyal", "QAR"),
    ("kuwaiti", "dinar", "KWD"),
    ("iraqi", "dinar", "IQD"),
    ("serbian", "dinar", "RSD"),
    ("finnish", "markka", "FIM"),
    ("german", "mark", "DEM"),
];

// ---------------------------------------------------------------- age and time

/// "20s" in "in his 20s".
fn decade_of_life(p: Pieces<'_>, at: usize) -> Option<Found> {
    let is_decade = p.says(at, "s") && p.is_glued_before(at) && at >= 2;
    let of_someone = |index: usize| p.says_any(index, &["his", "her", "their", "early", "mid", "late"]);
    let before = at.wrapping_sub(2);
    let owner = if p.is_mark(before, Mark::Hyphen) { before.wrapping_sub(1) } else { before };
    (is_decade && of_someone(owner)).then(|| found(Unit::Age("year"), at + 1, true)).flatten()
}

fn age_or_time(p: Pieces<'_>, at: usize, number: &Number) -> Option<Found> {
    if p.says_any(at, &["yo", "y.o."]) {
        return found(Unit::Age("year"), at + 1, false);
    }
    // "billions [of years]", "13 [of the last 19 years]"
    let at = match (p.says(at, "of"), p.says_any(at + 1, &["the"]) && p.says_any(at + 2, &["last", "past"])) {
        (true, true) => {
            let (_, unit) = crate::engine::pieces::number::read_whole(p, at + 3)?;
            return p.is(unit, Class::TimeUnit).then(|| found(Unit::Time(p.code(unit)?, 1.0), unit + 1, false)).flatten();
        }
        (true, false) if is_vague(number) => at + 1,
        _ => at,
    };
    let word = time_word(p, at)?;
    let code = p.code(word)?;
    let next = word + 1;
    let old = over_hyphen(p, next);
    if p.says_any(old, &["old", "olds"]) && !p.says_any(old + 1, &["fight", "standing"]) {
        return found(Unit::Age(code), old + 1, false);
    }
    if p.says_all(next, &["of", "age"]) {
        return found(Unit::Age(code), next + 2, false);
    }
    let unit = match code {
        "fortnight" => Unit::Time("week", 2.0),
        _ => Unit::Time(code, 1.0),
    };
    found(unit, next, false)
}

/// Finds the time unit behind a number: "30 [days]", "30-[day]", "four straight [days]", "30 or more [days]".
fn time_word(p: Pieces<'_>, at: usize) -> Option<usize> {
    let word = over_hyphen(p, at);
    let is_glued_letter = p.is_glued_before(at) && p.is_glued(at.wrapping_sub(1));
    if p.is(word, Class::TimeUnit) && !(p.says(word, "second") && word == at && p.is_word(at + 1) && !p.is_dash(at)) {
        return Some(word);
    }
    if is_glued_letter && p.says_any(at, &["h", "s", "d"]) {
        return None;
    }
    let is_modifier = p.says_any(
        at,
        &["more", "full", "consecutive", "straight", "additional", "further", "whole", "calendar", "business", "working", "trading", "long", "other", "extra", "entire", "solid", "successive", "different", "fiscal", "school", "light", "or", "past", "previous", "last", "next", "intense"],
    );
    let next = at + 1 + usize::from(p.says(at, "or") && p.says_any(at + 1, &["more", "so"]));
    let follows = p.is(next, Class::TimeUnit) && !p.says_any(at, &["light"]) && !p.is_dash(next);
    (is_modifier && follows).then_some(next)
}

fn is_vague(number: &Number) -> bool {
    number.form == Form::Vague
}

// ---------------------------------------------------------------- measures

fn measure(p: Pieces<'_>, at: usize, number: &Number) -> Option<Found> {
    let at = at + usize::from(is_vague(number) && p.says(at, "of"));
    let word = over_hyphen(p, at);
    if let Some(next) = degrees(p, word) {
        return found(Unit::Measure(next.0), next.1, false);
    }
    if let Some((code, words)) = compound(p, word) {
        return found(Unit::Measure(code), word + words, false);
    }
    if !p.is(word, Class::Measure) || is_ambiguous(p, word, at, number) {
        return None;
    }
    // "pounds" is in the tables as money; what is not a price is a weight.
    let code = if p.says(word, "pounds") { "lb" } else { p.code(word)? };
    let next = word + 1;
    let rate = match code {
        "km" if is_per_hour(p, next) => Some("km/h"),
        "mi" if is_per_hour(p, next) => Some("mph"),
        "m" if p.says_all(next, &["per", "second"]) || p.is_mark(next, Mark::Slash) && p.says(next + 1, "s") => Some("m/s"),
        "mi" if p.says_all(next, &["per", "gallon"]) => Some("mpg"),
        _ => None,
    };
    match rate {
        Some(code) => found(Unit::Measure(code), next + 2, false),
        None => found(Unit::Measure(code), next, false),
    }
}

fn is_per_hour(p: Pieces<'_>, at: usize) -> bool {
    (p.says_any(at, &["per", "an"]) && p.says(at + 1, "hour")) || (p.is_mark(at, Mark::Slash) && p.says_any(at + 1, &["h", "hr", "hour"]))
}

/// "°C", "degrees Celsius", "deg F", "degrees".
fn degrees(p: Pieces<'_>, at: usize) -> Option<(&'static str, usize)> {
    let sign = p.is_mark(at, Mark::Degree);
    if !sign && !p.says_any(at, &["degrees", "degree", "deg", "degs"]) {
        return None;
    }
    let scale = at + 1 + usize::from(p.is_mark(at + 1, Mark::Stop) && p.says(at, "deg"));
    if p.says_any(scale, &["c", "celsius", "celcius", "centigrade"]) {
        Some(("degC", scale + 1))
    } else if p.says_any(scale, &["f", "fahrenheit", "farenheit"]) {
        Some(("degF", scale + 1))
    } else if p.says_any(scale, &["north", "south", "east", "west", "murder"]) || (!sign && p.says(at, "degree")) {
        None
    } else {
        Some(("degree", at + 1))
    }
}

/// "square kilometres", "cubic feet", "nautical miles", "light-years", "metric tons", "billion cubic".
fn compound(p: Pieces<'_>, at: usize) -> Option<(&'static str, usize)> {
    let hyphen = usize::from(p.is_mark(at + 1, Mark::Hyphen));
    let word = at + 1 + hyphen;
    let code = p.code(word).unwrap_or_default();
    let code = match (p.str(at).to_ascii_lowercase().as_str(), code) {
        ("square" | "sq", "km") => "km2",
        ("square" | "sq", "m") => "m2",
        ("square" | "sq", "mi") => "mi2",
        ("square" | "sq", "ft") => "ft2",
        ("square" | "sq", "in") => "in2",
        ("square" | "sq", "yd") => "yd2",
        ("square" | "sq", "cm") => "cm2",
        ("cubic" | "cu", "m") => "m3",
        ("cubic" | "cu", "ft") => "ft3",
        ("cubic" | "cu", "km") => "km3",
        ("cubic" | "cu", "cm") => "cm3",
        ("cubic" | "cu", "mi") => "mi3",
        ("cubic" | "cu", "in") => "in3",
        ("cubic" | "cu", "yd") => "yd3",
        ("nautical", "mi") => "nmi",
        ("light", "year") => "ly",
        ("metric", "t" | "ton") => "t",
        ("short" | "long", "ton") => "ton",
        ("fluid", "oz") => "floz",
        ("pound", "ft") => "lbft",
        _ => return None,
    };
    Some((code, 2 + hyphen))
}

/// Unit words that are also something else.
fn is_ambiguous(p: Pieces<'_>, word: usize, at: usize, number: &Number) -> bool {
    let text = p.str(word);
    let is_glued = word > at || p.is_glued_before(at);
    let one_letter = text.len() == 1 && !is_glued && !number.in_digits;
    let preposition = text == "in" && !is_in_inches(p, word, is_glued);
    let is_name = p.is_capital(word) && (3..=5).contains(&text.len()) && !p.says_any(word, &["celsius", "fahrenheit", "kelvin", "magnitude"]) && text.chars().skip(1).all(char::is_lowercase);
    let noun = p.says_any(word, &["bars", "stones", "cups", "foot"]) && !(p.says(word, "foot") && (is_glued || number.in_digits));
    let gears = text == "K" || text == "A" && !is_glued;
    one_letter || preposition || is_name || noun || gears
}

/// "5 in" is a length only where no phrase begins: glued, or at the end.
fn is_in_inches(p: Pieces<'_>, word: usize, is_glued: bool) -> bool {
    is_glued || !(p.is_word(word + 1) || p.is_digits(word + 1)) && (p.is_any_mark(word + 1, &[Mark::Close, Mark::Stop]) || word + 1 == p.len()) || p.says_any(word + 1, &["thick", "wide", "long", "tall", "high"])
}
