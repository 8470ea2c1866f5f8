using System.Text.Encodings.Web;
using System.Text.Json;
using Pyflame.Cli.Output;

namespace Pyflame.Cli.Commands;

/// <summary>How commands write JSON.</summary>
internal static class JsonText
{
    /// <summary>Indented, and names in any script stay readable: the output is no part of a page.</summary>
    public static JsonWriterOptions Options { get; } = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints what is written, with a line end.</summary>
    public static void Print(Action<Stream> write)
    {
        using ProfileOutput output = StandardOutput.Open(isOnlyPlace: true);
        output.Write(stream =>
        {
            write(stream);
            stream.WriteByte((byte)'\n');
        });
    }
}
