namespace Pyflame.Cli.Output;

/// <summary>Why a file cannot be read or written, in words that do not repeat its path: the message around them has it.</summary>
internal static class FileTrouble
{
    /// <summary>The reason as a sentence.</summary>
    public static string Reason(Exception exception) => exception switch
    {
        FileNotFoundException => "There is no such file.",
        DirectoryNotFoundException => "There is no such folder.",
        UnauthorizedAccessException => "Permission denied.",

        // What .NET makes of errors of the kernel: No space left on device : '/srv/profile.svg'
        _ when exception.Message.IndexOf(" : '", StringComparison.Ordinal) is > 0 and var path => exception.Message[..path] + ".",
        _ => exception.Message,
    };
}
