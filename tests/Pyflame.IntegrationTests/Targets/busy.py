"""A thread that always runs, at a constant depth: a loop that calls a leaf, below as many frames as it takes to make
the stack, module and leaf included, as deep as the argument says.

Prints READY, then the iterations so far for every line on stdin, and at its end once more.
"""
import select
import sys

STDIN = 0
depth = int(sys.argv[1]) if len(sys.argv) > 1 else 50


def leaf(value):
    return value + 1


def loop():
    count = 0
    while True:
        for _ in range(2000):
            count = leaf(count)
        if select.select([STDIN], [], [], 0)[0]:
            line = sys.stdin.readline()
            sys.stdout.write("%d\n" % count)
            sys.stdout.flush()
            if not line:
                return


def descend(remaining):
    if remaining == 0:
        loop()
    else:
        descend(remaining - 1)


sys.stdout.write("READY\n")
sys.stdout.flush()
# The module, the loop, the leaf, and one frame more for the descent that calls the loop.
descend(depth - 4)
