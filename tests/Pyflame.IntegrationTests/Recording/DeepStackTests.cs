using Pyflame.Profiles;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Stacks deeper than are followed.</summary>
public sealed class DeepStackTests
{
    [Theory]
    [InterpreterData(From = "3.12", OnePerVersion = true)]
    public void A_stack_too_deep_is_cut_at_the_root_and_says_so(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.StartBlocked(interpreter, "deep.py", out _, "70000");
        using var recorder = new SampleRecorder(program.ProcessId, new RecordingOptions { Threads = ThreadSelection.All });
        var seen = new List<Sample>();

        RecordingStatistics statistics = recorder.Run(sample =>
        {
            seen.Add(sample);
            return seen.Count < 3;
        });

        Assert.Equal(3, statistics.Truncated);
        Assert.All(seen, sample =>
        {
            Assert.True((sample.State & SampleState.Truncated) != 0);
            (string File, string Function, int Line)[] frames = recorder.Describe(sample.Stack);
            Assert.Equal(65_536, frames.Length);
            Assert.Equal("bottom", frames[^1].Function);
        });
    }
}
