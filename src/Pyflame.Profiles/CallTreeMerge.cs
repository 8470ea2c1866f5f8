namespace Pyflame.Profiles;

/// <summary>What counts as one node of a <see cref="CallTree"/> under the same caller.</summary>
public enum CallTreeMerge
{
    /// <summary>A line of a function.</summary>
    Line,

    /// <summary>A function, whatever its line.</summary>
    Function,

    /// <summary>A file; consecutive calls within one are one node.</summary>
    Module,

    /// <summary>A thread; code is not told apart.</summary>
    Thread,
}
