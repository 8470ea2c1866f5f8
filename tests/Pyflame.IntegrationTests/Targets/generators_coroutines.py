"""A thread blocked below a chain of generators and, where the interpreter has them, of coroutines."""
import os
import sys

import stack_report

STDIN = 0


def leaf_generator():
    yield stack_report.publish(), os.read(STDIN, 1)


def delegating_generator():
    for value in leaf_generator():
        yield value


def consume(generator):
    return sum(1 for _ in generator)


class Iterator(object):
    def __init__(self, generator):
        self.generator = generator

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.generator)

    next = __next__


def generators():
    consume(Iterator(delegating_generator()))


if sys.version_info[0] == 2:
    generators()
else:
    import coroutine_chain
    coroutine_chain.run(generators)
