//! Prints figures as Slugline finds them.
//!
//! ```sh
//! cargo run --example subscribe -- nats://127.0.0.1:4222 'slugline.figure.killed.>' [COUNT]
//! ```

use std::io::Write;

use anyhow::Context;
use futures::StreamExt;
use wire::message::{Tag, TagEvent};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().context("give the address of a server")?;
    let subject = arguments.next().context("give a subject")?;
    let count: usize = arguments.next().map_or(Ok(usize::MAX), |count| count.parse())?;

    let client = async_nats::connect(url).await?;
    let mut messages = client.subscribe(subject).await?.take(count);
    client.flush().await?;
    eprintln!("listening");
    while let Some(message) = messages.next().await {
        let event: TagEvent<'_> = serde_json::from_slice(&message.payload)?;
        let Tag::Figure(tag) = event.tag else { continue };
        let figure = &tag.figure;
        let claimant = figure.claimant.as_ref();
        let claimant = claimant.map_or("the reporter", |claimant| claimant.text.as_str());
        let amount = figure
            .value
            .map_or_else(|| figure.text.clone(), |value| value.to_string());
        let (kind, bound) = (figure.kind.as_str(), serde_json::to_value(figure.bound)?);
        let bound = bound.as_str().unwrap_or_default();
        writeln!(std::io::stdout(), "{kind} {bound} {amount} says {claimant}")?;
    }
    Ok(())
}
