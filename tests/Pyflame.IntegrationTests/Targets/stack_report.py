"""What a target says about its own stacks, for the tests to compare with what is read from outside.

Runs on 2.7 and 3.6 to 3.15. Every line on stdout is one JSON object, in ASCII; then comes READY.

A thread that is to be blocked at a known line announces itself and blocks on one and the same line:

    announce(), os.read(gate, 1)

with `announce` a C function (or a partial of one), so that its frames never change once it has announced itself. The
main thread does the same with `publish`: what it prints is still true while it waits. Whether it does wait by then,
the test sees from the state of the thread.
"""
import functools
import json
import os
import sys
import threading
import traceback


class Gate(object):
    """Blocks a known number of threads on a pipe; all of them leave when it is opened."""

    def __init__(self):
        self.pipe, self._opens = os.pipe()
        self._announced, announces = os.pipe()
        # A C function: it has no frame of its own.
        self.announce = functools.partial(os.write, announces, b"x")

    def wait_for_announcements(self, count):
        seen = 0
        while seen < count:
            seen += len(os.read(self._announced, count - seen))

    def open(self):
        os.close(self._opens)


def native_thread_id():
    """The operating system's id of the calling thread."""
    if hasattr(threading, "get_native_id"):
        return threading.get_native_id()
    import ctypes
    gettid_on_x86_64 = 186
    return ctypes.CDLL(None).syscall(gettid_on_x86_64)


_native_ids = {}


def register_thread():
    """Called once by each thread that is to be reported with its native id."""
    _native_ids[threading.current_thread().ident] = native_thread_id()


def escaped(name):
    """The text of a name: what has no UTF-8 becomes \\xff (a byte of 2.7's) or \\udcff (a lone surrogate of 3's)."""
    if not isinstance(name, bytes):
        return name.encode("utf-8", "backslashreplace").decode("utf-8")
    text = u""
    while name:
        try:
            return text + name.decode("utf-8")
        except UnicodeDecodeError as error:
            text += name[:error.start].decode("utf-8")
            text += u"".join(u"\\x%02x" % byte for byte in bytearray(name[error.start:error.end]))
            name = name[error.end:]
    return text


def frames_of(frame):
    """Root first, as traceback prints them."""
    codes = []
    current = frame
    while current is not None:
        codes.append(current.f_code)
        current = current.f_back
    codes.reverse()
    entries = traceback.extract_stack(frame)
    assert len(codes) == len(entries)
    return [
        {
            "file": escaped(entry[0]),
            "line": entry[1] or 0,
            "name": escaped(entry[2]),
            "qualname": getattr(code, "co_qualname", None),
            "first_line": code.co_firstlineno,
        }
        for entry, code in zip(entries, codes)
    ]


def publish():
    """Prints the stacks of all threads; that of the calling thread ends with the line that calls this."""
    register_thread()
    own = sys._getframe()
    main = threading.current_thread().ident
    names = dict((thread.ident, thread.name) for thread in threading.enumerate())
    lines = [json.dumps({
        "version": list(sys.version_info[:3]),
        "pid": os.getpid(),
        "maxunicode": sys.maxunicode,
    })]
    for ident, frame in sys._current_frames().items():
        lines.append(json.dumps({
            "ident": ident,
            "native_id": _native_ids.get(ident),
            "name": names.get(ident),
            "is_main": ident == main,
            "frames": frames_of(own.f_back if frame is own else frame),
        }))
    sys.stdout.write("\n".join(lines) + "\nREADY\n")
    sys.stdout.flush()
