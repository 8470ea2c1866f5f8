using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Samples under the task of asyncio that ran.</summary>
public sealed class TaskFramesTests
{
    [Theory]
    [InterpreterData(From = "3.7")]
    public void A_sample_of_a_task_stands_under_its_name_and_of_no_other(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "busy_tasks.py");
        using var recorder = new SampleRecorder(program.ProcessId, new RecordingOptions { Threads = ThreadSelection.All, Tasks = true });
        var seen = new Dictionary<string, int>();
        recorder.Run(sample =>
        {
            string leaf = string.Join(" > ", recorder.Describe(sample.Stack).Select(frame => frame.Function));
            seen[leaf] = seen.GetValueOrDefault(leaf) + 1;
            return seen.GetValueOrDefault("alpha > alpha > inner_alpha > spin_alpha") < 20 || seen.GetValueOrDefault("beta > beta > spin_beta") < 20;
        });

        // The function of each task is called as the task is, so that 3.7, where tasks have no names, shows the same.
        Assert.All(
            seen.Keys.Where(stack => stack.StartsWith("alpha >", StringComparison.Ordinal)),
            stack => Assert.StartsWith("alpha > alpha", stack, StringComparison.Ordinal));
        Assert.All(
            seen.Keys.Where(stack => stack.StartsWith("beta >", StringComparison.Ordinal)),
            stack => Assert.StartsWith("beta > beta", stack, StringComparison.Ordinal));

        // A task may begin or end between the stack and the look at the task.
        int spinning = seen.Where(pair => pair.Key.Contains("spin_", StringComparison.Ordinal)).Sum(pair => pair.Value);
        int under = seen.Where(pair => pair.Key.StartsWith("alpha >", StringComparison.Ordinal) || pair.Key.StartsWith("beta >", StringComparison.Ordinal))
            .Sum(pair => pair.Value);
        Assert.True(under > spinning * 9 / 10, string.Join('\n', seen.Select(pair => $"{pair.Value} {pair.Key}")));
    }
}
