namespace Pyflame.Profiles;

/// <summary>Takes samples as they are recorded, in time order.</summary>
public interface ISampleSink
{
    /// <summary>Takes one sample. Called from the sampling loop: it must be quick and, for what is known, allocate nothing.</summary>
    public void Add(in Sample sample);
}
