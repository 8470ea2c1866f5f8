namespace Pyflame.Cli.Output;

/// <summary>
/// Writes to another stream on another thread, a buffer at a time: the kernel takes about as long to copy a long profile as it takes to
/// make it.
/// </summary>
/// <remarks>
/// An error comes out of a later call than the one that wrote. What is not flushed when this is disposed of is given up, apart from the
/// buffer that is being written.
/// </remarks>
internal sealed class WriteBehindStream : WriteOnlyStream
{
    private const int BufferBytes = 512 * 1024;

    private readonly Stream _destination;
    private byte[] _filling = new byte[BufferBytes];
    private byte[] _writing = [];
    private int _filled;
    private Task _written = Task.CompletedTask;

    /// <summary>Begins with nothing.</summary>
    /// <param name="destination">Where to; left open.</param>
    public WriteBehindStream(Stream destination) => _destination = destination;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            if (_filled == _filling.Length)
            {
                HandOver();
            }

            int length = Math.Min(buffer.Length, _filling.Length - _filled);
            buffer[..length].CopyTo(_filling.AsSpan(_filled));
            _filled += length;
            buffer = buffer[length..];
        }
    }

    /// <summary>Returns once everything has been written.</summary>
    public override void Flush()
    {
        AwaitWritten();
        _destination.Write(_filling, 0, _filled);
        _filled = 0;
        _destination.Flush();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The destination is its owner's again, so nothing may go on writing to it. What failed has been said, or something
        // else is being said already.
        ((IAsyncResult)_written).AsyncWaitHandle.WaitOne();
        base.Dispose(disposing);
    }

    private void HandOver()
    {
        AwaitWritten();
        (byte[] full, int length) = (_filling, _filled);
        _filling = _writing.Length > 0 ? _writing : new byte[BufferBytes];
        _writing = full;
        _filled = 0;
        _written = Task.Run(() => _destination.Write(full, 0, length));
    }

    // With the exception of the write as it was thrown.
    private void AwaitWritten() => _written.GetAwaiter().GetResult();
}
