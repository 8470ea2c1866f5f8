"""A task of asyncio called `fetch` that blocks its thread, below a coroutine that it awaits, until standard input ends."""
import asyncio
import os
import sys

STDIN = 0


async def inner():
    sys.stdout.write("READY\n"), sys.stdout.flush(), os.read(STDIN, 1)


async def fetch():
    await inner()


async def main():
    task = asyncio.ensure_future(fetch())
    if hasattr(task, "set_name"):
        task.set_name("fetch")
    await task


asyncio.run(main())
