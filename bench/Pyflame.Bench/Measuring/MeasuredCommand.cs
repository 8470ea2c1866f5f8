using System.Diagnostics;
using System.Globalization;

namespace Pyflame.Bench.Measuring;

/// <summary>Runs programs under <c>measure</c> (bench/measure.c).</summary>
/// <param name="measure">Its path.</param>
/// <param name="folder">Where it may write.</param>
internal sealed class MeasuredCommand(string measure, string folder)
{
    private const int MostOutput = 4096;

    /// <summary>Runs a command to its end.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="environment">Variables to set.</param>
    /// <param name="limit">It is ended after this.</param>
    public Measurement Run(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment, TimeSpan limit)
    {
        string report = Path.Combine(folder, "measure.txt");
        File.Delete(report);
        var start = new ProcessStartInfo(
            measure, [((int)limit.TotalSeconds).ToString(CultureInfo.InvariantCulture), report, .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        if (output.Length > MostOutput)
        {
            output = output[..MostOutput];
        }

        if (!File.Exists(report))
        {
            throw new InvalidOperationException($"measure wrote nothing for {string.Join(' ', command)}: {output}");
        }

        long[] numbers = [.. File.ReadAllText(report).Split(' ').Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
        return new Measurement(
            TimeSpan.FromMicroseconds(numbers[0]),
            TimeSpan.FromMicroseconds(numbers[1] + numbers[2]),
            numbers[3],
            (int)numbers[4],
            output.Trim());
    }
}
