using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Pyflame.Profiles.Packing;

namespace Pyflame.Profiles.Export.Pages;

/// <summary>
/// Packs a profile for the report page, which <c>payload.js</c> unpacks: gzip over a header in JSON and, as unsigned LEB128
/// numbers, the stacks as a tree in preorder with its weights.
/// </summary>
/// <remarks>
/// After the header's length and bytes come four arrays, each with its length in front:
/// frames (function, line); for each stack how many frames to go up from the stack before it to reach its caller; for each
/// stack its frame; and weights (how many stacks on from the last weight's, thread, intervals).
/// </remarks>
internal sealed class PagePayload
{
    private readonly Profile _profile;
    private readonly ExportOptions _options;
    private readonly ProfileSummary _summary;
    private readonly PageFrames _frames;
    private readonly StackProjection _projection;
    private readonly List<(int Stack, int Thread, long Weight)> _weights = [];

    /// <summary>Gathers what is to be packed.</summary>
    public PagePayload(Profile profile, ExportOptions options, ProfileSummary summary)
    {
        _profile = profile;
        _options = options;
        _summary = summary;
        _frames = new PageFrames(profile, options);
        _projection = new StackProjection(profile, _frames.IndexOf);

        // Stacks that differ only in what the options leave out are one.
        var merged = new StackCounts();
        StackCounts counts = profile.CountStacks();
        for (int index = 0; index < counts.Count; index++)
        {
            StackCount count = counts[index];
            if (count.Weight > 0)
            {
                merged.Add(count.Thread, _projection.Project(count.Thread, count.Stack), count.Weight);
            }
        }

        for (int index = 0; index < merged.Count; index++)
        {
            _weights.Add((merged[index].Stack.Value, merged[index].Thread.Value, merged[index].Weight));
        }
    }

    /// <summary>Writes the payload.</summary>
    public void Write(Stream destination)
    {
        using var gzip = new GZipStream(destination, CompressionLevel.Optimal, leaveOpen: true);
        var header = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(header))
        {
            new PageHeader(_profile, _options, _summary, _frames).Write(json, _weights, _projection.Stacks);
        }

        WriteNumbers(gzip, [header.WrittenCount]);
        gzip.Write(header.WrittenSpan);

        WriteNumbers(gzip, [_frames.FrameCount]);
        WriteNumbers(gzip, Enumerable.Range(0, _frames.FrameCount)
            .Select(_frames.Frame)
            .SelectMany(frame => new long[] { frame.Function, Math.Max(0, frame.LineNumber) }));

        (int[] order, int[] ups) = Preorder(_projection.Stacks);
        WriteNumbers(gzip, [order.Length]);
        WriteNumbers(gzip, ups.Select(up => (long)up));
        WriteNumbers(gzip, order.Select(stack => (long)_projection.Stacks.Frame(new StackId(stack)).Value));

        var position = new int[_projection.Stacks.Count];
        for (int index = 0; index < order.Length; index++)
        {
            position[order[index]] = index + 1;
        }

        _weights.Sort((a, b) => (position[a.Stack], a.Thread).CompareTo((position[b.Stack], b.Thread)));
        WriteNumbers(gzip, [_weights.Count]);
        WriteNumbers(gzip, Gaps(position).SelectMany(weight => new[] { weight.Gap, weight.Thread, weight.Weight }));
    }

    private IEnumerable<(long Gap, long Thread, long Weight)> Gaps(int[] position)
    {
        int last = 0;
        foreach ((int stack, int thread, long weight) in _weights)
        {
            yield return (position[stack] - last, thread, weight);
            last = position[stack];
        }
    }

    // The empty stack, which is the root of all, is not written.
    private static (int[] Order, int[] Ups) Preorder(StackTable stacks)
    {
        var firstChild = new int[stacks.Count];
        var nextSibling = new int[stacks.Count];
        for (int stack = stacks.Count - 1; stack > 0; stack--)
        {
            int parent = stacks.Parent(new StackId(stack)).Value;
            nextSibling[stack] = firstChild[parent];
            firstChild[parent] = stack;
        }

        var order = new List<int>(stacks.Count);
        var ups = new List<int>(stacks.Count);
        int current = 0;
        int up = 0;
        while (true)
        {
            int next = firstChild[current];
            while (next == 0 && current != 0)
            {
                next = nextSibling[current];
                up++;
                current = stacks.Parent(new StackId(current)).Value;
            }

            if (next == 0)
            {
                return ([.. order], [.. ups]);
            }

            order.Add(next);
            ups.Add(up);
            up = 0;
            current = next;
        }
    }

    private static void WriteNumbers(Stream destination, IEnumerable<long> numbers)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int length = 0;
        foreach (long number in numbers)
        {
            if (length > buffer.Length - VarInt.MaxBytes)
            {
                destination.Write(buffer[..length]);
                length = 0;
            }

            length += VarInt.Write(buffer[length..], (ulong)number);
        }

        destination.Write(buffer[..length]);
    }
}
