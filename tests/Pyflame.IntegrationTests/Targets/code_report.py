"""Describes many code objects of this process, each with the lines that the interpreter itself gives its instructions.

Runs on 2.7 and 3.6 to 3.15. Every line on stdout is one JSON object, in ASCII; then comes READY. The code objects live
until standard input is closed.
"""
import argparse
import collections
import difflib
import inspect
import json
import re
import sys
import threading
import traceback
import types

import stack_report

MOST = 1200


def made_up():
    """Code objects whose line tables hold every kind of step: far ahead, back, none, long runs without a change."""
    far = "\n" * 130
    sources = [
        "def far():\n    a = 1\n" + far + "    b = 2\n" + far * 3 + "    c = 3\n    return a, b, c\n",
        "def back(f, g):\n    return f(\n        g(\n            1),\n        f(2)\n    )(\n    3)\n",
        "def long_line(a):\n    return [" + ", ".join("a + %d" % i for i in range(200)) + "]\n",
        "def long_back(f):\n    return f([\n" + "    f,\n" * 300 + "    ])\n",
        "def loop(items):\n    for item in items:\n        if item:\n            continue\n        try:\n            item()\n"
        "        except ValueError:\n            pass\n        finally:\n            del item\n",
        "def closure(a, b):\n    c = a\n    def inner(d):\n        return a, c, d\n    return inner, b\n",
        "class Outer(object):\n    class Inner(object):\n        def method(self, *args, **kwargs):\n"
        "            return [x for x in args if (lambda: x)()]\n",
        far * 40 + "def low():\n    pass\n",
        "",
    ]
    if sys.version_info >= (3, 6):
        sources.append("def keywords(a, *, b, c=1):\n    return a\n")
        sources.append("async def asynchronous(x):\n    async with x as y:\n        await y\n    async for z in x:\n        yield z\n")
        sources.append("def generator():\n    x = yield\n    yield from x\n")
    if sys.version_info >= (3, 8):
        sources.append("def positional(a, /, b):\n    return a\n")
    if sys.version_info >= (3, 10):
        sources.append("def match(x):\n    match x:\n        case [a, b]:\n            return a\n        case _:\n            pass\n")
    for source in sources:
        yield compile(source, "made up.py", "exec", 0, True)
    for name in named():
        yield compile("pass", name, "exec", 0, True)


def named():
    if sys.version_info < (3,):
        return [b"caf\xe9.py", u"\u95a2\u6570.py".encode("utf-8"), b"\xff\xfe", b"n" * 600]
    return ["caf\u00e9.py", "\u95a2\u6570.py", "\U00010330.py", "\udcff.py", "\udc80\u00e9\U00010330", "n" * 600, "\u00e9" * 700]


def code_objects():
    seen = collections.OrderedDict()
    waiting = list(made_up())
    for module in list(sys.modules.values()):
        for value in list(getattr(module, "__dict__", {}).values()):
            waiting.extend(codes_of(value))
    for code in waiting:
        if len(seen) == MOST:
            break
        if id(code) not in seen:
            seen[id(code)] = code
            waiting.extend(c for c in code.co_consts if isinstance(c, types.CodeType))
    return list(seen.values())


def codes_of(value):
    if isinstance(value, types.FunctionType):
        return [value.__code__]
    if isinstance(value, type):
        return [v.__code__ for v in list(value.__dict__.values()) if isinstance(v, types.FunctionType)]
    return []


def variables(code):
    cells = code.co_cellvars
    if sys.version_info >= (3, 11):
        cells = tuple(cell for cell in cells if cell not in code.co_varnames)
    return code.co_varnames + cells + code.co_freevars


def lines_of(code):
    """Pairs of an offset and the line of the instructions from there on; 0 for none."""
    try:
        from ctypes import py_object, pythonapi
    except ImportError:
        return list(lines_without_ctypes(code))
    address = py_object(code)
    pairs = []
    for offset in range(0, len(code.co_code), 2 if sys.version_info >= (3, 6) else 1):
        line = max(pythonapi.PyCode_Addr2Line(address, offset), 0)
        if not pairs or pairs[-1][1] != line:
            pairs.append((offset, line))
    return pairs


def lines_without_ctypes(code):
    if hasattr(code, "co_lines"):
        for start, end, line in code.co_lines():
            if end > start:
                yield start, line or 0
    else:
        import dis
        for pair in dis.findlinestarts(code):
            yield pair


def instructions(code):
    """The offsets of the instructions at which a frame has ended, and those of all others; where frames lie one behind the other."""
    ends, others = [], []
    if sys.version_info >= (3, 11):
        import dis
        makes_generator = code.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR)
        for instruction in dis.get_instructions(code):
            if makes_generator:
                # From 3.13 on a frame that has not begun is at the first one.
                has_ended = instruction.offset > 0 or sys.version_info < (3, 13)
            else:
                has_ended = instruction.opname.startswith("RETURN_")
            (ends if has_ended else others).append(instruction.offset)
    return ends, others


def describe(code):
    ends, others = instructions(code)
    return {
        "address": id(code),
        "name": stack_report.escaped(code.co_name),
        "qualname": stack_report.escaped(getattr(code, "co_qualname", code.co_name)),
        "file": stack_report.escaped(code.co_filename),
        "first_line": code.co_firstlineno,
        "arguments": code.co_argcount,
        "keyword_only": getattr(code, "co_kwonlyargcount", 0),
        "locals": code.co_nlocals,
        "flags": code.co_flags,
        "size": len(code.co_code),
        "variables": variables(code),
        "stack_size": code.co_stacksize,
        "ends": ends,
        "others": others,
        "lines": lines_of(code),
    }


if __name__ == "__main__":
    kept = code_objects()
    for each in kept:
        print(json.dumps(describe(each)))
    print("READY")
    sys.stdout.flush()
    sys.stdin.read()
