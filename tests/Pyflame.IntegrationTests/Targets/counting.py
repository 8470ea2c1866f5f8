"""A thread that counts: where it stands and what it has counted to always fit. With n as the number of the round, `first` is n - 1 before
line FIRST has run and n after it, and `last` likewise with line LAST.

Prints READY, then the iterations so far for every line on stdin, and ends with it.
"""
import select
import sys

STDIN = 0


def count():
    n = first = last = 100000
    while True:
        n = n + 1
        first = n
        last = n
        if n % 5000 == 0 and select.select([STDIN], [], [], 0)[0]:
            line = sys.stdin.readline()
            sys.stdout.write("%d\n" % n)
            sys.stdout.flush()
            if not line:
                return


sys.stdout.write("READY\n")
sys.stdout.flush()
count()
