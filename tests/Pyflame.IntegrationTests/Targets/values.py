# -*- coding: utf-8 -*-
"""A thread named `my worker` that blocks in `hold`, whose arguments and locals are values of every built-in type."""
import os
import sys
import threading

started, starts = os.pipe()


class Point(object):
    def __init__(self):
        self.x = 1


def hold(first, second=2, *rest, **named):
    nothing = None
    yes = True
    no = False
    zero = 0
    negative = -7
    huge = -12345678901234567890123
    quoted = "it's"
    text = u"\u20ac"
    astral = u"\U0001f600"
    raw = b"\x00ab"
    numbers = [1, [2, [3, [4, [5]]]]]
    one = (1,)
    empty = ()
    mapping = {"k": 1}
    single = set([1])
    frozen = frozenset()
    point = Point()
    half = 1.5
    small = 1e-7
    large = 1e100
    whole = 100.0
    itself = []
    itself.append(itself)
    many = list(range(1000))

    def closure():
        return first, nothing

    os.write(starts, b"x")
    sys.stdin.readline()
    return locals()


thread = threading.Thread(target=hold, args=(1, 2, 3), kwargs={"k": "v"}, name="my worker")
thread.daemon = True
thread.start()
os.read(started, 1)
sys.stdout.write("READY\n")
sys.stdout.flush()
thread.join()
