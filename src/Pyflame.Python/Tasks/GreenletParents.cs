using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Pyflame.Processes;

namespace Pyflame.Python.Tasks;

/// <summary>
/// Reads, sample after sample, the greenlets that a thread has switched away from to run the one that it runs: that one's parent, the parent of
/// that one, and so on to the main greenlet.
/// </summary>
/// <remarks>
/// All words that were looked at are remembered and read again in one system call; where they are the same, so is everything. What is new is
/// read twice, and believed where it is the same.
/// </remarks>
public sealed class GreenletParents
{
    private const int MaxParents = 64;
    private const int Tries = 3;

    private readonly MemoryReader _memory;
    private readonly GreenletObjects _objects;
    private readonly RemoteAddress _state;
    private readonly RemoteAddress _contextVersion;
    private readonly List<RemoteRange> _ranges = [];
    private readonly List<RemoteAddress> _greenlets = [];
    private readonly List<RawFrame> _frames = [];
    private readonly List<int> _ends = [];
    private readonly List<RawFrame> _standing = [];
    private byte[] _bytes = [];
    private byte[] _again = [];
    private int _byteCount;

    /// <summary>Reads those of one thread.</summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="objects">Reads greenlets.</param>
    /// <param name="state">Where the pointers to its main and its current greenlet lie, in the target.</param>
    /// <param name="contextVersion">Where the <see cref="ThreadState.ContextVersion"/> of its thread state lies, in the target.</param>
    internal GreenletParents(MemoryReader memory, GreenletObjects objects, RemoteAddress state, RemoteAddress contextVersion)
    {
        _memory = memory;
        _objects = objects;
        _state = state;
        _contextVersion = contextVersion;
    }

    /// <summary>The greenlet that runs, in the target.</summary>
    public RemoteAddress Current { get; private set; }

    /// <summary>The main greenlet of the thread, in the target.</summary>
    public RemoteAddress Main { get; private set; }

    /// <summary>
    /// The thread's <see cref="ThreadState.ContextVersion"/> right after the last look. Where a stack was read at the same one, no greenlet was
    /// switched to in between (<c>PythonState::operator>></c>, src/greenlet/TPythonState.cpp), and it is that of <see cref="Current"/>.
    /// </summary>
    public ulong ContextVersion { get; private set; }

    /// <summary>How many parents there are; the first is that of <see cref="Current"/>, the last the main greenlet.</summary>
    public int Count => _greenlets.Count;

    /// <summary>A parent, in the target.</summary>
    /// <param name="index">Which one.</param>
    public RemoteAddress this[int index] => _greenlets[index];

    /// <summary>The frames of a parent, outermost first.</summary>
    /// <param name="index">Which parent.</param>
    public ReadOnlySpan<RawFrame> FramesOf(int index)
    {
        int start = index == 0 ? 0 : _ends[index - 1];
        return CollectionsMarshal.AsSpan(_frames)[start.._ends[index]];
    }

    /// <summary>Looks again.</summary>
    /// <param name="changed">Whether anything is other than at the last time.</param>
    /// <returns>False where it changed while it was read, a switch was under way, or it cannot be read: then nothing is known.</returns>
    public bool TryRefresh(out bool changed)
    {
        changed = false;
        if (_byteCount > 0 && TryReadAgain() && _again.AsSpan(0, _byteCount).SequenceEqual(_bytes.AsSpan(0, _byteCount)))
        {
            return true;
        }

        changed = true;
        for (int i = 0; i < Tries; i++)
        {
            if (TryWalk() && TryReadAgain())
            {
                (_bytes, _again) = (_again, _bytes);
                if (TryWalk() && TryReadAgain() && _again.AsSpan(0, _byteCount).SequenceEqual(_bytes.AsSpan(0, _byteCount)))
                {
                    return true;
                }
            }
        }

        _byteCount = 0;
        return false;
    }

    /// <summary>Whether a greenlet that had a stack has it still: it runs, or stands on one that begins with the same frame.</summary>
    /// <param name="greenlet">The greenlet, in the target.</param>
    /// <param name="parent">Its parent then.</param>
    /// <param name="outermost">The outermost frame of the stack, in the target.</param>
    public bool IsStillOn(RemoteAddress greenlet, RemoteAddress parent, RemoteAddress outermost)
    {
        if (!_objects.TryRead(greenlet, out GreenletFields fields) || (greenlet != Main && fields.Parent != parent))
        {
            return false;
        }

        _standing.Clear();
        _objects.ReadFrames(fields, _standing);
        return fields.IsRunning || RawFrame.OutermostOf(CollectionsMarshal.AsSpan(_standing)) == outermost;
    }

    private bool TryReadAgain()
    {
        int size = _byteCount + sizeof(ulong);
        if (_again.Length < size || _bytes.Length < size)
        {
            Array.Resize(ref _again, size * 2);
            Array.Resize(ref _bytes, size * 2);
        }

        if (_ranges.Count > _memory.MaxRangesPerCall || _memory.ReadMany(CollectionsMarshal.AsSpan(_ranges), _again.AsSpan(0, size)) != size)
        {
            return false;
        }

        ContextVersion = BinaryPrimitives.ReadUInt64LittleEndian(_again.AsSpan(_byteCount));
        return true;
    }

    private bool TryWalk()
    {
        _ranges.Clear();
        _greenlets.Clear();
        _frames.Clear();
        _ends.Clear();
        _byteCount = 0;
        _ranges.Add(new RemoteRange(_state, 16));
        if (!_memory.TryReadAddress(_state, out RemoteAddress main) || !_memory.TryReadAddress(_state + 8, out RemoteAddress current)
            || main.IsNull || current.IsNull)
        {
            return false;
        }

        (Main, Current) = (main, current);
        RemoteAddress greenlet = current;
        // A switch gives the thread its new stack before it says which greenlet that is.
        if (!_objects.TryRead(greenlet, out GreenletFields fields) || !fields.IsRunning)
        {
            return false;
        }

        _ranges.Add(fields.Implementation);
        while (greenlet != main && _greenlets.Count < MaxParents)
        {
            greenlet = fields.Parent;
            if (greenlet.IsNull || _greenlets.Contains(greenlet) || !_objects.TryRead(greenlet, out fields))
            {
                return false;
            }

            _ranges.Add(fields.Implementation);
            _greenlets.Add(greenlet);
            _objects.ReadFrames(fields, _frames, _ranges);
            _ends.Add(_frames.Count);
        }

        foreach (RemoteRange range in _ranges)
        {
            _byteCount += (int)range.Length;
        }

        _ranges.Add(new RemoteRange(_contextVersion, sizeof(ulong)));
        return greenlet == main;
    }
}
