using System.Collections;
using Pyflame.Profiles.Packing;

namespace Pyflame.Profiles;

/// <summary>Every sample in time order, packed as in the profile file: a few bytes a sample.</summary>
/// <remarks>
/// Times are kept in whole microseconds, rounded down. Samples may be enumerated between additions. Not safe for use by two
/// threads at once.
/// </remarks>
public sealed class SampleLog : ISampleSink, IEnumerable<Sample>
{
    private readonly List<byte[]> _blocks = [];
    private readonly SampleBlockEncoder _open = new();

    /// <summary>How many samples there are.</summary>
    public long Count { get; private set; }

    /// <summary>The weights of all samples together, in intervals.</summary>
    public long TotalWeight { get; private set; }

    /// <summary>How many bytes the samples take, those of the open block left out.</summary>
    public long Bytes { get; private set; }

    /// <summary>The blocks as they are stored in a file; each is valid until the next addition.</summary>
    internal IEnumerable<ReadOnlyMemory<byte>> Blocks
    {
        get
        {
            foreach (byte[] block in _blocks)
            {
                yield return block;
            }

            if (_open.Count > 0)
            {
                yield return _open.Pack().ToArray();
            }
        }
    }

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        if (_open.IsFull)
        {
            Close();
        }

        _open.Add(sample);
        Count++;
        TotalWeight += sample.Weight;
    }

    /// <summary>Enumerates the samples in the order in which they were added.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<Sample> IEnumerable<Sample>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Adds a block as it stands in a file; the reader has made sure that it is valid.</summary>
    internal void AddBlock(int count, long weight, ReadOnlySpan<byte> block)
    {
        if (_open.Count > 0)
        {
            Close();
        }

        _blocks.Add(block.ToArray());
        Bytes += block.Length;
        Count += count;
        TotalWeight += weight;
    }

    private void Close()
    {
        byte[] block = _open.Pack().ToArray();
        _blocks.Add(block);
        Bytes += block.Length;
        _open.Clear();
    }

    /// <summary>Goes through the samples of a log.</summary>
    public struct Enumerator : IEnumerator<Sample>
    {
        private readonly IEnumerator<ReadOnlyMemory<byte>> _blocks;
        private readonly SampleBlockDecoder _decoder;
        private Sample _current;

        internal Enumerator(SampleLog log)
        {
            _blocks = log.Blocks.GetEnumerator();
            _decoder = new SampleBlockDecoder();
        }

        /// <inheritdoc/>
        public readonly Sample Current => _current;

        readonly object IEnumerator.Current => _current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            while (!_decoder.TryRead(out _current))
            {
                // Ids are the recorder's own or were looked at when the file was read, so nothing holds them against bounds.
                if (!_blocks.MoveNext() || !_decoder.TryStart(_blocks.Current.Span, int.MaxValue, int.MaxValue))
                {
                    return false;
                }
            }

            return true;
        }

        /// <inheritdoc/>
        public readonly void Dispose() => _blocks.Dispose();

        readonly void IEnumerator.Reset() => throw new NotSupportedException();
    }
}
