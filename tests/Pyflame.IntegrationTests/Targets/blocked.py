"""Three threads, each blocked at a known line under one of every kind of Python call; see stack_report."""
import os
import threading

import stack_report

STDIN = 0
gate = stack_report.Gate()


def inner(block):
    return block()


class Worker(object):
    def method(self, block):
        return list(self.generate(block))

    def generate(self, block):
        yield 1
        yield [inner(each) for each in (block,)]

    def __getattr__(self, name):
        return run_through_c(lambda: (gate.announce(), os.read(gate.pipe, 1)))

    class Nested(object):
        @staticmethod
        def static(block):
            def closure():
                return (lambda: block())()
            return closure()

        @classmethod
        def of_class(cls, block):
            namespace = {"call": cls.static, "block": block}
            exec("def executed():\n    return call(block)\nexecuted()\n", namespace)


def middle(block):
    return Worker().method(block)


def outer(block):
    middle(
        block)


def run_through_c(block):
    # Built-in functions between the frames: from 3.11 on, each call back into Python starts a new run of the evaluator.
    return sorted([1], key=lambda _: list(map(lambda _: block(), [1])))


def second_thread():
    stack_report.register_thread()
    Worker().absent_attribute


def third_thread():
    stack_report.register_thread()
    Worker.Nested.of_class(lambda: (gate.announce(), os.read(gate.pipe, 1)))


threads = [threading.Thread(target=second_thread, name="second"), threading.Thread(target=third_thread, name="third")]
for thread in threads:
    thread.start()
gate.wait_for_announcements(len(threads))
outer(lambda: (stack_report.publish(), os.read(STDIN, 1)))
gate.open()
for thread in threads:
    thread.join()
