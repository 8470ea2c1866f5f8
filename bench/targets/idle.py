"""idle.py DEPTH THREADS: threads that wait for a lock at a stack depth, and never get it."""
import sys
import threading
import time

import begin

LOCK = threading.Lock()


def descend(levels):
    if levels > 0:
        return descend(levels - 1)
    return LOCK.acquire()


def work():
    descend(max(0, int(sys.argv[1]) - 5))


LOCK.acquire()
threading.stack_size(256 * 1024)
for _ in range(int(sys.argv[2]) - 1):
    thread = threading.Thread(target=work)
    thread.daemon = True
    thread.start()
time.sleep(1)
begin.ready()
work()
