namespace Pyflame.Profiles.Packing;

/// <summary>What the next sample of each thread is expected to be; the same on both sides of the encoding.</summary>
internal sealed class ThreadExpectations
{
    private ThreadExpectation[] _threads = new ThreadExpectation[16];
    private int _used = 1;

    public ref ThreadExpectation this[int thread] => ref _threads[thread];

    /// <summary>Makes room for a thread.</summary>
    public void EnsureThread(int thread)
    {
        if (thread >= _used)
        {
            if (thread >= _threads.Length)
            {
                Array.Resize(ref _threads, Math.Max(checked(thread + 1), _threads.Length * 2));
            }

            _used = thread + 1;
        }
    }

    /// <summary>The thread that followed <paramref name="thread"/> the last time; at first the one behind it.</summary>
    public int Next(int thread) => _threads[thread].Following is var following and not 0 ? following - 1 : thread + 1;

    /// <summary>Notes which thread followed.</summary>
    public void SetNext(int thread, int next) => _threads[thread].Following = next + 1;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_threads, 0, _used);
        _used = 1;
    }
}
