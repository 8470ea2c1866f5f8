"""Worker threads that take jobs from a queue, hash them and archive them, under a lock that is held for too long.

Sampled with --threads, a profile shows the workers spend most of their time where `archive` takes the lock, which one
of them holds while it compresses.

    pyflame --threads -o profile.txt -t python3 examples/workers.py
"""
import hashlib
import queue
import sys
import threading
import time
import zlib

PAGE = ("the quick brown fox jumps over the lazy dog " * 400).encode()


class Archive:
    def __init__(self):
        self.lock = threading.Lock()
        self.pages = 0
        self.size = 0

    def archive(self, page):
        # The lock guards two counters, but is held for the compression as well.
        with self.lock:
            packed = zlib.compress(page, 9)
            self.pages += 1
            self.size += len(packed)


def fingerprint(page):
    digest = hashlib.sha256()
    for start in range(0, len(page), 64):
        digest.update(page[start:start + 64])
    return digest.hexdigest()


def work(jobs, archive, fingerprints):
    while True:
        number = jobs.get()
        if number is None:
            return
        page = b"%d %s" % (number, PAGE)
        fingerprints.add(fingerprint(page))
        archive.archive(page)


def main():
    end = time.monotonic() + (float(sys.argv[1]) if len(sys.argv) > 1 else 3)
    jobs = queue.Queue(maxsize=16)
    archive = Archive()
    fingerprints = set()
    workers = [
        threading.Thread(target=work, args=(jobs, archive, fingerprints), name="worker-%d" % number)
        for number in range(4)
    ]
    for worker in workers:
        worker.start()
    number = 0
    while time.monotonic() < end:
        jobs.put(number)
        number += 1
    for _ in workers:
        jobs.put(None)
    for worker in workers:
        worker.join()
    print("%d pages, %d fingerprints, %d bytes packed" % (archive.pages, len(fingerprints), archive.size))


if __name__ == "__main__":
    main()
