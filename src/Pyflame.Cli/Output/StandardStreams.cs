using System.Globalization;

namespace Pyflame.Cli.Output;

/// <summary>The three descriptors that a program is started with, any of which may be closed.</summary>
internal static class StandardStreams
{
    private const int CloseOnExec = 0x80000; // O_CLOEXEC of asm-generic/fcntl.h

    // Kept so that the descriptors stay taken.
    private static readonly List<IDisposable> s_placeholders = [];

    /// <summary>Whether the program was started with a standard output.</summary>
    /// <remarks>
    /// Whatever stands there was opened by ourselves if it is to be closed on exec: exec(2) has let nothing of that kind through
    /// to us. The runtime, too, opens files before the program begins.
    /// </remarks>
    public static bool HasOutput
    {
        get
        {
            try
            {
                foreach (string line in File.ReadLines("/proc/self/fdinfo/1"))
                {
                    if (line.StartsWith("flags:", StringComparison.Ordinal))
                    {
                        return (Convert.ToInt64(line[6..].Trim(), 8) & CloseOnExec) == 0;
                    }
                }
            }
            catch (FileNotFoundException)
            {
                return false;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Without /proc nothing can be sampled, which is another message.
            }

            return true;
        }
    }

    /// <summary>
    /// Puts <c>/dev/null</c> in the place of closed descriptors. Otherwise the next file opened, a memory of the target perhaps
    /// or the profile itself, would become standard output or error, and messages go there. Call it before anything else.
    /// </summary>
    public static void FillClosed()
    {
        for (int descriptor = 0; descriptor <= 2; descriptor++)
        {
            if (new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}")).LinkTarget is null)
            {
                s_placeholders.Add(File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
            }
        }
    }
}
