using System.Diagnostics;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Python;

public sealed class RuntimeLocatorTests
{
    [Theory]
    [InterpreterData]
    public void The_version_is_exact(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "busy.py");
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);

        PythonRuntime runtime = PythonRuntime.Locate(target);

        Assert.Equal(VersionOf(interpreter), runtime.Version);
        Assert.Equal(runtime.Version.IsAtLeast(3, 7), !runtime.RuntimeAddress.IsNull);
        Assert.Equal(runtime.Version.IsAtLeast(3, 12), runtime.CurrentThreadStateAddress.IsNull);
        InterpreterState[] interpreters = new InterpreterState[4];
        Assert.Equal(1, runtime.ReadInterpreters(interpreters));
        Assert.Equal(runtime.Version.IsAtLeast(3, 7) ? 0 : -1, interpreters[0].Id);
        Assert.False(interpreters[0].ThreadsHead.IsNull);
    }

    [Theory]
    [InterpreterData]
    public void Without_symbols_the_version_and_the_runtime_are_found_in_the_data(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "busy.py");
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        PythonRuntime runtime = PythonRuntime.Locate(target);

        Assert.True(VersionDetector.TryFindVersionText(runtime.Module, runtime.Memory, out PythonVersion version));
        Assert.Equal(VersionOf(interpreter), version);
        if (version.IsAtLeast(3, 13))
        {
            Assert.True(RuntimeScan.TryFindDebugOffsets(runtime.Memory, runtime.Module, out RemoteAddress address));
            Assert.Equal(runtime.RuntimeAddress, address);
            return;
        }

        Assert.True(RuntimeScan.TryFindInterpretersHead(runtime.Memory, runtime.Module, runtime.Offsets, out RemoteAddress head));
        if (version.IsAtLeast(3, 7))
        {
            Assert.Equal(runtime.InterpretersHeadAddress, head);
        }

        // Before 3.7 other variables point to the same interpreter, which does as well.
        Assert.True(runtime.Memory.TryReadAddress(head, out RemoteAddress found));
        Assert.True(runtime.Memory.TryReadAddress(runtime.InterpretersHeadAddress, out RemoteAddress known));
        Assert.Equal(known, found);
    }

    [Theory]
    [InterpreterData(Below = "3.13")]
    public void The_variable_that_leads_to_the_interpreters_has_its_symbol(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "busy.py");
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        PythonRuntime runtime = PythonRuntime.Locate(target);
        string symbol = runtime.Version.IsAtLeast(3, 7) ? "_PyRuntime" : "interp_head";

        Assert.SkipUnless(runtime.Module.TryFindSymbol(symbol, out RemoteAddress address, out _), "The file has no symbols.");

        Assert.Equal(runtime.InterpretersHeadAddress, address + Math.Max(runtime.Offsets.RuntimeState.InterpretersHead, 0));
    }

    [Theory]
    [InterpreterData]
    public void An_interpreter_that_starts_is_found_as_soon_as_it_runs(Interpreter interpreter) =>
        StartingInterpreter.Run(interpreter, (_, runtime) => Assert.Equal(VersionOf(interpreter), runtime.Version));

    [Theory]
    [InterpreterData(From = "3.7", OnePerVersion = true)]
    public void A_version_that_the_user_insists_on_decides(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "busy.py");
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        Version own = interpreter.Version;

        PythonRuntime same = PythonRuntime.Locate(target, new PythonVersion(own.Major, own.Minor));
        bool other = PythonRuntime.TryLocate(target, new PythonVersion(2, 7), out _, out TargetProcessException? failure);

        Assert.Equal(own.Minor, same.Version.Minor);
        Assert.False(other);
        Assert.Equal(TargetFailure.UnsupportedVersion, failure!.Failure);
    }

    [Theory]
    [InterpreterData(OnlyContained = true, OnePerVersion = true)]
    public void An_interpreter_without_names_is_found_by_its_data(Interpreter interpreter)
    {
        using var nameless = new NamelessInterpreter(interpreter);
        nameless.Run((target, runtime) =>
        {
            Assert.Equal(VersionOf(interpreter), runtime.Version);
            Assert.False(runtime.Module.TryFindSymbol("_PyRuntime", out _, out _));
            Assert.False(runtime.Module.TryFindSymbol("_PyThreadState_Current", out _, out _));
            Assert.Equal(1, runtime.ReadInterpreters(new InterpreterState[4]));
        });
    }

    [Fact]
    public void A_program_that_is_not_python_is_said_to_be_none()
    {
        ProcessStartInfo startInfo = new("/bin/cat") { RedirectStandardInput = true };
        using Process process = Process.Start(startInfo)!;
        try
        {
            using TargetProcess target = TargetProcess.Attach(process.Id);

            TargetProcessException failure = Assert.Throws<TargetProcessException>(() => PythonRuntime.Locate(target));

            Assert.Equal(TargetFailure.NotPython, failure.Failure);
            Assert.Contains($"Process {process.Id} (", failure.Message, StringComparison.Ordinal);
            Assert.EndsWith("is not a Python interpreter, or has not started one yet.", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            process.StandardInput.Close();
            Assert.True(process.WaitForExit(TestLimits.Step));
        }
    }

    private static PythonVersion VersionOf(Interpreter interpreter) =>
        new(interpreter.Version.Major, interpreter.Version.Minor, interpreter.Version.Build);
}
