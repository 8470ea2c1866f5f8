"""Threads, each blocked at a known line below one kind of call; see stack_report. The main thread is blocked below a chain
of kinds, those among them that only a main thread can do.

With the argument "traced", calls by trace functions instead. A kind is a function that has what it is given called in some way. It is called so with a function that does nothing first,
many times over: from 3.11 on the interpreter rewrites calls that are made often.
"""
import functools
import os
import signal
import sys
import threading
import traceback

import calls_of_any_version
import calls_while_traced
import stack_report

STDIN = 0
WARM_UPS = 300
gate = stack_report.Gate()
opened = False


def nothing():
    pass


def wait():
    gate.announce(), os.read(gate.pipe, 1)


def blocked_thread(kind):
    stack_report.register_thread()
    try:
        if not traced and not kind.__name__.endswith("_once"):
            for _ in range(WARM_UPS):
                kind(nothing)
        kind(wait)
        assert opened, kind.__name__ + " made no call"
    except BaseException:
        # Else the main thread would wait for this one's announcement for ever.
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def signal_handler(call):
    def handler(number, frame):
        call()

    before = signal.signal(signal.SIGUSR1, handler)
    os.kill(os.getpid(), signal.SIGUSR1)
    # The handler runs at one of the next instructions.
    for _ in range(1000):
        pass
    signal.signal(signal.SIGUSR1, before)


def importing(call):
    import builtins_for_import
    builtins_for_import.call = call
    import calls_when_imported


def block_main():
    global opened
    if not opened:
        stack_report.publish(), os.read(STDIN, 1)
        # Some kinds call more than once.
        opened = True


def all_in_one(kinds, last):
    call = last
    for kind in kinds:
        call = functools.partial(kind, call)
    return call


traced = sys.argv[1:] == ["traced"]
if traced:
    kinds = calls_while_traced.kinds()
else:
    kinds = calls_of_any_version.kinds()
    for version in ((3, 6), (3, 8), (3, 10), (3, 11), (3, 12), (3, 14)):
        if sys.version_info >= version:
            kinds += __import__("calls_since_%d_%d" % version).kinds()
threads = [threading.Thread(target=blocked_thread, args=(kind,), name=kind.__name__) for kind in kinds]
for thread in threads:
    thread.daemon = True
    thread.start()
gate.wait_for_announcements(len(threads))
nesting = [] if traced else [kind for kind in kinds if not kind.__name__.endswith("_once")]
all_in_one(nesting + [importing, signal_handler], block_main)()
gate.open()
for thread in threads:
    thread.join()
