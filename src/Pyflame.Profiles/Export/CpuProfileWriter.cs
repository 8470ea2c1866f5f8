using System.Runtime.InteropServices;
using System.Text.Json;

namespace Pyflame.Profiles.Export;

/// <summary>
/// V8's <c>.cpuprofile</c>, which Chrome DevTools, Visual Studio Code, speedscope and Firefox's profiler open. It holds one
/// sequence of samples in time; where several threads were sampled, each stands on a frame with its name and those of one round
/// share its time. A last sample, idle, marks the end, since
/// readers give the last sample no time.
/// </summary>
public sealed class CpuProfileWriter : IProfileWriter
{
    private const int GapThread = -1;

    /// <inheritdoc/>
    public string Name => "cpuprofile";

    /// <inheritdoc/>
    public string Description => "V8's CPU profile, for Chrome DevTools and Visual Studio Code";

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings { get; } = [".cpuprofile"];

    /// <inheritdoc/>
    public bool NeedsTimeOrder => true;

    /// <inheritdoc/>
    public void Write(Profile profile, Stream destination, ExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(profile);
        SampleLog samples = TimeOrder.Require(profile, Name);
        bool manyThreads = ThreadsSeen(samples) > 1;
        Write(profile, samples, destination, options with { ThreadFrames = options.ThreadFrames || manyThreads });
    }

    /// <summary>Writes one thread alone.</summary>
    /// <param name="profile">The profile, with its samples in time order.</param>
    /// <param name="thread">The thread.</param>
    /// <param name="destination">Where to; left open.</param>
    /// <param name="options">How names are shown.</param>
    /// <exception cref="ProfileFormatException">The profile holds only counts.</exception>
    public static void Write(Profile profile, ProfiledThreadId thread, Stream destination, ExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(profile);
        SampleLog samples = TimeOrder.Require(profile, "cpuprofile");
        Write(profile, samples.Where(sample => sample.Thread == thread), destination, options);
    }

    private static void Write(Profile profile, IEnumerable<Sample> samples, Stream destination, ExportOptions options)
    {
        var tree = new CpuProfileTree(profile, CpuProfileTree.Frames(profile, options), options);
        var sequence = new ChunkedList<Moment>();
        var threads = new List<ThreadSamples>();
        long interval = profile.Circumstances.IntervalNanoseconds;
        foreach (SampleSequence.Entry entry in SampleSequence.Of(samples, interval))
        {
            sequence.Add(new Moment(entry.Time / 1000, entry.IsGap ? GapThread : entry.Thread.Value));
            if (entry.IsGap)
            {
                tree.AddGap(entry.Length, interval);
                continue;
            }

            while (threads.Count <= entry.Thread.Value)
            {
                threads.Add(new ThreadSamples());
            }

            threads[entry.Thread.Value].Add(entry.Stack, entry.Weight);
        }

        // Thread by thread: the nodes of one stay in the processor's cache, those of all may not.
        for (int thread = 0; thread < threads.Count; thread++)
        {
            threads[thread].FindNodes(tree, new ProfiledThreadId(thread));
        }

        long start = TimeOrder.MicrosecondsSinceEpoch(profile.Circumstances.StartUtc);
        using var output = new JsonStream(destination);
        Utf8JsonWriter json = output.Json;
        json.WriteStartObject();
        tree.Write(output, withParents: false);
        json.WriteNumber("startTime"u8, start + (sequence.Count > 0 ? sequence[0].Microseconds : 0));
        json.WriteNumber("endTime"u8, start + (sequence.Count > 0 ? sequence[sequence.Count - 1].Microseconds : 0));
        output.WriteNumbers("samples", sequence.Count, index => sequence[index].Thread is >= 0 and var thread ? threads[thread].NextNode() : tree.GapNode);
        output.WriteNumbers("timeDeltas", sequence.Count, index => index == 0 ? 0 : sequence[index].Microseconds - sequence[index - 1].Microseconds);
        json.WriteEndObject();
    }

    private static int ThreadsSeen(SampleLog samples)
    {
        int first = -1;
        foreach (Sample sample in samples)
        {
            if (first >= 0 && sample.Thread.Value != first)
            {
                return 2;
            }

            first = sample.Thread.Value;
        }

        return first < 0 ? 0 : 1;
    }

    // Whose sample comes when; GapThread for a time without.
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly record struct Moment(long Microseconds, int Thread);

    // The samples of a thread in their order: first their stacks, then their nodes.
    private sealed class ThreadSamples
    {
        private readonly ChunkedList<(int Place, int Weight)> _samples = new();
        private int _next;

        public void Add(StackId stack, int weight) => _samples.Add((stack.Value, weight));

        public void FindNodes(CpuProfileTree tree, ProfiledThreadId thread)
        {
            for (int index = 0; index < _samples.Count; index++)
            {
                ref (int Place, int Weight) sample = ref _samples[index];
                sample.Place = tree.Add(thread, new StackId(sample.Place), sample.Weight);
            }
        }

        public int NextNode() => _samples[_next++].Place;
    }
}
