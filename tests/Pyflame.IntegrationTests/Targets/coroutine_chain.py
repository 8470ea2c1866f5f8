"""The part of generators_coroutines that 2.7 cannot parse: it blocks below `yield from`, `await`, `async for` and
`async with`, driven by a plain loop that sends, as an event loop would."""


class Awaitable:
    def __init__(self, block):
        self.block = block

    def __await__(self):
        yield "suspended once"
        yield from self.delegate()

    def delegate(self):
        yield (yield from self.innermost())

    def innermost(self):
        self.block()
        yield "blocked"


class Resource:
    def __init__(self, block):
        self.block = block

    async def __aenter__(self):
        await Awaitable(self.block)

    async def __aexit__(self, *exc):
        return False


async def numbers(block):
    yield 1
    async with Resource(block):
        yield 2


async def inner(block):
    return [number async for number in numbers(block)]


async def middle(block):
    result = await inner(block)
    return result


async def outer(block):
    return await middle(
        block)


def run(block):
    coroutine = outer(block)
    try:
        while True:
            coroutine.send(None)
    except StopIteration:
        pass
