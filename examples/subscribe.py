"""Prints figures as Slugline finds them.

    pip install nats-py
    python examples/subscribe.py nats://127.0.0.1:4222 'slugline.figure.killed.>' [COUNT]
"""

import asyncio
import json
import sys

import nats


async def main(url: str, subject: str, count: int | None) -> None:
    connection = await nats.connect(url)
    subscription = await connection.subscribe(subject)
    await connection.flush()
    print("listening", file=sys.stderr, flush=True)
    seen = 0
    async for message in subscription.messages:
        event = json.loads(message.data)
        figure = event["figure"]
        claimant = figure["claimant"]["text"] if figure["claimant"] else "the reporter"
        amount = figure["value"] if figure["value"] is not None else figure["text"]
        print(f"{figure['kind']} {figure['bound']} {amount} says {claimant}", flush=True)
        seen += 1
        if seen == count:
            break
    await connection.close()


if __name__ == "__main__":
    url, subject, *rest = sys.argv[1:]
    asyncio.run(main(url, subject, int(rest[0]) if rest else None))
