//! Names of news agencies, of outlets that page titles end with, and of cities that datelines start with.

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

/// Returns the agency that a text starts with, and how many bytes it takes; whole words only.
pub(crate) fn agency_at(text: &str) -> Option<(&'static Agency, usize)> {
    AGENCIES.iter().find_map(|agency| {
        let rest = text.strip_prefix(agency.printed)?;
        (!rest.starts_with(|c: char| c.is_alphanumeric() || c == '-')).then_some((agency, agency.printed.len()))
    })
}

/// Returns the agency that a credit names and nothing else.
pub(crate) fn agency_named(credit: &str) -> Option<&'static Agency> {
    let credit = credit.trim();
    AGENCIES.iter().find(|agency| agency.printed.eq_ignore_ascii_case(credit))
}

/// Outlets that page titles end with, after a dash.
pub(crate) const TITLE_OUTLETS: &[&str] = &[
    "al jazeera", "al jazeera english", "ap news", "bbc", "bbc news", "bbc sport", "bloomberg",
    "business standard", "cbc news", "cbs news", "cnbc", "cnn", "daily mail online", "dawn", "dawn.com",
    "deccan herald", "dw", "euronews", "financial times", "forbes", "fox news", "france 24", "geo.tv",
    "gulf news", "haaretz", "hindustan times", "khaleej times", "los angeles times", "mint", "msn",
    "nbc news", "ndtv", "news18", "newsweek", "npr", "pakistan - dawn.com", "politico", "reuters", "rt",
    "samaa", "sky news", "south china morning post", "the atlantic", "the daily star", "the diplomat",
    "the economic times", "the economist", "the express tribune", "the guardian", "the hill", "the hindu",
    "the independent", "the indian express", "the jerusalem post", "the moscow times", "the nation",
    "the new york times", "the news international", "the print", "the telegraph", "the times of india",
    "the times of israel", "the wall street journal", "the washington post", "the wire", "theprint", "time",
    "times of india", "usa today", "voa", "voa news", "vox", "washington post", "wired", "wsj", "yahoo",
    "yahoo finance", "yahoo news",
];

/// Cities that datelines name without a country, in lower case.
pub(crate) const DATELINE_CITIES: &[&str] = &[
    "abidjan", "abu dhabi", "abuja", "accra", "addis ababa", "aden", "ahmedabad", "aleppo", "algiers",
    "almaty", "amman", "amritsar", "amsterdam", "ankara", "antananarivo", "asmara", "astana", "athens",
    "atlanta", "auckland", "baghdad", "baku", "bamako", "bangkok", "bangui", "barcelona", "basra",
    "beijing", "beirut", "belfast", "belgrade", "bengaluru", "berlin", "bern", "bhopal", "bhubaneswar",
    "bishkek", "bogota", "bogotá", "boston", "brasilia", "brasília", "bratislava", "brazzaville",
    "brussels", "bucharest", "budapest", "buenos aires", "bujumbura", "cairo", "canberra", "cape town",
    "caracas", "chandigarh", "chennai", "chicago", "chisinau", "colombo", "conakry", "copenhagen", "dakar",
    "dallas", "damascus", "dar es salaam", "davos", "dehradun", "delhi", "dera ismail khan", "detroit",
    "dhaka", "djibouti", "doha", "dubai", "dublin", "dushanbe", "edinburgh", "faisalabad", "frankfurt",
    "freetown", "gaborone", "gaza", "gaza city", "geneva", "georgetown", "goma", "guatemala city",
    "gujranwala", "guwahati", "gwadar", "hanoi", "harare", "havana", "helsinki", "herat",
    "ho chi minh city", "hong kong", "houston", "hyderabad", "imphal", "islamabad", "istanbul", "jaipur",
    "jakarta", "jalalabad", "jammu", "jeddah", "jerusalem", "johannesburg", "juba", "kabul", "kampala",
    "kandahar", "karachi", "kathmandu", "kharkiv", "khartoum", "khuzdar", "kigali", "kingston", "kinshasa",
    "kochi", "kolkata", "kuala lumpur", "kuwait city", "kyiv", "la paz", "lagos", "lahore", "libreville",
    "lilongwe", "lima", "lisbon", "ljubljana", "london", "los angeles", "luanda", "lucknow", "lusaka",
    "lviv", "madrid", "malabo", "male", "managua", "manama", "manila", "maputo", "mastung", "melbourne",
    "mexico city", "miami", "milan", "minsk", "mogadishu", "monrovia", "montevideo", "montreal", "moscow",
    "mosul", "multan", "mumbai", "munich", "muscat", "muzaffarabad", "n'djamena", "nagpur", "nairobi",
    "nassau", "new delhi", "new york", "niamey", "nicosia", "noshki", "nouakchott", "odesa", "oslo",
    "ottawa", "ouagadougou", "panama city", "panjgur", "paris", "patna", "peshawar", "philadelphia",
    "phnom penh", "podgorica", "port moresby", "port-au-prince", "prague", "pretoria", "pristina", "pune",
    "pyongyang", "quetta", "quito", "rabat", "ramallah", "ranchi", "rangoon", "rawalpindi", "reykjavik",
    "riga", "rio de janeiro", "riyadh", "rome", "san francisco", "san jose", "san salvador", "sanaa",
    "santiago", "santo domingo", "sao paulo", "sarajevo", "seattle", "seoul", "shanghai", "shillong",
    "sialkot", "singapore", "skopje", "sofia", "srinagar", "stockholm", "strasbourg", "sukkur", "suva",
    "sydney", "são paulo", "taipei", "tallinn", "tashkent", "tbilisi", "tegucigalpa", "tehran", "tel aviv",
    "the hague", "thimphu", "thiruvananthapuram", "tirana", "tokyo", "toronto", "tripoli", "tunis",
    "turbat", "ulaanbaatar", "united nations", "vancouver", "vatican city", "vienna", "vientiane",
    "vilnius", "visakhapatnam", "warsaw", "washington", "washington d.c.", "washington dc", "wellington",
    "windhoek", "yangon", "yaounde", "yaoundé", "yerevan", "zagreb", "zurich",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(TITLE_OUTLETS.is_sorted(), "binary search needs it");
        assert!(DATELINE_CITIES.is_sorted(), "binary search needs it");
    }

    #[test]
    fn no_agency_hides_a_longer_one() {
        for (at, short) in AGENCIES.iter().enumerate() {
            for long in &AGENCIES[at + 1..] {
                let hidden = long.printed.strip_prefix(short.printed).is_some_and(|rest| rest.starts_with(' '));
                assert!(!hidden, "{} hides {}", short.printed, long.printed);
            }
        }
    }
}
