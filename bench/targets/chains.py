"""chains.py THREADS: alternates flat out two chains of 30 functions with nothing in them, p0 to p29 and q0 to q29."""
import sys

import begin

LENGTH = 30
SOURCE = "def %s():\n    %s()\n"


def make(letter):
    names = {}
    source = "def %s%d():\n    pass\n" % (letter, LENGTH - 1)
    for i in range(LENGTH - 1):
        source += SOURCE % ("%s%d" % (letter, i), "%s%d" % (letter, i + 1))
    exec(compile(source, "chains.py", "exec"), names)
    return names["%s0" % letter]


p0 = make("p")
q0 = make("q")


def main():
    while True:
        p0()
        q0()


begin.in_threads(int(sys.argv[1]), main)
