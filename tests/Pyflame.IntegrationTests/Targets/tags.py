# coding: utf-8
"""A function whose argument has values in all places that a tag can name, blocked below it."""
import os
import sys

STDIN = 0


class Request(object):
    def __init__(self):
        self.path = "/index"
        self.environ = {"PATH_INFO": "/info", 7: "seven"}
        self.parts = ["first", ("second", "third")]
        self.number = 12
        self.ratio = 0.5
        self.nothing = None


def block():
    sys.stdout.write("READY\n"), sys.stdout.flush(), os.read(STDIN, 1)


def handle(request):
    shared = request
    return (lambda: (shared, block()))()


class Server(object):
    def serve(self, request):
        return handle(request)


Server().serve(Request())
