using Pyflame.Testing;

namespace Pyflame.IntegrationTests;

public sealed class InterpreterCatalogTests
{
    // What scripts/interpreters.sh unpacks.
    public static TheoryData<string> DebianVersions => ["2.7", "3.9", "3.11", "3.13", "3.14", "3.15"];

    [Fact]
    public void Enough_interpreters_are_found()
    {
        const int enough = 6;
        int found = InterpreterCatalog.All.Count;
        bool isContinuousIntegration = Environment.GetEnvironmentVariable("CI") == "true";

        Assert.SkipUnless(isContinuousIntegration || found >= enough, $"Only {found} interpreters on this machine.");

        Assert.True(found >= enough, $"found only: {string.Join(", ", InterpreterCatalog.All)}");
    }

    [Theory]
    [MemberData(nameof(DebianVersions))]
    public void Debian_interpreters_are_stripped_and_contained(string version) =>
        AssertIsStrippedAndContained($"debian-{version}", version);

    [Theory]
    [MemberData(nameof(DebianVersions))]
    public void Debian_libraries_are_embedded_and_stripped(string version) =>
        AssertIsStrippedAndContained($"debian-{version}-shared", version);

    [Theory]
    [InterpreterData]
    public void Interpreters_are_of_the_version_that_their_place_says(Interpreter interpreter)
    {
        CommandResult answer = CommandRunner.Run(
            interpreter.StartInfo("-c", "import sys; sys.stdout.write('%d.%d.%d' % sys.version_info[:3])"),
            TestLimits.Step);

        Assert.Equal("", answer.Error);
        Assert.Equal(interpreter.Version.ToString(), answer.Output);
    }

    [Theory]
    [InterpreterData(OnlyFreeThreaded = true)]
    public void Free_threaded_interpreters_have_no_GIL(Interpreter interpreter)
    {
        CommandResult answer = CommandRunner.Run(
            interpreter.StartInfo("-c", "import sys; sys.stdout.write(str(sys._is_gil_enabled()))"), TestLimits.Step);

        Assert.Equal(("False", ""), (answer.Output, answer.Error));
    }

    private static void AssertIsStrippedAndContained(string name, string version)
    {
        Interpreter? interpreter = InterpreterCatalog.All.SingleOrDefault(i => i.Name == name);
        Assert.SkipWhen(
            interpreter is null,
            InterpreterCatalog.DebianListing.FirstOrDefault(line => line.StartsWith($"debian-{version}:", StringComparison.Ordinal))
                ?? $"debian-{version}: not unpacked; scripts/interpreters.sh does it");

        Assert.True(interpreter.IsStripped);
        Assert.True(interpreter.IsContained);
        Assert.Equal(Version.Parse(version), new Version(interpreter.Version.Major, interpreter.Version.Minor));
    }
}
