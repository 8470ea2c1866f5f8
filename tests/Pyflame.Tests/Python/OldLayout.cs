namespace Pyflame.Tests.Python;

/// <summary>
/// Where the fields of versions lie that cannot be installed any more. The numbers are those that a C compiler found in their
/// headers, written down apart from the tables that are under test.
/// </summary>
/// <param name="Version">The version.</param>
/// <param name="ThreadShift">How far the fields of <c>PyThreadState</c> are behind those of 3.3: 3.4 put <c>prev</c> first.</param>
/// <param name="VariableNames"><c>co_varnames</c>.</param>
/// <param name="FileName"><c>co_filename</c>, which <c>co_name</c>, <c>co_firstlineno</c> and <c>co_lnotab</c> follow.</param>
/// <param name="Code"><c>co_code</c>.</param>
/// <param name="CharacterSize">The bytes of a <c>Py_UNICODE</c>; 0 where names are bytes, or strings are those of PEP 393.</param>
internal sealed record OldLayout(string Version, int ThreadShift, int VariableNames, int FileName, int Code, int CharacterSize = 0)
{
    public bool NamesAreBytes => Version[0] == '2';

    public int BytesData => NamesAreBytes ? 36 : 32;

    public override string ToString() => $"{Version}{(CharacterSize == 0 ? "" : $" UCS{CharacterSize}")}";
}
