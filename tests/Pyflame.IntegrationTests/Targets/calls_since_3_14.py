"""Kinds of calls that 3.14 and later know; see call_kinds."""


def deferred_annotations(call):
    class Annotated:
        first: int
        second: call()

    Annotated.__annotations__


def template_string(call):
    t"{1} {
        call()}"


def except_without_parentheses(call):
    try:
        raise KeyError
    except ValueError, KeyError:
        call()


def kinds():
    return [value for name, value in sorted(globals().items())
            if type(value) is type(kinds) and value.__module__ == __name__ and name != "kinds"]
