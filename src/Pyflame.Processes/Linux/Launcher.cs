using System.Runtime.InteropServices;
using System.Text;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>Starts a command as if we had not come between.</summary>
/// <remarks>
/// posix_spawn(3) forks and runs without managed code in between, and tells why a program cannot be run. The child gets
/// our standard streams, folder, process group, signal mask and environment (that of the C library, which .NET does not
/// touch). Handlers of ours become the default by themselves (execve(2)); ignored signals stay ignored, as nohup(1)
/// needs, but for SIGPIPE, which .NET ignores in us, and the two that glibc would leave ignored
/// (<c>sysdeps/unix/sysv/linux/spawni.c</c>). All descriptors that .NET opens are closed on exec.
/// </remarks>
internal static unsafe class Launcher
{
    private const int Executable = 1;            // X_OK
    private const int SignalPipe = 13;
    private const int ThreadSignal = 32;         // the first of two that glibc keeps for its threads
    private const string DefaultPath = "/bin:/usr/bin";

    /// <summary>Starts a command; see <see cref="TargetProcess.Launch"/>.</summary>
    public static LinuxLaunchedProcess Launch(LaunchOptions options)
    {
        if (options.Command.Count == 0 || options.Command[0].Length == 0)
        {
            throw Failed("", Errno.NoEntry);
        }

        // With SIGCHLD ignored, as some parents leave it, the kernel would throw the child's exit status away.
        if (Libc.GetSignalAction(SignalAction.Child).Handler == SignalAction.Ignore)
        {
            _ = Libc.SetSignalAction(SignalAction.Child, default);
        }

        if (options.AdoptOrphans)
        {
            // Before it runs, since it may leave some behind at once.
            _ = TimerCalls.ControlProcess(TimerCalls.SetChildSubreaper, 1, 0, 0, 0);
        }

        byte[][] command = Encode(options.Command);
        byte[] path = FindProgram(command[0], out int error) ?? throw Failed(options.Command[0], error);
        error = TrySpawn(path, command, options.Output, out int processId);
        if (error == Errno.NoExecutable)
        {
            // A script without a first line that names its interpreter: the shell's, as of execvp(3).
            byte[] shell = "/bin/sh\0"u8.ToArray();
            error = TrySpawn(shell, [shell, path, .. command[1..]], options.Output, out processId);
        }

        return error == 0 ? new LinuxLaunchedProcess(processId) : throw Failed(options.Command[0], error);
    }

    private static TargetProcessException Failed(string program, int error) =>
        new(TargetFailure.LaunchFailed, $"Cannot run '{program}': {Marshal.GetPInvokeErrorMessage(error)}.");

    /// <summary>The arguments as the kernel takes them, each with a zero byte behind it.</summary>
    private static byte[][] Encode(IReadOnlyList<string> command)
    {
        byte[][] encoded = [.. command.Select(static text => Encoding.UTF8.GetBytes(text + '\0'))];

        // An argument that is not UTF-8 has lost its bytes on the way to us; our own command line still has them.
        if (command.Any(static text => text.Contains('\uFFFD', StringComparison.Ordinal)))
        {
            byte[][] own = OwnArguments();
            for (int i = 1; i <= Math.Min(own.Length, encoded.Length); i++)
            {
                if (Encoding.UTF8.GetString(own[^i]) == command[^i] + '\0')
                {
                    encoded[^i] = own[^i];
                }
            }
        }

        return encoded;
    }

    private static byte[][] OwnArguments()
    {
        try
        {
            var arguments = new List<byte[]>();
            for (ReadOnlySpan<byte> rest = File.ReadAllBytes("/proc/self/cmdline"); !rest.IsEmpty;)
            {
                int end = rest.IndexOf((byte)0);
                end = end < 0 ? rest.Length - 1 : end;
                arguments.Add(rest[..(end + 1)].ToArray());
                rest = rest[(end + 1)..];
            }

            return [.. arguments];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Looks for a program as execvp(3) does; the path has a zero byte behind it.</summary>
    private static byte[]? FindProgram(byte[] name, out int error)
    {
        error = 0;
        if (name.Contains((byte)'/'))
        {
            return name;
        }

        error = Errno.NoEntry;
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? DefaultPath).Split(':'))
        {
            // An empty entry is the working folder.
            byte[] path = [.. Encoding.UTF8.GetBytes(folder.Length == 0 ? "./" : folder + "/"), .. name];
            fixed (byte* bytes = path)
            {
                if (LibcSpawn.Access(bytes, Executable) == 0 && IsRegularFile(bytes))
                {
                    return path;
                }
            }

            if (Marshal.GetLastPInvokeError() == Errno.AccessDenied)
            {
                error = Errno.AccessDenied;
            }
        }

        return null;
    }

    private static bool IsRegularFile(byte* path)
    {
        FileStatus status;
        return Libc.Stat(Libc.AtCurrentDirectory, path, 0, FileStatus.TypeAndInode, &status) == 0 && status.IsRegularFile;
    }

    private static int TrySpawn(byte[] path, byte[][] command, SafeHandle? output, out int processId)
    {
        byte* attributes = stackalloc byte[LibcSpawn.AttributesBytes];
        byte* defaults = stackalloc byte[LibcSpawn.SignalSetBytes];
        new Span<byte>(defaults, LibcSpawn.SignalSetBytes).Clear();
        foreach (int signal in (ReadOnlySpan<int>)[SignalPipe, ThreadSignal, ThreadSignal + 1])
        {
            defaults[(signal - 1) / 8] |= (byte)(1 << ((signal - 1) % 8));
        }

        nint environment = NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "environ");
        int size = command.Sum(static argument => argument.Length);
        byte* text = (byte*)NativeMemory.Alloc((nuint)size);
        byte** arguments = (byte**)NativeMemory.Alloc((nuint)(command.Length + 1), (nuint)sizeof(byte*));
        byte* streams = stackalloc byte[LibcSpawn.FileActionsBytes];
        _ = LibcSpawn.InitAttributes(attributes);
        _ = LibcSpawn.InitFileActions(streams);
        bool outputHeld = false;
        try
        {
            if (output is not null)
            {
                output.DangerousAddRef(ref outputHeld);
                RedirectStreams(streams, (int)output.DangerousGetHandle());
            }

            byte* next = text;
            for (int i = 0; i < command.Length; i++)
            {
                command[i].CopyTo(new Span<byte>(next, command[i].Length));
                arguments[i] = next;
                next += command[i].Length;
            }

            arguments[command.Length] = null;
            _ = LibcSpawn.SetFlags(attributes, LibcSpawn.SetDefaultSignals);
            _ = LibcSpawn.SetDefaults(attributes, defaults);
            int started = 0;
            int error;
            fixed (byte* program = path)
            {
                error = LibcSpawn.Spawn(&started, program, streams, attributes, arguments, *(byte***)environment);
            }

            processId = started;
            return error;
        }
        finally
        {
            if (outputHeld)
            {
                output!.DangerousRelease();
            }

            _ = LibcSpawn.DestroyFileActions(streams);
            _ = LibcSpawn.DestroyAttributes(attributes);
            NativeMemory.Free(arguments);
            NativeMemory.Free(text);
        }
    }
    private static void RedirectStreams(byte* actions, int output)
    {
        fixed (byte* nothing = "/dev/null\0"u8)
        {
            _ = LibcSpawn.AddOpen(actions, 0, nothing, Libc.OpenReadOnly, 0);
        }

        _ = LibcSpawn.AddDuplicate(actions, output, 1);
        _ = LibcSpawn.AddDuplicate(actions, output, 2);
    }
}
