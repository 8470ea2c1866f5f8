using System.Globalization;
using Pyflame.IntegrationTests.Python;
using Pyflame.Processes;
using Pyflame.Processes.Elf;
using Pyflame.Python;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Binaries;

/// <summary>Stripped interpreters that have their symbols in <c>.gnu_debugdata</c>, made as Fedora's packages are, by objcopy and xz.</summary>
public sealed class MiniDebugInfoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pyflame-mini-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InterpreterData(OnlyContained = true, OnePerVersion = true)]
    public void The_runtime_is_found_by_its_symbol(Interpreter interpreter)
    {
        SkipWithoutTools();
        using var program = new NamelessInterpreter(interpreter);
        string name = interpreter.Version >= new Version(3, 7) ? "_PyRuntime" : "_PyThreadState_Current";
        Add(program, MakeMiniDebugInfo(program.Original, name));

        program.Run((target, runtime) =>
        {
            Assert.Equal(interpreter.Version.ToString(), runtime.Version.ToString().Split('a', 'b', 'r')[0]);
            Assert.False(runtime.Module.Image!.TryFindDynamicSymbol(name, out _));
            Assert.False(runtime.Module.File!.TryFindSymbol(name, out _));
            Assert.True(runtime.Module.TryFindSymbol(name, out RemoteAddress address, out _));
            Assert.False(runtime.Module.TryFindSymbol("no_such_symbol", out _, out _));
            Assert.Equal(runtime.Version.IsAtLeast(3, 7) ? runtime.RuntimeAddress : runtime.CurrentThreadStateAddress, address);
            Assert.Equal(1, runtime.ReadInterpreters(new InterpreterState[4]));
        });
    }

    [Theory]
    [InlineData("cut off")]
    [InlineData("changed")]
    [InlineData("not packed")]
    [InlineData("a bomb")]
    public void A_section_that_cannot_be_unpacked_counts_for_nothing(string damage)
    {
        SkipWithoutTools();
        Interpreter? interpreter = InterpreterCatalog.All.FirstOrDefault(static candidate => candidate.IsContained && candidate.Version >= new Version(3, 7));
        Assert.SkipWhen(interpreter is null, "No interpreter from 3.7 on was found that runs under chroot.");
        using var program = new NamelessInterpreter(interpreter);
        string section = MakeMiniDebugInfo(program.Original, "_PyRuntime");
        byte[] bytes = File.ReadAllBytes(section);
        switch (damage)
        {
            case "cut off":
                bytes = bytes[..(bytes.Length / 2)];
                break;
            case "changed":
                bytes[bytes.Length / 2] ^= 1;
                break;
            case "not packed":
                CommandRunner.Check("xz", "-d", "-k", section);
                bytes = File.ReadAllBytes(section[..^3]);
                break;
            default:
                bytes = MakeBomb();
                break;
        }

        File.WriteAllBytes(section, bytes);
        Add(program, section);

        program.Run((target, runtime) =>
        {
            Assert.True(runtime.Module.File!.TryFindSection(".gnu_debugdata", out ElfSection found));
            Assert.Equal((ulong)bytes.Length, found.Size);
            Assert.False(runtime.Module.TryFindSymbol("_PyRuntime", out _, out _));
            Assert.Equal(1, runtime.ReadInterpreters(new InterpreterState[4]));
        });
    }

    private static void SkipWithoutTools() => Assert.SkipUnless(
        File.Exists("/usr/bin/objcopy") && File.Exists("/usr/bin/xz"), "There is no objcopy or no xz to make MiniDebugInfo with.");

    private static void Add(NamelessInterpreter program, string section) =>
        CommandRunner.Check("objcopy", $"--add-section=.gnu_debugdata={section}", program.FilePath);

    // A symbol and no code, as find-debuginfo makes it. Debian's programs have the symbol among those that they export only, so it is
    // added where it is there.
    private string MakeMiniDebugInfo(string program, string symbol)
    {
        Assert.Equal(ElfStatus.Ok, ElfImage.TryParse(new ArrayByteSource(File.ReadAllBytes(program)), out ElfImage? image));
        Assert.True(image!.TryFindDynamicSymbol(symbol, out ElfSymbol found));
        string nameOfSection = new[] { ".PyRuntime", ".data", ".bss" }.First(name =>
            image.TryFindSection(name, out ElfSection section) && found.Value - section.VirtualAddress < section.Size);
        Assert.True(image.TryFindSection(nameOfSection, out ElfSection where));
        string offset = (found.Value - where.VirtualAddress).ToString(CultureInfo.InvariantCulture);
        string mini = Path.Combine(_folder, "mini");
        CommandRunner.Check("objcopy", "--only-keep-debug", program, mini);
        CommandRunner.Check("objcopy", "--strip-all", $"--keep-symbol={symbol}", $"--add-symbol={symbol}={nameOfSection}:{offset},global,object", mini);
        CommandRunner.Check("xz", mini);
        return mini + ".xz";
    }

    // A hundred megabytes in fifteen kilobytes.
    private byte[] MakeBomb()
    {
        string path = Path.Combine(_folder, "bomb");
        using (FileStream file = File.Create(path))
        {
            file.SetLength(100_000_000);
        }

        CommandRunner.Check("xz", "-1", path);
        byte[] bytes = File.ReadAllBytes(path + ".xz");
        Assert.InRange(bytes.Length, 1, 20_000);
        return bytes;
    }
}
