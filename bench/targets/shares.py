"""Functions that burn known shares of the CPU: share_K does K units of the same work, all of them in random order."""
import random

import begin

WEIGHTS = (1, 2, 3, 5, 8, 13, 21, 34)


def unit():
    value = 1
    for _ in range(200):
        value = value * 5 % 1000003
    return value


def make(weight):
    names = {"unit": unit}
    source = "def share_%d():\n    for _ in range(%d):\n        unit()\n" % (weight, weight)
    exec(compile(source, "shares.py", "exec"), names)
    return names["share_%d" % weight]


def main():
    functions = [make(weight) for weight in WEIGHTS]
    while True:
        random.shuffle(functions)
        for function in functions:
            function()


begin.ready()
main()
