using System.IO.Compression;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Binaries;

/// <summary>Ways in which an interpreter comes to run that are not its own command.</summary>
public sealed class BinaryTests : IDisposable
{
    private readonly List<string> _folders = [];

    public void Dispose()
    {
        foreach (string folder in _folders.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InterpreterData]
    public void A_binary_that_is_mapped_more_than_once_and_calls_back_from_C(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "mapped_again.py", LibraryOf(interpreter) ?? interpreter.Executable);
        program.WaitUntilBlocked();

        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        PythonRuntime runtime = PythonRuntime.Locate(target);
        ThreadDump dump = Assert.Single(ThreadDumper.Dump(target, runtime, SamplingMode.Auto));

        Assert.True(runtime.Module.Mappings.Count > 10, "The file was not mapped again.");
        Assert.Equal(["compare", "sort", "<module>"], dump.Frames.Select(frame => frame.Function));
        Assert.Equal([25, 30, 33], dump.Frames.Select(frame => frame.Line));
        Assert.Equal(0, program.End());
    }

    [Theory]
    [InterpreterData(From = "3.6")]
    public void The_interpreter_of_a_virtual_environment(Interpreter interpreter)
    {
        // -S keeps the standard library's own venv in reach; ensurepip is not everywhere.
        string folder = MakeFolder(interpreter, out string inside);
        CommandResult made = CommandRunner.Run(interpreter.StartInfo("-m", "venv", "--without-pip", inside + "/env"), TestLimits.Step);
        Assert.SkipWhen(made.Error.Contains("No module named", StringComparison.Ordinal), "There is no venv in this Python.");
        Assert.True(made.ExitCode == 0, made.Error + made.Output);
        Assert.True(File.Exists(folder + "/env/pyvenv.cfg"));

        AssertWaits(interpreter with { Executable = inside + "/env/bin/python" });
    }

    [Theory]
    [InterpreterData]
    public void An_application_in_a_zip_file(Interpreter interpreter)
    {
        string folder = MakeFolder(interpreter, out string inside);
        using (ZipArchive zip = ZipFile.Open(folder + "/app.zip", ZipArchiveMode.Create))
        {
            zip.CreateEntryFromFile(Path.Combine(AppContext.BaseDirectory, "Targets", "wait.py"), "__main__.py");
        }

        using TargetProgram program = TargetProgram.StartUnder(
            command => [.. command.Take(command.Count - 1), inside + "/app.zip"], interpreter, "wait.py");
        ThreadDump dump = Dump(program.ProcessId);

        Assert.Equal(["wait", "<module>"], dump.Frames.TakeWhile(frame => frame.FileName.EndsWith("/app.zip/__main__.py", StringComparison.Ordinal)).Select(frame => frame.Function));
        Assert.Equal(0, program.End());
    }

    [Theory]
    [InterpreterData]
    public void A_program_whose_files_were_removed_while_it_runs(Interpreter interpreter)
    {
        // As of launchers that unpack themselves, and of upgrades. The library is found in the program's own folder.
        string folder = MakeFolder(interpreter, out string inside);
        string program = folder + "/program";
        File.Copy(interpreter.ToHostPath(RealPath(interpreter)), program);
        if (LibraryOf(interpreter) is { } library)
        {
            File.Copy(interpreter.ToHostPath(library), $"{folder}/{Path.GetFileName(library)}");
        }

        string prefix = Path.GetDirectoryName(Path.GetDirectoryName(RealPath(interpreter)))!;
        using TargetProgram running = TargetProgram.StartUnder(
            command => ["env", $"LD_LIBRARY_PATH={inside}", $"PYTHONHOME={prefix}", .. command.Where(word => word != "-E")],
            interpreter with { Executable = inside + "/program" },
            "wait.py");
        Directory.Delete(folder, recursive: true);

        using TargetProcess target = TargetProcess.Attach(running.ProcessId);
        PythonRuntime runtime = PythonRuntime.Locate(target);

        Assert.True(runtime.Module.IsDeleted);
        Assert.Equal(interpreter.Version.ToString(), runtime.Version.ToString().Split('a', 'b', 'r')[0]);
        Assert.Equal(
            ["wait", "<module>"], Assert.Single(ThreadDumper.Dump(target, runtime, SamplingMode.Auto)).Frames.Select(frame => frame.Function));
        Assert.Equal(0, running.End());
    }

    [Theory]
    [InlineData("idle")]
    [InlineData("started")]
    public void Of_two_libpythons_the_one_of_the_program_is_read(string second)
    {
        Interpreter[] shared = [.. InterpreterCatalog.All.Where(i => i.Origin == InterpreterOrigin.Pyenv && LibraryOf(i) is not null)];
        Interpreter? own = shared.LastOrDefault();
        Interpreter? other = shared.FirstOrDefault(i => i.Version >= new Version(3, 8) && i.Version < new Version(3, 11));
        Assert.SkipWhen(own is null || other is null || own == other, "Takes two of pyenv's interpreters with a shared libpython.");
        using TargetProgram program = TargetProgram.Start(own, "two_runtimes.py", LibraryOf(other)!, second);

        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        PythonRuntime runtime = PythonRuntime.Locate(target);

        Assert.Equal(2, target.ReadModules().Count(module => Path.GetFileName(module.Path).StartsWith("libpython3.", StringComparison.Ordinal)));
        Assert.Equal(own.Version.ToString(), runtime.Version.ToString());
        Assert.Equal(
            second == "started" ? [LibraryOf(other)!] : [], runtime.OtherModules.Select(module => module.Path));
        Assert.Equal("wait", Assert.Single(ThreadDumper.Dump(target, runtime, SamplingMode.Auto)).Frames[0].Function);
    }

    private static void AssertWaits(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "wait.py");
        Assert.Equal(["wait", "<module>"], Dump(program.ProcessId).Frames.Select(frame => frame.Function));
        Assert.Equal(0, program.End());
    }

    private static ThreadDump Dump(int processId)
    {
        using TargetProcess target = TargetProcess.Attach(processId);
        return Assert.Single(ThreadDumper.Dump(target, PythonRuntime.Locate(target), SamplingMode.Auto));
    }

    /// <summary>The path of the shared libpython as the interpreter sees it; null where it has the interpreter in the program.</summary>
    internal static string? LibraryOf(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "wait.py");
        string? library = File.ReadLines($"/proc/{program.ProcessId}/maps")
            .Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .FirstOrDefault(path => Path.GetFileName(path).StartsWith("libpython", StringComparison.Ordinal));
        Assert.Equal(0, program.End());
        return library is null || !interpreter.IsContained ? library : library[interpreter.Root.Length..];
    }

    private static string RealPath(Interpreter interpreter)
    {
        string path = interpreter.ToHostPath(interpreter.Executable);
        string real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        return interpreter.IsContained ? real[interpreter.Root.Length..] : real;
    }

    private string MakeFolder(Interpreter interpreter, out string inside)
    {
        inside = $"/tmp/pyflame-binary-{Guid.NewGuid():N}";
        string folder = interpreter.ToHostPath(inside);
        Directory.CreateDirectory(folder);
        _folders.Add(folder);
        return folder;
    }
}
