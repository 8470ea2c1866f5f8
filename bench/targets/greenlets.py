"""greenlets.py DEPTH GREENLETS: so many greenlets, one in another, the innermost of which loops at a stack depth."""
import sys

sys.path.append("/usr/lib/python3/dist-packages")
import greenlet

import begin

DEPTH = int(sys.argv[1]) // max(1, int(sys.argv[2]))


def leaf():
    return 1


def loop():
    begin.ready()
    while True:
        leaf()


def descend(levels, greenlets):
    if levels > 0:
        return descend(levels - 1, greenlets)
    if greenlets > 1:
        return greenlet.greenlet(descend).switch(DEPTH, greenlets - 1)
    return loop()


descend(DEPTH, int(sys.argv[2]))
