using System.Globalization;
using System.Text;

namespace Pyflame.Profiles.Export;

/// <summary>Stacks by the text of their frames: two stacks that read alike are one.</summary>
internal sealed class CollapsedStacks
{
    private readonly StringTable _labels = new();
    private readonly StackProjection _projection;

    /// <summary>Begins with no stack known.</summary>
    public CollapsedStacks(Profile profile, ExportOptions options)
    {
        _projection = new StackProjection(
            profile,
            frame => KeyOf(FrameText.Label(profile, frame, options)),
            options.ThreadFrames || options.ProcessFrames ? thread => RootKeys(profile, thread, options) : null);
    }

    /// <summary>The stack by its text; equal for stacks that read alike. The empty stack reads as a remark.</summary>
    public StackId Collapse(ProfiledThreadId thread, StackId stack)
    {
        StackId collapsed = _projection.Project(thread, stack);
        return stack.IsEmpty ? _projection.Stacks.Intern(collapsed, new FrameId(KeyOf("(no stack)"))) : collapsed;
    }

    /// <summary>The frames' texts root first, with a semicolon between each two.</summary>
    public string Text(StackId collapsed)
    {
        var labels = new string[_projection.Stacks.Depth(collapsed)];
        for (int position = labels.Length - 1; position >= 0; position--)
        {
            labels[position] = Label(collapsed);
            collapsed = _projection.Stacks.Parent(collapsed);
        }

        return string.Join(';', labels);
    }

    /// <summary>Writes a line for each stack that has a weight, callers before what they call and in the order of their texts.</summary>
    /// <remarks>One path is held at a time, so that deep stacks cost no more memory than the tables do.</remarks>
    /// <param name="writer">Where to.</param>
    /// <param name="weights">The weight of each stack, by its number.</param>
    public void Write(TextWriter writer, IReadOnlyList<long> weights)
    {
        // By the numbers of stacks: the last child of each, and of each child the one before it. 0 is the root, which is nobody's.
        int count = _projection.Stacks.Count;
        var last = new int[count];
        var before = new int[count];
        for (int stack = 1; stack < count; stack++)
        {
            int parent = _projection.Stacks.Parent(new StackId(stack)).Value;
            before[stack] = last[parent];
            last[parent] = stack;
        }

        var callees = new List<int>();
        Comparison<int> backwards = (a, b) => string.CompareOrdinal(Label(new StackId(b)), Label(new StackId(a)));
        // In one piece: it is shortened for every line, which makes one of several pieces anew.
        var path = new StringBuilder(1 << 16);
        var pending = new Stack<(int Stack, int PathLength)>();
        Push(0);
        while (pending.TryPop(out (int Stack, int PathLength) next))
        {
            path.Length = next.PathLength;
            path.Append(path.Length == 0 ? string.Empty : ";").Append(Label(new StackId(next.Stack)));
            if (next.Stack < weights.Count && weights[next.Stack] != 0)
            {
                writer.Write(path);
                writer.Write(' ');
                writer.WriteLine(weights[next.Stack].ToString(CultureInfo.InvariantCulture));
            }

            Push(next.Stack);
        }

        void Push(int stack)
        {
            callees.Clear();
            for (int callee = last[stack]; callee != 0; callee = before[callee])
            {
                callees.Add(callee);
            }

            // The last to be pushed is the first to be popped.
            callees.Sort(backwards);
            foreach (int callee in callees)
            {
                pending.Push((callee, path.Length));
            }
        }
    }

    private string Label(StackId collapsed) => _labels[new StringId(_projection.Key(collapsed))];

    private int[] RootKeys(Profile profile, ProfiledThread thread, ExportOptions options)
    {
        var keys = new List<int>();
        if (options.ProcessFrames)
        {
            keys.Add(KeyOf(profile.Processes[thread.ProcessIndex].Label));
        }

        if (options.ThreadFrames)
        {
            keys.Add(KeyOf(thread.Label));
        }

        return [.. keys];
    }

    private int KeyOf(string label) => _labels.Intern(label.Length == 0 ? "(unnamed)" : FrameText.OneLine(label)).Value;
}
