"""Processes that fork, run programs, stop each other and end at random.

The seed is the first argument, how many generations there are the second.
"""
import os
import random
import signal
import subprocess
import sys

HERE = os.path.abspath(__file__)


def work(rounds):
    total = 0
    for number in range(rounds):
        total += number
    return total


def live(chance, depth):
    for _ in range(chance.randrange(1, 6)):
        step = chance.randrange(9)
        if step == 0 and depth > 0:
            os.execv(sys.executable, [sys.executable, "-B", "-E", "-S", HERE, str(chance.randrange(10 ** 6)), str(depth - 1)])
        elif step <= 3 and depth > 0:
            child = os.fork()
            if child == 0:
                live(random.Random(chance.randrange(10 ** 6)), depth - 1)
                os._exit(chance.randrange(3))
            elif chance.randrange(3) == 0:
                # Stopped for a moment, or for good.
                os.kill(child, signal.SIGSTOP)
                work(chance.randrange(3000))
                os.kill(child, chance.choice([signal.SIGCONT, signal.SIGKILL]))
        elif step == 4:
            subprocess.call(["sh", "-c", "exit %d" % chance.randrange(3)])
        elif step == 5 and depth > 0:
            # Its child is left behind.
            if os.fork() == 0:
                if os.fork() == 0:
                    work(chance.randrange(20000))
                os._exit(0)
        elif step == 6 and chance.randrange(4) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        else:
            work(chance.randrange(20000))
    # Children that were not waited for become zombies first and orphans next.


def main():
    seed = int(sys.argv[1])
    live(random.Random(seed), int(sys.argv[2]))


if __name__ == "__main__":
    main()
