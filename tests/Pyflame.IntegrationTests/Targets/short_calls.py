"""Works without end at what the argument says, most of it calls that are over before they could be looked at twice.

destructors: what a function leaves behind works twice as long as the function called next.
initializers: objects are made one after the other.
generators: a generator is made, and then something else is done.
"""
import os
import sys
import threading

import stack_report

STDIN = 0
gate = stack_report.Gate()
ending = False


def spin(count):
    value = 0
    for index in range(count):
        value += index
    return value


class Left(object):
    def __del__(self):
        spin(2000)


def leave():
    left = Left()
    return 1


def destructors():
    leave()
    spin(1000)


class Point(object):
    def __init__(self, x, y):
        self.x = x
        self.y = y


def initializers():
    for index in range(10):
        Point(index, index)
    sorted(range(100))


def numbers():
    yield 1


def generators():
    numbers()
    sorted(range(400))


def work(kind):
    gate.announce()
    while not ending:
        kind()


thread = threading.Thread(target=work, args=(globals()[sys.argv[1]],))
thread.start()
gate.wait_for_announcements(1)
sys.stdout.write("READY\n")
sys.stdout.flush()
os.read(STDIN, 1)
ending = True
thread.join()
