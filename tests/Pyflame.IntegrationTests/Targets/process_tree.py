"""Starts workers in the way that its argument names, one at first and one for each line "more" of its input.

A worker prints its id, and works until this file is gone.
"""
import os
import subprocess
import sys

HERE = os.path.abspath(__file__)


def spin(until=None):
    while os.access(HERE, os.F_OK) and not (until and os.access(until, os.F_OK)):
        for _ in range(20000):
            pass


def say(what):
    os.write(1, (what + "\n").encode())


def worker():
    say("worker %d %d" % (os.getpid(), os.getppid()))
    spin()


def command(*arguments):
    return [sys.executable, "-B", "-E", "-S", HERE] + list(arguments)


def fork(work=worker):
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return child


def fork_with_threads():
    import threading
    threading.Thread(target=spin).start()
    return fork()


def start_process(kind):
    import multiprocessing
    context = multiprocessing.get_context(kind)
    process = context.Process(target=worker)
    process.daemon = True
    process.start()


def start_command():
    subprocess.Popen(command("worker"))


def start_chain():
    # Each shell waits for the next program, so that two of them stand in between.
    subprocess.Popen(["sh", "-c", "sh -c '\"$@\"; exit $?' sh \"$@\"; exit $?", "sh"] + command("worker"))


def start_parent_that_leaves():
    # The worker is said by itself; its parent ends when told so.
    middle = os.fork()
    if middle == 0:
        fork()
        os.read(LEAVE[0], 1)
        os._exit(0)
    return middle


def start_servers():
    # Like a server with workers: a listening socket that they share, and a master that replaces those that end.
    import socket
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(5)
    if os.fork() == 0:
        for _ in range(2):
            serve(listener)
        while os.access(HERE, os.F_OK):
            os.wait()
            serve(listener)
        os._exit(0)


def serve(listener):
    if os.fork() == 0:
        say("worker %d %d" % (os.getpid(), os.getppid()))
        listener.settimeout(0.01)
        while os.access(HERE, os.F_OK):
            try:
                connection, _ = listener.accept()
                connection.close()
            except (OSError, IOError):
                for _ in range(200000):
                    pass
        os._exit(0)


def run_commands():
    # While a thread works, commands run that are no Python: by vfork(2) from Python 3.10 on.
    import threading
    threading.Thread(target=spin).start()
    for _ in range(25):
        subprocess.check_call(["true"])
    say("done")


def become(program):
    # A file of that name says that it was seen enough as what it is.
    say("worker %d %d" % (os.getpid(), os.getppid()))
    spin(HERE + ".go")
    os.remove(HERE + ".go")
    os.execv("/bin/sh", ["sh", "-c", "exec \"$0\" \"$@\"", program, "-B", "-E", "-S", HERE, "worker"])


WAYS = {
    "fork": fork,
    "fork-with-threads": fork_with_threads,
    "multiprocessing-fork": lambda: start_process("fork"),
    "multiprocessing-spawn": lambda: start_process("spawn"),
    "subprocess": start_command,
    "chain": start_chain,
    "leave": start_parent_that_leaves,
    "servers": start_servers,
    "commands": lambda: None,
    "exec": lambda: fork(lambda: become(sys.argv[2])),
}
LEAVE = os.pipe()


def main():
    start = WAYS[sys.argv[1]]
    start()
    say("READY")
    for line in iter(sys.stdin.readline, ""):
        if line.strip() == "leave":
            os.write(LEAVE[1], b"x")
            os.wait()
            say("left")
        elif line.strip() == "commands":
            run_commands()
        else:
            start()
    os.remove(HERE)


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        worker()
    elif sys.argv[1] == "become":
        say("READY")
        become(sys.argv[2])
    else:
        main()
