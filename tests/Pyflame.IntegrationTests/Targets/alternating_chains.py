"""Threads that go from one chain of calls to another flat out, the worst there is for a reader of running stacks: what it
copies while a thread changes chains is half of one and half of another.

The first argument is the number of threads. Every call is in a line of its own, so that each stack is told by its lines.
"""
import os
import sys
import threading

import stack_report

STDIN = 0
LENGTH = 30
gate = stack_report.Gate()
ending = False


def chain(letter):
    """The first of LENGTH functions of which each does nothing but call the next; the last does nothing."""
    lines = []
    for index in range(LENGTH - 1):
        lines += ["def %s%d():" % (letter, index), "    %s%d()" % (letter, index + 1)]
    lines += ["def %s%d():" % (letter, LENGTH - 1), "    pass"]
    namespace = {}
    exec(compile("\n".join(lines), "<%s>" % letter, "exec"), namespace)
    return namespace[letter + "0"]


def leaf():
    pass


def b():
    leaf()


def d():
    leaf()


def a():
    b()


def c():
    d()


def alternate(a0, c0):
    gate.announce()
    while not ending:
        a0()
        c0()
        a()
        c()


threads = [threading.Thread(target=alternate, args=(chain("a"), chain("c"))) for _ in range(int(sys.argv[1]))]
for thread in threads:
    thread.start()
gate.wait_for_announcements(len(threads))
sys.stdout.write("READY\n")
sys.stdout.flush()
os.read(STDIN, 1)
ending = True
for thread in threads:
    thread.join()
