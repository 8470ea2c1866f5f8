namespace Pyflame.EndToEndTests;

public sealed class PyflameBinaryTests
{
    [Fact]
    public void Binary_is_native_code_and_not_a_host_of_assemblies()
    {
        // An ELF file without an assembly beside it.
        byte[] start = File.ReadAllBytes(PyflameBinary.Location)[..4];

        Assert.Equal("\u007fELF"u8.ToArray(), start);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(PyflameBinary.Location)!, "*.dll"));
    }

    [Fact]
    public void Flame_chart_json_is_the_same_binary()
    {
        string link = Path.Combine(Path.GetDirectoryName(PyflameBinary.Location)!, "flame-chart-json");

        Assert.Equal("pyflame", new FileInfo(link).LinkTarget);
    }
}
