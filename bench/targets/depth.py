"""depth.py DEPTH THREADS: threads at a stack depth, each looping over a function that calls a leaf."""
import sys

import begin


def leaf():
    return 1


def loop():
    while True:
        leaf()


def descend(levels):
    if levels > 0:
        return descend(levels - 1)
    return loop()


def main():
    begin.in_threads(int(sys.argv[2]), work)


def work():
    # The frames of <module>, main, in_threads and work, of descend for levels 0 and up, and of loop and leaf.
    descend(max(0, int(sys.argv[1]) - 7))


main()
