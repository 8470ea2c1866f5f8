using System.Text;
using Pyflame.Profiles.Export.Pages;

namespace Pyflame.Profiles.Export;

/// <summary>
/// A flame graph in SVG: a picture for any viewer, and in a browser one that zooms, searches and tells the numbers, without a
/// network. Boxes narrower than a tenth of a pixel are left out.
/// </summary>
public sealed class FlameGraphWriter : IProfileWriter
{
    /// <inheritdoc/>
    public string Name => "flamegraph";

    /// <inheritdoc/>
    public string Description => "flame graph in SVG, for a browser: zoom, search, hover";

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings { get; } = [".svg"];

    /// <inheritdoc/>
    public bool NeedsTimeOrder => false;

    /// <inheritdoc/>
    public void Write(Profile profile, Stream destination, ExportOptions options)
    {
        bool lines = options.LineNumbers && options.FileNames;
        CallTree tree = CallTree.Build(
            profile, lines ? CallTreeMerge.Line : CallTreeMerge.Function, options.ThreadFrames, options.ProcessFrames);
        using var writer = new StreamWriter(destination, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        new SvgFlameGraph(tree, new ProfileSummary(profile, options), options).Write(writer);
    }
}
