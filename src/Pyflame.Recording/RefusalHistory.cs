using System.Numerics;

namespace Pyflame.Recording;

/// <summary>How many of a thread's last samples could not be proven without stopping it.</summary>
internal struct RefusalHistory
{
    // Of the last 128 samples; a share is only spoken of once there are some.
    private const int Fewest = 32;
    private UInt128 _refused;
    private int _count;

    /// <summary>
    /// Whether refusals are no longer rare, more than 25 %: then what is proven is a biased choice, and the thread must be stopped for
    /// all of its samples.
    /// </summary>
    public readonly bool AreCommon
    {
        get
        {
            int refused = BitOperations.PopCount((ulong)_refused) + BitOperations.PopCount((ulong)(_refused >> 64));
            return _count >= Fewest && refused * 4 > _count;
        }
    }

    /// <summary>Notes one sample.</summary>
    public void Add(bool refused)
    {
        _refused = (_refused << 1) | (refused ? UInt128.One : UInt128.Zero);
        _count = Math.Min(_count + 1, 128);
    }
}
