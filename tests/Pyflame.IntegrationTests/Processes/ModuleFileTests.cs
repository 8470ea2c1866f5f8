using System.Runtime.Versioning;
using Pyflame.Processes;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Processes;

/// <summary>Files that are no longer what was mapped.</summary>
[SupportedOSPlatform("linux")]
public sealed class ModuleFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pyflame-module-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_program_that_was_deleted_is_still_read()
    {
        string program = Copy("/bin/sleep");
        using PlainProcess sleeper = PlainProcess.Start(program, "60");
        using TargetProcess target = AttachWhenRunning(sleeper.Id, program);
        File.Delete(program);
        LoadedModule module = target.ReadModules()[0];
        Assert.True(module.IsDeleted);
        Assert.Equal(program, module.Path);
        Assert.NotNull(module.File);
        Assert.True(module.TryFindSection(".text", out RemoteRange text));
        Assert.True(module.Range.Contains(text.Address, text.Length));
        AssertEntryIsInText(module, text);
    }

    [Fact]
    public void A_program_that_was_upgraded_is_the_old_one()
    {
        string program = Copy("/bin/sleep");
        using PlainProcess sleeper = PlainProcess.Start(program, "60");
        using TargetProcess target = AttachWhenRunning(sleeper.Id, program);
        byte[] running = target.ReadModules()[0].BuildId.ToArray();
        File.Delete(program);
        File.Copy("/bin/cat", program);
        LoadedModule module = target.ReadModules()[0];
        Assert.True(module.IsDeleted);
        Assert.NotNull(module.File);
        Assert.Equal(running, module.File.BuildId.ToArray());
    }

    [Fact]
    public void A_library_whose_path_now_holds_another_is_not_taken_for_it()
    {
        using PlainProcess sleeper = PlainProcess.Start("/bin/sleep", "60");
        using TargetProcess target = AttachWhenRunning(sleeper.Id, "/bin/sleep");
        LoadedModule module = target.ReadModules()[0];
        var imposter = new LoadedModule(target.Memory, module.Mappings, new OtherFile("/bin/cat"), isMainExecutable: true);
        Assert.NotNull(imposter.Image);
        Assert.Null(imposter.File);
        Assert.False(imposter.TryFindSection(".text", out _));
        Assert.Equal(module.LoadBias, imposter.LoadBias);
    }

    [Theory]
    [InlineData("program.debug", "--build-id")]
    [InlineData(".debug/program.debug", "--build-id")]
    [InlineData("program.debug", "--build-id=none")]
    public void A_name_that_was_stripped_is_in_the_debug_file(string debugName, string buildId)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/cc") && File.Exists("/usr/bin/objcopy"), "There is no compiler to make a debug file with.");
        string source = Path.Combine(folder, "program.c");
        File.WriteAllText(
            source, "#include <unistd.h>\nstatic volatile int hidden = 4242;\nint main(void) { write(1, \"ready\\n\", 6); return read(0, (void *)&hidden, 4); }\n");
        string program = Path.Combine(folder, "program");
        string debug = Path.Combine(folder, debugName);
        Directory.CreateDirectory(Path.GetDirectoryName(debug)!);
        Run("cc", "-g", "-o", program, "-Wl," + buildId, source);
        Run("objcopy", "--only-keep-debug", program, debug);
        Run("objcopy", "--strip-all", "--add-gnu-debuglink=" + debug, program);
        using PlainProcess running = PlainProcess.Start(program);
        Assert.Equal("ready", running.Output.ReadLine());
        using TargetProcess target = TargetProcess.Attach(running.Id);
        LoadedModule module = target.ReadModules()[0];
        Assert.False(module.File!.TryFindSymbol("hidden", out _));
        Assert.True(module.TryFindSymbol("hidden", out RemoteAddress address, out ulong size));
        Assert.Equal(4UL, size);
        Assert.True(target.Memory.TryRead(address, out int value));
        Assert.Equal(4242, value);
        Assert.Contains(module.WritableData, range => range.Contains(address, size));
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static void AssertEntryIsInText(LoadedModule module, RemoteRange text)
    {
        ulong entry = module.Image!.Header.Entry;
        Assert.True(text.Contains(module.ToAddress(entry)));
    }

    private static TargetProcess AttachWhenRunning(int processId, string program)
    {
        TargetProcess target = TargetProcess.Attach(processId);
        string real = Path.GetFileName(program);
        Assert.True(
            SpinWait.SpinUntil(() => Path.GetFileName(target.ReadExecutablePath()) == real && target.ReadModules().Count > 1, TestLimits.Step));
        return target;
    }

    private string Copy(string program)
    {
        string copy = Path.Combine(folder, "program");
        File.Copy(program, copy);
        return copy;
    }

    private sealed class OtherFile(string path) : IModuleFiles
    {
        public long UnpackingLeft { get; set; }

        public IEnumerable<Microsoft.Win32.SafeHandles.SafeFileHandle> OpenCandidates(LoadedModule module) => [File.OpenHandle(path)];

        public IEnumerable<Microsoft.Win32.SafeHandles.SafeFileHandle> OpenPath(string path) => [];
    }
}
