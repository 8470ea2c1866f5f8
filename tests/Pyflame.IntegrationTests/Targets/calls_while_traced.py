"""Calls by and below trace functions; see call_kinds. They are by themselves, since tracing undoes the rewriting of calls."""
import sys


def traced(call):
    def target(a):
        a += 1
        return (
            a)

    def tracer(frame, event, argument):
        if event == "line" and frame.f_locals["a"] == 2:
            sys.settrace(None)
            call()
        return tracer

    sys.settrace(tracer)
    target(1)


def traced_call(call):
    def target(a):
        return a

    def tracer(frame, event, argument):
        if frame.f_code is target.__code__:
            sys.settrace(None)
            call()

    sys.settrace(tracer)
    target(
        1)


def traced_return(call):
    def target(a):
        return a

    def tracer(frame, event, argument):
        if event == "return":
            sys.settrace(None)
            call()
        return tracer

    sys.settrace(tracer)
    target(
        1)


def below_a_trace_function(call):
    # The trace function goes on being called for the frames that are blocked.
    def tracer(frame, event, argument):
        return tracer

    def target():
        a = 1
        call()
        return a

    sys.settrace(tracer)
    target()
    sys.settrace(None)


def profiled(call):
    def profiler(frame, event, argument):
        if event == "c_call":
            sys.setprofile(None)
            call()

    sys.setprofile(profiler)
    len(
        [])


def below_a_profile_function(call):
    def profiler(frame, event, argument):
        return None

    def target():
        call()

    sys.setprofile(profiler)
    target()
    sys.setprofile(None)


if sys.version_info >= (3, 12):
    def monitored(call):
        tool = 4

        def target(value):
            return value

        def started(code, offset):
            sys.monitoring.set_local_events(tool, target.__code__, 0)
            sys.monitoring.free_tool_id(tool)
            call()

        sys.monitoring.use_tool_id(tool, "monitored")
        sys.monitoring.register_callback(tool, sys.monitoring.events.PY_START, started)
        sys.monitoring.set_local_events(tool, target.__code__, sys.monitoring.events.PY_START)
        target(
            1)

    def monitored_line(call):
        tool = 3

        def target(value):
            value += 1
            return (
                value)

        def reached(code, line):
            sys.monitoring.set_local_events(tool, target.__code__, 0)
            sys.monitoring.free_tool_id(tool)
            call()

        sys.monitoring.use_tool_id(tool, "monitored_line")
        sys.monitoring.register_callback(tool, sys.monitoring.events.LINE, reached)
        sys.monitoring.set_local_events(tool, target.__code__, sys.monitoring.events.LINE)
        target(
            1)


def kinds():
    return [value for name, value in sorted(globals().items())
            if type(value) is type(kinds) and value.__module__ == __name__ and name != "kinds"]
