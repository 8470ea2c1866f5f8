using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Tests.Python.Snapshots;

namespace Pyflame.Tests.Recording;

public sealed class InterpreterTableTests
{
    [Theory]
    [InlineData("3.12")]
    [InlineData("3.13")]
    [InlineData("3.14")]
    [InlineData("3.15")]
    public void A_GIL_that_an_interpreter_gets_late_is_found(string version)
    {
        var snapshot = PythonSnapshot.Load(Path.Combine(AppContext.BaseDirectory, "Python", "Snapshots"), "cpython-" + version);
        var memory = new ChangeableMemory(snapshot.Memory);
        PythonSnapshot.Dump(memory, snapshot.Facts, out PythonRuntime runtime);
        var interpreters = new InterpreterState[1];
        Assert.Equal(1, runtime.ReadInterpreters(interpreters));
        RemoteAddress pointer = interpreters[0].Address + runtime.Offsets.InterpreterState.Gil;
        ulong gil = memory.Exchange(pointer, 0);
        Assert.NotEqual(0UL, gil);

        var table = new InterpreterTable(runtime, withLists: false);
        Assert.True(table.Refresh());
        Assert.False(table.KnowsHolders);
        Assert.True(table.LacksGil);
        Assert.Equal(0, table.Ranges.Length);

        memory.Exchange(pointer, gil);
        Assert.True(table.Refresh());
        Assert.True(table.KnowsHolders);
        Assert.False(table.LacksGil);
        RemoteRange range = Assert.Single(table.Ranges.ToArray());
        Assert.True(new RemoteRange(new RemoteAddress(gil), 64).Contains(range.Address, range.Length));
        Assert.False(table.Refresh());
    }
}
