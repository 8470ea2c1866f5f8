namespace Pyflame.Cli.Output;

/// <summary>Text that was asked for, such as help.</summary>
internal static class TextOutput
{
    /// <summary>Writes it to standard output, with a line end.</summary>
    public static ExitCode Print(string text)
    {
        using ProfileOutput output = StandardOutput.Open(isOnlyPlace: true);
        output.Write(stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            writer.WriteLine(text);
        });
        return ExitCode.Success;
    }
}
