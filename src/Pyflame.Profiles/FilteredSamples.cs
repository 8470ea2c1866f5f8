namespace Pyflame.Profiles;

/// <summary>Hands on the samples that a filter keeps.</summary>
public sealed class FilteredSamples : ISampleSink
{
    private readonly SampleFilter _filter;
    private readonly ISampleSink _next;

    /// <summary>Makes a sink.</summary>
    /// <param name="filter">Says which.</param>
    /// <param name="next">Where they go.</param>
    public FilteredSamples(SampleFilter filter, ISampleSink next)
    {
        _filter = filter;
        _next = next;
    }

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        if (_filter.Keeps(sample.Thread, sample.Stack))
        {
            _next.Add(sample);
        }
    }
}
