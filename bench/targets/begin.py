"""What every target does first and last. For CPython 2.7 and later."""
import signal
import sys

# A target never outlives a measurement whose harness was killed.
LIFE_SECONDS = 1800


def ready():
    """Tells the harness that the work begins."""
    signal.alarm(LIFE_SECONDS)
    sys.setrecursionlimit(20000)
    sys.stdout.write("READY\n")
    sys.stdout.flush()


def in_threads(count, work):
    """Starts as many threads, this one being one of them, tells the harness, and runs work() in each."""
    # At once: nobody starts to work while others are yet to be made.
    import threading

    threads = []
    for _ in range(count - 1):
        thread = threading.Thread(target=work)
        thread.daemon = True
        threads.append(thread)
    for thread in threads:
        thread.start()
    ready()
    work()
