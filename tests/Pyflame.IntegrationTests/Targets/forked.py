"""A child that waits for its standard input to end; the parent waits for the child, and ends as it does.

With `behind` as its argument the process is forked by the C library alone, as a server in C does that embeds Python:
nobody tells the interpreter, which still believes that it is its parent.
"""
import os
import sys


def wait():
    os.write(1, ("%d\nREADY\n" % os.getpid()).encode("ascii"))
    os.read(0, 1)


if sys.argv[1] == "behind":
    import ctypes
    child = ctypes.PyDLL(None).fork()
else:
    child = os.fork()
if child == 0:
    wait()
    os._exit(7)
os._exit(os.waitpid(child, 0)[1] >> 8)
