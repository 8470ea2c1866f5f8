namespace Pyflame.Processes;

/// <summary>One mapped range of the target: a line of <c>/proc/PID/maps</c> (proc_pid_maps(5)).</summary>
/// <param name="Range">Where it lies in the target.</param>
/// <param name="Access">What the target may do with it.</param>
/// <param name="FileOffset">The offset in bytes, in the file, of the first byte.</param>
/// <param name="Device">The device of the file, major in the upper 32 bits; 0 for memory without a file.</param>
/// <param name="Inode">The inode of the file; 0 for memory without a file.</param>
/// <param name="Path">
/// The file as the kernel names it to us, without the mark of a deleted file; a name in brackets such as <c>[heap]</c>;
/// or empty. Bytes that are not UTF-8 stand as <c>\xNN</c>.
/// </param>
/// <param name="IsDeleted">Whether the file had been unlinked when the map was read.</param>
public readonly record struct MemoryMapping(
    RemoteRange Range, MappingAccess Access, ulong FileOffset, ulong Device, ulong Inode, string Path, bool IsDeleted)
{
    /// <summary>Whether it may be read.</summary>
    public bool IsReadable => (Access & MappingAccess.Read) != 0;

    /// <summary>Whether it may be written.</summary>
    public bool IsWritable => (Access & MappingAccess.Write) != 0;

    /// <summary>Whether it may be run.</summary>
    public bool IsExecutable => (Access & MappingAccess.Execute) != 0;

    /// <summary>Whether it shows the bytes of a file.</summary>
    public bool IsFile => Inode != 0;
}
