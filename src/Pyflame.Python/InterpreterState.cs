using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>What matters of one <c>PyInterpreterState</c>, as read at one moment.</summary>
/// <param name="Address">The structure, in the target.</param>
/// <param name="Next">The next interpreter (older), null at the end.</param>
/// <param name="ThreadsHead">Its newest thread state; null while it has none.</param>
/// <param name="Id">0 for the main interpreter; -1 where the version has no number (before 3.7).</param>
/// <param name="Gil">Its <c>struct _gil_runtime_state</c>, 3.12+; null before.</param>
public readonly record struct InterpreterState(
    RemoteAddress Address, RemoteAddress Next, RemoteAddress ThreadsHead, long Id, RemoteAddress Gil)
{
    /// <summary>Reads one.</summary>
    /// <returns>False where it cannot be read.</returns>
    public static bool TryRead(
        MemoryReader memory, StructOffsets offsets, RemoteAddress address, out InterpreterState interpreter)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(offsets);
        InterpreterStateOffsets o = offsets.InterpreterState;
        interpreter = default;
        long id = -1;
        RemoteAddress gil = default;
        if (address.IsNull
            || !memory.TryReadAddress(address + o.Next, out RemoteAddress next)
            || !memory.TryReadAddress(address + o.ThreadsHead, out RemoteAddress threadsHead)
            || (o.Id >= 0 && !memory.TryRead(address + o.Id, out id))
            || (o.Gil >= 0 && !memory.TryReadAddress(address + o.Gil, out gil)))
        {
            return false;
        }

        interpreter = new(address, next, threadsHead, id, gil);
        return true;
    }

    /// <summary>Reads all the interpreters of a runtime, newest first as CPython has them.</summary>
    /// <param name="memory">The target.</param>
    /// <param name="offsets">The layout.</param>
    /// <param name="headAddress">The address of the pointer to the first.</param>
    /// <param name="destination">The caller's buffer; what does not fit is left out.</param>
    /// <returns>How many were read before the end, a loop or an unreadable one.</returns>
    public static int ReadAll(
        MemoryReader memory, StructOffsets offsets, RemoteAddress headAddress, Span<InterpreterState> destination)
    {
        ArgumentNullException.ThrowIfNull(memory);
        int count = 0;
        if (!memory.TryReadAddress(headAddress, out RemoteAddress address))
        {
            return 0;
        }

        while (count < destination.Length && !address.IsNull && !Holds(destination[..count], address)
            && TryRead(memory, offsets, address, out InterpreterState interpreter))
        {
            destination[count++] = interpreter;
            address = interpreter.Next;
        }

        return count;
    }

    private static bool Holds(ReadOnlySpan<InterpreterState> interpreters, RemoteAddress address)
    {
        foreach (InterpreterState interpreter in interpreters)
        {
            if (interpreter.Address == address)
            {
                return true;
            }
        }

        return false;
    }
}
