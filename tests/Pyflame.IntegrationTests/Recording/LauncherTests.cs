using System.Globalization;
using Pyflame.IntegrationTests.Binaries;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Programs that unpack a Python, run themselves again and load it, as PyInstaller's do; the package itself is not to be had.</summary>
public sealed class LauncherTests : IDisposable
{
    private const long Enough = 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("pyflame-launcher-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("fork")]
    [InlineData("exec")]
    public void Their_python_and_its_children_are_sampled(string way)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/cc"), "There is no compiler to make a launcher with.");
        Interpreter? interpreter = InterpreterCatalog.All.LastOrDefault(candidate =>
            candidate.Origin == InterpreterOrigin.Pyenv && candidate.Version >= new Version(3, 8) && BinaryTests.LibraryOf(candidate) is not null);
        Assert.SkipWhen(interpreter is null, "Takes one of pyenv's interpreters with a shared libpython, from 3.8 on.");
        string launcher = Path.Combine(_folder, "launcher");
        string library = BinaryTests.LibraryOf(interpreter)!;
        string unpacked = Directory.CreateDirectory(Path.Combine(_folder, "unpacked")).FullName;
        File.Copy(library, Path.Combine(unpacked, Path.GetFileName(library)));
        CommandRunner.Check("cc", "-o", launcher, Path.Combine(AppContext.BaseDirectory, "Targets", "launcher.c"), "-ldl");

        using TargetProgram target = TargetProgram.StartUnder(
            command => [launcher, way, unpacked, Path.GetFileName(library), .. command.Skip(1)], interpreter, "process_tree.py", "fork");
        string[] words = (target.Preamble.Count > 0 ? target.Preamble[0] : target.ReadLine()).Split(' ');
        (int worker, int parent) = (int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture));
        using var recorder = new TreeRecorder(target.ProcessId);
        recorder.Run(() => recorder.SamplesOf(worker, "spin") >= Enough);

        // The launcher that waits for its child is no Python.
        Assert.Equal(way == "exec", parent == target.ProcessId);
        Assert.Equal([parent, worker], recorder.Profile.Processes.Select(process => process.ProcessId));
        Assert.Equal(parent, recorder.Profile.Processes[1].ParentProcessId);
        Assert.All(recorder.Profile.Processes, process =>
        {
            Assert.Equal(launcher, process.Executable);
            Assert.Equal(interpreter.Version.ToString(3), process.PythonVersion);
        });
        Assert.Equal(["<module>", "main", "fork", "worker", "spin"], recorder.FunctionsOf(worker, "spin"));
        Assert.Empty(recorder.Sampler.Failures);
        Assert.Equal(0, target.End());
    }
}
