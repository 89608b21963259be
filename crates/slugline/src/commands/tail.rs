//! `slugline tail`: entities and figures as they are found, for people and for programs.

mod topics;

use std::process::ExitCode;

use wire::EnrichedArticle;
use wire::message::{Tag, TagEvent};
use wire::nats::Listener;

use crate::cli::TailArgs;
use crate::progress::Screen;
use crate::roles::Roles;
use crate::settings::Settings;
use crate::shutdown::Signals;
use crate::telemetry;
use crate::wiring::connection_config;

use super::output::print;
use super::server::{require_server, runtime};
use super::show::meaning;
use super::usage::usage;

/// Prints what passes until a signal comes, or as many events as were asked for.
pub(crate) fn run(settings: &Settings, args: &TailArgs) -> anyhow::Result<ExitCode> {
    topics::check(&args.subject, &settings.topology.prefix)
        .map_err(|problem| usage(anyhow::Error::msg(problem)))?;
    require_server(settings)?;
    telemetry::log_to(Screen::stderr(), &settings.log)?;
    runtime()?.block_on(async {
        let mut signals = Signals::listen()?;
        let config = connection_config(settings, Roles::default())?;
        let mut listener = Listener::subscribe(config, &args.subject).await?;
        let mut printed = 0;
        while args.count.is_none_or(|count| printed < count) {
            let message = tokio::select! {
                // Enough seen.
                () = signals.next() => break,
                // Something was found.
                message = listener.next() => message,
            };
            let Some((subject, payload)) = message else { break };
            let text = String::from_utf8_lossy(&payload);
            if args.json {
                print(&text)?;
            } else {
                print(&line(&subject, &text))?;
            }
            printed += 1;
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Returns one line for people.
fn line(subject: &str, payload: &str) -> String {
    if let Ok(event) = serde_json::from_str::<TagEvent<'_>>(payload) {
        return tag_line(&event);
    }
    match serde_json::from_str::<EnrichedArticle>(payload) {
        Ok(record) => format!(
            "{}  {} entities, {} figures",
            title(record.headline.as_deref(), &record.text),
            record.entities.len(),
            record.figures.len()
        ),
        Err(_) => format!("{subject}  {}", one_line(payload, 200)),
    }
}

fn tag_line(event: &TagEvent<'_>) -> String {
    let sentence = event
        .sentence
        .as_ref()
        .map_or("", |sentence| sentence.text.as_str());
    let headline = title(event.headline.as_deref(), sentence);
    match &event.tag {
        Tag::Figure(tag) => {
            let place = tag.place_entity.as_ref();
            let place = place
                .map(|place| format!(" · in {}", place.name))
                .unwrap_or_default();
            format!(
                "{}{place}  |  {headline}",
                meaning(&tag.figure, tag.claimant_entity.as_ref())
            )
        }
        Tag::Entity(entity) => {
            let role = entity
                .role
                .as_ref()
                .map(|role| format!(" ({role})"))
                .unwrap_or_default();
            format!("{} {}{role}  |  {headline}", entity.kind.as_str(), entity.name)
        }
    }
}

/// Returns the headline, else the beginning of the sentence.
fn title(headline: Option<&str>, sentence: &str) -> String {
    one_line(headline.unwrap_or(sentence), 100)
}

/// Returns at most so many characters of a text on one line. Control characters never reach a terminal.
fn one_line(text: &str, limit: usize) -> String {
    let spaced = text
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character });
    let mut line: String = spaced.clone().take(limit).collect();
    if spaced.count() > limit {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_one_line_with_amount_claimant_and_headline() {
        let event = |who: &str, more: &str| {
            format!(
                r#"{{"schema":"slugline-tag/1","id":"b3:00112233445566778899aabbccddeeff",
            "revision":{{"pipeline":"1","model":"m"}},"source":"s","headline":"Gunmen kill\n17 at terminal",
            "published":{{"value":null,"precision":null,"from":null}},"sentence":null,
            "figure":{{"id":"f1","start":0,"end":2,"text":"At least 14 civilians","number":{{"start":0,"end":2,"text":"14"}},
            "value":14.0,"low":14.0,"high":null,"bound":"at_least","kind":"killed","unit":null,
            "subject":{{"start":0,"end":2,"text":"civilians"}},"change":null,"negated":false,
            "claimant":{{"text":"{who}","start":0,"end":2,"entity":null,"cue":"said","status":"reported"}},
            "place":"e1","when":null,"sentence":0,"part_of":null,"compared_to":null,"confidence":0.5,
            "place_entity":{{"name":"Qalat Rud","key":"qalat-rud","country":"PK"}}{more}}}}}"#
            )
        };
        let police = "killed ≥ 14 civilians · says the police · in Qalat Rud  |  Gunmen kill 17 at terminal";
        assert_eq!(
            line("slugline.figure.killed.pk", &event("the police", "")),
            police
        );
        let she = event(
            "she",
            r#","claimant_entity":{"name":"Layla Haddad","key":"layla-haddad","type":"person"}"#,
        );
        let named = police.replace("the police", "Layla Haddad");
        assert_eq!(
            line("slugline.figure.killed.pk", &she),
            named,
            "not only a pronoun"
        );
    }

    #[test]
    fn what_is_not_ours_is_shown_harmlessly() {
        assert_eq!(
            line("slugline.entity.x.y", "a\u{1b}[31mb"),
            "slugline.entity.x.y  a [31mb"
        );
    }
}
