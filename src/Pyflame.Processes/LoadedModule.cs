using Microsoft.Win32.SafeHandles;
using Pyflame.Processes.Elf;

namespace Pyflame.Processes;

/// <summary>A program or library that is mapped into the target, with its load bias, symbols and sections.</summary>
/// <remarks>
/// Nothing of it is read before it is asked for, so that a list of a hundred modules costs no more than the map they
/// are found in. What can be had from memory (segments, exported symbols, the build id) is read there: it works for a
/// file that is deleted, replaced or out of reach. The file is opened for sections and <c>.symtab</c> only, and only
/// believed where its headers are those in memory. Nothing here throws; what cannot be had is absent. Not safe for use
/// by two threads at once.
/// </remarks>
public sealed class LoadedModule
{
    private readonly MemoryReader memory;
    private readonly IModuleFiles? files;
    private readonly ulong pageSize;
    private bool isParsed;
    private ElfImage? image;
    private ulong loadBias;
    private ModuleSegment[] segments = [];
    private RemoteRange[] writableData = [];
    private RemoteRange range;
    private bool isFileSought;
    private ElfImage? file;
    private bool isDebugFileSought;
    private ElfImage? debugFile;
    private ulong debugFileBias;
    private bool hasMiniDebugInfo = true;
    private readonly WeakReference<ElfImage?> miniDebugInfo = new(null);
    private readonly List<SafeFileHandle> openFiles = [];

    /// <summary>Makes a module from its mappings.</summary>
    /// <param name="memory">The target.</param>
    /// <param name="mappings">Every mapping of the one file, in order of address; at least one.</param>
    /// <param name="files">Opens the file; null where there are no files, as in a snapshot.</param>
    /// <param name="isMainExecutable">Whether it is the program that the process was started with.</param>
    /// <param name="pageSize">The page size of the target, in bytes; a power of two.</param>
    internal LoadedModule(
        MemoryReader memory,
        IReadOnlyList<MemoryMapping> mappings,
        IModuleFiles? files,
        bool isMainExecutable,
        ulong pageSize = 4096)
    {
        this.memory = memory;
        this.files = files;
        this.pageSize = pageSize;
        Mappings = mappings;
        IsMainExecutable = isMainExecutable;
        Path = mappings[0].Path;
        IsDeleted = mappings[0].IsDeleted;
    }

    /// <summary>
    /// The path of its file as the kernel names it to us; it need not exist for us (containers, deleted files).
    /// </summary>
    public string Path { get; }

    /// <summary>Whether its file had been unlinked when the map was read, as after an upgrade.</summary>
    public bool IsDeleted { get; }

    /// <summary>Whether it is the program that the process was started with.</summary>
    public bool IsMainExecutable { get; }

    /// <summary>Every mapping of its file, in order of address.</summary>
    public IReadOnlyList<MemoryMapping> Mappings { get; }

    /// <summary>
    /// What to add, with wrapping, to a virtual address of the image to get its address in the target.
    /// </summary>
    public ulong LoadBias
    {
        get
        {
            Parse();
            return loadBias;
        }
    }

    /// <summary>
    /// From its first loaded byte to its last one; from its first mapping to its last where it is no image that can be
    /// parsed.
    /// </summary>
    public RemoteRange Range
    {
        get
        {
            Parse();
            return range;
        }
    }

    /// <summary>Its loaded segments, in order of address; empty where it is no image that can be parsed.</summary>
    public IReadOnlyList<ModuleSegment> Segments
    {
        get
        {
            Parse();
            return segments;
        }
    }

    /// <summary>
    /// The segments that are readable and writable, whole: <c>.data</c> and <c>.bss</c>, and what RELRO made read-only
    /// since.
    /// </summary>
    public IReadOnlyList<RemoteRange> WritableData
    {
        get
        {
            Parse();
            return writableData;
        }
    }

    /// <summary>The image, parsed from the memory of the target; null where it is none.</summary>
    public ElfImage? Image
    {
        get
        {
            Parse();
            return image;
        }
    }

    /// <summary>The image, parsed from its file; null where the file is out of reach or another one by now.</summary>
    public ElfImage? File
    {
        get
        {
            SeekFile();
            return file;
        }
    }

    /// <summary>
    /// The name that it has as a library, such as <c>libpython3.11.so.1.0</c>; null where it has none.
    /// </summary>
    public string? SoName => Image?.SoName ?? File?.SoName;

    /// <summary>The id that its linker gave it; empty where it has none.</summary>
    public ReadOnlyMemory<byte> BuildId => Image is { BuildId.Length: > 0 } ? Image.BuildId : File?.BuildId ?? default;

    /// <summary>
    /// Finds a symbol: among the exported ones, then in <c>.symtab</c>, in the separate debug file, and in the MiniDebugInfo that
    /// distributions leave in stripped files.
    /// </summary>
    /// <param name="name">The name as the linker knows it.</param>
    /// <param name="address">Where it is in the target.</param>
    /// <param name="size">Its length in bytes; 0 where it is not known.</param>
    public bool TryFindSymbol(string name, out RemoteAddress address, out ulong size)
    {
        // Memory first, which needs no file; then the file, whose .dynsym counts only where that in memory could not be
        // searched.
        if (Image is { } inMemory && inMemory.TryFindDynamicSymbol(name, out ElfSymbol symbol))
        {
            return Found(symbol, loadBias, out address, out size);
        }

        if (Image is not null
            && File is { } onDisk
            && (onDisk.TryFindStaticSymbol(name, out symbol)
                || (!Image.HasDynamicSymbols && onDisk.TryFindDynamicSymbol(name, out symbol))))
        {
            return Found(symbol, loadBias, out address, out size);
        }

        SeekDebugFile();
        if (debugFile is not null && debugFile.TryFindStaticSymbol(name, out symbol))
        {
            return Found(symbol, debugFileBias, out address, out size);
        }

        if (TryUnpackMiniDebugInfo() is { } mini && mini.TryFindStaticSymbol(name, out symbol))
        {
            return Found(symbol, BiasOf(mini), out address, out size);
        }

        address = default;
        size = 0;
        return false;
    }

    /// <summary>Finds a section that is loaded, where it lies in the target. The file must be within reach.</summary>
    /// <param name="name">The name, such as <c>.PyRuntime</c>.</param>
    /// <param name="section">Its bytes in the target.</param>
    public bool TryFindSection(string name, out RemoteRange section)
    {
        if (Image is not null && File is { } onDisk && onDisk.TryFindSection(name, out ElfSection found) && found.IsLoaded)
        {
            section = new RemoteRange(ToAddress(found.VirtualAddress), found.Size);
            return true;
        }

        section = default;
        return false;
    }

    /// <summary>Where a virtual address of the image lies in the target.</summary>
    public RemoteAddress ToAddress(ulong virtualAddress) => new(unchecked(virtualAddress + LoadBias));

    /// <summary>Its path.</summary>
    public override string ToString() => Path;

    /// <summary>Whether it would come of these mappings again.</summary>
    internal bool IsMadeOf(IReadOnlyList<MemoryMapping> mappings, bool isMainExecutable) =>
        IsMainExecutable == isMainExecutable && Mappings.SequenceEqual(mappings);

    /// <summary>Closes its files. What was not read from them by now is absent from then on.</summary>
    internal void CloseFiles()
    {
        foreach (SafeFileHandle handle in openFiles)
        {
            handle.Dispose();
        }

        openFiles.Clear();
        isFileSought = true;
        isDebugFileSought = true;
    }

    private static bool Found(in ElfSymbol symbol, ulong bias, out RemoteAddress address, out ulong size)
    {
        address = new RemoteAddress(unchecked(symbol.Value + (symbol.IsAbsolute ? 0 : bias)));
        size = symbol.Size;
        return true;
    }

    private void Parse()
    {
        if (isParsed)
        {
            return;
        }

        isParsed = true;
        RemoteAddress first = Mappings[0].Range.Address;
        range = new RemoteRange(first, (ulong)(Mappings[^1].Range.End - first));
        if (!TryParseFromMemory(out ElfImage? parsed) && !TryParseFromFile(out parsed))
        {
            return;
        }

        if (!ElfLoadBias.TryFind(parsed!.Segments, Mappings, pageSize, out loadBias))
        {
            return;
        }

        image = parsed;
        image.DynamicBias = loadBias;
        SetSegments();
    }

    private bool TryParseFromMemory(out ElfImage? parsed)
    {
        parsed = null;
        foreach (MemoryMapping mapping in Mappings)
        {
            if (mapping.FileOffset == 0)
            {
                return ElfImage.TryParse(new MappedByteSource(memory, Mappings), out parsed) == ElfStatus.Ok;
            }
        }

        return false;
    }

    private bool TryParseFromFile(out ElfImage? parsed)
    {
        // The headers are not mapped, so there is nothing to hold the file against; the mappings must fit it.
        parsed = null;
        if (files is null)
        {
            return false;
        }

        foreach (SafeFileHandle handle in files.OpenCandidates(this))
        {
            if (ElfImage.TryParse(new FileByteSource(handle), out parsed) == ElfStatus.Ok)
            {
                file = parsed;
                isFileSought = true;
                openFiles.Add(handle);
                return true;
            }

            handle.Dispose();
        }

        return false;
    }

    private void SetSegments()
    {
        var loaded = new List<ModuleSegment>();
        foreach (ElfSegment segment in image!.Segments)
        {
            if (segment.IsLoad && segment.MemorySize != 0 && segment.MemorySize <= ulong.MaxValue - segment.VirtualAddress)
            {
                var address = new RemoteAddress(unchecked(segment.VirtualAddress + loadBias));
                loaded.Add(new ModuleSegment(
                    new RemoteRange(address, segment.MemorySize), segment.Access, segment.FileOffset, segment.FileSize));
            }
        }

        if (loaded.Count == 0)
        {
            return;
        }

        loaded.Sort(static (left, right) => left.Range.Address.CompareTo(right.Range.Address));
        segments = [.. loaded];
        writableData = [.. loaded
            .Where(static segment => (segment.Access & (MappingAccess.Read | MappingAccess.Write))
                == (MappingAccess.Read | MappingAccess.Write))
            .Select(static segment => segment.Range)];
        RemoteAddress first = segments[0].Range.Address;
        range = new RemoteRange(first, (ulong)(segments[^1].Range.End - first));
    }

    private void SeekFile()
    {
        Parse();
        if (isFileSought || image is null || files is null)
        {
            return;
        }

        isFileSought = true;
        foreach (SafeFileHandle handle in files.OpenCandidates(this))
        {
            if (ElfImage.TryParse(new FileByteSource(handle), out ElfImage? candidate) == ElfStatus.Ok
                && IsSameImage(candidate!))
            {
                file = candidate;
                openFiles.Add(handle);
                return;
            }

            handle.Dispose();
        }
    }

    private void SeekDebugFile()
    {
        SeekFile();
        if (isDebugFileSought || image is null || files is null)
        {
            return;
        }

        isDebugFileSought = true;
        foreach (string path in ElfDebugFiles.Paths(Path, BuildId.Span, file))
        {
            foreach (SafeFileHandle handle in files.OpenPath(path))
            {
                if (ElfImage.TryParse(new FileByteSource(handle), out ElfImage? candidate) == ElfStatus.Ok
                    && ElfDebugFiles.Fits(candidate!, image, file))
                {
                    debugFile = candidate;
                    openFiles.Add(handle);
                    debugFileBias = BiasOf(candidate!);
                    return;
                }

                handle.Dispose();
            }
        }
    }

    /// <remarks>
    /// It is kept no longer than the next collection of garbage: every library of a process may have one, and after the first look
    /// at them none is needed.
    /// </remarks>
    private ElfImage? TryUnpackMiniDebugInfo()
    {
        SeekFile();
        if (!hasMiniDebugInfo || file is null || files is null)
        {
            return null;
        }

        if (miniDebugInfo.TryGetTarget(out ElfImage? unpacked))
        {
            return unpacked;
        }

        long left = files.UnpackingLeft;
        hasMiniDebugInfo = ElfMiniDebugInfo.TryUnpack(file, ref left, out unpacked);
        files.UnpackingLeft = left;
        miniDebugInfo.SetTarget(unpacked);
        return unpacked;
    }

    /// <summary>
    /// Whether a file is the one in memory and not its successor after an upgrade: the headers are the same, and the
    /// build id, where there is one.
    /// </summary>
    private bool IsSameImage(ElfImage candidate) =>
        candidate.Header.Equals(image!.Header)
        && candidate.Segments.SequenceEqual(image.Segments)
        && candidate.BuildId.Span.SequenceEqual(image.BuildId.Span);

    // An image that was prelinked after its debug file was split off lies elsewhere.
    private ulong BiasOf(ElfImage debug) => unchecked(loadBias + FirstLoad(image!) - FirstLoad(debug));

    private static ulong FirstLoad(ElfImage elf)
    {
        foreach (ElfSegment segment in elf.Segments)
        {
            if (segment.IsLoad)
            {
                return segment.VirtualAddress;
            }
        }

        return 0;
    }
}
