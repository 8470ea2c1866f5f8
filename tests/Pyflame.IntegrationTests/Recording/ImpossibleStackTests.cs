using System.Globalization;
using Pyflame.Profiles;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Hardly a stack is recorded that the program cannot have had, however fast it changes its stack.</summary>
public sealed class ImpossibleStackTests
{
    private const int ChainLength = 30;

    // PYFLAME_TEST_SAMPLES asks for more, such as a million.
    private static readonly long Samples =
        long.Parse(Environment.GetEnvironmentVariable("PYFLAME_TEST_SAMPLES") ?? "20000", CultureInfo.InvariantCulture);

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Hardly_any_of_one_thread(Interpreter interpreter) => AssertNone(interpreter, SamplingMode.Auto, 1);

    [Theory]
    [InterpreterData(OnePerVersion = true, From = "3.7")]
    public void Hardly_any_of_eight_threads(Interpreter interpreter) => AssertNone(interpreter, SamplingMode.Auto, 8);

    [Theory]
    [InterpreterData(OnePerVersion = true, From = "3.11")]
    public void Hardly_any_of_one_thread_that_is_never_stopped(Interpreter interpreter) =>
        AssertNone(interpreter, SamplingMode.Nonblocking, 1);

    [Theory]
    [InterpreterData(OnePerVersion = true, From = "3.11")]
    public void Hardly_any_of_eight_threads_that_are_never_stopped(Interpreter interpreter) =>
        AssertNone(interpreter, SamplingMode.Nonblocking, 8);

    // Debian's builds can compile to machine code and do so where PYTHON_JIT asks for it.
    [Theory]
    [InterpreterData(From = "3.14", OnlyContained = true)]
    public void Hardly_any_of_a_thread_in_compiled_code(Interpreter interpreter)
    {
        CommandResult answer = CommandRunner.Run(
            "env", WithJit(interpreter.CommandLine("-c", "import sys; sys.stdout.write(str(sys._jit.is_enabled()))")), TestLimits.Step);
        Assert.SkipUnless(answer.Output == "True", $"{interpreter} was built without the JIT.");

        AssertNone(interpreter, SamplingMode.Auto, 1, WithJit);
        AssertNone(interpreter, SamplingMode.Nonblocking, 1, WithJit);
    }

    private static IReadOnlyList<string> WithJit(IReadOnlyList<string> command) => ["PYTHON_JIT=1", .. command.Where(word => word != "-E")];

    private static void AssertNone(
        Interpreter interpreter, SamplingMode mode, int threads, Func<IReadOnlyList<string>, IReadOnlyList<string>>? wrap = null)
    {
        using TargetProgram program = TargetProgram.StartUnder(
            command => wrap is null ? command : ["env", .. wrap(command)],
            interpreter,
            "alternating_chains.py",
            threads.ToString(CultureInfo.InvariantCulture));
        var options = new RecordingOptions
        {
            Mode = mode,
            Threads = threads == 1 ? ThreadSelection.GilHolder : ThreadSelection.All,
            StoppedShare = 1,
        };
        using var recorder = new SampleRecorder(program.ProcessId, options);

        RecordingStatistics statistics = recorder.Run(Samples);

        var lines = new ChainLines(program);
        long impossible = 0;
        for (int i = 0; i < recorder.Counts.Count; i++)
        {
            StackCount count = recorder.Counts[i];
            if (!lines.IsPossible(recorder.Describe(count.Stack)))
            {
                impossible += count.Weight;
                TestContext.Current.TestOutputHelper!.WriteLine($"{count.Weight} of {recorder.Text(count.Stack)}");
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine(statistics.ToString());
        // From 3.11 on frames say themselves whether they run. Before, a proof is wrong once in some ten thousand times (docs/accuracy.md);
        // believed mixtures would be hundreds.
        long most = interpreter.Version < new Version(3, 11) ? Samples / 1000
            : Math.Max(1, Samples / (mode == SamplingMode.Auto ? 500_000 : 100_000));
        Assert.InRange(impossible, 0, most);
        Assert.Equal(0, statistics.Failed);
        Assert.Equal(0, program.End());
    }

    /// <summary>What the stacks of <c>Targets/alternating_chains.py</c> can be.</summary>
    private sealed class ChainLines
    {
        private readonly string _script;
        private readonly string[] _source;

        public ChainLines(TargetProgram program)
        {
            _script = program.ScriptPath;
            _source = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Targets", "alternating_chains.py"));
        }

        public bool IsPossible(ReadOnlySpan<(string File, string Function, int Line)> frames)
        {
            if (frames.Length == 1)
            {
                return frames[0].Function == "(idle)"
                    || frames[0] == (_script, "<module>", LineOf("sys.stdout.flush()"))
                    || frames[0] == (_script, "<module>", LineOf("os.read(STDIN, 1)"));
            }

            // How threading starts a thread: the same three functions in every version.
            if (frames.Length < 4 || frames[0].Function is not ("_bootstrap" or "__bootstrap")
                || frames[1].Function is not ("_bootstrap_inner" or "__bootstrap_inner") || frames[2].Function != "run"
                || frames[3].Function != "alternate" || frames[3].File != _script)
            {
                return false;
            }

            int line = frames[3].Line;
            ReadOnlySpan<(string File, string Function, int Line)> below = frames[4..];
            return below.IsEmpty ? line >= LineOf("def alternate(a0, c0):") && line <= LineOf("        c()")
                : line == LineOf("        a0()") ? IsChain("a", below)
                : line == LineOf("        c0()") ? IsChain("c", below)
                : line == LineOf("        a()") ? IsSmallChain(["a", "b", "leaf"], below)
                : line == LineOf("        c()") && IsSmallChain(["c", "d", "leaf"], below);
        }

        private static bool IsChain(string letter, ReadOnlySpan<(string File, string Function, int Line)> frames)
        {
            for (int i = 0; i < frames.Length; i++)
            {
                int line = 1 + (2 * i);
                bool isInnermost = i == frames.Length - 1;
                if (i >= ChainLength
                    || frames[i].File != $"<{letter}>"
                    || frames[i].Function != string.Create(CultureInfo.InvariantCulture, $"{letter}{i}")
                    || (frames[i].Line != line + 1 && !(isInnermost && frames[i].Line == line)))
                {
                    return false;
                }
            }

            return true;
        }

        private bool IsSmallChain(string[] functions, ReadOnlySpan<(string File, string Function, int Line)> frames)
        {
            for (int i = 0; i < frames.Length; i++)
            {
                int line = i < functions.Length ? LineOf($"def {functions[i]}():") : 0;
                bool isInnermost = i == frames.Length - 1;
                if (i >= functions.Length
                    || frames[i].File != _script
                    || frames[i].Function != functions[i]
                    || (frames[i].Line != line + 1 && !(isInnermost && frames[i].Line == line)))
                {
                    return false;
                }
            }

            return true;
        }

        private int LineOf(string text) => Array.IndexOf(_source, text) + 1;
    }
}
