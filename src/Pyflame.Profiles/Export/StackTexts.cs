namespace Pyflame.Profiles.Export;

/// <summary>
/// The text of stacks, kept for formats that repeat the whole of a stack at each of its samples: most stacks are met again and again.
/// </summary>
internal sealed class StackTexts
{
    // No more than this is kept, however many stacks there are.
    private const long MostBytes = 64 << 20;

    private byte[]?[] _known = [];
    private long _bytes;

    /// <summary>The text of a stack; null where it is not kept.</summary>
    public byte[]? Find(StackId stack) => stack.Value < _known.Length ? _known[stack.Value] : null;

    /// <summary>Keeps the text of a stack, unless that is too much.</summary>
    public void Keep(StackId stack, byte[] text)
    {
        _bytes += text.Length;
        if (_bytes > MostBytes)
        {
            return;
        }

        if (stack.Value >= _known.Length)
        {
            Array.Resize(ref _known, Math.Max(stack.Value + 1, _known.Length * 2));
        }

        _known[stack.Value] = text;
    }
}
