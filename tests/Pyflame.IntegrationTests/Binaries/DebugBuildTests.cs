using Pyflame.IntegrationTests.Recording;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Binaries;

/// <summary>
/// Builds <c>--with-pydebug</c>, whose structures have more fields; that of 2.7 also has two pointers before each object
/// (<c>Py_TRACE_REFS</c>).
/// </summary>
public sealed class DebugBuildTests
{
    [Theory]
    [InlineData("2.7", "blocked.py")]
    [InlineData("2.7", "generators_coroutines.py")]
    [InlineData("2.7", "call_kinds.py")]
    [InlineData("3.11", "blocked.py")]
    [InlineData("3.11", "generators_coroutines.py")]
    [InlineData("3.11", "call_kinds.py")]
    [InlineData("3.13", "blocked.py")]
    [InlineData("3.13", "generators_coroutines.py")]
    // A debug build of 3.13 has not the C stack for all of call_kinds.py on top of one another.
    [InlineData("3.13", "unicode_names.py")]
    public void Stacks_are_as_reported(string version, string script)
    {
        Interpreter? interpreter = UnpackedPrograms.DebugBuild(version);
        Assert.SkipWhen(interpreter is null, UnpackedPrograms.Missing);
        using TargetProgram program = TargetProgram.StartBlocked(interpreter, script, out StackReport report);

        DumpAssert.IsAsReported(program, report, SamplingMode.Auto);
        DumpAssert.IsAsReported(program, report, SamplingMode.Blocking);

        Assert.Equal(0, program.End());
    }
}
