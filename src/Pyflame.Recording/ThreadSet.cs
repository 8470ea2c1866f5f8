using Pyflame.Processes;
using ThreadState = Pyflame.Python.ThreadState;

namespace Pyflame.Recording;

/// <summary>Threads that are read together in one system call.</summary>
internal sealed class ThreadSet
{
    private readonly List<ThreadStack> _threads = [];
    private readonly RoundBuffer _buffer = new();

    /// <summary>How many threads there are.</summary>
    public int Count => _threads.Count;

    /// <summary>A thread of the set.</summary>
    public ThreadStack this[int index] => _threads[index];

    /// <summary>What was read before the threads.</summary>
    public ReadOnlySpan<byte> Common => _buffer.Common;

    /// <summary>What was read of a thread; empty where its addresses changed since.</summary>
    public ReadOnlySpan<byte> BytesOf(int index) => _buffer.Of(index, _threads[index]);

    /// <summary>Has the list of addresses made anew at the next read.</summary>
    public void Invalidate() => _buffer.Invalidate();

    /// <summary>Forgets all threads.</summary>
    public void Clear()
    {
        _threads.Clear();
        _buffer.Invalidate();
    }

    /// <summary>Where a thread is in the set; -1 where it is not.</summary>
    public int IndexOf(ThreadStack thread) => _threads.IndexOf(thread);

    /// <summary>Whether every thread state given, null ones aside, is in the set.</summary>
    public bool HasEach(ReadOnlySpan<RemoteAddress> threadStates)
    {
        foreach (RemoteAddress state in threadStates)
        {
            bool found = state.IsNull;
            for (int i = 0; i < _threads.Count && !found; i++)
            {
                found = _threads[i].Reader.ThreadStateAddress == state;
            }

            if (!found)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes the threads whose thread states are given, null ones aside, the set.</summary>
    public void Take(ReadOnlySpan<RemoteAddress> threadStates, ThreadTable table)
    {
        Clear();
        foreach (RemoteAddress state in threadStates)
        {
            if (!state.IsNull && table.Get(state) is { } thread)
            {
                _threads.Add(thread);
            }
        }
    }

    /// <summary>Makes the threads of all lists the set.</summary>
    public void TakeLists(ReadOnlySpan<RemoteAddress> heads, ThreadTable table)
    {
        Clear();
        foreach (RemoteAddress head in heads)
        {
            table.ReadList(head, _threads);
        }

        if (heads.Length > 1)
        {
            ThreadStack.LinkSiblings(_threads);
        }
    }

    /// <summary>Whether the lists that begin at the heads are, link by link, the threads as they were read.</summary>
    public bool IsList(ReadOnlySpan<RemoteAddress> heads)
    {
        int next = 0;
        foreach (RemoteAddress head in heads)
        {
            RemoteAddress expected = head;
            while (!expected.IsNull)
            {
                if (next >= _threads.Count || _threads[next].Reader.ThreadStateAddress != expected)
                {
                    return false;
                }

                ReadOnlySpan<byte> sample = BytesOf(next);
                if (sample.IsEmpty)
                {
                    return false;
                }

                ThreadState state = _threads[next++].Reader.ThreadState(sample);
                expected = state.Next;
            }
        }

        return next == _threads.Count;
    }

    /// <summary>The only thread that may run Python, of the last read; null where there are several, or none.</summary>
    public ThreadStack? OnlyAttached()
    {
        ThreadStack? only = null;
        for (int i = 0; i < _threads.Count; i++)
        {
            ReadOnlySpan<byte> sample = BytesOf(i);
            if (!sample.IsEmpty && _threads[i].Reader.ThreadState(sample).IsAttached)
            {
                if (only is not null)
                {
                    return null;
                }

                only = _threads[i];
            }
        }

        return only;
    }

    /// <summary>Reads the common ranges and every thread's.</summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="common">What is read first.</param>
    /// <param name="unreadable">Where it ended, when it did early.</param>
    /// <returns>Whether all was read.</returns>
    public bool Read(MemoryReader memory, ReadOnlySpan<RemoteRange> common, out int unreadable)
    {
        _buffer.Join(common, _threads);
        int? at = _buffer.Read(memory);
        unreadable = at ?? 0;
        return at is null;
    }

    /// <summary>After a read that ended early: forgets what is not there any more.</summary>
    /// <returns>False where that is none of the threads.</returns>
    public bool Forget(int unreadable, ThreadTable table)
    {
        int index = _buffer.ThreadAt(unreadable, out int offset);
        if (index < 0)
        {
            return false;
        }

        if (!_threads[index].Reader.ForgetUnreadable(offset))
        {
            table.Remove(_threads[index]);
            _threads.RemoveAt(index);
            _buffer.Invalidate();
        }

        return true;
    }
}
