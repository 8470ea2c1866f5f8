# -*- coding: utf-8 -*-
"""What the recorded snapshots of tests/Pyflame.Tests show; see PythonSnapshotTests there.

Two threads, each blocked at a known line. No frame is of the standard library, so that no path of the machine that
records them is in a snapshot.
"""
import os
try:
    import thread
except ImportError:
    import _thread as thread

import stack_report

STDIN = 0
gate = stack_report.Gate()


def leaf(block, numbers):
    text = "plain text"
    mapping = {"key": (True, None)}
    return block()


def generate(block):
    for number in (1, 2):
        yield leaf(block, [number, 2.5])


def through_c(block):
    # A built-in function between the frames: from 3.11 on, the call back into Python starts a new run of the evaluator.
    return sorted([1], key=lambda _: list(generate(block)))


class Worker(object):
    def method(self, block):
        namespace = {"call": through_c, "block": block}
        source = "def named():\n    return call(block)\n\nnamed()\n"
        exec(compile(source, "größe 日本.py", "exec"), namespace)


def deeper(depth):
    if depth > 0:
        return deeper(depth - 1)
    return (gate.announce(), os.read(gate.pipe, 1))


def second():
    stack_report.register_thread()
    deeper(40)


thread.start_new_thread(second, ())
gate.wait_for_announcements(1)
Worker().method(lambda: (stack_report.publish(), os.read(STDIN, 1)))
gate.open()
