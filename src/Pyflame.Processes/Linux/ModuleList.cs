using System.Buffers.Binary;

namespace Pyflame.Processes.Linux;

/// <summary>Groups a memory map into modules.</summary>
internal static class ModuleList
{
    private const ulong AuxiliaryHeaders = 3;   // AT_PHDR, getauxval(3)

    /// <summary>Makes one module of each file that is mapped to be run, the main executable first.</summary>
    /// <param name="mappings">The whole map, in order of address.</param>
    /// <param name="memory">The target.</param>
    /// <param name="files">Opens its files.</param>
    /// <param name="mainHeaders">
    /// Where the program headers of the main executable are; null where that is not known.
    /// </param>
    /// <param name="pageSize">The page size of the target, in bytes.</param>
    /// <param name="known">
    /// The modules found the last time: those that are still mapped as they were are kept, with all that was read of
    /// them, and the files of the others are closed.
    /// </param>
    public static List<LoadedModule> Build(
        IReadOnlyList<MemoryMapping> mappings,
        MemoryReader memory,
        IModuleFiles? files,
        RemoteAddress mainHeaders,
        ulong pageSize,
        IReadOnlyList<LoadedModule> known)
    {
        // A file is its device and inode, not its path: the successor of an upgraded library has the same path.
        var groups = new Dictionary<(ulong Device, ulong Inode), List<MemoryMapping>>();
        var order = new List<List<MemoryMapping>>();
        foreach (MemoryMapping mapping in mappings)
        {
            if (!mapping.IsFile)
            {
                continue;
            }

            if (!groups.TryGetValue((mapping.Device, mapping.Inode), out List<MemoryMapping>? group))
            {
                group = [];
                groups.Add((mapping.Device, mapping.Inode), group);
                order.Add(group);
            }

            group.Add(mapping);
        }

        var modules = new List<LoadedModule>();
        foreach (List<MemoryMapping> group in order)
        {
            if (!group.Exists(static mapping => mapping.IsExecutable))
            {
                continue;
            }

            bool isMain = !mainHeaders.IsNull && group.Exists(mapping => mapping.Range.Contains(mainHeaders));
            LoadedModule module = Find(known, group, isMain) ?? new LoadedModule(memory, group, files, isMain, pageSize);
            if (isMain)
            {
                modules.Insert(0, module);
            }
            else
            {
                modules.Add(module);
            }
        }

        foreach (LoadedModule module in known)
        {
            if (!modules.Contains(module))
            {
                module.CloseFiles();
            }
        }

        return modules;
    }

    private static LoadedModule? Find(IReadOnlyList<LoadedModule> known, List<MemoryMapping> group, bool isMain)
    {
        foreach (LoadedModule module in known)
        {
            if (module.Mappings[0] == group[0] && module.IsMadeOf(group, isMain))
            {
                return module;
            }
        }

        return null;
    }

    /// <summary>
    /// Finds where the program headers of the main executable are, in <c>/proc/PID/auxv</c> of a 64-bit process.
    /// </summary>
    public static RemoteAddress FindMainHeaders(ReadOnlySpan<byte> auxiliaryVector)
    {
        for (; auxiliaryVector.Length >= 16; auxiliaryVector = auxiliaryVector[16..])
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(auxiliaryVector) == AuxiliaryHeaders)
            {
                return new RemoteAddress(BinaryPrimitives.ReadUInt64LittleEndian(auxiliaryVector[8..]));
            }
        }

        return RemoteAddress.Null;
    }
}
