"""Runs the Python pipeline and Slugline on the same articles, and prints articles per second of both.

    python compare.py [--slugline target/release/slugline] [--python-articles 500] [--slugline-articles 20000]
"""

import argparse
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SENTENCES = 16  # some 2.5 kB, a wire report of medium length
PATIENCE = 600.0  # seconds


def make_articles(folder: Path, count: int) -> list[Path]:
    """Makes articles from the sentences of the sample articles; the same ones every time, no two alike."""
    texts = [path.read_bytes() for path in sorted((ROOT / "seeds/articles").glob("*.txt"))]
    body = " ".join(text.decode("utf-8", "ignore").split("\n\n", 1)[-1] for text in texts)
    pool = [sentence for sentence in re.split(r"(?<=[.!?])\s+", body) if len(sentence) > 40]
    choice = random.Random(1)
    folder.mkdir()
    files = []
    for number in range(count):
        first = f"The provincial office said in bulletin number {number} that it had begun to count."
        file = folder / f"{number:06}.txt"
        file.write_text(" ".join([first, *choice.choices(pool, k=SENTENCES)]), encoding="utf-8")
        files.append(file)
    return files


@contextmanager
def running(command: list[str], is_ready: Callable[[str], bool]) -> Iterator[None]:
    """Runs a program, from when it says that it is ready, and stops it at the end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLUGLINE_")}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace", env=environment)
    told = []
    try:
        for line in process.stderr:
            told.append(line)
            if is_ready(line):
                break
        else:
            sys.exit(f"{command[0]} did not start:\n{''.join(told)}")
        yield
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    program = os.environ.get("NATS_SERVER") or shutil.which("nats-server", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if program is None:
        sys.exit("no nats-server: install the requirements, or set NATS_SERVER")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "-js", "-a", "127.0.0.1", "-p", str(port), "-sd", str(folder / "store")]
    with running(command, lambda line: "Server is ready" in line):
        yield f"nats://127.0.0.1:{port}"


def count_lines(out: Path) -> int:
    files = [out] if out.is_file() else sorted(out.glob("part-*.jsonl*"))
    return sum(file.read_bytes().count(b"\n") for file in files)


def drop_and_time(articles: list[Path], inbox: Path, out: Path) -> float:
    """Moves the articles into the inbox; returns the seconds until the last line is written."""
    started = time.monotonic()
    for article in articles:
        article.rename(inbox / article.name)
    pause = 0.02
    while count_lines(out) < len(articles):
        if time.monotonic() - started > PATIENCE:
            sys.exit(f"{count_lines(out)} of {len(articles)} lines after {PATIENCE:.0f} s")
        time.sleep(pause)
    return time.monotonic() - started


def time_python(folder: Path, count: int, workers: int) -> float:
    articles, inbox, out = make_articles(folder / "new", count), folder / "inbox", folder / "out.jsonl"
    inbox.mkdir()
    with broker(folder) as url:
        command = [sys.executable, HERE / "pipeline.py", inbox, out, "--nats", url, "--workers", workers]
        with running([str(part) for part in command], lambda line: line == "ready\n"):
            return drop_and_time(articles, inbox, out)


def time_slugline(folder: Path, count: int, program: Path) -> float:
    articles, inbox, out = make_articles(folder / "new", count), folder / "inbox", folder / "out"
    inbox.mkdir()
    with broker(folder) as url:
        log = ["--nats", url, "--log", "info"]
        sink = [str(program), "sink", "--out", str(out), *log]
        enrich = [str(program), "enrich", *log]
        watch = [str(program), "watch", str(inbox), *log]
        with (
            running(sink, lambda line: "sink ready" in line),
            running(enrich, lambda line: "connected to NATS" in line),
            running(watch, lambda line: "watcher ready" in line),
        ):
            return drop_and_time(articles, inbox, out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slugline", type=Path, default=ROOT / "target/release/slugline")
    parser.add_argument("--python-articles", type=int, default=500)
    parser.add_argument("--slugline-articles", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="spaCy processes")
    options = parser.parse_args()
    if not options.slugline.is_file():
        sys.exit(f"{options.slugline} is not there: cargo build --release -p slugline")
    rates = {}
    # On the file system of the checkout: the temporary folder may be memory, and syncing it would cost nothing.
    (ROOT / "target").mkdir(exist_ok=True)
    for name, count in [("python", options.python_articles), ("slugline", options.slugline_articles)]:
        with tempfile.TemporaryDirectory(prefix="compare-", dir=ROOT / "target") as folder:
            if name == "python":
                seconds = time_python(Path(folder), count, options.workers)
            else:
                seconds = time_slugline(Path(folder), count, options.slugline.resolve())
        rates[name] = count / seconds
        print(f"{name:<9} {count:>7,} articles in {seconds:6.1f} s: {rates[name]:8,.0f} articles/s", flush=True)
    print(f"ratio     {rates['slugline'] / rates['python']:.0f}")


if __name__ == "__main__":
    main()
