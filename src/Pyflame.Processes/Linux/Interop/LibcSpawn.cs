using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary>posix_spawn(3), which forks and runs another program without any managed code in between.</summary>
internal static unsafe partial class LibcSpawn
{
    /// <summary>Room for a <c>posix_spawnattr_t</c>; it has 336 bytes in glibc and musl.</summary>
    public const int AttributesBytes = 512;

    /// <summary>Room for a <c>posix_spawn_file_actions_t</c>; it has 80 bytes in glibc and musl.</summary>
    public const int FileActionsBytes = 256;

    /// <summary>Room for a <c>sigset_t</c>, of which the kernel uses the first 8 bytes.</summary>
    public const int SignalSetBytes = 128;

    public const short SetDefaultSignals = 4;       // POSIX_SPAWN_SETSIGDEF

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "posix_spawn")]
    public static partial int Spawn(
        int* processId, byte* path, void* fileActions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    public static partial int InitAttributes(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    public static partial int DestroyAttributes(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetDefaults(byte* attributes, byte* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitFileActions(byte* fileActions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyFileActions(byte* fileActions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addopen")]
    public static partial int AddOpen(byte* fileActions, int descriptor, byte* path, int flags, int mode);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDuplicate(byte* fileActions, int descriptor, int newDescriptor);

    [LibraryImport(Library, EntryPoint = "access", SetLastError = true)]
    public static partial int Access(byte* path, int mode);

    [LibraryImport(Library, EntryPoint = "getpgrp")]
    public static partial int ProcessGroup();

    [LibraryImport(Library, EntryPoint = "tcgetpgrp", SetLastError = true)]
    public static partial int ForegroundGroup(int terminal);
}
