using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Pyflame.Profiles.Export;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>
/// What is typed every day, on every version: one run of a script whose hottest function and line are known, recorded and then
/// looked at in every way.
/// </summary>
public sealed class DailyCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Recording => _folder["run.pyflame"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_recording_names_the_hottest_function_and_line_in_every_command_and_format(Interpreter interpreter)
    {
        using (TargetProgram target = TargetProgram.Start(interpreter, "hot_and_waiting.py"))
        {
            string id = target.ProcessId.ToString(CultureInfo.InvariantCulture);
            Assert.Equal(0, PyflameBinary.Run("record", "--pid", id, "-d", "0.6", "-r", "200", "-i", "-o", Recording).ExitCode);
            Assert.Contains($"spin ({target.ScriptPath}:12)", Output("top", "--once", "--duration", "0.2", "--pid", id), StringComparison.Ordinal);
            Assert.Contains($"wait ({target.ScriptPath}:32)", Output("dump", "--locals", "--pid", id), StringComparison.Ordinal);
            Assert.Equal(0, target.End());
            AssertReportNamesTheHottest(target.ScriptPath);
        }

        AssertEveryFormatNames("spin");
        using JsonDocument diff = JsonDocument.Parse(Output("diff", "--json", Recording, Recording));
        JsonElement spin = diff.RootElement.GetProperty("functions").EnumerateArray().Single(row => Text(row, "function") == "spin");
        Assert.Equal(spin.GetProperty("own").GetProperty("a").GetInt64(), spin.GetProperty("own").GetProperty("b").GetInt64());
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    // That the machine was too busy for the rate is no mistake, and is said on standard error.
    private static string Output(params string[] arguments)
    {
        CommandResult result = PyflameBinary.Run(arguments);
        Assert.True(result.ExitCode == 0, $"pyflame {arguments[0]} ended with {result.ExitCode}: {result.Error}");
        return result.Output;
    }

    private void AssertReportNamesTheHottest(string script)
    {
        using JsonDocument report = JsonDocument.Parse(Output("report", "--json", "--thread", "MainThread", Recording));
        JsonElement function = report.RootElement.GetProperty("functions")[0];
        JsonElement line = report.RootElement.GetProperty("lines")[0];

        Assert.Equal(("spin", script, 12), (Text(function, "function"), Text(function, "file"), function.GetProperty("first_line").GetInt32()));
        Assert.Equal(("spin", 14), (Text(line, "function"), line.GetProperty("line").GetInt32()));
        Assert.InRange(function.GetProperty("own").GetInt64(), report.RootElement.GetProperty("samples").GetInt64() / 2, long.MaxValue);
        Assert.Contains($"spin ({script}:12)", Output("report", Recording), StringComparison.Ordinal);
    }

    private void AssertEveryFormatNames(string function)
    {
        foreach (IProfileWriter writer in FormatRegistry.Writers)
        {
            string path = _folder["run2" + writer.FileEndings[0]];
            Output("convert", Recording, path);
            Assert.True(Read(path).Contains(function, StringComparison.Ordinal), $"{writer.Name} does not name {function}");
        }
    }

    private static string Read(string path)
    {
        if (path.EndsWith(".pyflame", StringComparison.Ordinal))
        {
            return Output("report", path);
        }

        using Stream file = File.OpenRead(path);
        using Stream plain = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(plain, Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
