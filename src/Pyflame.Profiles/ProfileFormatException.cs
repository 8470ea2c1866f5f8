namespace Pyflame.Profiles;

/// <summary>A profile cannot be read, or not be written in the format asked for: what is wrong, and what the user can do.</summary>
public sealed class ProfileFormatException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, one clause without a full stop.</param>
    /// <param name="remedy">What the user can do about it, a sentence without a full stop.</param>
    /// <param name="innerException">What caused it, where there is such a thing.</param>
    public ProfileFormatException(string message, string remedy, Exception? innerException = null)
        : base($"{message}. {remedy}.", innerException)
    {
        Problem = message;
        Remedy = remedy;
    }

    /// <summary>What is wrong.</summary>
    public string Problem { get; }

    /// <summary>What the user can do about it.</summary>
    public string Remedy { get; }
}
