using Pyflame.IntegrationTests.Recording;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Binaries;

/// <summary>CPython on another C library, whose dynamic linker and thread records are not glibc's.</summary>
public sealed class MuslTests
{
    [Theory]
    [InlineData("blocked.py")]
    [InlineData("generators_coroutines.py")]
    public void Stacks_and_threads_are_as_reported(string script)
    {
        Interpreter? interpreter = UnpackedPrograms.MuslBuild();
        Assert.SkipWhen(interpreter is null, "scripts/source_python.sh could not make a Python with musl.");
        Assert.Contains("ld-musl", File.ReadAllText(interpreter.Executable, System.Text.Encoding.Latin1), StringComparison.Ordinal);
        using TargetProgram program = TargetProgram.StartBlocked(interpreter, script, out StackReport report);

        DumpAssert.IsAsReported(program, report, SamplingMode.Auto);
        DumpAssert.IsAsReported(program, report, SamplingMode.Blocking);

        Assert.Equal(0, program.End());
    }
}
