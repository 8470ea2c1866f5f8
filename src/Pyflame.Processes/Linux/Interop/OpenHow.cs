using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary><c>struct open_how</c> (openat2(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenHow
{
    /// <summary>
    /// RESOLVE_IN_ROOT: the folder is the root, for <c>..</c> and for links that begin with a slash too.
    /// </summary>
    public const ulong ResolveInRoot = 0x10;

    /// <summary>
    /// RESOLVE_NO_MAGICLINKS: links such as <c>/proc/PID/exe</c>, which lead out of any root, are refused.
    /// </summary>
    public const ulong ResolveNoMagicLinks = 0x02;

    public ulong Flags;
    public ulong Mode;
    public ulong Resolve;
}
