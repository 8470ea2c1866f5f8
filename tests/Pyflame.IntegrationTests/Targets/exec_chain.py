"""Becomes the next interpreter of a plan, again and again, and works meanwhile.

The plan has a line for each: its path, and how many milliseconds it works, or "go" to work until a file of its number is there.
"""
import os
import sys
import time

HERE = os.path.abspath(__file__)


def spin(number):
    while os.access(HERE, os.F_OK) and not os.access("%s.go%d" % (HERE, number), os.F_OK):
        for _ in range(5000):
            pass


def spin_for(milliseconds):
    end = time.time() + milliseconds / 1000.0
    while time.time() < end:
        pass


def main():
    number = int(sys.argv[1])
    if number == 0:
        sys.stdout.write("READY\n")
        sys.stdout.flush()
        spin(0)
    with open(HERE + ".plan") as plan:
        steps = [line.split() for line in plan]
    if steps[number][1] == "go":
        spin(number)
    else:
        spin_for(int(steps[number][1]))
    if number + 1 < len(steps):
        program = steps[number + 1][0]
        os.execv(program, [program, "-B", "-E", "-S", HERE, str(number + 1)])


main()
