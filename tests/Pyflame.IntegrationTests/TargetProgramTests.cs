using System.Globalization;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests;

/// <summary>The targets do on every interpreter what the tests that profile them rely on.</summary>
public sealed class TargetProgramTests
{
    [Theory]
    [InterpreterData]
    public void Blocked_reports_three_threads(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "blocked.py", out StackReport report);

        Assert.Equal(interpreter.Version, report.Version);
        Assert.Equal(target.ProcessId, report.ProcessId);
        Assert.Equal(["MainThread", "second", "third"], report.Threads.Select(thread => thread.Name).Order());
        Assert.Equal(target.ProcessId, report.MainThread.NativeId);
        Assert.Equal(
            Directory.GetDirectories($"/proc/{target.ProcessId}/task").Select(Path.GetFileName).Order(),
            report.Threads.Select(thread => thread.NativeId.ToString(CultureInfo.InvariantCulture)).Order());

        string[] names = [.. report.MainThread.Frames.Select(frame => frame.Name).Where(name => name != "<listcomp>")];
        Assert.Equal(["<module>", "outer", "middle", "method", "generate", "inner", "<lambda>"], names);
        Assert.All(report.MainThread.Frames, frame => Assert.Equal(target.ScriptPath, frame.File));
        Assert.Equal(
            interpreter.Version >= new Version(3, 11) ? "Worker.generate" : null,
            report.MainThread.Frames[4].QualifiedName);
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData]
    public void Deep_is_as_deep_as_asked(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "deep.py", out StackReport report, "2500");

        Assert.Equal(2500, report.MainThread.Frames.Count);
        Assert.Equal("bottom", report.MainThread.Frames[^1].Name);
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData]
    public void Unicode_names_come_in_every_width(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "unicode_names.py", out StackReport report);

        string[] files = [.. report.MainThread.Frames.Select(frame => frame.File).Where(file => file != target.ScriptPath)];
        string[] undecodable = interpreter.Version.Major == 2
            ? [@"\xff\xfe\x80.py", @"caf\xe9.py"]
            : [@"\udcff\udcfe\udc80.py", @"caf\udce9.py"];
        Assert.Equal(["with space;semi:colon.py", .. undecodable, "𐌰𐌱𐌲.py", "関数.py", "функция.py", "café.py"], files);

        string[] names = [.. report.MainThread.Frames.Select(frame => frame.Name).Where(name => name[0] > 'z' || name == "café")];
        Assert.Equal(["関数", "функция", "café", "𐌰𐌱𐌲", "関数", "функция", "café"], names);
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData]
    public void Generators_and_coroutines_nest(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(
            interpreter, "generators_coroutines.py", out StackReport report);

        string[] coroutines = interpreter.Version.Major == 2 ? [] :
            ["run", "outer", "middle", "inner", "numbers", "__aenter__", "__await__", "delegate", "innermost"];
        Assert.Equal(
            [
                "<module>", .. coroutines, "generators", "consume", "<genexpr>", "__next__", "delegating_generator",
                "leaf_generator",
            ],
            report.MainThread.Frames.Select(frame => frame.Name).Where(name => name != "<listcomp>"));
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData]
    public void Busy_counts_its_iterations(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.Start(interpreter, "busy.py");

        target.WriteLine("count");
        long first = long.Parse(target.ReadLine(), CultureInfo.InvariantCulture);
        target.WriteLine("count");
        long second = long.Parse(target.ReadLine(), CultureInfo.InvariantCulture);

        Assert.True(first < second, $"{first} iterations, then {second}");
        Assert.Equal(0, target.End());
    }
}
