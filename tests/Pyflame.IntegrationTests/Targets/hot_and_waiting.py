"""A main thread that nearly always runs one line of one function, and a thread with a name that always waits.

Prints READY, then runs until its standard input is closed.
"""
import select
import sys
import threading

STDIN = 0


def spin():
    total = 0
    for number in range(20000): total += number * number  # the hottest line
    return total


def cold():
    return len(sys.modules)


def work():
    while True:
        for _ in range(20):
            spin()
            cold()
        if select.select([STDIN], [], [], 0)[0]:
            return


def wait(event):
    event.wait()


event = threading.Event()
waiter = threading.Thread(target=wait, args=(event,), name="waiter")
waiter.daemon = True
waiter.start()
sys.stdout.write("READY\n")
sys.stdout.flush()
work()
event.set()
