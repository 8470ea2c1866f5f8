using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests.Consumers;

/// <summary>The real programs that open what Pyflame writes.</summary>
internal static class Consumer
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Consumers");

    /// <summary>The folder of the npm packages that <c>scripts/consumers.sh</c> installed; without it the test is skipped.</summary>
    public static string NodeModules
    {
        get
        {
            string key = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder, "package-lock.json"))))[..12];
            string path = Path.Combine(Cache, $"consumers-{key}", "node_modules");
            Assert.SkipUnless(Directory.Exists(path), "The npm packages of the consumers are not installed; run scripts/consumers.sh");
            return path;
        }
    }

    private static string Cache =>
        NonEmpty("PYFLAME_CACHE") ?? Path.Combine(
            NonEmpty("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "pyflame");

    /// <summary>Writes a profile in a format into a file of its own folder, which the caller deletes.</summary>
    public static ConsumerFile Write(Profile profile, string format, ExportOptions? options = null)
    {
        IProfileWriter writer = FormatRegistry.FindByName(format)!;
        var file = new ConsumerFile("profile" + writer.FileEndings[0]);
        using FileStream stream = File.Create(file.Location);
        writer.Write(profile, stream, options ?? ExportOptions.Default);
        return file;
    }

    /// <summary>Runs one of this folder's scripts with node and parses what it prints.</summary>
    public static JsonElement RunNode(string script, params IEnumerable<string> arguments)
    {
        string modules = NodeModules;
        var startInfo = new ProcessStartInfo("node", [Path.Combine(Folder, script), .. arguments]);
        startInfo.Environment["NODE_MODULES"] = modules;
        return JsonDocument.Parse(Output(startInfo)).RootElement;
    }

    /// <summary>Runs a command that must succeed, and gives what it prints; where it is not installed the test is skipped.</summary>
    public static string Run(string command, string remedy, params IEnumerable<string> arguments)
    {
        Assert.SkipUnless(IsOnPath(command), $"{command} is not installed; {remedy}");
        return Output(new ProcessStartInfo(command, arguments));
    }

    /// <summary>The path of one of this folder's files.</summary>
    public static string Script(string name) => Path.Combine(Folder, name);

    private static string Output(ProcessStartInfo startInfo)
    {
        CommandResult result = CommandRunner.Run(startInfo, TestLimits.Step);
        Assert.True(result.ExitCode == 0, $"{startInfo.FileName} exited with {result.ExitCode}: {result.Error}\n{result.Output}");
        return result.Output;
    }

    private static bool IsOnPath(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(folder => File.Exists(Path.Combine(folder, command)));

    private static string? NonEmpty(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
