using System.Globalization;
using Pyflame.Profiles;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>A process is sampled with all that it starts, in every way in which Python starts processes.</summary>
public sealed class SubprocessTests
{
    private const long Enough = 20;

    /// <summary>What the next worker says, or the one of that index that said it before its parent was ready.</summary>
    private static (int Id, int Parent) ReadWorker(TargetProgram target, int index)
    {
        string[] words = (index < target.Preamble.Count ? target.Preamble[index] : target.ReadLine()).Split(' ');
        Assert.Equal("worker", words[0]);
        return (int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture));
    }

    /// <summary>The first worker is there before the recording, the second is born during it.</summary>
    private static void SampleTwoWorkers(Interpreter interpreter, string way, Action<TreeRecorder, TargetProgram, (int Id, int Parent)[]> check)
    {
        using TargetProgram target = TargetProgram.Start(interpreter, "process_tree.py", way);
        List<(int Id, int Parent)> workers = [ReadWorker(target, 0)];
        using var recorder = new TreeRecorder(target.ProcessId);
        recorder.Run(() =>
        {
            if (workers.Count == 1 && recorder.SamplesOf(workers[0].Id, "spin") >= Enough)
            {
                target.WriteLine("more");
                workers.Add(ReadWorker(target, 1));
            }

            return workers.Count == 2 && recorder.SamplesOf(workers[1].Id, "spin") >= Enough;
        });

        foreach ((int id, int parent) in workers)
        {
            ProfiledProcess process = Assert.Single(recorder.Profile.Processes, process => process.ProcessId == id);
            Assert.Equal((parent, interpreter.Version.ToString(3)), (process.ParentProcessId, BareVersion(process)));
            Assert.Contains(way.EndsWith("spawn", StringComparison.Ordinal) ? "spawn_main" : target.ScriptPath, process.CommandLine, StringComparison.Ordinal);
        }

        check(recorder, target, [.. workers]);
        Assert.Empty(recorder.Sampler.Failures);
        Assert.Equal(0, target.End());
    }

    // Without what a pre-release has behind it.
    private static string BareVersion(ProfiledProcess process) =>
        string.Join('.', process.PythonVersion.Split('.').Select(static part => string.Concat(part.TakeWhile(char.IsAsciiDigit))));

    [Theory]
    [InterpreterData]
    public void Forked(Interpreter interpreter) => SampleTwoWorkers(interpreter, "fork", (recorder, target, workers) =>
    {
        Assert.All(workers, worker => Assert.Equal(target.ProcessId, worker.Parent));
        Assert.Equal(3, recorder.Profile.Processes.Count);
    });

    [Theory]
    [InterpreterData(From = "3.6", OnePerVersion = true)]
    public void Forked_by_multiprocessing(Interpreter interpreter) => SampleTwoWorkers(
        interpreter, "multiprocessing-fork", (recorder, _, _) => Assert.Equal(3, recorder.Profile.Processes.Count));

    [Theory]
    [InterpreterData(From = "3.6", OnePerVersion = true)]
    public void Spawned_by_multiprocessing(Interpreter interpreter) =>
        SampleTwoWorkers(interpreter, "multiprocessing-spawn", static (_, _, _) => { });

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Started_by_subprocess(Interpreter interpreter) => SampleTwoWorkers(interpreter, "subprocess", static (_, _, _) => { });

    [Theory]
    [InterpreterData(OnlyUncontained = true)]
    public void Started_through_two_shells_which_are_not_sampled(Interpreter interpreter) => SampleTwoWorkers(
        interpreter, "chain", (recorder, _, _) => Assert.DoesNotContain(recorder.Profile.Processes, process => process.CommandLine.StartsWith("sh ", StringComparison.Ordinal)));

    [Theory]
    [InterpreterData(From = "3.7", OnePerVersion = true)]
    public void Forked_by_a_process_with_threads_which_are_not_the_childs(Interpreter interpreter) => SampleTwoWorkers(
        interpreter, "fork-with-threads", (recorder, _, workers) =>
        {
            // The parent's other thread runs the same function: were it taken for the child's, that would have two threads.
            Assert.All(workers, worker => Assert.Single(
                recorder.Profile.Threads, thread => recorder.Profile.Processes[thread.ProcessIndex].ProcessId == worker.Id));
        });

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_child_is_sampled_on_when_its_parent_has_ended(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.Start(interpreter, "process_tree.py", "leave");
        int worker = ReadWorker(target, 0).Id;
        using var recorder = new TreeRecorder(target.ProcessId);
        long atEnd = -1;
        recorder.Run(() =>
        {
            long samples = recorder.SamplesOf(worker, "spin");
            if (atEnd < 0 && samples >= Enough)
            {
                target.WriteLine("leave");
                Assert.Equal("left", target.ReadLine());
                atEnd = samples;
            }

            return atEnd >= 0 && samples >= atEnd + Enough;
        });
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_worker_that_a_server_replaces_is_sampled_in_its_turn(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.Start(interpreter, "process_tree.py", "servers");
        (int Id, int Parent)[] workers = [ReadWorker(target, 0), ReadWorker(target, 1)];
        using var recorder = new TreeRecorder(target.ProcessId);
        int replacement = 0;
        recorder.Run(() =>
        {
            if (replacement == 0 && workers.All(worker => recorder.SamplesOf(worker.Id, "serve") >= Enough))
            {
                Assert.Equal(0, Processes.TestLibc.Kill(workers[0].Id, Processes.TestLibc.Kill9));
                replacement = ReadWorker(target, 2).Id;
            }

            return replacement != 0 && recorder.SamplesOf(replacement, "serve") >= Enough;
        });
        Assert.Equal(workers[1].Parent, recorder.Profile.Processes.Single(process => process.ProcessId == replacement).ParentProcessId);
        Assert.Empty(recorder.Sampler.Failures);
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(From = "3.6", OnlyUncontained = true)]
    public async Task A_child_that_has_its_parents_memory_shows_none_of_its_threads(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.Start(interpreter, "process_tree.py", "commands");
        using var recorder = new TreeRecorder(
            target.ProcessId, new RecordingOptions { ReadStates = true, Interval = TimeSpan.FromMicroseconds(200) });
        target.WriteLine("commands");
        Task<string> done = Task.Run(target.ReadLine, TestContext.Current.CancellationToken);
        recorder.Run(() => done.IsCompleted);

        Assert.Equal("done", await done);
        Assert.True(recorder.SamplesOf(target.ProcessId, "spin") > 0, recorder.Describe());
        Assert.All(
            recorder.Profile.Processes.Where(process => process.ProcessId != target.ProcessId),
            process => Assert.Equal(0, recorder.SamplesOf(process.ProcessId, "spin")));
        Assert.Equal(0, target.End());
    }
}
