//! Money: signs, codes and names of currencies, in front of a number or behind it.
//!
//! Codes are ISO 4217; a bare "$" is the US dollar.

#![expect(
    clippy::float_cmp,
    reason = "printed numbers are compared with the numbers that are printed"
)]

use super::unit::{Found, Unit, found, over_hyphen};
use crate::engine::pieces::number::Number;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// Reads "$", "US$", "€", "Rs.", "USD" directly before a number; returns the code and the piece after.
pub(super) fn before(p: Pieces<'_>, at: usize) -> Option<(&'static str, usize)> {
    // The Penn Treebank's spelling of the pound sign.
    if p.is_mark(at, Mark::Hash) && !p.is_glued(at) && p.is_digits(at + 1) && p.is(at + 2, Class::Scale) {
        return Some(("GBP", at + 1));
    }
    if p.is_mark(at, Mark::Currency) {
        // "$US5": the country behind the sign.
        let behind = p.is_capital(at + 1) && p.is_glued(at) && p.is_glued(at + 1) && p.str(at + 1).len() <= 3;
        return Some(if behind {
            (prefixed_dollar(p.str(at + 1), p.str(at)), at + 2)
        } else {
            (symbol(p.str(at)), at + 1)
        });
    }
    if let Some(found) = mangled(p, at) {
        return Some(found);
    }
    if p.is_word(at)
        && p.is_mark(at + 1, Mark::Currency)
        && (p.is_glued(at) || p.says_any(at, &["us", "u.s.", "hk", "nz", "c"]))
    {
        let spelled = p.is(at, Class::CurrencyCode).then(|| p.code(at)).flatten();
        return Some((
            spelled.unwrap_or_else(|| prefixed_dollar(p.str(at), p.str(at + 1))),
            at + 2,
        ));
    }
    if is_named_amount(p, at) {
        return Some((p.code(at)?, at + 1));
    }
    // Lower-case codes that are also words need their capitals.
    let is_word = p.says_any(
        at,
        &[
            "try", "fr", "rub", "cad", "rm", "rp", "tk", "nis", "dh", "sar", "php", "us$",
        ],
    );
    let is_code = p.is(at, Class::CurrencyCode) && (p.is_capital(at) || !is_word) && !p.says(at, "pounds");
    if !is_code {
        return None;
    }
    let next = at + 1 + usize::from(p.is_mark(at + 1, Mark::Stop) && p.is_glued(at));
    let next = next + usize::from(p.is_mark(next, Mark::Currency));
    // The hyphen of "RS-12M" is no minus.
    let is_minus = p.is_mark(next, Mark::Hyphen) && (next > at + 1 || !p.is_glued(at));
    let counts = p.is_digits(next) || is_minus && p.is_digits(next + 1);
    counts.then(|| p.code(at).map(|code| (code, next))).flatten()
}

/// "dollar 9 million", "rupees 300 crore": the name stands before an amount that can be nothing else.
pub(super) fn is_named_amount(p: Pieces<'_>, at: usize) -> bool {
    p.is(at, Class::Currency)
        && !p.is(at, Class::Verb)
        && p.is_digits(at + 1)
        && !p.is_glued(at)
        && p.is(at + 2, Class::Scale)
        && !p.is_digits(at.wrapping_sub(1))
        && !p.is(at.wrapping_sub(1), Classes::of(&[Class::Scale, Class::Cardinal]))
}

/// Pound and yen signs that a feed has turned into letters: "PS4,300", "Y=12 billion".
fn mangled(p: Pieces<'_>, at: usize) -> Option<(&'static str, usize)> {
    if p.str(at) == "PS" && p.is_glued(at) && p.is_digits(at + 1) {
        let is_amount = p.str(at + 1).contains([',', '.'])
            || p.is(at + 2, Class::Scale)
            || p.is_glued(at + 1) && p.says_any(at + 2, &["m", "k"]);
        return is_amount.then_some(("GBP", at + 1));
    }
    let is_yen = p.str(at) == "Y"
        && p.str(at + 1) == "="
        && p.is_glued(at)
        && p.is_glued(at + 1)
        && p.is_digits(at + 2);
    is_yen.then_some(("JPY", at + 2))
}

fn symbol(mark: &str) -> &'static str {
    match mark {
        "€" => "EUR",
        "£" | "￡" | "₤" => "GBP",
        "¥" | "￥" | "円" => "JPY",
        "元" => "CNY",
        "₾" => "GEL",
        "₡" => "CRC",
        "₭" => "LAK",
        "₿" => "XBT",
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
pub(super) fn skip_word(p: Pieces<'_>, at: usize) -> usize {
    let repeats = p.is(at, Class::Currency) && p.code(at) == Some("USD")
        || (p.is(at, Class::CurrencyCode) && p.is_capital(at));
    at + usize::from(repeats)
}

/// Reads the currency behind a number.
pub(super) fn after(p: Pieces<'_>, at: usize, number: &Number) -> Option<Found> {
    let word = over_hyphen(p, at);
    // "five $20 notes", "8 EUR20 coupons": the sign belongs to the next number.
    if p.is_glued(at) && p.is_digits(at + 1) && !p.is_glued_before(at) {
        return None;
    }
    if p.is_mark(at, Mark::Currency) {
        let unit = if p.str(at) == "¢" {
            Unit::Money("USD", 0.01)
        } else {
            Unit::Money(symbol(p.str(at)), 1.0)
        };
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
    if let Some((code, next)) = before(p, word)
        .filter(|_| p.is_glued_before(word) && p.is_word(word) && p.is_mark(word + 1, Mark::Currency))
    {
        return found(Unit::Money(code, 1.0), next, true);
    }
    let is_name = p.is(word, Class::Currency)
        && !p.says_any(word, &["won", "mark", "real", "sol", "rand", "ether", "dong"]);
    let is_doubtful = p.says_any(word, &["won", "rand", "dong"]) && !p.is_word(word + 1);
    if is_name || is_doubtful {
        return found(Unit::Money(p.code(word)?, 1.0), word + 1, true);
    }
    if let Some(code) = million_code(p, word) {
        return found(Unit::Money(code, 1e6), word + 1, true);
    }
    // "118.5p", "1112 p.", but no "p-value"
    let goes_on = p.is_glued(at) && (p.is_word(at + 1) || p.is_digits(at + 1) || p.is_dash(at + 1));
    if p.str(at) == "p" && number.in_digits && !goes_on {
        return found(Unit::Money("GBP", 0.01), at + 1, true);
    }
    let is_pounds = p.says(word, "pounds") && !weighs(p, word) && is_price(p, word, number);
    // "PS" behind a number is horsepower.
    let is_code = p.is(word, Class::CurrencyCode)
        && (p.is_capital(word) && !p.says_any(word, &["try", "pounds", "ps"])
            || is_pounds
            || p.says_any(word, &["rmb", "usd", "eur", "gbp"]));
    if is_code && number.scale == 1.0 && p.is(word + 1, Class::Scale) {
        return found(Unit::Money(p.code(word)?, p.value(word + 1)?), word + 2, true);
    }
    is_code
        .then(|| found(Unit::Money(p.code(word)?, 1.0), word + 1, true))
        .flatten()
}

/// "120 MEUR", "7.2 MGBP": millions of a currency.
fn million_code(p: Pieces<'_>, at: usize) -> Option<&'static str> {
    let code = p
        .str(at)
        .strip_prefix('M')
        .filter(|code| code.len() == 3 && p.shape(at) == Some(Shape::Upper))?;
    [
        "USD", "EUR", "GBP", "AUD", "CAD", "SEK", "NOK", "DKK", "CHF", "JPY",
    ]
    .into_iter()
    .find(|known| *known == code)
}

/// Pounds are money where millions of them are, or where something is paid; otherwise they weigh.
fn is_price(p: Pieces<'_>, at: usize, number: &Number) -> bool {
    let from = at.saturating_sub(8);
    number.scale > 1.0
        || (from..at).any(|index| {
            p.says_any(
                index,
                &[
                    "worth", "cost", "costs", "paid", "pay", "pays", "fine", "fined", "price", "priced",
                    "sold", "bought", "spent", "wages", "salary", "tax", "prize", "debts", "bail",
                ],
            )
        })
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
    let skip = usize::from(
        p.says_any(at, &["new", "hong", "british", "united"])
            && !p.is(at + 1, Classes::of(&[Class::Currency, Class::CurrencyCode])),
    );
    let name = at + skip + 1;
    let is_currency = p.is(name, Classes::of(&[Class::Currency, Class::CurrencyCode]));
    if !is_currency && !p.says_any(name, &["crown", "crowns"]) {
        return None;
    }
    let is_adjective = is_currency
        && !p.says_any(name, &["won", "mark", "marks", "real", "sol"])
        && ["an", "ian", "ese", "ish", "ia", "ch", "i"]
            .iter()
            .any(|ending| p.str(at).ends_with(ending));
    let adjective = p.str(name - 1).to_ascii_lowercase();
    let stem = p.str(name).to_ascii_lowercase();
    let stem = stem.trim_end_matches('s');
    NATIONAL
        .iter()
        .find(|(nation, currency, _)| *nation == adjective && currency.trim_end_matches('s') == stem)
        .map(|&(_, _, code)| (code, skip + 2))
        .or_else(|| {
            is_adjective
                .then(|| p.code(name).map(|code| (code, skip + 2)))
                .flatten()
        })
}

/// Adjective, currency, ISO 4217 code, where the currency's name alone means another one.
const NATIONAL: [(&str, &str, &str); 65] = [
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
    ("danish", "crown", "DKK"),
    ("norwegian", "crown", "NOK"),
    ("swedish", "crown", "SEK"),
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
