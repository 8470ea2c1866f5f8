"""Functions and files named in every width of string that CPython keeps, and in bytes that are no text at all."""
import os
import sys
import types

import stack_report

STDIN = 0

# Latin-1, two bytes, four bytes (Gothic letters: astral, and identifiers that normalization leaves alone).
NAMES = [u"caf\u00e9", u"\u0444\u0443\u043d\u043a\u0446\u0438\u044f", u"\u95a2\u6570",
         u"\U00010330\U00010331\U00010332"]


def call_through(file_name, function, call):
    """Has a function of that name, in a file of that name, make the call."""
    ascii_only = sys.version_info[0] == 2
    source = u"def %s(call):\n\n    return call()\n" % (u"function" if ascii_only else function)
    namespace = {}
    exec(compile(source, file_name, "exec"), namespace)
    made = namespace["function" if ascii_only else function]
    if ascii_only:
        made = types.FunctionType(renamed(made.__code__, function.encode("utf-8")), namespace)
    return lambda: made(call)


def renamed(code, name):
    """2.7 has ASCII identifiers only, but keeps any bytes as the name of a code object."""
    return types.CodeType(
        code.co_argcount, code.co_nlocals, code.co_stacksize, code.co_flags, code.co_code, code.co_consts,
        code.co_names, code.co_varnames, code.co_filename, name, code.co_firstlineno, code.co_lnotab)


def file_names():
    for name in NAMES:
        yield (name + u".py").encode("utf-8")
    yield u"caf\u00e9.py".encode("latin-1")
    yield b"\xff\xfe\x80.py"
    yield b"with space;semi:colon.py"


def block():
    return stack_report.publish(), os.read(STDIN, 1)


call = block
for index, encoded in enumerate(file_names()):
    file_name = encoded if sys.version_info[0] == 2 else os.fsdecode(encoded)
    call = call_through(file_name, NAMES[index % len(NAMES)], call)
call()
