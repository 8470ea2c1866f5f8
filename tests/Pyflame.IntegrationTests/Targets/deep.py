"""One thread blocked below as many frames as the argument says, the module's own and the blocked one included."""
import os
import sys

import stack_report

STDIN = 0
depth = int(sys.argv[1]) if len(sys.argv) > 1 else 2500
sys.setrecursionlimit(depth + 1000)


def bottom():
    return stack_report.publish(), os.read(STDIN, 1)


def even(remaining):
    if remaining == 0:
        return bottom()
    return odd(remaining - 1)


def odd(remaining):
    if remaining == 0:
        return bottom()
    return even(
        remaining - 1)


even(depth - 3)
