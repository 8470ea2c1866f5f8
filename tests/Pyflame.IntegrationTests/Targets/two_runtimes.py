"""Loads another libpython, named by the first argument, and starts it where the second one is `started`."""
import ctypes
import os
import sys

RTLD_DEEPBIND = 8
other = ctypes.PyDLL(sys.argv[1], mode=RTLD_DEEPBIND)
if sys.argv[2] == "started":
    ctypes.c_int.in_dll(other, "Py_NoSiteFlag").value = 1
    ctypes.c_int.in_dll(other, "Py_IgnoreEnvironmentFlag").value = 1
    other.Py_SetPythonHome.argtypes = [ctypes.c_wchar_p]
    other.Py_SetPythonHome(os.path.dirname(os.path.dirname(sys.argv[1])))
    other.Py_InitializeEx.restype = None
    other.Py_InitializeEx(0)


def wait():
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    os.read(0, 1)


wait()
