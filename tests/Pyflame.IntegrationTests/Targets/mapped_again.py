"""Maps its own binary again and again, then blocks in a callback that C makes.

libffi maps the page of code that it makes callbacks from anew for each batch of them, and where it is linked into the
interpreter (python-build-standalone), that is the interpreter's own file. The argument is the file to map.
"""
import ctypes
import os
import sys

PROT_READ, PROT_EXEC, MAP_PRIVATE = 1, 4, 2
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
binary = os.open(sys.argv[1], os.O_RDONLY)
size = os.fstat(binary).st_size
for offset in [0, 0, 4096] + list(range(0, size - 4096, size // 8 // 4096 * 4096)):
    address = libc.mmap(None, 4096 * 3, PROT_READ | PROT_EXEC, MAP_PRIVATE, binary, offset)
    assert address not in (None, ctypes.c_void_p(-1).value), os.strerror(ctypes.get_errno())


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
def compare(left, right):
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    os.read(0, 1)
    return 0


def sort():
    libc.qsort((ctypes.c_int * 2)(2, 1), ctypes.c_size_t(2), ctypes.c_size_t(4), compare)


sort()
