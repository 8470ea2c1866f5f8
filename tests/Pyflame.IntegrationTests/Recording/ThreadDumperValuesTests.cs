using System.Diagnostics;
using System.Globalization;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Names of threads, and arguments and locals with their values, on every interpreter.</summary>
public sealed class ThreadDumperValuesTests
{
    [Theory]
    [InterpreterData]
    public void Shows_arguments_and_locals_as_repr_does(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "values.py");
        program.WaitUntilBlocked();
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);

        IReadOnlyList<ThreadDump> threads = ThreadDumper.Dump(
            target, PythonRuntime.Locate(target), new DumpOptions { Names = true, Variables = true });

        ThreadDump worker = Assert.Single(threads, thread => thread.Name == "my worker");
        Assert.False(worker.IsMain);
        Assert.Equal("MainThread", Assert.Single(threads, thread => thread.IsMain).Name);
        DumpedFrame hold = Assert.Single(worker.Frames, frame => frame.Function == "hold");
        var values = hold.Variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        bool two = interpreter.Version.Major == 2;
        var expected = new Dictionary<string, string>
        {
            ["first"] = "1",
            ["second"] = "2",
            ["rest"] = "(3,)",
            ["named"] = "{'k': 'v'}",
            ["nothing"] = "None",
            ["yes"] = "True",
            ["no"] = "False",
            ["zero"] = "0",
            ["negative"] = "-7",
            ["huge"] = "-12345678901234567890123",
            ["quoted"] = "\"it's\"",
            ["text"] = two ? "u'€'" : "'€'",
            ["astral"] = two ? "u'😀'" : "'😀'",
            ["raw"] = two ? "'\\x00ab'" : "b'\\x00ab'",
            ["numbers"] = "[1, [2, [3, [4, […]]]]]",
            ["one"] = "(1,)",
            ["empty"] = "()",
            ["mapping"] = "{'k': 1}",
            ["single"] = "{1}",
            ["frozen"] = "frozenset()",
            ["half"] = "1.5",
            ["small"] = "1e-07",
            ["large"] = "1e+100",
            ["whole"] = "100.0",
            ["itself"] = "[[[[[…]]]]]",
            ["many"] = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, …]",
        };
        foreach ((string name, string value) in expected)
        {
            Assert.Equal((name, value), (name, values.GetValueOrDefault(name)));
        }

        Assert.StartsWith("<Point at 0x", values["point"], StringComparison.Ordinal);
        Assert.StartsWith("<function at 0x", values["closure"], StringComparison.Ordinal);
        Assert.Equal(expected.Count + 2, values.Count);
        Assert.Equal(
            ["first", "named", "rest", "second"],
            hold.Variables.Where(variable => variable.IsArgument).Select(variable => variable.Name).Order());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Values_of_a_running_thread_are_those_of_its_line(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "counting.py");
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        PythonRuntime runtime = PythonRuntime.Locate(target);
        var numbers = new HashSet<long>();

        var time = Stopwatch.StartNew();
        for (int dump = 0; dump < 50 || numbers.Count < 2; dump++)
        {
            // On a busy machine many dumps may pass before it runs again.
            Assert.True(time.Elapsed < TestLimits.Step, "It did not run meanwhile.");
            ThreadDump thread = Assert.Single(ThreadDumper.Dump(target, runtime, new DumpOptions { Names = true, Variables = true }));
            Assert.True(thread.VariablesFitStack);
            if (thread.Frames[0] is not { Function: "count", Line: > 14 } count)
            {
                continue;
            }

            var values = count.Variables.ToDictionary(
                variable => variable.Name, variable => long.TryParse(variable.Value, CultureInfo.InvariantCulture, out long number) ? number : -1);
            (long n, long first, long last) = (values["n"], values["first"], values["last"]);

            // Before its line has run a name has the number of the round before.
            (long, long)[] possible = count.Line switch
            {
                15 => [(n, n), (n - 1, n - 1)],
                16 => [(n - 1, n - 1), (n, n - 1)],
                17 => [(n, n - 1), (n, n)],
                _ => [(n, n)],
            };
            Assert.Contains((first, last), possible);
            numbers.Add(n);
        }

        Assert.Equal(0, program.End());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Values_that_may_be_newer_than_the_stack_are_marked_where_nothing_may_be_stopped(Interpreter interpreter)
    {
        using TargetProgram running = TargetProgram.Start(interpreter, "counting.py");
        using TargetProgram waiting = TargetProgram.StartBlocked(interpreter, "blocked.py", out _);
        var options = new DumpOptions { Mode = SamplingMode.Nonblocking, Variables = true, States = true };

        Assert.Contains(Enumerable.Range(0, 30), _ => !Assert.Single(Dump(running, options)).VariablesFitStack);
        Assert.All(Dump(running, options with { Variables = false }), thread => Assert.True(thread.VariablesFitStack));
        Assert.All(Dump(waiting, options), thread => Assert.True(thread.VariablesFitStack));
        Assert.Equal(0, running.End());
        Assert.Equal(0, waiting.End());
    }

    private static IReadOnlyList<ThreadDump> Dump(TargetProgram program, DumpOptions options)
    {
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        return ThreadDumper.Dump(target, PythonRuntime.Locate(target), options);
    }
}
