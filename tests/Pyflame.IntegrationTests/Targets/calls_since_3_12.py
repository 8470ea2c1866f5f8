"""Kinds of calls that 3.12 and later know; see call_kinds."""


def type_parameters(call):
    class Generic[T: (int, str)]:
        call()

    def function[T](
            value: T = call()) -> T:
        return value


def type_alias(call):
    type Alias[T] = call()
    Alias.__value__


def type_bound(call):
    def function[T: (
            call())](value: T):
        pass

    function.__type_params__[0].__bound__


def inlined_comprehension_that_raises(call):
    class Stops:
        def __iter__(self):
            return self

        def __next__(self):
            call()
            raise StopIteration

    [value for
     value in Stops()]


def comprehension_in_class_with_lambda(call):
    class Body:
        values = [(lambda: call() or value)() for value in (1,)]


def nested_formatted_string(call):
    f"{f"{f'{call()}'
    }"}"


def kinds():
    return [value for name, value in sorted(globals().items())
            if type(value) is type(kinds) and value.__module__ == __name__ and name != "kinds"]
