using System.Globalization;
using Pyflame.Profiles;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>A process that becomes another program, through a shell, is sampled anew in the version that it runs then.</summary>
public sealed class ExecTests
{
    private const long Enough = 20;

    /// <summary>Each interpreter with the one that it becomes: the next version, and the same one.</summary>
    public static TheoryData<Interpreter, Interpreter> Pairs
    {
        get
        {
            Interpreter[] all =
                [.. InterpreterCatalog.All.Where(static interpreter => !interpreter.IsContained).DistinctBy(static interpreter => interpreter.Version)];
            var pairs = new TheoryData<Interpreter, Interpreter>();
            for (int index = 0; index < all.Length; index++)
            {
                pairs.Add(all[index], all[(index + 1) % all.Length]);
            }

            pairs.Add(all[^1], all[^1]);
            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_process_of_a_tree(Interpreter interpreter, Interpreter other)
    {
        using TargetProgram target = TargetProgram.Start(interpreter, "process_tree.py", "exec", other.Executable);
        string line = target.Preamble.Count > 0 ? target.Preamble[0] : target.ReadLine();
        SampleBoth(target, int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture), interpreter, other);
        Assert.Equal(0, target.End());
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_process_itself(Interpreter interpreter, Interpreter other)
    {
        using TargetProgram target = TargetProgram.Start(interpreter, "process_tree.py", "become", other.Executable);
        SampleBoth(target, target.ProcessId, interpreter, other);
    }

    private static void SampleBoth(TargetProgram target, int processId, Interpreter interpreter, Interpreter other)
    {
        using var recorder = new TreeRecorder(target.ProcessId);
        bool isTold = false;
        recorder.Run(() =>
        {
            if (!isTold && SamplesOf(recorder, processId, 0) >= Enough)
            {
                File.WriteAllText(target.ScriptPath + ".go", string.Empty);
                isTold = true;
            }

            return SamplesOf(recorder, processId, 1) >= Enough;
        });

        ProfiledProcess[] programs = [.. recorder.Profile.Processes.Where(process => process.ProcessId == processId)];
        Assert.Equal(2, programs.Length);
        Assert.StartsWith(interpreter.Version.ToString(3), programs[0].PythonVersion, StringComparison.Ordinal);
        Assert.StartsWith(other.Version.ToString(3), programs[1].PythonVersion, StringComparison.Ordinal);
        Assert.EndsWith(" worker", programs[1].CommandLine, StringComparison.Ordinal);
        Assert.Empty(recorder.Sampler.Failures);
    }

    /// <summary>How many samples of a process in one of its programs, the first or the second, are of its work.</summary>
    private static long SamplesOf(TreeRecorder recorder, int processId, int program)
    {
        int index = -1;
        for (int seen = -1; seen < program;)
        {
            index = recorder.Profile.Processes.FindIndex(index + 1, process => process.ProcessId == processId);
            if (index < 0)
            {
                return 0;
            }

            seen++;
        }

        long sum = 0;
        for (int i = 0; i < recorder.Counts.Count; i++)
        {
            StackCount count = recorder.Counts[i];
            bool isIts = recorder.Profile.Threads[count.Thread.Value].ProcessIndex == index;
            sum += isIts && recorder.FunctionAt(count.Stack) == "spin" ? count.Weight : 0;
        }

        return sum;
    }
}
