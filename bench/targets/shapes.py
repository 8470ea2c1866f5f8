"""shapes.py LEVELS: a recursion that turns left or right on every level; each of its 2**LEVELS leaves is a stack of its own."""
import sys

import begin


def leaf():
    value = 1
    for _ in range(300):
        value = value * 5 % 1000003
    return value


def turn(levels):
    if levels == 0:
        leaf()
        return
    turn(levels - 1)
    turn(levels - 1)


begin.ready()
while True:
    turn(int(sys.argv[1]))
