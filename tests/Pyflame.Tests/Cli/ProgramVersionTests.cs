using Pyflame.Cli;

namespace Pyflame.Tests.Cli;

public sealed class ProgramVersionTests
{
    private const string Numbers = "26 27 31 32 33 34 35 36 37 38 39 310 311 312 313 314 315";

    [Fact]
    public void The_commit_is_shown_where_it_is_known() => Assert.Equal(
        $"pyflame 2.0.0 (commit 0a1b2c3d) linux-gnu x86_64 (ABI list: {Numbers})", ProgramVersion.Describe("2.0.0+0a1b2c3d"));

    [Fact]
    public void Without_a_commit_the_platform_follows_the_version() =>
        Assert.Equal($"pyflame 2.0.0 linux-gnu x86_64 (ABI list: {Numbers})", ProgramVersion.Describe("2.0.0"));
}
