"""Kinds of calls that 2.7 and every later version know; see call_kinds. Each function is one kind.

Names that end in _once are for kinds that do not bear being repeated or nested.
"""
import ctypes
import functools
import io
import json
import re
import weakref


def sorted_key(call):
    sorted([2, 1], key=lambda value: (call(), value)[1])


def list_sort_key(call):
    [1].sort(
        key=functools.cmp_to_key(lambda left, right: 0)), call()


def mapped(call):
    list(map(lambda value: call(), [1]))


def filtered(call):
    list(filter(lambda value: call(), [1]))


def reduced(call):
    functools.reduce(lambda left, right: call(), [1, 2])


def maximum(call):
    max([1, 2], key=lambda value: (call(), value)[1])


def substituted(call):
    re.sub("b", lambda match: call() or "", "abc")


def partial_call(call):
    functools.partial(lambda *args, **kwargs: call(), 1, two=2)(3)


def star_call(call):
    def target(*args, **kwargs):
        call()

    target(*(1, 2), **{"three": 3})


def keyword_call(call):
    def target(one, two=2, three=3):
        call()

    target(1, three=4)


def executed(call):
    exec("\n\ndef in_exec():\n    call()\nin_exec()\n", {"call": call})


def evaluated(call):
    eval("(lambda: (0,\n  call()))()", {"call": call})


def class_body(call):
    class Outer(object):
        value = 1

        class Inner(object):
            call()


def made_by_metaclass(call):
    class Meta(type):
        def __new__(mcs, name, bases, namespace):
            call()
            return type.__new__(mcs, name, bases, namespace)

    Meta(
        "Made",
        (object,),
        {})


class Initialized(object):
    def __init__(self, call):
        self.call = call
        call()


class InitializedBelow(Initialized):
    def __init__(self, call):
        super(InitializedBelow, self).__init__(
            call)


def initialized(call):
    Initialized(call)


def initialized_below(call):
    InitializedBelow(
        call)


def initialized_with_keyword(call):
    Initialized(call=call)


class Created(object):
    def __new__(cls, call):
        call()
        return object.__new__(cls)


def created(call):
    Created(call)


class Special(object):
    """Calls back from whatever special method is used."""
    def __init__(self, call):
        object.__setattr__(self, "_call", call)

    @property
    def value(self):
        return self._call()

    @value.setter
    def value(self, new):
        self._call()

    def method(self):
        return self._call()

    @classmethod
    def of_class(cls, call):
        return call()

    @staticmethod
    def static(call):
        return call()

    def __call__(self):
        return self._call()

    def __getitem__(self, index):
        return self._call()

    def __setitem__(self, index, value):
        self._call()

    def __delitem__(self, index):
        self._call()

    def __contains__(self, value):
        self._call()
        return True

    def __len__(self):
        self._call()
        return 0

    def __add__(self, other):
        return self._call()

    def __radd__(self, other):
        return self._call()

    def __iadd__(self, other):
        self._call()
        return self

    def __lt__(self, other):
        self._call()
        return True

    def __eq__(self, other):
        self._call()
        return True

    def __hash__(self):
        return 0

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._call()
        return False

    def __str__(self):
        self._call()
        return ""

    def __format__(self, how):
        self._call()
        return ""

    def __int__(self):
        self._call()
        return 0

    def __iter__(self):
        self._call()
        return iter(())

    def __get__(self, instance, owner):
        return self._call()

    def __set__(self, instance, value):
        self._call()


class Asked(object):
    def __init__(self, call):
        self.__dict__["_call"] = call

    def __getattr__(self, name):
        return self._call()

    def __setattr__(self, name, value):
        self._call()


class AlwaysAsked(object):
    def __init__(self, call):
        self.call = call

    def __getattribute__(self, name):
        if name == "call":
            return object.__getattribute__(self, name)
        return self.call()


def property_read(call):
    Special(call).value


def property_written(call):
    Special(call).value = 1


def method_call(call):
    Special(call).method()


def bound_method_call(call):
    bound = Special(call).method
    bound()


def class_method_call(call):
    Special.of_class(call)


def static_method_call(call):
    Special.static(call)


def instance_call(call):
    Special(call)()


def item_read(call):
    Special(call)[1]


def item_written(call):
    Special(call)[1] = 2


def item_deleted(call):
    item = Special(call)
    del item[1]


def membership(call):
    1 in Special(call)


def length(call):
    len(Special(call))


def truth(call):
    if Special(call):
        pass


def addition(call):
    Special(call) + 1


def reflected_addition(call):
    1 + Special(call)


def addition_in_place(call):
    value = Special(call)
    value += 1


def comparison(call):
    sorted([Special(call), Special(call)])


def looked_up(call):
    {Special(call): 1}[Special(call)]


def text(call):
    str(Special(call))


def formatted(call):
    "{0:>10}".format(Special(call))


def number(call):
    int(Special(call))


def iterated(call):
    for _ in Special(call):
        pass


def attribute_read(call):
    Asked(call).absent


def attribute_written(call):
    Asked(call).absent = 1


def any_attribute_read(call):
    AlwaysAsked(call).absent


def descriptor(call):
    class Owner(object):
        pass

    Owner.field = Special(call)
    Owner().field


def missing_key(call):
    class Missing(dict):
        def __missing__(self, key):
            return call()

    Missing()[1]


def with_exit(call):
    with Special(call):
        pass


def with_many_lines(call):
    with Special(nothing) as first, \
            Special(call) as second:
        first, \
            second


def nothing():
    pass


def decorated(call):
    def decorator(function):
        @functools.wraps(function)
        def wrapper(*args):
            return function(*args)
        return wrapper

    @decorator
    @decorator
    def target(value):
        call()

    target(1)


def decorating(call):
    def decorator(first, second):
        call()
        return lambda function: function

    @decorator(
        1,
        2)
    def target():
        pass


def default_argument(call):
    def target(
            one,
            two=call()):
        pass


def list_comprehension(call):
    [call() for _ in (1,)]


def nested_comprehension(call):
    [[call() for _ in (1,)]
     for _ in (1,)]


def dict_comprehension(call):
    {
        key: call()
        for key in (1,)
    }


def set_comprehension(call):
    {call() for _ in (1,) if
     _}


def comprehension_in_lambda(call):
    (lambda: [
        (lambda value: call())(value) for value in (1,)
    ])()


def comprehension_in_class(call):
    class Body(object):
        values = [each for each in (call,)
                  if not each()]


def generator_expression(call):
    tuple(call() for _ in (1,))


def generator(call):
    yield 1
    call()
    yield 2


def generator_in_for(call):
    for _ in generator(call):
        pass


def generator_by_next(call):
    made = generator(call)
    next(made), \
        next(made)


def generator_by_send(call):
    made = generator(call)
    made.send(None)
    made.send(1)


def catching(call):
    try:
        yield 1
    except ValueError:
        call()
    finally:
        call()
    yield 2


def generator_by_throw(call):
    made = catching(call)
    next(made)
    made.throw(ValueError())


def generator_closed(call):
    made = catching(call)
    next(made)
    made.close()


def generator_dropped(call):
    made = catching(call)
    next(made)
    made = None


def generator_joined(call):
    ",".join(str(call()) for _ in (1,))


def generator_unpacked(call):
    first, second = generator(call)


def generators_in_generators(call):
    def outer(depth):
        for value in (outer(depth - 1) if depth else generator(call)):
            yield value

    sum(outer(5))


def iterator_until_sentinel(call):
    list(iter(lambda: call() or 1, 1))


class Iterator(object):
    def __init__(self, call):
        self.call = call

    def __iter__(self):
        return self

    def __next__(self):
        self.call()
        raise StopIteration

    next = __next__


def iterator_in_c(call):
    list(zip(Iterator(call), [1]))


def raised_and_caught(call):
    try:
        {}["absent"]
    except KeyError:
        call()


def finally_while_raising(call):
    try:
        try:
            raise ValueError(
                "never shown")
        finally:
            call()
    except ValueError:
        pass


def finally_while_returning(call):
    def target():
        for _ in (1,):
            try:
                return 1
            finally:
                call()

    target()


def many_lines(call):
    str(
        (
            1,
            [
                call()
            ],
            2,
        )
    )


def two_on_many_lines(call):
    nothing(), str(
        nothing()
    ), call(
    ), str(
        nothing()
    )


def operators_on_many_lines(call):
    (
        0
        or
        call()
        or
        1
        +
        1
    )


def method_chain(call):
    class Chain(object):
        def link(self):
            return self

        def last(self):
            call()

    Chain() \
        .link() \
        .link(
        ).last(
        )


def chained_comparison(call):
    class Value(object):
        def __lt__(self, other):
            call()
            return True

    (
        Value()
        < 2
        < 3
    )


def conditional(call):
    1 if (
        call()
    ) else (
        2
    )


def loop_condition(call):
    while (
            call()):
        pass


def recursion_through_c(call):
    def deeper(depth):
        return list(map(deeper, [depth - 1])) if depth else call()

    deeper(20)


def recursion(call):
    def deeper(depth):
        if depth:
            return deeper(depth - 1)
        return call()

    deeper(100)


def closure(call):
    def one():
        def two():
            return call()
        return two

    one()()


def lambda_with_default(call):
    (lambda inner=lambda: call(): inner())()


class Finalized(object):
    def __init__(self, call):
        self.call = call

    def __del__(self):
        self.call()


def finalized(call):
    value = Finalized(call)
    del value


def finalized_at_return(call):
    def target():
        value = Finalized(call)
        return 1

    target()


def finalized_in_argument(call):
    id(
        Finalized(
            call))


def weak_reference(call):
    value = Initialized(nothing)
    reference = weakref.ref(value, lambda dead: call())
    del value


def far_below(call):
    # Line numbers that need several entries in any line table.
    exec("\n" * 70000 + "def low():\n" + "\n" * 300 + "    call()\nlow()\n", {"call": call})


_large = "def large(call):\n    a = 0\n" + "    a = a + 1 if a else 2\n" * 9000 + "    call()\n"
_namespace = {}
exec(compile(_large, "<large>", "exec"), _namespace)


def large_once(call):
    # More than 65,536 bytes of instructions.
    _namespace["large"](call)


def json_default(call):
    json.dumps({"a": [object()]}, default=lambda value: call())


def in_c_library(call):
    array = (ctypes.c_int * 2)(2, 1)
    prototype = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    qsort = ctypes.CDLL(None).qsort
    qsort.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, prototype]
    qsort.restype = None
    qsort(array, 2, 4, prototype(lambda left, right: call() or 0))


class Raw(io.RawIOBase):
    def __init__(self, call):
        super(Raw, self).__init__()
        self.call = call

    def readable(self):
        return True

    def readinto(self, buffer):
        self.call()
        return 0


def stream(call):
    io.BufferedReader(Raw(call)).read(1)


def kinds():
    helpers = ("kinds", "nothing", "generator", "catching")
    return [value for name, value in sorted(globals().items())
            if type(value) is type(kinds) and value.__module__ == __name__ and name not in helpers]
