namespace Pyflame.Profiles.Packing;

/// <summary>What the next sample of a thread is expected to be.</summary>
internal struct ThreadExpectation
{
    /// <summary>The stack it had.</summary>
    public int Stack;

    /// <summary>The state it had.</summary>
    public int State;

    /// <summary>One more than the thread that was sampled behind it; 0 where none has been.</summary>
    public int Following;
}
