"""Threads named `first` and `second`, each of which spins in an interpreter of its own, and one named `third` that sleeps in one.

Prints READY, and ends with its standard input.
"""
import sys
import threading

if sys.version_info >= (3, 14):
    from concurrent import interpreters

    def run(source):
        interpreters.create().exec(source)
elif sys.version_info >= (3, 13):
    import _interpreters

    def run(source):
        _interpreters.run_string(_interpreters.create(), source)
else:
    import _xxsubinterpreters

    def run(source):
        _xxsubinterpreters.run_string(_xxsubinterpreters.create(), source)

SPIN = """
import os, time

def spin_in_%(name)s():
    os.write(%(announces)d, b"x")
    # Up to 3.11 a thread does not hear that one of another interpreter wants the GIL.
    while True:
        for _ in range(100000):
            pass
        time.sleep(0)

spin_in_%(name)s()
"""

SLEEP = """
import os, time

def sleep_in_%(name)s():
    os.write(%(announces)d, b"x"), time.sleep(10000)

sleep_in_%(name)s()
"""

import os

announced, announces = os.pipe()


def call(name, source):
    # With a file name of its own: that of the source itself differs by version.
    run("exec(compile('''%s''', '<%s>', 'exec'))" % (source % {"name": name, "announces": announces}, name))


for name, source in ("first", SPIN), ("second", SPIN), ("third", SLEEP):
    thread = threading.Thread(target=call, args=(name, source), name=name)
    thread.daemon = True
    thread.start()
seen = 0
while seen < 3:
    seen += len(os.read(announced, 3))
sys.stdout.write("READY\n")
sys.stdout.flush()
os.read(0, 1)
os._exit(0)
