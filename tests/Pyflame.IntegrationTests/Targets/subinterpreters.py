"""A second interpreter of the process, blocked at a known line, on the thread whose main interpreter called for it."""
import sys

if sys.version_info >= (3, 13):
    import _interpreters as interpreters
else:
    import _xxsubinterpreters as interpreters

SOURCE = """
import os
import sys

def block():
    sys.stdout.write("READY\\\\n"), sys.stdout.flush(), os.read(0, 1)

class Second:
    def method(self):
        block()

Second().method()
"""


def run(source):
    interpreters.run_string(interpreters.create(), source)


# With a file name of its own: that of the source itself differs by version.
run("exec(compile('''%s''', '<second>', 'exec'))" % SOURCE)
