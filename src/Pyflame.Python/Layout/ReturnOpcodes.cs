namespace Pyflame.Python.Layout;

/// <summary>
/// The opcodes that end a frame: RETURN_VALUE, RETURN_CONST, RETURN_GENERATOR, and what they become under <c>sys.monitoring</c> (Include/opcode.h,
/// from 3.13 on Include/opcode_ids.h).
/// </summary>
internal static class ReturnOpcodes
{
    /// <summary>Whether an opcode of 3.11 to 3.15 is one of them.</summary>
    public static bool Contains(PythonVersion version, byte opcode) => version.Minor switch
    {
        11 => opcode is 83 or 75,
        12 => opcode is 83 or 121 or 75 or 242 or 247,
        13 => opcode is 36 or 103 or 35 or 239 or 240,
        14 => opcode is 35 or 34 or 246,
        15 => opcode is 33 or 32 or 245,
        _ => false,
    };
}
