//! Which topics there are, and whether a pattern can match any of them. One that cannot would wait for ever.

use wire::message::{EntityType, FigureKind};

use crate::config::is_word;

/// A family of topics of three parts, such as `figure.<kind>.<country>`, or of two.
struct Family {
    name: &'static str,
    /// What the parts after the name are.
    parts: &'static [&'static str],
    /// What the first of these can be; empty where that is open.
    first: fn() -> Vec<&'static str>,
    /// Whether all parts are keys: lower case, in letters, digits, `-` and `_`.
    keys: bool,
}

const FAMILIES: &[Family] = &[
    Family {
        name: "entity",
        parts: &["<type>", "<key>"],
        first: || EntityType::ALL.map(EntityType::as_str).to_vec(),
        keys: true,
    },
    Family {
        name: "figure",
        parts: &["<kind>", "<country>"],
        first: || FigureKind::ALL.map(FigureKind::as_str).to_vec(),
        keys: true,
    },
    Family {
        name: "enriched",
        parts: &["<language>", "<source>"],
        first: Vec::new,
        keys: true,
    },
    Family {
        name: "article",
        parts: &["<source>"],
        first: Vec::new,
        keys: true,
    },
    Family {
        name: "dead",
        parts: &["<stage>", "<reason>"],
        first: || vec!["enricher", "sink"],
        keys: true,
    },
    Family {
        name: "worker",
        parts: &["<role>", "<id>"],
        first: Vec::new,
        keys: false,
    },
];

/// Fails, with a hint, where no topic can match the pattern.
pub(super) fn check(pattern: &str, prefix: &str) -> Result<(), String> {
    let below = match pattern.split_once('.') {
        Some((first, rest)) if first == prefix => rest,
        _ => pattern,
    };
    let parts: Vec<&str> = below.split('.').collect();
    check_form(&parts).map_err(|problem| format!("`{pattern}` is no pattern of topics: {problem}"))?;
    let refused = |problem| format!("`{pattern}` can match no topic: {problem}");
    let (head, rest) = (parts[0], &parts[1..]);
    if is_wildcard(head) {
        return Ok(());
    }
    let Some(family) = FAMILIES.iter().find(|family| family.name == head) else {
        let names: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
        return Err(refused(format!(
            "the first part is one of {}, not `{head}`",
            quoted(&names)
        )));
    };
    family.check(rest).map_err(refused)
}

/// Checks what holds for every pattern on NATS.
fn check_form(parts: &[&str]) -> Result<(), String> {
    for (index, part) in parts.iter().enumerate() {
        if part.is_empty() || part.contains(char::is_whitespace) {
            return Err("each part between dots is a word, `*` or `>`".to_owned());
        }
        if !is_wildcard(part) && part.contains(['*', '>']) {
            return Err(format!("a wildcard stands for a whole part, not as in `{part}`"));
        }
        if *part == ">" && index + 1 < parts.len() {
            return Err("`>` stands for all that follows, so it comes last".to_owned());
        }
    }
    Ok(())
}

impl Family {
    /// Checks the parts after the name.
    fn check(&self, rest: &[&str]) -> Result<(), String> {
        let is_open = rest.last() == Some(&">");
        let fits = rest.len() == self.parts.len() || (is_open && rest.len() < self.parts.len());
        if !fits {
            let shape = format!("{}.{}", self.name, self.parts.join("."));
            let hint = match rest {
                [] => format!(", such as `{}.>`", self.name),
                rest if rest.len() < self.parts.len() => {
                    format!(", such as `{}.{}.>`", self.name, rest.join("."))
                }
                _ => String::new(),
            };
            return Err(format!("its topics are `{shape}`{hint}"));
        }
        for (part, name) in rest.iter().zip(self.parts).filter(|(part, _)| !is_wildcard(part)) {
            let known = if *name == self.parts[0] {
                (self.first)()
            } else {
                Vec::new()
            };
            if !known.is_empty() && !known.contains(part) {
                return Err(format!("{name} is one of {}, not `{part}`", quoted(&known)));
            }
            if self.keys && !is_word(part) {
                let key = wire::transport::subject_token(part);
                return Err(format!("topics have `{key}` for `{part}`"));
            }
        }
        Ok(())
    }
}

fn is_wildcard(part: &str) -> bool {
    part == "*" || part == ">"
}

fn quoted(names: &[&str]) -> String {
    format!("`{}`", names.join("`, `"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn accept(pattern: &str) {
        assert_eq!(check(pattern, "slugline"), Ok(()));
    }

    #[track_caller]
    fn refuse(pattern: &str, why: &str) {
        let told = check(pattern, "slugline").expect_err("matches nothing");
        assert!(told.contains(why), "{told}");
    }

    #[test]
    fn patterns_that_can_match_are_accepted() {
        for pattern in [
            ">",
            "*.killed.>",
            "figure.>",
            "figure.killed.>",
            "figure.killed.pk",
            "figure.*._",
            "figure.killed.*",
            "slugline.entity.person.asim-munir",
            "slugline.>",
            "entity.*.*",
            "enriched.en.>",
            "article.inbox",
            "dead.sink.>",
            "worker.slugline-enricher.Xy12",
        ] {
            accept(pattern);
        }
    }

    #[test]
    fn patterns_that_match_nothing_are_refused_with_a_hint() {
        refuse("bogus.>", "one of `entity`, `figure`, `enriched`");
        refuse("bogus", "not `bogus`");
        refuse("other.figure.killed.>", "not `other`");
        refuse("figure", "such as `figure.>`");
        refuse(
            "figure.killed",
            "`figure.<kind>.<country>`, such as `figure.killed.>`",
        );
        refuse("figure.killed.pk.karachi", "`figure.<kind>.<country>`");
        refuse("figure.killed.pk.>", "`figure.<kind>.<country>`");
        refuse("figure.kiled.>", "`killed`, `injured`");
        refuse("entity.persons.>", "`person`, `organization`");
        refuse("entity.person.Asim-Munir", "`asim-munir` for `Asim-Munir`");
        refuse("article.a.b", "`article.<source>`");
        refuse("figure..pk", "a word");
        refuse("figure. .pk", "a word");
        refuse("", "a word");
        refuse("figure.kill*.>", "whole part");
        refuse("figure.>.pk", "comes last");
    }
}
