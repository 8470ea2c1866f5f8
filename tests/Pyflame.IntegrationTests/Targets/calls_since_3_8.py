"""Kinds of calls that 3.8 and later know; see call_kinds."""


def assignment_expression(call):
    if (value := call()) or \
            value:
        pass


def positional_only(call):
    def target(one, /, two, *, three):
        call()

    target(1, two=2, three=3)


def finally_while_continuing(call):
    for _ in (1,):
        try:
            continue
        finally:
            call()


def formatted_with_name(call):
    f"{call()=}"


def kinds():
    return [value for name, value in sorted(globals().items())
            if type(value) is type(kinds) and value.__module__ == __name__ and name != "kinds"]
