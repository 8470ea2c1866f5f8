using System.Runtime.InteropServices;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>A terminal in the raw mode of cfmakeraw(3).</summary>
internal sealed unsafe class LinuxRawTerminal : RawTerminal
{
    private const int Input = 0;
    private const int Output = 1;

    private readonly byte[] _settings = new byte[LibcTerminal.SettingsBytes];
    private readonly int _input;
    private int _isRaw;
    private int _isOpen = 1;

    private LinuxRawTerminal(int input) => _input = input;

    /// <inheritdoc cref="RawTerminal.TryOpen"/>
    public static new LinuxRawTerminal? TryOpen()
    {
        if (LibcTerminal.IsTerminal(Output) == 0)
        {
            return null;
        }

        // Standard input may be a file, and the keys are there all the same (tty(4)).
        int input = LibcTerminal.IsTerminal(Input) != 0 ? Input : OpenControllingTerminal();
        if (input < 0)
        {
            return null;
        }

        var terminal = new LinuxRawTerminal(input);
        if (terminal.TryMakeRaw())
        {
            return terminal;
        }

        terminal.Dispose();
        return null;
    }

    /// <inheritdoc cref="RawTerminal.IsTerminal"/>
    public static new bool IsTerminal(int descriptor) => LibcTerminal.IsTerminal(descriptor) != 0;

    /// <inheritdoc cref="RawTerminal.ReadOutputWidth"/>
    public static new int? ReadOutputWidth() => TryReadSize(out WindowSize size) ? size.Columns : null;

    /// <inheritdoc/>
    public override void ReadSize(out int columns, out int rows)
    {
        bool known = TryReadSize(out WindowSize size);
        columns = known ? size.Columns : 80;
        rows = known ? size.Rows : 24;
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> destination, TimeSpan timeout)
    {
        var wait = new PollDescriptor { Descriptor = _input, Events = PollDescriptor.Readable };
        int ready = Libc.Poll(&wait, 1, (int)Math.Clamp(timeout.TotalMilliseconds, 0, int.MaxValue));
        if (ready <= 0)
        {
            return ready == 0 || Marshal.GetLastPInvokeError() == Errno.Interrupted ? 0 : -1;
        }

        fixed (byte* buffer = destination)
        {
            nint count = Libc.Read(_input, buffer, (nuint)destination.Length);
            return count > 0 ? (int)count
                : count < 0 && Marshal.GetLastPInvokeError() is Errno.Interrupted or Errno.TryAgain ? 0
                : -1;
        }
    }

    /// <inheritdoc/>
    public override bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            fixed (byte* buffer = bytes)
            {
                nint count = LibcTerminal.Write(Output, buffer, (nuint)bytes.Length);
                if (count >= 0)
                {
                    bytes = bytes[(int)count..];
                    continue;
                }
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == Errno.TryAgain)
            {
                // Somebody else made the descriptor, which all that have the terminal share, not wait.
                var wait = new PollDescriptor { Descriptor = Output, Events = PollDescriptor.Writable };
                _ = Libc.Poll(&wait, 1, 100);
            }
            else if (error != Errno.Interrupted)
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Restore()
    {
        if (Interlocked.Exchange(ref _isRaw, 0) == 1)
        {
            fixed (byte* settings = _settings)
            {
                _ = LibcTerminal.SetSettings(_input, LibcTerminal.Now, settings);

                // Keys typed ahead for us are not for the shell.
                _ = LibcTerminal.Discard(_input, LibcTerminal.InputQueue);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isOpen, 0) == 1 && _input != Input)
        {
            _ = Libc.Close(_input);
        }
    }

    private static bool TryReadSize(out WindowSize size)
    {
        WindowSize read = default;
        bool known = LibcTerminal.Control(Output, LibcTerminal.GetWindowSize, &read) == 0 && read.Columns > 0 && read.Rows > 0;
        size = read;
        return known;
    }

    private static int OpenControllingTerminal()
    {
        fixed (byte* path = "/dev/tty\0"u8)
        {
            return Libc.OpenAt(Libc.AtCurrentDirectory, path, Libc.OpenReadOnly | Libc.OpenNoTerminal | Libc.OpenCloseOnExec, 0);
        }
    }

    private bool TryMakeRaw()
    {
        byte* raw = stackalloc byte[LibcTerminal.SettingsBytes];
        if (LibcTerminal.GetSettings(_input, raw) != 0)
        {
            return false;
        }

        new ReadOnlySpan<byte>(raw, LibcTerminal.SettingsBytes).CopyTo(_settings);
        LibcTerminal.MakeRaw(raw);
        _isRaw = LibcTerminal.SetSettings(_input, LibcTerminal.Now, raw) == 0 ? 1 : 0;
        return _isRaw == 1;
    }
}
