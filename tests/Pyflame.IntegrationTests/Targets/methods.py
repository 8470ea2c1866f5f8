"""Methods of every kind that call each other, down to a blocking read: what each is called is not in its code before 3.11."""
import os
import sys

STDIN = 0


class Base(object):
    def base(self):
        return self.__private()

    def __private(self):
        return self.value

    @property
    def value(self):
        return self.make(1)

    @classmethod
    def make(cls, number):
        return cls().captured()

    def captured(self):
        return Old().old(lambda: self)


class Outer(object):
    class Inner(Base):
        def base(self):
            raise AssertionError("is not meant")

        def run(self):
            return Base.base(self)


class Old:
    def old(self, keep):
        return block()


def block():
    sys.stdout.write("READY\n"), sys.stdout.flush(), os.read(STDIN, 1)


Outer.Inner().run()
