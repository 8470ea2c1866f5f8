using System.Text;
using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Python.Layout;
using Pyflame.Python.Values;

namespace Pyflame.Recording;

/// <summary>
/// Puts labels under stacks, such as <c>path=/index</c>, with values that are read from arguments and locals of functions on the stack. Allocates
/// nothing for a value that was seen before.
/// </summary>
internal sealed class TagFrames
{
    // A value that is another one in each request would fill the profile.
    private const int MostValues = 1000;
    private const int MostCharacters = 80;

    private readonly Profile _profile;
    private readonly CodeObjectCache _codes;
    private readonly TagReader _reader;
    private readonly TagExpression[] _tags;
    private readonly Dictionary<int, List<TagValue>>[] _frames;
    private readonly int[] _counts;
    private readonly StringBuilder _text = new(2 * PythonLimits.StringCharacters);
    private readonly char[] _value = new char[2 * PythonLimits.StringCharacters];
    private FrameId[] _path = new FrameId[64];

    public TagFrames(IReadOnlyList<TagExpression> tags, MemoryReader memory, StructOffsets offsets, Profile profile, CodeObjectCache codes)
    {
        _profile = profile;
        _codes = codes;
        _reader = new TagReader(memory, offsets, codes.Strings, new ValueRenderer(memory, offsets, codes.Strings));
        _tags = [.. tags];
        _frames = [.. tags.Select(_ => new Dictionary<int, List<TagValue>>())];
        _counts = new int[_tags.Length];
    }

    /// <summary>The stack under the labels whose functions it has, the first label outermost.</summary>
    /// <param name="thread">The thread, whose reader holds the stack as it was read.</param>
    /// <param name="stack">The stack.</param>
    public StackId Label(ThreadStack thread, StackId stack)
    {
        for (int i = _tags.Length - 1; i >= 0; i--)
        {
            if (TryRead(_tags[i], thread.Reader.Frames))
            {
                int length = Math.Min(_text.Length, _value.Length);
                _text.CopyTo(0, _value, length);
                stack = Under(FrameOf(i, _value.AsSpan(0, length)), stack);
            }
        }

        return stack;
    }

    private bool TryRead(TagExpression tag, ReadOnlySpan<RawFrame> frames)
    {
        _text.Clear();
        for (int i = frames.Length - 1; i >= 0; i--)
        {
            if (!frames[i].Code.IsNull && _codes.Peek(frames[i].Code) is { } code
                && (code.Name == tag.Function || code.QualifiedName == tag.Function || IsMethod(tag.Function, code))
                && _reader.TryAppend(tag, frames[i].Address, code, _text))
            {
                return true;
            }
        }

        return false;
    }

    // Before 3.11 code does not know its class: the name behind the last point decides.
    private static bool IsMethod(string function, CodeObject code) => code.QualifiedName == code.Name
        && function.Length > code.Name.Length && function[^(code.Name.Length + 1)] == '.' && function.EndsWith(code.Name, StringComparison.Ordinal);

    private FrameId FrameOf(int tag, ReadOnlySpan<char> value)
    {
        // Looked up by the characters, since a string is an allocation.
        int hash = string.GetHashCode(value);
        if (_frames[tag].TryGetValue(hash, out List<TagValue>? known))
        {
            foreach (TagValue candidate in known)
            {
                if (value.SequenceEqual(candidate.Text))
                {
                    return candidate.Frame;
                }
            }
        }

        bool isOneTooMany = _counts[tag] >= MostValues;
        string shown = isOneTooMany ? "…" : value.Length > MostCharacters ? string.Concat(value[..MostCharacters], "…") : value.ToString();
        FrameId frame = _profile.Frames.Intern(
            new FrameInfo(_profile.InternFunction($"{_tags[tag].Name}={shown}", string.Empty), 0, FrameKind.Tag));
        if (!isOneTooMany)
        {
            _counts[tag]++;
            known ??= _frames[tag][hash] = [];
            known.Add(new TagValue(value.ToString(), frame));
        }

        return frame;
    }

    private StackId Under(FrameId root, StackId stack)
    {
        int depth = _profile.Stacks.Depth(stack);
        if (depth > _path.Length)
        {
            _path = new FrameId[depth * 2];
        }

        _profile.Stacks.CopyFrames(stack, _path);
        StackId under = _profile.Stacks.Intern(default, root);
        for (int i = 0; i < depth; i++)
        {
            under = _profile.Stacks.Intern(under, _path[i]);
        }

        return under;
    }

    private sealed record TagValue(string Text, FrameId Frame);
}
