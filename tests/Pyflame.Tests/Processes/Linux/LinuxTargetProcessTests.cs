using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pyflame.Processes;
using Pyflame.Processes.Elf;

namespace Pyflame.Tests.Processes.Linux;

/// <summary>Our own process as the target: live, of known content, and to be had everywhere.</summary>
public sealed class LinuxTargetProcessTests : IDisposable
{
    private readonly TargetProcess target = TargetProcess.Attach(Environment.ProcessId);

    public void Dispose() => target.Dispose();

    [Fact]
    public void Names_the_process()
    {
        Assert.Equal(Environment.ProcessId, target.ProcessId);
        Assert.Equal("process_vm_readv", target.MemoryMethod);
        Assert.Equal(Environment.SystemPageSize, target.PageSize);
        Assert.False(target.HasExited);
        Assert.NotEqual(0UL, target.StartTimeTicks);
    }

    [Fact]
    public void Reads_a_value()
    {
        long[] pinned = GC.AllocateArray<long>(1, pinned: true);
        pinned[0] = 0x1122334455667788;
        Assert.True(target.Memory.TryRead(AddressOf(pinned), out long value));
        Assert.Equal(0x1122334455667788, value);
    }

    [Fact]
    public void Reads_what_is_not_there_as_false()
    {
        Assert.False(target.Memory.TryRead(new RemoteAddress(0x10), out int value));
        Assert.Equal(0, value);
        Assert.False(target.Memory.TryRead(new RemoteAddress(ulong.MaxValue - 1), out long _));
    }

    [Fact]
    public void Reads_many_ranges_one_behind_the_other()
    {
        byte[] pinned = GC.AllocateArray<byte>(64, pinned: true);
        for (int i = 0; i < pinned.Length; i++)
        {
            pinned[i] = (byte)i;
        }

        RemoteAddress start = AddressOf(pinned);
        byte[] read = new byte[6];
        int count = target.Memory.ReadMany([new(start + 40, 2), new(start + 3, 3), new(start, 1)], read);
        Assert.Equal(6, count);
        Assert.Equal([40, 41, 3, 4, 5, 0], read);
    }

    [Fact]
    public void Stops_at_the_first_range_that_cannot_be_read()
    {
        byte[] pinned = GC.AllocateArray<byte>(8, pinned: true);
        pinned[0] = 7;
        RemoteAddress start = AddressOf(pinned);
        byte[] read = new byte[3];
        Assert.Equal(1, target.Memory.ReadMany([new(start, 1), new(new RemoteAddress(16), 1), new(start, 1)], read));
        Assert.Equal(7, read[0]);
    }

    [Fact]
    public void Stops_at_a_range_that_is_longer_than_the_buffer()
    {
        byte[] pinned = GC.AllocateArray<byte>(8, pinned: true);
        pinned[0] = 9;
        RemoteAddress start = AddressOf(pinned);
        byte[] read = new byte[3];
        Assert.Equal(1, target.Memory.ReadMany([new(start, 1), new(start, ulong.MaxValue)], read));
        Assert.Equal(9, read[0]);
    }

    [Fact]
    public void Reads_more_ranges_than_one_call_takes()
    {
        byte[] pinned = GC.AllocateArray<byte>(2500, pinned: true);
        var ranges = new RemoteRange[2500];
        for (int i = 0; i < ranges.Length; i++)
        {
            pinned[i] = (byte)(i * 7);
            ranges[i] = new RemoteRange(AddressOf(pinned) + (2499 - i), 1);
        }

        byte[] read = new byte[2500];
        Assert.Equal(2500, target.Memory.ReadMany(ranges, read));
        Assert.Equal(pinned.Reverse(), read);
    }

    [Fact]
    public void Allocates_nothing_while_it_reads()
    {
        byte[] pinned = GC.AllocateArray<byte>(4096, pinned: true);
        RemoteAddress start = AddressOf(pinned);
        byte[] read = new byte[4096];
        RemoteRange[] both = [new(start, 100), new(start + 200, 300)];
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                target.Memory.TryRead(start, read);
                target.Memory.ReadMany(both, read);
                target.Memory.TryRead(RemoteAddress.Null, read);
            }
        }));
    }

    [Fact]
    public void Lists_the_mappings_in_order()
    {
        IReadOnlyList<MemoryMapping> mappings = target.ReadMappings();
        Assert.Contains(mappings, static mapping => mapping.Path == "[stack]" && mapping.IsReadable && mapping.IsWritable);
        Assert.Contains(mappings, static mapping => mapping.IsFile && mapping.IsExecutable && mapping.Path.StartsWith('/'));
        for (int i = 1; i < mappings.Count; i++)
        {
            Assert.True(mappings[i - 1].Range.End <= mappings[i].Range.Address);
        }
    }

    [Fact]
    public void Lists_the_main_executable_first()
    {
        IReadOnlyList<LoadedModule> modules = target.ReadModules();
        Assert.Equal(Environment.ProcessPath, modules[0].Path);
        Assert.True(modules[0].IsMainExecutable);
        Assert.Single(modules, static module => module.IsMainExecutable);
    }

    [Fact]
    public void Keeps_what_it_knows_of_a_module_that_is_mapped_as_before()
    {
        LoadedModule first = target.ReadModules()[0];
        Assert.NotNull(first.File);
        int open = Directory.GetFiles("/proc/self/fd").Length;
        for (int i = 0; i < 50; i++)
        {
            LoadedModule again = target.ReadModules()[0];
            Assert.Same(first, again);
            Assert.NotNull(again.File);
        }

        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, open + 20);
    }

    [Fact]
    public void Lists_threads_without_allocating()
    {
        var threads = new NativeThread[256];
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                target.ReadThreads(threads);
                target.TryReadThread(Environment.ProcessId, out _);
                target.ReadProgramStamp();
                _ = target.HasExited;
            }
        }));
    }

    [Fact]
    public void Finds_a_symbol_where_the_dynamic_linker_put_it()
    {
        LoadedModule library = Library("libc.so.6");
        Assert.Equal("libc.so.6", library.SoName);
        Assert.True(library.TryFindSymbol("getpid", out RemoteAddress address, out ulong size));
        Assert.Equal((ulong)NativeLibrary.GetExport(NativeLibrary.Load(library.Path), "getpid"), address.Value);
        Assert.NotEqual(0UL, size);
        Assert.False(library.TryFindSymbol("no_such_symbol_as_this", out _, out _));
    }

    [Fact]
    public void Reads_the_same_from_memory_and_from_the_file()
    {
        LoadedModule library = Library("libc.so.6");
        Assert.NotNull(library.Image);
        Assert.NotNull(library.File);
        Assert.Equal(library.File.Segments, library.Image.Segments);
        Assert.Equal(library.File.BuildId, library.Image.BuildId.ToArray());
        Assert.Equal(20, library.BuildId.Length);
        Assert.True(library.File.TryFindDynamicSymbol("environ", out ElfSymbol onDisk));
        Assert.True(library.Image.TryFindDynamicSymbol("environ", out ElfSymbol inMemory));
        Assert.Equal(onDisk, inMemory);
    }

    [Fact]
    public void Finds_a_section_where_it_is_loaded()
    {
        LoadedModule library = Library("libc.so.6");
        Assert.True(library.TryFindSection(".text", out RemoteRange section));
        ModuleSegment code = Assert.Single(
            library.Segments, static segment => (segment.Access & MappingAccess.Execute) != 0);
        Assert.True(code.Range.Contains(section.Address, section.Length));
        Assert.True(library.TryFindSymbol("getpid", out RemoteAddress address, out _));
        Assert.True(section.Contains(address));
        Assert.False(library.TryFindSection(".no_such_section", out _));
    }

    [Fact]
    public void Finds_writable_data()
    {
        LoadedModule library = Library("libc.so.6");
        Assert.True(library.TryFindSymbol("environ", out RemoteAddress address, out ulong size));
        Assert.Contains(library.WritableData, range => range.Contains(address, size));
    }

    [Fact]
    public void Lists_the_threads_main_first()
    {
        IReadOnlyList<NativeThread> threads = target.ReadThreads();
        Assert.Equal(Environment.ProcessId, threads[0].Id);
        Assert.Equal(target.NamespaceProcessId, threads[0].NamespaceId);
        Assert.True(threads.Count > 1);
        Assert.Contains(threads, static thread => thread.State == NativeThreadState.Running);
        Assert.Equal(threads.Count, threads.Select(static thread => thread.Id).Distinct().Count());
    }

    [Fact]
    public void Fills_a_short_buffer_of_threads_and_no_more()
    {
        var threads = new NativeThread[1];
        Assert.Equal(1, target.ReadThreads(threads));
        Assert.Equal(Environment.ProcessId, threads[0].Id);
    }

    [Fact]
    public void Reads_the_command_line()
    {
        string[] expected = File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0');
        Assert.Equal(expected, target.ReadCommandLine());
    }

    [Fact]
    public void Opens_a_file_of_the_target()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "content");
            using Stream? stream = target.TryOpenFile(path);
            Assert.NotNull(stream);
            using var reader = new StreamReader(stream);
            Assert.Equal("content", reader.ReadToEnd());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("/no/such/file")]
    [InlineData("/dev/null")]
    [InlineData("/tmp")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Opens_nothing_but_regular_files(string path) => Assert.Null(target.TryOpenFile(path));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Says_that_there_is_no_such_process(int processId)
    {
        var exception = Assert.Throws<TargetProcessException>(() => TargetProcess.Attach(processId));
        Assert.Equal(TargetFailure.NotFound, exception.Failure);
    }

    [Fact]
    public void A_range_is_laid_out_like_an_iovec()
    {
        Assert.Equal(16, Unsafe.SizeOf<RemoteRange>());
        Assert.Equal(0, Marshal.OffsetOf<RemoteRange>("<Address>k__BackingField"));
        Assert.Equal(8, Marshal.OffsetOf<RemoteRange>("<Length>k__BackingField"));
    }

    private static RemoteAddress AddressOf<T>(T[] pinned)
        where T : unmanaged => new((ulong)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0));

    private LoadedModule Library(string name) =>
        target.ReadModules().Single(module => Path.GetFileName(module.Path) == name);
}
