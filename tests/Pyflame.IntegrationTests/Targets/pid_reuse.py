"""Records processes whose ids others get, again and again: pid_reuse.py PYFLAME FOLDER ROUNDS. For a PID namespace of its own, as root.

All are forked by this one and have the same memory where it was not written to, so that nothing but the time of birth tells them apart.
"""
import os
import random
import signal
import subprocess
import sys
import time

REUSED = 3000
pyflame, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])


def first():
    while True:
        pass


def second():
    while True:
        pass


def fork_as(number, work):
    """None where the id is taken: a thread that the recorder starts at this moment may get it."""
    for _ in range(50):
        with open("/proc/sys/kernel/ns_last_pid", "w") as last:
            last.write(str(number - 1))
        child = os.fork()
        if child == 0:
            work()
        if child == number:
            return child
        end(child)
    return None


def end(child):
    if child is None:
        return
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def record(process, *options):
    path = "%s/profile" % folder
    if os.path.exists(path):
        os.remove(path)
    arguments = [pyflame, "record", "-p", str(process), "-d", "60", "-r", "1000", "-f", "collapsed", "-o", path]
    return subprocess.Popen(arguments + list(options), stderr=subprocess.PIPE, universal_newlines=True), path


def wait_for_any_moment(recording):
    # While it begins, or once it has slept for some samples.
    if random.random() < 0.3:
        time.sleep(random.random() * 0.1)
        return
    switches = random.randrange(20, 300)
    while recording.poll() is None:
        with open("/proc/%d/status" % recording.pid) as status:
            if int([line for line in status if line.startswith("voluntary_")][0].split()[1]) > switches:
                return
        time.sleep(0.001)


def result(recording, path):
    error = recording.communicate()[1]
    text = ""
    if os.path.exists(path):
        with open(path) as file:
            text = file.read()
    return recording.returncode, error, ":first:" in text, ":second:" in text


def the_process_itself():
    process = fork_as(REUSED, first)
    recording, path = record(process)
    wait_for_any_moment(recording)
    end(process)
    process = fork_as(REUSED, second)
    time.sleep(random.random() * 0.05)
    end(process)
    return result(recording, path)


def a_child():
    told, tell = os.pipe()

    def root():
        child = fork_as(REUSED, first)
        os.write(answer, b"x")
        os.read(told, 1)
        end(child)
        os.write(answer, b"x")
        while True:
            time.sleep(1)

    heard, answer = os.pipe()
    process = fork_as(REUSED + 1000, root)

    # Two that choose ids at once would get each other's.
    os.read(heard, 1)
    recording, path = record(process, "-s")
    wait_for_any_moment(recording)
    os.write(tell, b"x")
    os.read(heard, 1)
    stranger = fork_as(REUSED, second)
    time.sleep(random.random() * 0.05)
    end(process)
    end(stranger)
    for descriptor in (told, tell, heard, answer):
        os.close(descriptor)
    return result(recording, path)


for number in range(rounds):
    random.seed(number)
    for way in (the_process_itself, a_child):
        code, error, was_first, was_second = way()
        print("%s %d %s %s %s" % (way.__name__, code, was_first, was_second, error.strip().replace("\n", " ")))
        sys.stdout.flush()
