namespace Pyflame.Profiles;

/// <summary>Functions, each kept once.</summary>
/// <remarks>Not safe for use by two threads at once.</remarks>
public sealed class FunctionTable
{
    private readonly InternTable<FunctionInfo> _functions = new();

    /// <summary>How many functions there are; ids run from 0 to one less.</summary>
    public int Count => _functions.Count;

    /// <summary>The function of an id.</summary>
    /// <exception cref="IndexOutOfRangeException">The id is not of this table.</exception>
    public FunctionInfo this[FunctionId id] => _functions[id.Value];

    /// <summary>The id of the function, which is added where it is new. Allocates nothing for a known one.</summary>
    public FunctionId Intern(in FunctionInfo function) => new(_functions.Intern(function));
}
