namespace Pyflame.Profiles.Packing;

/// <summary>What a record of the profile file holds. A reader skips types it does not know.</summary>
internal enum RecordType : byte
{
    /// <summary>The end; a file without it was cut off.</summary>
    End = 0,

    /// <summary>How, where and when, as properties.</summary>
    Circumstances = 1,

    /// <summary>New entries of the tables.</summary>
    Tables = 2,

    /// <summary>New or changed processes and threads.</summary>
    Threads = 3,

    /// <summary>A block of samples, compressed by itself.</summary>
    Samples = 4,

    /// <summary>Weights of stacks without the order in time.</summary>
    Counts = 5,

    /// <summary>How the recording went, as properties.</summary>
    Statistics = 6,
}
