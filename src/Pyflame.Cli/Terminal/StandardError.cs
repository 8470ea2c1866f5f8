using System.Text;
using Pyflame.Cli.Output;
using Pyflame.Processes;

namespace Pyflame.Cli.Terminal;

/// <summary>Standard error as text, written through at once.</summary>
internal static class StandardError
{
    private const int Descriptor = 2;

    /// <summary>Writes to it, from any thread. Throws an <see cref="IOException"/> where it is closed or full.</summary>
    public static TextWriter Writer { get; } = TextWriter.Synchronized(
        new StreamWriter(new SharedDescriptorStream(Descriptor), new UTF8Encoding(false)) { AutoFlush = true });

    /// <summary>Whether it is a terminal.</summary>
    public static bool IsTerminal => RawTerminal.IsTerminal(Descriptor);
}
