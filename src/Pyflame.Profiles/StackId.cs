namespace Pyflame.Profiles;

/// <summary>A stack trace of a <see cref="StackTable"/>. The default is the empty stack, the root of all others.</summary>
/// <param name="Value">The index in the table.</param>
public readonly record struct StackId(int Value)
{
    /// <summary>The stack without a frame.</summary>
    public static StackId Empty => default;

    /// <summary>Whether this is the stack without a frame.</summary>
    public bool IsEmpty => Value == 0;
}
