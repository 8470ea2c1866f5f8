"""pairs.py THREADS: alternates a-b-leaf and c-d-leaf flat out, so that a stack with a-d or c-b never was."""
import sys

import begin


def leaf():
    pass


def b():
    leaf()


def a():
    b()


def d():
    leaf()


def c():
    d()


def main():
    while True:
        a()
        c()


begin.in_threads(int(sys.argv[1]), main)
