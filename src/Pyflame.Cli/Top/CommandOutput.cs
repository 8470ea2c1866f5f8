using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Pyflame.Cli.Top;

/// <summary>Takes what a command writes while the screen is ours, and keeps the end of it.</summary>
internal sealed class CommandOutput : IDisposable
{
    private const int MaximumKept = 1 << 16;

    // Processes that the command has left running may hold the pipe for ever.
    private static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(300);

    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In, HandleInheritability.None);
    private readonly Lock _gate = new();
    private readonly Thread _reader;
    private byte[] _kept = [];

    public CommandOutput() => _reader = new Thread(Read) { IsBackground = true, Name = "command output" };

    /// <summary>Where the command is to write.</summary>
    public SafeHandle Handle => _pipe.ClientSafePipeHandle;

    /// <summary>Begins to take it; once the command has the handle.</summary>
    public void Begin()
    {
        _pipe.DisposeLocalCopyOfClientHandle();
        _reader.Start();
    }

    /// <summary>The last 64 KiB, from the beginning of a line where some of it was lost.</summary>
    public byte[] End()
    {
        _reader.Join(s_lastWords);
        lock (_gate)
        {
            int line = _kept.Length < MaximumKept ? -1 : _kept.AsSpan().IndexOf((byte)'\n');
            return _kept[(line + 1)..];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The reader may wait in it for a process that lives on; what it holds goes when we end.
        if (!_reader.IsAlive)
        {
            _pipe.Dispose();
        }
    }

    private void Read()
    {
        byte[] buffer = new byte[1 << 14];
        try
        {
            for (int count; (count = _pipe.Read(buffer)) > 0;)
            {
                lock (_gate)
                {
                    byte[] all = [.. _kept, .. buffer.AsSpan(0, count)];
                    _kept = all.Length > MaximumKept ? all[^MaximumKept..] : all;
                }
            }
        }
        catch (IOException)
        {
            // What was kept so far is all there will be.
        }
    }
}
