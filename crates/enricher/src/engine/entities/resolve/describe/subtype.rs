//! Subtypes: from the record where there is one, otherwise from the words that head a name.

use super::super::super::super::lexicon::{Class, Record};
use super::super::super::heads;
use super::super::{Named, Scene};
use wire::message::EntityType;

/// Returns the subtype of an entity; `None` rather than a guess.
pub(super) fn find(scene: &Scene<'_>, name: &Named, record: Option<Record<'_>>) -> Option<&'static str> {
    let kind = name.mention.kind;
    if let Some(subtype) = record.and_then(|record| of_class(record.class)) {
        return Some(subtype);
    }
    if kind == EntityType::Organization && is_agency(scene, name) {
        return Some("media");
    }
    let words = name.mention.range().map(|at| scene.tokens[at].of(scene.text));
    match kind {
        EntityType::Organization => words.rev().find_map(of_organization),
        EntityType::Place => words.rev().find_map(of_place),
        EntityType::Misc => words.rev().find_map(of_misc),
        EntityType::Person | EntityType::Norp | EntityType::Event => None,
    }
}

/// "QUETTA (Northern News Agency) —": an agency in the brackets of a dateline is one for news.
fn is_agency(scene: &Scene<'_>, name: &Named) -> bool {
    let range = name.mention.range();
    let heads_agency = |word: &str| word.eq_ignore_ascii_case("Agency") || heads::is_medium(word);
    let is = |at: usize, mark: &str| {
        scene
            .tokens
            .get(at)
            .is_some_and(|token| token.of(scene.text) == mark)
    };
    range.start > 0
        && is(range.start - 1, "(")
        && is(range.end, ")")
        && heads_agency(scene.tokens[range.end - 1].of(scene.text))
        && scene.sheet.is_in_dateline(name.mention.first)
}

fn of_class(class: Class) -> Option<&'static str> {
    Some(match class {
        Class::Country => "country",
        Class::Region | Class::District => "region",
        Class::BigCity | Class::City | Class::Town => "city",
        Class::Nationality => "nationality",
        Class::ArmedGroup => "armed_group",
        Class::Government => "government",
        Class::Military => "military",
        Class::Party => "party",
        Class::Company => "company",
        Class::Media => "media",
        Class::Sport => "team",
        Class::Organization => "igo",
        _ => return None,
    })
}

fn of_organization(word: &str) -> Option<&'static str> {
    Some(match word {
        "Ministry" | "Department" | "Agency" | "Commission" | "Court" | "Parliament" | "Congress"
        | "Senate" | "Assembly" | "Cabinet" | "Directorate" | "Bureau" | "Police" | "Authority"
        | "Embassy" | "Tribunal" => "government",
        "Army" | "Navy" | "Corps" | "Brigade" | "Battalion" | "Regiment" | "Command" | "Guards" => "military",
        "Party" => "party",
        "University" | "College" | "School" | "Academy" | "Institute" => "school",
        "Inc" | "Inc." | "Corp" | "Corp." | "Ltd" | "Ltd." | "Limited" | "LLC" | "PLC" | "plc" | "AG"
        | "Bank" | "Airlines" | "Airways" | "Motors" | "Company" | "Corporation" | "Holdings" => "company",
        "News" | "Times" | "Post" | "Journal" | "Tribune" | "Herald" | "Gazette" | "Radio" | "Television"
        | "TV" | "Wire" | "Newswire" => "media",
        "FC" | "United" | "Rovers" | "Wanderers" | "Athletic" | "Rangers" => "team",
        "Front" | "Militia" | "Mujahideen" | "Cartel" => "armed_group",
        _ => return None,
    })
}

fn of_place(word: &str) -> Option<&'static str> {
    Some(match word {
        "Province" | "State" | "District" | "County" | "Region" | "Oblast" | "Governorate" | "Peninsula" => {
            "region"
        }
        "City" | "Town" | "Village" => "city",
        "River" | "Lake" | "Sea" | "Ocean" | "Bay" | "Gulf" | "Strait" | "Canal" => "water",
        "Airport" | "Airfield" | "Base" | "Camp" | "Prison" | "Bridge" | "Stadium" | "Arena" | "Tower"
        | "Building" | "Palace" | "Mosque" | "Church" | "Cathedral" | "Temple" | "Port" | "Station"
        | "Dam" | "Tunnel" | "Museum" | "Hall" | "Park" | "Square" | "Street" | "Road" | "Avenue"
        | "Highway" => "facility",
        _ => return None,
    })
}

fn of_misc(word: &str) -> Option<&'static str> {
    Some(match word {
        "Act" | "Law" | "Bill" | "Treaty" | "Agreement" | "Accord" | "Accords" | "Convention"
        | "Amendment" | "Code" | "Constitution" | "Protocol" | "Resolution" => "law",
        "Prize" | "Award" | "Awards" | "Medal" => "award",
        _ => return None,
    })
}
