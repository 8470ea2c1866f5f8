"""A thread that runs all the time and so holds the GIL; a second one and the main thread read from pipes, and once they do
nobody asks for the GIL, so the first one never gives it away. It ends with standard input."""
import os
import sys
import threading

import stack_report

STDIN = 0
gate = stack_report.Gate()
ending = False


def leaf():
    pass


def spin():
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    while not ending:
        leaf()


def wait():
    os.read(gate.pipe, 1)


threads = [threading.Thread(target=wait, name="waits"), threading.Thread(target=spin, name="spins")]
for thread in threads:
    thread.start()
os.read(STDIN, 1)
ending = True
gate.open()
for thread in threads:
    thread.join()
