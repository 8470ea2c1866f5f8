using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Processes.Elf;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>
/// Finds <c>interp_head</c>, the start of the list of interpreters before 3.7: a static variable of Python/pystate.c, whose name a
/// stripped file does not have.
/// </summary>
internal static class InterpreterHead
{
    // The compilers seen put the variables of pystate.c next to each other.
    private const int NeighbourWords = 64;

    /// <summary>Finds the variable.</summary>
    /// <remarks>
    /// What the code or a symbol says is final, started or not; only without either it is looked for, and then found in a runtime
    /// that has started only.
    /// </remarks>
    public static bool TryFind(MemoryReader memory, LoadedModule module, StructOffsets offsets, out RemoteAddress headAddress) =>
        TryDecodeAccessor(memory, module, out headAddress)
        || module.TryFindSymbol("interp_head", out headAddress, out _)
        || TryLookAround(memory, module, offsets, out headAddress)
        || RuntimeScan.TryFindInterpretersHead(memory, module, offsets, out headAddress);

    /// <summary>
    /// Takes the address out of <c>PyInterpreterState_Head</c>, which is exported and does nothing but return the variable:
    /// <c>mov interp_head(%rip),%rax; ret</c>.
    /// </summary>
    private static bool TryDecodeAccessor(MemoryReader memory, LoadedModule module, out RemoteAddress headAddress)
    {
        headAddress = default;
        if (module.Image is null || !module.Image.TryFindDynamicSymbol("PyInterpreterState_Head", out ElfSymbol symbol))
        {
            return false;
        }

        RemoteAddress function = module.ToAddress(symbol.Value);
        Span<byte> code = stackalloc byte[24];
        if (!memory.TryRead(function, code))
        {
            return false;
        }

        // endbr64 and a frame pointer's set-up may come first.
        int at = 0;
        at += code[at..].StartsWith((ReadOnlySpan<byte>)[0xF3, 0x0F, 0x1E, 0xFA]) ? 4 : 0;
        at += code[at..].StartsWith((ReadOnlySpan<byte>)[0x55, 0x48, 0x89, 0xE5]) ? 4 : 0;
        if (!code[at..].StartsWith((ReadOnlySpan<byte>)[0x48, 0x8B, 0x05]))
        {
            return false;
        }

        int distance = BinaryPrimitives.ReadInt32LittleEndian(code[(at + 3)..]);
        headAddress = function + at + 7 + distance;
        return module.Range.Contains(headAddress, sizeof(ulong));
    }

    /// <summary>Looks at the words around <c>_PyThreadState_Current</c>, which is exported.</summary>
    private static bool TryLookAround(
        MemoryReader memory, LoadedModule module, StructOffsets offsets, out RemoteAddress headAddress)
    {
        headAddress = default;
        if (module.Image is null || !module.Image.TryFindDynamicSymbol("_PyThreadState_Current", out ElfSymbol symbol))
        {
            return false;
        }

        RemoteAddress current = module.ToAddress(symbol.Value);
        for (int distance = 1; distance <= NeighbourWords; distance++)
        {
            headAddress = current + (distance * 8L);
            if (RuntimeScan.IsInterpretersHead(memory, offsets, headAddress))
            {
                return true;
            }

            headAddress = current - (distance * 8L);
            if (RuntimeScan.IsInterpretersHead(memory, offsets, headAddress))
            {
                return true;
            }
        }

        return false;
    }
}
