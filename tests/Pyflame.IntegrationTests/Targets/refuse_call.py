"""Runs a command to whom one system call is refused by a seccomp filter: refuse_call.py NUMBER ERRNO COMMAND...

Of process_vm_readv(2), 310 on x86-64, that is what older container runtimes do.
"""
import ctypes
import os
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
number, error = int(sys.argv[1]), int(sys.argv[2])
program = b"".join(struct.pack("<HBBI", *instruction) for instruction in (
    (0x20, 0, 0, 0),                        # load the number of the call
    (0x15, 0, 1, number),                   # is it the one?
    (0x06, 0, 0, 0x00050000 | error),       # SECCOMP_RET_ERRNO
    (0x06, 0, 0, 0x7FFF0000),               # SECCOMP_RET_ALLOW
))
code = ctypes.create_string_buffer(program, len(program))
filters = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", 4, ctypes.addressof(code)), 16)
libc = ctypes.CDLL(None, use_errno=True)
for arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filters, 0, 0)):
    if libc.prctl(*arguments) != 0:
        sys.exit("prctl: " + os.strerror(ctypes.get_errno()))
os.execv(sys.argv[3], sys.argv[3:])
