using Pyflame.Profiles;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>What a program did not have yet when its recording began is found when it has it.</summary>
public sealed class LateTests
{
    [Theory]
    [InterpreterData(From = "3.7", OnePerVersion = true)]
    public void The_tasks_of_a_program_that_imports_asyncio_while_it_is_recorded(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "late.py", "tasks");
        using var recorder = new SampleRecorder(program.ProcessId, new RecordingOptions { Threads = ThreadSelection.All, Tasks = true });
        int samples = 0;
        int under = 0;
        recorder.Run(sample =>
        {
            if (++samples == 1)
            {
                program.WriteLine("go");
            }

            string[] functions = [.. recorder.Describe(sample.Stack).Select(frame => frame.Function)];
            under += functions is ["alpha", "alpha", .., "spin_alpha"] ? 1 : 0;
            return under < 20;
        });

        Assert.Equal(0, program.End());
    }

    // Before 3.2 the GIL itself is made with the first thread.
    [Theory]
    [InterpreterData(Below = "3.2")]
    public void The_gil_that_threads_wait_for_which_are_started_while_it_is_recorded(Interpreter interpreter)
    {
        Assert.SkipWhen(
            interpreter.IsStripped, "A stripped interpreter before 3.7 has no symbol that leads to its GIL.");
        using TargetProgram program = TargetProgram.Start(interpreter, "late.py", "threads");
        using var recorder = new SampleRecorder(program.ProcessId, new RecordingOptions { Threads = ThreadSelection.All, ReadStates = true });
        int samples = 0;
        int waiting = 0;
        recorder.Run(sample =>
        {
            if (++samples == 1)
            {
                program.WriteLine("go");
            }

            string leaf = recorder.Describe(sample.Stack).LastOrDefault().Function;
            waiting += leaf is "spin" or "spin_too" && (sample.State & SampleState.WaitsForGil) != 0 ? 1 : 0;
            return waiting < 20;
        });

        Assert.Equal(0, program.End());
    }
}
