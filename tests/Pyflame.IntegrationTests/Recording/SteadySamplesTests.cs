using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Python.Values;
using Pyflame.Recording;
using Pyflame.Testing;
using Pyflame.Tests;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>A sample that is like the one before allocates nothing, whatever is read beside the stack.</summary>
public sealed class SteadySamplesTests
{
    private static readonly string[] Tags =
    [
        "path=handle:request.path", "number=handle:request.number", "key=serve:request.environ[PATH_INFO]", "seven=handle:request.environ[7]",
        "last=handle:request.parts[-1]", "parts=handle:request.parts", "environ=handle:request.environ", "ratio=handle:request.ratio",
        "none=handle:request.nothing", "object=handle:request", "missing=handle:request.missing",
    ];

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void With_tags(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "tags.py");
        string[] functions = AssertAllocatesNothing(program, new RecordingOptions
        {
            Tags = [.. Tags.Select(text => TagExpression.TryParse(text, out TagExpression? tag) ? tag : throw new FormatException(text))],
        });

        Assert.Equal(
            ["path=/index", "number=12", "key=/info", "seven=seven", "last=('second', 'third')", "parts=['first', ('second', 'third')]"],
            functions.Take(6));
        Assert.Equal(["ratio=0.5", "none=None"], functions.Skip(7).Take(2));
        Assert.Equal("block", functions[^1]);
    }

    [Theory]
    [InterpreterData(From = "3.7", OnePerVersion = true)]
    public void With_tasks(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "blocked_task.py");
        string[] functions = AssertAllocatesNothing(program, new RecordingOptions { Tasks = true });

        Assert.Equal(["fetch", "fetch", "inner"], functions);
    }

    [Theory]
    [MemberData(nameof(GreenletFramesTests.Versions), MemberType = typeof(GreenletFramesTests))]
    public void With_greenlets(string version)
    {
        Interpreter? interpreter = InterpreterCatalog.WithGevent(version);
        Assert.SkipWhen(interpreter is null, UnpackedPrograms.Missing);
        using TargetProgram program = TargetProgram.Start(interpreter, "greenlet_parents.py", "blocked");
        string[] functions = AssertAllocatesNothing(program, new RecordingOptions { Greenlets = true });

        Assert.Equal("<module> end run switch_to_outer outer switch_to_inner <lambda> block", string.Join(' ', functions));
    }

    /// <summary>Samples a blocked program, and returns the functions on its stack.</summary>
    private static string[] AssertAllocatesNothing(TargetProgram program, RecordingOptions options)
    {
        program.WaitUntilBlocked();
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        var profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UtcNow, Mode = "test", RateHertz = 0 });
        var last = new LastSample();
        var counters = new RecordingCounters();
        // The same moment for every round: what is looked for now and then is left out.
        const long now = 1;
        using var sampler = new TargetSampler(
            target, PythonRuntime.Locate(target), options with { Threads = ThreadSelection.All, ReadStates = true }, profile, 0, last, counters,
            new PauseBudget(0, now, counters));
        for (int i = 0; i < 100; i++)
        {
            Assert.True(sampler.Round(i, now, 1));
        }

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                sampler.Round(i, now, 1);
            }
        }));
        var frames = new FrameId[profile.Stacks.Depth(last.Stack)];
        profile.Stacks.CopyFrames(last.Stack, frames);
        return [.. frames.Select(id => profile.Strings[profile.Functions[profile.Frames[id].Function].Name])];
    }

    private sealed class LastSample : ISampleSink
    {
        public StackId Stack { get; private set; }

        public void Add(in Sample sample) => Stack = sample.Stack;
    }
}
