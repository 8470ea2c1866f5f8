namespace Pyflame.Bench.Rows;

/// <summary>One thing that is measured.</summary>
internal interface IRow
{
    /// <summary>The name for <c>--rows</c>.</summary>
    public string Name { get; }

    /// <summary>Measures and reports.</summary>
    public void Measure(Workbench bench);
}
