namespace Pyflame.Profiles;

/// <summary>Writes samples in a format that needs none of the later ones for it.</summary>
public interface ISampleWriter : ISampleSink
{
    /// <summary>Hands over what is held back, so that a reader has every sample so far.</summary>
    /// <exception cref="IOException">The destination cannot be written.</exception>
    public void Flush();

    /// <summary>Writes what is known when all samples are taken, and hands over what is held back.</summary>
    /// <exception cref="IOException">The destination cannot be written.</exception>
    public void Complete();
}
