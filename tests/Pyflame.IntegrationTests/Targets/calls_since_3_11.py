"""Kinds of calls that 3.11 and later know; see call_kinds."""


def exception_group(call):
    try:
        raise ExceptionGroup("group", [ValueError(1), KeyError(2)])
    except* ValueError as group:
        call()
    except* KeyError:
        pass


def comprehension_with_await(call):
    async def one():
        call()
        return 1

    async def outer():
        return [[await one() for _ in (1,)] for _ in (1,)]

    try:
        outer().send(None)
    except StopIteration:
        pass


def kinds():
    return [value for name, value in sorted(globals().items())
            if type(value) is type(kinds) and value.__module__ == __name__ and name != "kinds"]
