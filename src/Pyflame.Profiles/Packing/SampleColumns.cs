namespace Pyflame.Profiles.Packing;

/// <summary>The columns of a block of packed samples, in the order in which they are stored.</summary>
internal static class SampleColumns
{
    /// <summary>A byte a sample, <see cref="SampleTag"/>.</summary>
    public const int Tags = 0;

    /// <summary>A varint a sample: time units from the sample before it, or behind it; from 0 for the first.</summary>
    public const int Times = 1;

    /// <summary>Varints, where the tag says so.</summary>
    public const int Threads = 2;

    /// <summary>Varints, where the tag says so.</summary>
    public const int Stacks = 3;

    /// <summary>Varints, where the tag says so.</summary>
    public const int States = 4;

    /// <summary>Varints, where the tag says so.</summary>
    public const int Weights = 5;

    /// <summary>How many columns there are.</summary>
    public const int Count = 6;

    /// <summary>The most bytes that one sample takes in each column.</summary>
    public static ReadOnlySpan<int> MaxBytes =>
        [1, VarInt.MaxBytes, VarInt.MaxBytes32, VarInt.MaxBytes32, 3, VarInt.MaxBytes32];
}
