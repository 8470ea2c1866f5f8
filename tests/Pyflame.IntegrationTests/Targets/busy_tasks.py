"""Two tasks of asyncio that run in turn, one in a coroutine below another, until standard input is closed."""
import asyncio
import select
import sys

STDIN = 0


def spin_alpha():
    sum(range(3000))


def spin_beta():
    sum(range(3000))


async def inner_alpha():
    for _ in range(100):
        spin_alpha()


async def alpha():
    while not select.select([STDIN], [], [], 0)[0]:
        await inner_alpha()
        await asyncio.sleep(0)


async def beta():
    while not select.select([STDIN], [], [], 0)[0]:
        for _ in range(100):
            spin_beta()
        await asyncio.sleep(0)


def named(coroutine, name):
    task = asyncio.ensure_future(coroutine)
    if hasattr(task, "set_name"):
        task.set_name(name)
    return task


async def main():
    tasks = [named(alpha(), "alpha"), named(beta(), "beta")]
    print("READY")
    sys.stdout.flush()
    await asyncio.gather(*tasks)


asyncio.run(main())
