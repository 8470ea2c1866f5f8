"""tasks.py DEPTH: a task of asyncio at a depth of coroutines, looping over a function that calls a leaf."""
import asyncio
import sys

import begin


def leaf(number):
    return number


def loop(request):
    while True:
        leaf(request)


async def descend(levels):
    if levels > 0:
        return await descend(levels - 1)
    begin.ready()
    return loop({"path": "/index"})


asyncio.run(descend(int(sys.argv[1])))
