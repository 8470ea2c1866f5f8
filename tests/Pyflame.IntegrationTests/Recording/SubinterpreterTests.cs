using Pyflame.Profiles;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Threads that are in interpreters of their own, as they are sampled. Before 3.8 only C code can make such interpreters.</summary>
public sealed class SubinterpreterTests
{
    private static readonly string[] Spinning = ["spin_in_first", "spin_in_second"];

    [Theory]
    [InterpreterData(From = "3.8", OnePerVersion = true)]
    public void Each_thread_is_sampled_in_its_interpreter_under_its_name(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "subinterpreter_threads.py");
        using var recorder = new SampleRecorder(
            program.ProcessId, new RecordingOptions { Threads = ThreadSelection.All, ReadStates = true, ReadNames = true });
        var leaves = new Dictionary<string, HashSet<(string Thread, string Leaf, string Doing)>>();
        bool hasOwnGils = interpreter.Version >= new Version(3, 12) && !interpreter.IsFreeThreaded;
        int enough = 0;
        var holders = new Dictionary<long, HashSet<string>>();
        recorder.Run(sample =>
        {
            string[] functions = [.. recorder.Describe(sample.Stack).Select(frame => frame.Function)];
            string leaf = functions[^1] == "<gc>" ? functions[^2] : functions[^1];
            leaves.TryAdd(leaf, []);
            leaves[leaf].Add((recorder.Profile.Threads[sample.Thread.Value].Name!, leaf, sample.State.Describe()));
            if ((sample.State & SampleState.HoldsGil) != 0)
            {
                holders.TryAdd(sample.TimestampNanoseconds, []);
                holders[sample.TimestampNanoseconds].Add(leaf);
            }

            bool heldAll = interpreter.IsFreeThreaded
                || (hasOwnGils ? holders.Values.Any(names => names.IsSupersetOf(Spinning)) : Spinning.All(name => holders.Values.Any(names => names.Contains(name))));
            return !heldAll || !Spinning.Append("sleep_in_third").All(leaves.ContainsKey) || !leaves["sleep_in_third"].Any(seen => IsSleep(seen.Doing))
                || ++enough < 200;
        });

        foreach (string name in Spinning)
        {
            Assert.All(leaves[name], seen => Assert.Equal(name["spin_in_".Length..], seen.Thread));
        }

        Assert.Equal(["third"], leaves["sleep_in_third"].Select(seen => seen.Thread).Distinct());

        // What called into the other interpreter waits, whatever the thread does there.
        string caller = interpreter.Version >= new Version(3, 14) ? "exec" : "run";
        Assert.Equal(["first", "second", "third"], leaves[caller].Select(seen => seen.Thread).Order(StringComparer.Ordinal));
        Assert.All(leaves[caller], seen => Assert.Equal("blocked", seen.Doing));
        if (interpreter.IsFreeThreaded)
        {
            Assert.Empty(holders);
        }
        else
        {
            // From 3.12 on each interpreter has a GIL of its own; before, they share one.
            Assert.Equal(hasOwnGils, holders.Values.Any(names => names.IsSupersetOf(Spinning)));
        }
    }

    // Before 3.11 that is select(2).
    private static bool IsSleep(string doing) => doing == "sleep" || doing.Contains("select", StringComparison.Ordinal);
}
