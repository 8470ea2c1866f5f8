"""Kinds of calls that 3.10 and later know; see call_kinds."""


def match_guard(call):
    match [1, 2]:
        case [first, second] if call():
            pass
        case {"key": value}:
            pass
        case _:
            pass


def match_subject(call):
    match (
            call()):
        case None:
            pass


def match_attribute(call):
    class Value:
        @property
        def field(self):
            return call()

    match Value():
        case Value(
                field=1):
            pass


def with_in_parentheses(call):
    class Manager:
        def __enter__(self):
            call()

        def __exit__(self, *exc):
            pass

    with (
        Manager() as first,
        Manager() as second,
    ):
        pass


def kinds():
    return [value for name, value in sorted(globals().items())
            if type(value) is type(kinds) and value.__module__ == __name__ and name != "kinds"]
