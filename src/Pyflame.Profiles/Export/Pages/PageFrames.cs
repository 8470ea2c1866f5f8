namespace Pyflame.Profiles.Export.Pages;

/// <summary>The functions and frames of a page, as far as the options let them be seen, in the order of their first use.</summary>
internal sealed class PageFrames
{
    private readonly Profile _profile;
    private readonly ExportOptions _options;
    private readonly InternTable<PageFunction> _functions = new();
    private readonly InternTable<PageFrame> _frames = new();
    private readonly StringTable _files = new();

    /// <summary>Begins with none.</summary>
    public PageFrames(Profile profile, ExportOptions options)
    {
        _profile = profile;
        _options = options;
    }

    /// <summary>How many functions were met.</summary>
    public int FunctionCount => _functions.Count;

    /// <summary>How many frames were met.</summary>
    public int FrameCount => _frames.Count;

    /// <summary>How many files were met, the empty name (index 0) included.</summary>
    public int FileCount => _files.Count;

    /// <summary>A function by its index.</summary>
    public PageFunction Function(int index) => _functions[index];

    /// <summary>A frame by its index.</summary>
    public PageFrame Frame(int index) => _frames[index];

    /// <summary>The name of a file by its index.</summary>
    public string File(int index) => _files[new StringId(index)];

    /// <summary>The index of a frame of the profile.</summary>
    public int IndexOf(FrameInfo frame)
    {
        FunctionInfo function = _profile.Functions[frame.Function];
        string file = _options.FileNames ? _profile.Strings[function.FileName] : string.Empty;
        string name = _profile.Strings[function.Name];
        string qualifiedName = _profile.Strings[function.QualifiedName];
        int index = _functions.Intern(new PageFunction(
            frame.Kind, name, qualifiedName.Length == 0 ? name : qualifiedName, _files.Intern(file).Value,
            _options.FileNames ? function.FirstLineNumber : 0));
        return _frames.Intern(new PageFrame(index, _options.FileNames && _options.LineNumbers ? frame.LineNumber : 0));
    }
}
