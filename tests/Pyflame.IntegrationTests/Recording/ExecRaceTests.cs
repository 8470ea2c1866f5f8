using System.Globalization;
using Pyflame.Profiles;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>A process that becomes one Python after another at any moment is never taken for what it was.</summary>
public sealed class ExecRaceTests
{
    private const int ChainLength = 20;
    private const long Enough = 3;

    // A small part of what was run before a release; set the variable to run more.
    private static readonly int Chains =
        Math.Max(1, (int.TryParse(Environment.GetEnvironmentVariable("PYFLAME_RACE_ROUNDS"), out int rounds) ? rounds : 20) / ChainLength);

    [Fact]
    public void Each_program_of_a_chain_is_sampled()
    {
        Interpreter[] interpreters =
            [.. InterpreterCatalog.All.Where(static interpreter => !interpreter.IsContained).DistinctBy(static interpreter => interpreter.Version)];
        Assert.SkipWhen(interpreters.Length == 0, "No interpreter was found that does not run under chroot.");
        for (int seed = 1; seed <= Chains; seed++)
        {
            var random = new Random(seed);
            Interpreter first = interpreters[random.Next(interpreters.Length)];
            (Interpreter Interpreter, int Milliseconds)[] plan =
            [
                (first, -1),
                .. Enumerable.Range(1, ChainLength - 1).Select(
                    _ => (interpreters[random.Next(interpreters.Length)], random.Next(3) == 0 ? random.Next(40) : -1)),
            ];
            SampleChain(plan, $"seed {seed}");
        }
    }

    private static void SampleChain((Interpreter Interpreter, int Milliseconds)[] plan, string what)
    {
        using TargetProgram target = TargetProgram.Start(plan[0].Interpreter, "exec_chain.py", "0");
        File.WriteAllLines(target.ScriptPath + ".plan", plan.Select(Line));
        using var recorder = new TreeRecorder(target.ProcessId);
        int next = 0;
        recorder.Run(() =>
        {
            while (next < plan.Length && (plan[next].Milliseconds >= 0 || SamplesOf(recorder, next) >= Enough))
            {
                File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"{target.ScriptPath}.go{next}"), string.Empty);
                next++;
            }

            return next == plan.Length;
        });

        Assert.Equal(0, target.End());
        for (int i = 0; i < plan.Length; i++)
        {
            ProfiledProcess? process = recorder.Profile.Processes.SingleOrDefault(process => IsOf(process, i));
            Assert.True(process is not null || plan[i].Milliseconds >= 0, $"{what}, program {i}");
            Assert.StartsWith(
                plan[i].Interpreter.Version.ToString(3), process?.PythonVersion ?? plan[i].Interpreter.Version.ToString(3), StringComparison.Ordinal);
        }

        Assert.Empty(recorder.Sampler.Failures);
    }

    private static string Line((Interpreter Interpreter, int Milliseconds) step) => string.Create(
        CultureInfo.InvariantCulture, $"{step.Interpreter.Executable} {(step.Milliseconds < 0 ? "go" : step.Milliseconds)}");

    private static bool IsOf(ProfiledProcess process, int number) =>
        process.CommandLine.EndsWith(string.Create(CultureInfo.InvariantCulture, $".py {number}"), StringComparison.Ordinal);

    private static long SamplesOf(TreeRecorder recorder, int number)
    {
        long sum = 0;
        for (int i = 0; i < recorder.Counts.Count; i++)
        {
            StackCount count = recorder.Counts[i];
            sum += recorder.FunctionAt(count.Stack) == "spin" && IsOf(recorder.ProcessOf(count.Thread), number) ? count.Weight : 0;
        }

        return sum;
    }
}
