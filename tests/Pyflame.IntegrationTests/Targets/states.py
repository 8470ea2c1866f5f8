"""Threads that are each named after what they do; they do it once READY is printed and until standard input ends."""
import gc
import os
import socket
import sys
import threading
import time
import zlib

lock = threading.Lock()
lock.acquire()
gate, opens = os.pipe()
near, far = socket.socketpair()
data = bytes(bytearray(range(256))) * 4096


def sleep():
    while True:
        time.sleep(1000)


def wait_for_lock():
    lock.acquire()


def read_pipe():
    os.read(gate, 1)


def receive():
    near.recv(1)


def compress():
    # Lets the GIL go while it works.
    while True:
        zlib.compress(data, 9)


def spin():
    while True:
        pass


def spin_too():
    while True:
        pass


def collect():
    gc.disable()
    kept = [[] for _ in range(100000)]
    while kept:
        gc.collect()


names = sys.argv[1:]
for name in names:
    thread = threading.Thread(target=globals()[name], name=name)
    thread.daemon = True
    thread.start()
sys.stdout.write("READY\n")
sys.stdout.flush()
sys.stdin.readline()
