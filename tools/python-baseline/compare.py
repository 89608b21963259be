"""Runs the Python pipeline and Slugline on the same articles, and prints articles per second of both, and per second
of processor time (of all their processes, the broker's included): that one holds on a busy machine too.

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


def processor_time() -> float:
    """Returns the seconds of processor time that the descendants of this process have used."""
    parents, used = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended since
            continue
        pid = int(stat.parent.name)
        parents[pid], used[pid] = int(fields[1]), int(fields[11]) + int(fields[12])

    def is_ours(pid: int) -> bool:
        parent = parents.get(pid, 0)
        return parent == os.getpid() or (parent > 1 and is_ours(parent))

    return sum(ticks for pid, ticks in used.items() if is_ours(pid)) / os.sysconf("SC_CLK_TCK")


def drop_and_time(articles: list[Path], inbox: Path, out: Path) -> tuple[float, float]:
    """Moves the articles into the inbox; returns the seconds until the last line is written, and those of processors."""
    started, used = time.monotonic(), processor_time()
    for article in articles:
        article.rename(inbox / article.name)
    pause = 0.02
    while count_lines(out) < len(articles):
        if time.monotonic() - started > PATIENCE:
            sys.exit(f"{count_lines(out)} of {len(articles)} lines after {PATIENCE:.0f} s")
        time.sleep(pause)
    return time.monotonic() - started, processor_time() - used


def time_python(folder: Path, count: int, workers: int) -> tuple[float, float]:
    articles, inbox, out = make_articles(folder / "new", count), folder / "inbox", folder / "out.jsonl"
    inbox.mkdir()
    with broker(folder) as url:
        command = [sys.executable, HERE / "pipeline.py", inbox, out, "--nats", url, "--workers", workers]
        with running([str(part) for part in command], lambda line: line == "ready\n"):
            return drop_and_time(articles, inbox, out)


def time_fleet(folder: Path, count: int, program: Path) -> tuple[float, float]:
    """Times the counterpart of the Python pipeline: three processes and the broker."""
    articles, inbox, out = make_articles(folder / "new", count), folder / "inbox", folder / "out"
    inbox.mkdir()
    with broker(folder) as url:
        sink = [str(program), "sink", "--out", str(out), "--nats", url, "--log", "info"]
        enrich = [str(program), "enrich", "--nats", url, "--log", "info"]
        watch = [str(program), "watch", str(inbox), "--nats", url, "--log", "info"]
        with (
            running(sink, lambda line: "sink ready" in line),
            running(enrich, lambda line: "connected to NATS" in line),
            running(watch, lambda line: "watcher ready" in line),
        ):
            return drop_and_time(articles, inbox, out)


def time_run(folder: Path, count: int, program: Path) -> tuple[float, float]:
    """Times everything in one process, without a broker."""
    articles, inbox, out = make_articles(folder / "new", count), folder / "inbox", folder / "out"
    inbox.mkdir()
    with running([str(program), "run", str(inbox), "--out", str(out)], lambda line: "watcher ready" in line):
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
    # On the file system of the checkout: the temporary folder may be memory, and syncing it would cost nothing.
    (ROOT / "target").mkdir(exist_ok=True)
    program, first = options.slugline.resolve(), None
    for name, count, measure in [
        ("python", options.python_articles, lambda *job: time_python(*job, options.workers)),
        ("slugline fleet", options.slugline_articles, lambda *job: time_fleet(*job, program)),
        ("slugline run", options.slugline_articles, lambda *job: time_run(*job, program)),
    ]:
        with tempfile.TemporaryDirectory(prefix="compare-", dir=ROOT / "target") as folder:
            seconds, used = measure(Path(folder), count)
        rate, efficiency = count / seconds, count / used
        first = first or (rate, efficiency)
        print(
            f"{name:<15}{count:>7,} articles in {seconds:6.1f} s: {rate:8,.1f}/s ({rate / first[0]:.0f} times), "
            f"{efficiency:8,.1f} per second of processor time ({efficiency / first[1]:.0f} times)",
            flush=True,
        )


if __name__ == "__main__":
    main()
