"""Tasks of asyncio that wait for each other in the ways that there are; prints what all_tasks() says of each, then READY, and blocks.

The line is a JSON object for each task: its name, its frames outermost first as [function, line], and the names of the tasks that it waits for.
"""
import asyncio
import gc
import json
import os
import sys

STDIN = 0


class Awaitable(object):
    def __init__(self, future):
        self.future = future

    def __await__(self):
        return (yield from self.future)


async def sleeper():
    await asyncio.sleep(3600)


async def deep(depth, future):
    if depth:
        await deep(depth - 1, future)
    else:
        await Awaitable(future)


async def numbers(future):
    yield 1
    await future
    yield 2


async def iterates(future):
    async for _ in numbers(future):
        pass


async def gathers(*tasks):
    await asyncio.gather(*tasks)


async def waits_for_one(task):
    await task


async def waits_for_any(*tasks):
    await asyncio.wait(tasks)


async def groups(future):
    async with asyncio.TaskGroup() as group:
        named(deep(0, future), "in group", group.create_task)


def named(coroutine, name, create=asyncio.ensure_future):
    task = create(coroutine)
    if hasattr(task, "set_name"):
        task.set_name(name)
    names[id(task)] = name if hasattr(task, "set_name") else None
    functions[id(task)] = coroutine.__qualname__
    waits_for[id(task)] = []
    return task


def frames_of(coroutine):
    """As traceback has them: the frame of each coroutine, and of what it awaits."""
    frames = []
    while coroutine is not None:
        for kind in ("cr", "gi", "ag"):
            frame = getattr(coroutine, kind + "_frame", None)
            if frame is not None:
                frames.append([frame.f_code.co_name, frame.f_lineno])
                coroutine = getattr(coroutine, kind + ("_yieldfrom" if kind == "gi" else "_await"))
                break
        else:
            # What an async generator awaits for its caller has no attribute that leads to it; the test knows the one there is.
            coroutine = generators.pop() if "asend" in type(coroutine).__name__ else None
    return frames


def report():
    tasks = asyncio.all_tasks()
    described = []
    for task in sorted(tasks, key=lambda task: names.get(id(task)) or ""):
        coroutine = task._coro if not hasattr(task, "get_coro") else task.get_coro()
        running = task is asyncio.current_task()
        described.append({
            "name": names[id(task)] if id(task) in names else task.get_name() if hasattr(task, "get_name") else None,
            "function": coroutine.__qualname__,
            "running": running,
            "frames": [] if running else frames_of(coroutine),
            "awaits": sorted(names[id(other)] or functions[id(other)] for other in waits_for.get(id(task), [])),
        })
    return described


names = {}
functions = {}
waits_for = {}
generators = []


async def block():
    print(json.dumps(report()))
    print("READY")
    sys.stdout.flush()
    os.read(STDIN, 1)


async def main():
    loop = asyncio.get_event_loop()
    future = loop.create_future()
    inner = named(deep(3, future), "inner")
    second = named(sleeper(), "second")
    third = named(sleeper(), "third \u20ac")
    iterator = named(iterates(future), "iterates")
    gatherer = named(gathers(second, inner), "gathers")
    one = named(waits_for_one(inner), "one")
    anyone = named(waits_for_any(third), "any")
    waits_for[id(gatherer)] = [second, inner]
    waits_for[id(one)] = [inner]
    waits_for[id(anyone)] = [third]
    if sys.version_info >= (3, 11):
        group = named(groups(future), "groups")
    for _ in range(5):
        await asyncio.sleep(0)
    if sys.version_info >= (3, 11):
        waits_for[id(group)] = [task for task in asyncio.all_tasks() if names.get(id(task)) == "in group"]
    generators.extend(found for found in gc.get_objects() if type(found).__name__ == "async_generator")
    runner = named(block(), "block")
    waits_for[id(asyncio.current_task())] = [runner]
    await runner


if sys.version_info >= (3, 7):
    asyncio.run(main())
