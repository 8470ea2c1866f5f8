"""Greenlets of gevent that wait, and plain ones; prints what gevent.util says of each, then READY, and blocks without switching."""
import json
import os
import sys

sys.path.append("/usr/lib/python3/dist-packages")
import gevent
import gevent.util
import greenlet

STDIN = 0


def rest():
    gevent.sleep(3600)


class Worker(object):
    def run(self):
        rest()


def inner():
    greenlet.getcurrent().parent.switch()


def outer():
    inner()


waiting = [gevent.spawn(rest), gevent.spawn(rest), gevent.spawn(Worker().run)]
gevent.sleep(0)
plain = greenlet.greenlet(outer)
plain.switch()
print(json.dumps(gevent.util.format_run_info(thread_stacks=False)))
print("READY")
sys.stdout.flush()
os.read(STDIN, 1)
