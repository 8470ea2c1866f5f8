using Pyflame.Profiles;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Calls that are over before they can be read twice have their share of the samples, and what comes after them does not get it.</summary>
public sealed class ShortCallTests
{
    private const int Samples = 3000;

    // Sampled without a pause between, a program that does the same again and again is always met at the same places.
    private static readonly TimeSpan s_interval = TimeSpan.FromMicroseconds(250);

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void What_the_variables_of_a_function_run_as_it_returns_is_called_by_its_caller(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "short_calls.py", "destructors");
        Shares shares = Record(program, SamplingMode.Auto);

        // Two thousand rounds against one thousand.
        Assert.InRange(shares.Of("destructors > __del__ > spin"), 0.5, 0.8);
        Assert.InRange(shares.Of("destructors > spin"), 0.2, 0.4);
        Assert.Equal(0, shares.Of("destructors > leave > __del__ > spin"));
        Assert.Equal(0, program.End());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true, From = "3.11")]
    public void Initializers_have_the_share_that_they_have_in_pauses(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "short_calls.py", "initializers");
        double truth = Record(program, SamplingMode.Blocking).Of("initializers > __init__");
        double auto = Record(program, SamplingMode.Auto).Of("initializers > __init__");
        double nonblocking = Record(program, SamplingMode.Nonblocking).Of("initializers > __init__");

        Assert.InRange(auto, truth * 0.4, truth * 2.5);
        Assert.InRange(nonblocking, truth * 0.4, truth * 2.5);
        Assert.Equal(0, program.End());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true, From = "3.11")]
    public void The_frame_that_made_a_generator_is_not_taken_for_a_call(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "short_calls.py", "generators");
        Shares shares = Record(program, SamplingMode.Auto);

        Assert.InRange(shares.Of("generators"), 0.9, 1);
        Assert.InRange(shares.Paused, 0, 0.05);
        Assert.Equal(0, program.End());
    }

    private static Shares Record(TargetProgram program, SamplingMode mode)
    {
        using var recorder = new SampleRecorder(
            program.ProcessId, new RecordingOptions { Mode = mode, StoppedShare = 1, Jitter = true }, s_interval);
        RecordingStatistics statistics = recorder.Run(Samples);
        var weights = new Dictionary<string, double>();
        double all = 0;
        for (int i = 0; i < recorder.Counts.Count; i++)
        {
            StackCount count = recorder.Counts[i];
            IEnumerable<string> functions = recorder.Describe(count.Stack).Select(frame => frame.Function);
            string stack = string.Join(" > ", functions.SkipWhile(function => function != "work").Skip(1));
            if (stack.Length > 0)
            {
                weights[stack] = weights.GetValueOrDefault(stack) + count.Weight;
                all += count.Weight;
            }
        }

        foreach ((string stack, double weight) in weights.OrderByDescending(pair => pair.Value))
        {
            TestContext.Current.TestOutputHelper!.WriteLine($"{mode} {weight / all:F4} {stack}");
        }

        TestContext.Current.TestOutputHelper!.WriteLine(statistics.ToString());
        return new Shares(weights, all, (double)statistics.Paused / statistics.Samples);
    }

    /// <summary>How many of the samples of the thread that works have a stack, counted from what it works at, and how many needed a pause.</summary>
    private sealed record Shares(Dictionary<string, double> Weights, double All, double Paused)
    {
        public double Of(string stack) => Weights.GetValueOrDefault(stack) / All;
    }
}
