namespace Pyflame.Python;

/// <summary>What an object of the target is, as far as it matters here.</summary>
public enum ObjectKind : byte
{
    /// <summary>Not a readable object.</summary>
    Unreadable,

    /// <summary>An object of a type that is none of the others.</summary>
    Other,

    /// <summary><c>bytes</c>; <c>str</c> in 2.x.</summary>
    Bytes,

    /// <summary><c>str</c>; <c>unicode</c> in 2.x.</summary>
    Unicode,

    /// <summary><c>tuple</c>.</summary>
    Tuple,

    /// <summary><c>list</c>.</summary>
    List,

    /// <summary><c>dict</c>.</summary>
    Dict,

    /// <summary><c>int</c>; <c>long</c> in 2.x.</summary>
    Number,

    /// <summary><c>code</c>.</summary>
    Code,
}
