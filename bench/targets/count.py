"""count.py DEPTH: as depth.py with one thread; every 50 ms it prints the monotonic time in seconds and its iterations so far."""
import sys
import time

import begin


def leaf():
    return 1


def loop():
    iterations = 0
    next_report = 0
    while True:
        for _ in range(1000):
            leaf()
        iterations += 1000
        now = time.monotonic()
        if now >= next_report:
            next_report = now + 0.05
            sys.stdout.write("%.6f %d\n" % (now, iterations))
            sys.stdout.flush()


def descend(levels):
    if levels > 0:
        return descend(levels - 1)
    return loop()


begin.ready()
descend(max(0, int(sys.argv[1]) - 4))
