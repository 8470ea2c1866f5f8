using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Python;

namespace Pyflame.Recording;

/// <summary>The interpreters of a process, their GILs and the heads of their lists of threads.</summary>
internal sealed class InterpreterTable
{
    /// <summary>The most interpreters that one process is followed in.</summary>
    public const int MaxInterpreters = 256;

    private readonly PythonRuntime _runtime;
    private readonly bool _withLists;
    private readonly bool _withGarbage;
    private readonly InterpreterState[] _interpreters = new InterpreterState[MaxInterpreters];
    private readonly GilWord[] _gils = new GilWord[MaxInterpreters];
    private readonly RemoteRange[] _ranges = new RemoteRange[4 * MaxInterpreters];
    private readonly RemoteAddress[] _holders = new RemoteAddress[MaxInterpreters];
    private readonly RemoteAddress[] _lastHolders = new RemoteAddress[MaxInterpreters];
    private readonly RemoteAddress[] _heads = new RemoteAddress[MaxInterpreters];
    private readonly InterpreterMark[] _marks = new InterpreterMark[MaxInterpreters];
    private readonly InterpreterMark[] _kept = new InterpreterMark[MaxInterpreters];
    private readonly InterpreterState[] _before = new InterpreterState[MaxInterpreters];
    private readonly bool _isFreeThreaded;
    private bool _findsHolders;
    private int _rangeCount;

    /// <summary>Makes an empty table.</summary>
    /// <param name="runtime">The process's runtime.</param>
    /// <param name="withLists">Whether the lists of threads are wanted too, not only the GILs.</param>
    /// <param name="withGarbage">Whether it is wanted whether garbage is being collected.</param>
    public InterpreterTable(PythonRuntime runtime, bool withLists, bool withGarbage = false)
    {
        _runtime = runtime;
        _withLists = withLists;
        _withGarbage = withGarbage && !CollectingAt(default).IsNull;
        _isFreeThreaded = runtime.Offsets.FreeThreaded;
    }

    /// <summary>How many interpreters there are.</summary>
    public int Count { get; private set; }

    /// <summary>An interpreter, as of the last <see cref="Refresh"/>.</summary>
    public ref readonly InterpreterState this[int index] => ref _interpreters[index];

    /// <summary>What a round reads of them, in this order: each one's GIL, in a free-threaded build whether it is enabled, and, where wanted, the head of its list of threads and <c>gc.collecting</c>.</summary>
    public ReadOnlySpan<RemoteRange> Ranges => _ranges.AsSpan(0, _rangeCount);

    /// <summary>The threads that hold a GIL, by interpreter, null where none does; of the last <see cref="Decode"/>.</summary>
    public ReadOnlySpan<RemoteAddress> Holders => _holders.AsSpan(0, Count);

    /// <summary>The threads that hold a GIL or were the last to; of the last <see cref="Decode"/>.</summary>
    public ReadOnlySpan<RemoteAddress> LastHolders => _lastHolders.AsSpan(0, Count);

    /// <summary>The first thread state of each interpreter; of the last <see cref="Decode"/>, where the lists are wanted.</summary>
    public ReadOnlySpan<RemoteAddress> ListHeads => _heads.AsSpan(0, Count);

    /// <summary>Whether an interpreter is without a GIL that is about to get one (3.12+).</summary>
    public bool LacksGil { get; private set; }

    /// <summary>
    /// Whether it is known who holds the GIL of every interpreter; of the last <see cref="Decode"/>. A free-threaded build has none, until an
    /// extension module or <c>PYTHON_GIL</c> asks for one.
    /// </summary>
    public bool KnowsHolders { get; private set; }

    /// <summary>
    /// Whether since <see cref="Keep"/> no GIL went to another thread and no thread was born. Only the <see cref="LastHolders"/> can have
    /// changed their stacks then: to change one takes the GIL, and taking it from another thread is counted
    /// (<c>take_gil</c>, Python/ceval_gil.c).
    /// </summary>
    public bool IsAsKept { get; private set; }

    /// <summary>Whether the switches of every GIL are counted, so that <see cref="IsAsKept"/> can be true.</summary>
    public bool CountsSwitches { get; private set; }

    /// <summary>Whether an address of the target lies in one of the GILs.</summary>
    /// <param name="address">The address.</param>
    /// <param name="size">How long a GIL is at the most, in bytes.</param>
    public bool IsInGil(ulong address, ulong size)
    {
        for (int i = 0; i < Count; i++)
        {
            if (!_gils[i].Gil.IsNull && address - _gils[i].Gil.Value < size)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether any interpreter collects garbage; of the last <see cref="Decode"/>, where that is wanted.</summary>
    public bool CollectsGarbage { get; private set; }

    /// <summary>Keeps the state of the last <see cref="Decode"/> to compare later ones with.</summary>
    public void Keep() => _marks.AsSpan(0, Count).CopyTo(_kept);

    /// <summary>Reads the list of interpreters again.</summary>
    /// <returns>Whether they or their GILs are others than before, or null where there are none.</returns>
    public bool? Refresh()
    {
        int before = Count;
        _interpreters.AsSpan(0, before).CopyTo(_before);
        Count = _runtime.ReadInterpreters(_interpreters);
        if (Count == 0)
        {
            return null;
        }

        bool changed = Count != before;
        for (int i = 0; i < Count && !changed; i++)
        {
            // An interpreter is in the list before it has its GIL (_PyEval_InitGIL, Python/ceval_gil.c).
            changed = _before[i].Address != _interpreters[i].Address || _before[i].Gil != _interpreters[i].Gil;
        }

        if (changed)
        {
            LayOut();
        }

        return changed;
    }

    /// <summary>Takes holders and heads from what was read for <see cref="Ranges"/>.</summary>
    public void Decode(ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        bool asKept = CountsSwitches;
        bool collects = false;
        bool knows = _findsHolders;
        for (int i = 0; i < Count; i++)
        {
            int length = (int)_gils[i].Range.Length;
            ReadOnlySpan<byte> gil = bytes.Slice(position, length);
            _holders[i] = length == 0 ? RemoteAddress.Null : _gils[i].Holder(gil);
            _lastHolders[i] = _gils[i].LastHolder(gil);
            position += length;
            if (_isFreeThreaded && length > 0)
            {
                bool isEnabled = BinaryPrimitives.ReadInt32LittleEndian(bytes[position..]) != 0;
                position += sizeof(int);
                _holders[i] = isEnabled ? _holders[i] : RemoteAddress.Null;
                knows &= isEnabled;
            }

            if (_withLists)
            {
                _heads[i] = new RemoteAddress(BinaryPrimitives.ReadUInt64LittleEndian(bytes[position..]));
                position += 8;
            }

            if (_withGarbage)
            {
                collects |= BinaryPrimitives.ReadInt32LittleEndian(bytes[position..]) != 0;
                position += sizeof(int);
            }

            _marks[i] = new InterpreterMark(_heads[i], _lastHolders[i], length > 0 && CountsSwitches ? _gils[i].SwitchNumber(gil) : 0);
            asKept &= _marks[i] == _kept[i];
        }

        IsAsKept = asKept;
        CollectsGarbage = collects;
        KnowsHolders = knows;
    }

    private void LayOut()
    {
        _rangeCount = 0;
        _findsHolders = true;
        CountsSwitches = !_isFreeThreaded;
        LacksGil = false;
        Array.Clear(_kept);
        bool sharedGil = !_runtime.Version.IsAtLeast(3, 12);
        for (int i = 0; i < Count; i++)
        {
            // Up to 3.11 all interpreters share one GIL: it is read with the first.
            _gils[i] = sharedGil && i > 0 ? default : GilWord.Of(_runtime, _interpreters[i]);
            if (_gils[i].Range.Length > 0)
            {
                _ranges[_rangeCount++] = _gils[i].Range;
                CountsSwitches &= _gils[i].CountsSwitches;
                if (_isFreeThreaded)
                {
                    RemoteAddress enabled = _interpreters[i].Gil + _runtime.Offsets.InterpreterState.GilEnabledInGil;
                    _ranges[_rangeCount++] = new RemoteRange(enabled, sizeof(int));
                }
            }
            else if (!sharedGil || i == 0)
            {
                LacksGil |= !_isFreeThreaded && _runtime.Offsets.InterpreterState.GilLockedInGil >= 0;
                _findsHolders = false;
                CountsSwitches = false;
            }

            if (_withLists)
            {
                _ranges[_rangeCount++] =
                    new RemoteRange(_interpreters[i].Address + _runtime.Offsets.InterpreterState.ThreadsHead, 8);
            }

            if (_withGarbage)
            {
                _ranges[_rangeCount++] = new RemoteRange(CollectingAt(_interpreters[i].Address), sizeof(int));
            }
        }

        KnowsHolders = _findsHolders && !_isFreeThreaded;
    }

    // gc.collecting, in 3.7 and 3.8 the runtime's and later the interpreter's; null where nothing tells.
    private RemoteAddress CollectingAt(RemoteAddress interpreter) =>
        _runtime.Offsets.InterpreterState.GcCollecting is >= 0 and var own ? interpreter + own
        : _runtime.Offsets.RuntimeState.GcCollecting is >= 0 and var shared ? _runtime.RuntimeAddress + shared
        : default;

    private readonly record struct InterpreterMark(RemoteAddress ListHead, RemoteAddress LastHolder, ulong SwitchNumber);
}
