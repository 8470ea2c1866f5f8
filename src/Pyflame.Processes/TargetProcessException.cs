namespace Pyflame.Processes;

/// <summary>Why a target cannot be looked at.</summary>
public enum TargetFailure
{
    /// <summary>There is no such process, or it has ended.</summary>
    NotFound,

    /// <summary>The kernel refuses us the process (EPERM, EACCES).</summary>
    PermissionDenied,

    /// <summary>The process is not a Python interpreter, or none that can be found in it.</summary>
    NotPython,

    /// <summary>The interpreter was found, but its version is not one that can be read.</summary>
    UnsupportedVersion,

    /// <summary>The command cannot be run.</summary>
    LaunchFailed,

    /// <summary>Anything else; the message says what.</summary>
    Other,
}

/// <summary>An attach-time failure: what could not be done, why, and what the user can do about it.</summary>
public sealed class TargetProcessException : Exception
{
    /// <summary>Makes the failure.</summary>
    /// <param name="failure">Its kind.</param>
    /// <param name="message">What failed and why, one sentence.</param>
    /// <param name="remedy">What to do about it, one or more lines; null where nothing can be done.</param>
    /// <param name="innerException">The cause, if any.</param>
    public TargetProcessException(
        TargetFailure failure, string message, string? remedy = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Failure = failure;
        Remedy = remedy;
    }

    /// <summary>The process that is refused, where it is there; 0 where it is not, or none is meant.</summary>
    public int RefusedProcessId { get; init; }

    /// <summary>The kind of failure.</summary>
    public TargetFailure Failure { get; }

    /// <summary>What the user can do about it; null where nothing can be done.</summary>
    public string? Remedy { get; }
}
