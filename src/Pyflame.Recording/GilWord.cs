using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Python.Layout;

namespace Pyflame.Recording;

/// <summary>Where it stands which thread holds a GIL, and how to tell it from the bytes.</summary>
/// <remarks>
/// From 3.7 on <c>struct _gil_runtime_state</c> (Include/internal/pycore_gil.h), the runtime's own up to 3.11 and each interpreter's from 3.12 on.
/// Its <c>last_holder</c> stays after the GIL was let go, so that <c>locked</c> counts too. Before 3.7
/// <c>_PyThreadState_Current</c>, which is null while nobody holds the GIL.
/// </remarks>
internal readonly struct GilWord
{
    private readonly int _holder;
    private readonly int _locked;
    private readonly int _switchNumber;

    private GilWord(RemoteAddress gil, int holder, int locked, bool hasSwitchNumber)
    {
        Gil = locked < 0 ? RemoteAddress.Null : gil + Math.Min(holder, locked);
        int first = locked < 0 ? holder : Math.Min(holder, locked);
        _holder = holder - first;
        _locked = locked < 0 ? -1 : locked - first;

        // An int and four bytes of padding lie before switch_number in every release from 3.7 to 3.15.
        _switchNumber = hasSwitchNumber && locked >= 0 ? _locked + 8 : -1;
        int end = Math.Max(_holder + 8, Math.Max(_locked + 4, _switchNumber + 8));
        Range = new RemoteRange(gil + first, (ulong)end);
    }

    /// <summary>What to read; empty where the interpreter has no GIL that can be found.</summary>
    public RemoteRange Range { get; }

    /// <summary>The beginning of what is known of <c>struct _gil_runtime_state</c>, its locks lie behind; null before 3.7.</summary>
    public RemoteAddress Gil { get; }

    /// <summary>Whether the switches of the GIL from thread to thread are counted.</summary>
    public bool CountsSwitches => _switchNumber >= 0;

    /// <summary>Finds the GIL of an interpreter.</summary>
    public static GilWord Of(PythonRuntime runtime, in InterpreterState interpreter)
    {
        InterpreterStateOffsets own = runtime.Offsets.InterpreterState;
        RuntimeStateOffsets shared = runtime.Offsets.RuntimeState;
        bool known = runtime.Version.IsAtLeast(3, 7) && !runtime.Version.IsAtLeast(3, 16) && !runtime.Offsets.FreeThreaded;
        if (!interpreter.Gil.IsNull && own.GilLastHolderInGil >= 0 && own.GilLockedInGil >= 0)
        {
            return new GilWord(interpreter.Gil, own.GilLastHolderInGil, own.GilLockedInGil, known);
        }

        if (!runtime.RuntimeAddress.IsNull && shared.GilLastHolder >= 0 && shared.GilLocked >= 0)
        {
            return new GilWord(runtime.RuntimeAddress, shared.GilLastHolder, shared.GilLocked, known);
        }

        return runtime.CurrentThreadStateAddress.IsNull
            ? default
            : new GilWord(runtime.CurrentThreadStateAddress, 0, -1, false);
    }

    /// <summary>The thread state that holds the GIL; null where none does.</summary>
    /// <param name="bytes">What was read for <see cref="Range"/>.</param>
    public RemoteAddress Holder(ReadOnlySpan<byte> bytes) =>
        _locked >= 0 && BinaryPrimitives.ReadInt32LittleEndian(bytes[_locked..]) != 1
            ? RemoteAddress.Null
            : LastHolder(bytes);

    /// <summary>The thread state that holds the GIL or was the last to hold it.</summary>
    /// <param name="bytes">What was read for <see cref="Range"/>.</param>
    public RemoteAddress LastHolder(ReadOnlySpan<byte> bytes) => Range.Length == 0
        ? RemoteAddress.Null
        : new RemoteAddress(BinaryPrimitives.ReadUInt64LittleEndian(bytes[_holder..]));

    /// <summary>How often the GIL went from one thread to another; only where <see cref="CountsSwitches"/>.</summary>
    /// <param name="bytes">What was read for <see cref="Range"/>.</param>
    public ulong SwitchNumber(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[_switchNumber..]);
}
