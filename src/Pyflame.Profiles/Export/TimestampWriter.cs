using System.Buffers.Text;
using System.Text;

namespace Pyflame.Profiles.Export;

/// <summary>
/// Classic Pyflame's <c>-T</c> output: for each sample a line with the microseconds since the epoch, then a line with the frames
/// of its stack, root first, each followed by a semicolon. A stack that is but a remark, such as <c>(idle)</c>, is the remark
/// alone, without one.
/// </summary>
public sealed class TimestampWriter : IProfileWriter
{
    /// <inheritdoc/>
    public string Name => "timestamps";

    /// <inheritdoc/>
    public string Description => "classic -T output: each sample's time and stack, for flame-chart-json";

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings { get; } = [".timestamps"];

    /// <inheritdoc/>
    public bool NeedsTimeOrder => true;

    /// <inheritdoc/>
    public void Write(Profile profile, Stream destination, ExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(destination);
        SampleLog samples = TimeOrder.Require(profile, Name);
        var stacks = new CollapsedStacks(profile, options);
        var texts = new StackTexts();
        long start = TimeOrder.MicrosecondsSinceEpoch(profile.Circumstances.StartUtc);
        Span<byte> time = stackalloc byte[24];
        foreach (Sample sample in samples)
        {
            StackId stack = stacks.Collapse(sample.Thread, sample.Stack);
            if (texts.Find(stack) is not { } line)
            {
                line = Encoding.UTF8.GetBytes(stacks.Text(stack) + (IsRemark(profile, sample.Stack) ? "\n" : ";\n"));
                texts.Keep(stack, line);
            }

            Utf8Formatter.TryFormat(start + (sample.TimestampNanoseconds / 1000), time, out int digits);
            time[digits] = (byte)'\n';
            destination.Write(time[..(digits + 1)]);
            destination.Write(line);
        }
    }

    private static bool IsRemark(Profile profile, StackId stack) => profile.Stacks.Depth(stack) switch
    {
        0 => true,
        1 => profile.Frames[profile.Stacks.Frame(stack)].Kind == FrameKind.Marker,
        _ => false,
    };
}
