using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>Hands samples on to where they are kept now, with their time in that file.</summary>
internal sealed class RecordingSink : ISampleSink
{
    private readonly Action<IOException> _failed;
    private ISampleSink _keeper;
    private long _begin;
    private long _last;
    private long _total;
    private bool _hasFailed;

    /// <summary>Makes the sink.</summary>
    /// <param name="keeper">Where samples are kept at first.</param>
    /// <param name="failed">Called once, when they can be kept no longer.</param>
    public RecordingSink(ISampleSink keeper, Action<IOException> failed)
    {
        _keeper = keeper;
        _failed = failed;
    }

    /// <summary>How many samples came. From any thread.</summary>
    public long Total => Volatile.Read(ref _total);

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        if (_hasFailed)
        {
            return;
        }

        try
        {
            _last = sample.TimestampNanoseconds;
            _keeper.Add(sample with { TimestampNanoseconds = Math.Max(0, _last - _begin) });
            Volatile.Write(ref _total, _total + 1);
        }
        catch (IOException exception)
        {
            // The sampler must not end in the middle of a round for it.
            _hasFailed = true;
            _failed(exception);
        }
    }

    /// <summary>Keeps all later samples elsewhere.</summary>
    /// <param name="keeper">Where.</param>
    /// <param name="begin">The moment, on the sampler's clock in nanoseconds, from which their time is counted.</param>
    public void Change(ISampleSink keeper, long begin)
    {
        _keeper = keeper;
        _begin = begin;
    }
}
