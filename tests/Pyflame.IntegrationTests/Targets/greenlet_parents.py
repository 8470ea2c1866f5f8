"""Greenlets, one in another, each switched to from a function that C code calls; the main thread and another one each run theirs.

Prints READY, then each thread works in its innermost greenlet until standard input is closed. With the argument `switching` the work is done by
two greenlets in turn, with their parent between them; with `places` by one that stays and by new ones, switched to from two places that the work is
named after; with `blocked` the main thread waits for input in its innermost greenlet.
"""
import os
import select
import sys
import threading

sys.path.append("/usr/lib/python3/dist-packages")
import greenlet

STDIN = 0


def work():
    sum(range(2000))


def inner(_):
    while not select.select([STDIN], [], [], 0)[0]:
        work()


def block(_):
    os.read(STDIN, 1)


def switch_to_inner(_):
    function = block if sys.argv[1:] == ["blocked"] else inner
    greenlet.greenlet(lambda: list(map(function, [1]))).switch()


def outer():
    list(map(switch_to_inner, [1]))


def switch_to_outer(_):
    greenlet.greenlet(outer).switch()


def run():
    list(map(switch_to_outer, [1]))


def take_turns():
    while True:
        for _ in range(10):
            work()
        greenlet.getcurrent().parent.switch()


def between():
    turns = [greenlet.greenlet(take_turns), greenlet.greenlet(take_turns)]
    while not select.select([STDIN], [], [], 0)[0]:
        for turn in turns:
            turn.switch()


def run_in_turn():
    greenlet.greenlet(between).switch()


def first():
    sum(range(300))


def second():
    sum(range(300))


def follow(function):
    while True:
        function()
        function = greenlet.getcurrent().parent.switch()


def from_first(stays):
    stays.switch(first)
    greenlet.greenlet(first).switch()


def from_second(stays):
    stays.switch(second)
    greenlet.greenlet(second).switch()


def switch_from_places():
    stays = greenlet.greenlet(follow)
    while not select.select([STDIN], [], [], 0)[0]:
        for _ in range(100):
            from_first(stays)
            from_second(stays)


def end(target):
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    target()


if sys.argv[1:] == ["switching"]:
    end(run_in_turn)
elif sys.argv[1:] == ["places"]:
    end(switch_from_places)
elif sys.argv[1:] == ["blocked"]:
    end(run)
else:
    thread = threading.Thread(target=run, name="second")
    thread.daemon = True
    thread.start()
    end(run)
