"""Kinds of calls that 3.6 and later know; see call_kinds."""
import asyncio
import contextlib
import functools
import gc
import types


class Suspended:
    def __init__(self, call):
        self.call = call

    def __await__(self):
        yield "suspended"
        self.call()


class Resource:
    def __init__(self, enter, leave):
        self.enter, self.leave = enter, leave

    async def __aenter__(self):
        self.enter()

    async def __aexit__(self, *exc):
        self.leave()


def nothing():
    pass


def driven(coroutine):
    """Runs a coroutine to its end, as a loop that has nothing else to do."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration:
        pass


def yield_from(call):
    def inner():
        yield 1
        call()

    def middle():
        yield from inner()

    def outer():
        yield from \
            middle()

    list(outer())


def yield_from_iterator(call):
    class Iterator:
        def __iter__(self):
            return self

        def __next__(self):
            call()
            raise StopIteration

    def outer():
        yield from Iterator()

    list(outer())


def coroutine(call):
    async def inner():
        await Suspended(call)

    async def outer():
        return await (
            inner())

    driven(outer())


def old_coroutine(call):
    @types.coroutine
    def old():
        yield
        call()

    async def outer():
        await old()

    driven(outer())


def asynchronous_generator(call):
    async def numbers():
        yield 1
        await Suspended(call)
        yield 2

    async def outer():
        async for _ in numbers():
            pass

    driven(outer())


def asynchronous_comprehension(call):
    async def numbers():
        yield 1

    async def outer():
        return [await Suspended(
            call) async for _ in numbers()]

    driven(outer())


def asynchronous_enter(call):
    async def outer():
        async with Resource(
                call, nothing):
            pass

    driven(outer())


def asynchronous_exit(call):
    async def outer():
        async with Resource(nothing, call):
            pass

    driven(outer())


def thrown_into_coroutine(call):
    async def inner():
        try:
            await Suspended(nothing)
        except KeyError:
            call()

    async def outer():
        await inner()

    made = outer()
    made.send(None)
    try:
        made.throw(KeyError())
    except StopIteration:
        pass


def closed_coroutine(call):
    async def outer():
        try:
            await Suspended(nothing)
        finally:
            call()

    made = outer()
    made.send(None)
    made.close()


def event_loop_once(call):
    async def inner():
        await asyncio.sleep(0)
        call()

    async def outer():
        await asyncio.gather(inner())

    loop = asyncio.new_event_loop()
    loop.run_until_complete(outer())
    loop.close()


def event_loop_callback_once(call):
    loop = asyncio.new_event_loop()
    loop.call_soon(lambda: (call(), loop.stop()))
    loop.run_forever()
    loop.close()


def context_manager(call):
    @contextlib.contextmanager
    def managed():
        yield
        call()

    with managed():
        pass


def cached(call):
    @functools.lru_cache()
    def target(value):
        return call()

    target(1)


def dispatched(call):
    @functools.singledispatch
    def target(value):
        pass

    @target.register(int)
    def for_int(value):
        call()

    target(1)


def subclass_hook(call):
    class Base:
        def __init_subclass__(cls, **kwargs):
            call()

    class Derived(
            Base,
            keyword=1):
        pass


def name_hook(call):
    class Named:
        def __set_name__(self, owner, name):
            call()

    class Owner:
        field = Named()


def prepared(call):
    class Meta(type):
        @classmethod
        def __prepare__(mcs, name, bases):
            call()
            return {}

    class Made(metaclass=Meta):
        pass


def metaclass_call(call):
    class Meta(type):
        def __call__(cls, *args):
            call()
            return super().__call__(*args)

    class Made(metaclass=Meta):
        pass

    Made()


def super_without_arguments(call):
    class Base:
        def method(self):
            call()

    class Derived(Base):
        def method(self):
            super().method()

    Derived().method()


def annotation(call):
    exec("def target(one: call()): pass\ntarget.__annotations__", {"call": call})


def formatted_string(call):
    f"{1}{call()}"


def formatted_string_on_many_lines(call):
    (f"{1}"
     f"{call()}"
     f"{2}")


def raised_from(call):
    try:
        try:
            raise KeyError
        except KeyError as error:
            raise ValueError(call()) from error
    except ValueError:
        pass


def keyword_only(call):
    def target(*, one, two=2):
        call()

    target(one=1)


def extended_unpacking(call):
    first, *rest = (call() for _ in range(3))


def unpacked_arguments(call):
    str(*(
        call() for _ in ()), *[
            call() or ""])


def garbage_collected_once(call):
    class Cycle:
        def __init__(self):
            self.cycle = self

        def __del__(self):
            call()

    Cycle()
    gc.collect()


def kinds():
    helpers = ("kinds", "nothing", "driven")
    return [value for name, value in sorted(globals().items())
            if type(value) is type(kinds) and value.__module__ == __name__ and name not in helpers]
