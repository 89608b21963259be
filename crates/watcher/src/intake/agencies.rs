//! Names of news agencies.

/// An agency as printed, and its usual name.
pub(crate) struct Agency {
    pub(crate) printed: &'static str,
    pub(crate) name: &'static str,
}

const fn agency(printed: &'static str, name: &'static str) -> Agency {
    Agency { printed, name }
}

/// News agencies; longer names before their beginnings.
pub(crate) const AGENCIES: &[Agency] = &[
    agency("Agence France-Presse", "AFP"),
    agency("Agence France Presse", "AFP"),
    agency("AFP", "AFP"),
    agency("Associated Press of Pakistan", "Associated Press of Pakistan"),
    agency("The Associated Press", "Associated Press"),
    agency("Associated Press", "Associated Press"),
    agency("AP", "Associated Press"),
    agency("Thomson Reuters", "Reuters"),
    agency("Reuters", "Reuters"),
    agency("Reuter", "Reuters"),
    agency("Press Trust of India", "Press Trust of India"),
    agency("PTI", "Press Trust of India"),
    agency("Asian News International", "ANI"),
    agency("ANI", "ANI"),
    agency("Indo-Asian News Service", "IANS"),
    agency("IANS", "IANS"),
    agency("United News of India", "UNI"),
    agency("UNI", "UNI"),
    agency("APP", "Associated Press of Pakistan"),
    agency("Pakistan Press International", "PPI"),
    agency("PPI", "PPI"),
    agency("INP", "INP"),
    agency("NNI", "NNI"),
    agency("Online News Agency", "Online"),
    agency("Xinhua News Agency", "Xinhua"),
    agency("Xinhua", "Xinhua"),
    agency("ITAR-TASS", "TASS"),
    agency("TASS", "TASS"),
    agency("RIA Novosti", "RIA Novosti"),
    agency("Interfax-Ukraine", "Interfax-Ukraine"),
    agency("Interfax", "Interfax"),
    agency("Ukrinform", "Ukrinform"),
    agency("Bloomberg News", "Bloomberg"),
    agency("Bloomberg", "Bloomberg"),
    agency("Deutsche Presse-Agentur", "dpa"),
    agency("dpa", "dpa"),
    agency("DPA", "dpa"),
    agency("EFE", "EFE"),
    agency("ANSA", "ANSA"),
    agency("Anadolu Agency", "Anadolu"),
    agency("Anadolu", "Anadolu"),
    agency("AA", "Anadolu"),
    agency("Kyodo News", "Kyodo"),
    agency("Kyodo", "Kyodo"),
    agency("Yonhap News Agency", "Yonhap"),
    agency("Yonhap", "Yonhap"),
    agency("PA Media", "PA Media"),
    agency("Press Association", "PA Media"),
    agency("PA", "PA Media"),
    agency("The Canadian Press", "The Canadian Press"),
    agency("Canadian Press", "The Canadian Press"),
    agency("Australian Associated Press", "AAP"),
    agency("AAP", "AAP"),
    agency("Bangladesh Sangbad Sangstha", "BSS"),
    agency("BSS", "BSS"),
    agency("UNB", "UNB"),
    agency("bdnews24.com", "bdnews24.com"),
    agency("IRNA", "IRNA"),
    agency("Tasnim", "Tasnim"),
    agency("SANA", "SANA"),
    agency("WAFA", "WAFA"),
    agency("WAM", "WAM"),
    agency("SPA", "SPA"),
    agency("KUNA", "KUNA"),
    agency("MENA", "MENA"),
    agency("QNA", "QNA"),
    agency("NAN", "NAN"),
    agency("United Press International", "UPI"),
    agency("UPI", "UPI"),
    agency("Dow Jones", "Dow Jones"),
    agency("Inter Press Service", "IPS"),
    agency("IPS", "IPS"),
    agency("CNA", "CNA"),
    agency("PRNewswire", "PR Newswire"),
    agency("PR Newswire", "PR Newswire"),
    agency("Business Wire", "Business Wire"),
    agency("GLOBE NEWSWIRE", "GlobeNewswire"),
];

/// The second letters of [`AGENCIES`], as bits, by their first.
static AGENCY_LETTERS: [u32; 32] = {
    let mut letters = [0; 32];
    let mut at = 0;
    while at < AGENCIES.len() {
        let printed = AGENCIES[at].printed.as_bytes();
        letters[(printed[0] & 31) as usize] |= 1 << (printed[1] & 31);
        at += 1;
    }
    letters
};

/// Returns the agency that a text starts with, and how many bytes it takes; whole words only.
pub(crate) fn agency_at(text: &str) -> Option<(&'static Agency, usize)> {
    let [first, second, ..] = text.as_bytes() else {
        return None;
    };
    // Most lines begin otherwise.
    if AGENCY_LETTERS[usize::from(first & 31)] >> (second & 31) & 1 == 0 {
        return None;
    }
    let mut candidates = AGENCIES
        .iter()
        .filter(|agency| agency.printed.as_bytes()[0] == *first);
    candidates.find_map(|agency| {
        let rest = text.strip_prefix(agency.printed)?;
        (!rest.starts_with(|c: char| c.is_alphanumeric() || c == '-'))
            .then_some((agency, agency.printed.len()))
    })
}

/// Returns the agency that a credit names and nothing else.
pub(crate) fn agency_named(credit: &str) -> Option<&'static Agency> {
    let credit = credit.trim();
    AGENCIES
        .iter()
        .find(|agency| agency.printed.eq_ignore_ascii_case(credit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_agency_hides_a_longer_one() {
        for (at, short) in AGENCIES.iter().enumerate() {
            for long in &AGENCIES[at + 1..] {
                let hidden = long
                    .printed
                    .strip_prefix(short.printed)
                    .is_some_and(|rest| rest.starts_with(' '));
                assert!(!hidden, "{} hides {}", short.printed, long.printed);
            }
        }
    }
}
