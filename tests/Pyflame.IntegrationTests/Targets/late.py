"""Waits to be told by a line of its input, and only then gets what its argument names."""
import sys


def wait():
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    sys.stdin.readline()


def tasks():
    import busy_tasks


def threads():
    sys.argv = ["states.py", "spin", "spin_too"]
    import states


wait()
globals()[sys.argv[1]]()
