namespace Pyflame.Processes.Xz;

/// <summary>What was unpacked so far: as much memory as there are bytes, and not as much as a file says that there will be.</summary>
/// <param name="most">The most bytes that it may become.</param>
internal sealed class UnpackedBytes(int most)
{
    private byte[] _bytes = new byte[Math.Min(most, 64 << 10)];

    /// <summary>How many bytes there are.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes.</summary>
    public Span<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>The bytes, not copied.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>Makes room for more, which is all zeros.</summary>
    /// <returns>False where that would be too many.</returns>
    public bool TryGrow(int count)
    {
        if (count > most - Length)
        {
            return false;
        }

        Length += count;
        if (Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(most, Math.Max(Length, 2L * _bytes.Length)));
        }

        return true;
    }
}
