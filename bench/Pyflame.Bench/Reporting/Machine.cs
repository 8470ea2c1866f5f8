using System.Globalization;
using System.Text.RegularExpressions;

namespace Pyflame.Bench.Reporting;

/// <summary>What a result needs to be understood: the machine, and what else it was doing.</summary>
internal static partial class Machine
{
    /// <summary>The processor's name as the kernel tells it.</summary>
    public static string Processor => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown processor";

    /// <summary>The kernel.</summary>
    public static string Kernel => $"Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}";

    /// <summary>The load averages of the last 1, 5 and 15 minutes.</summary>
    public static string Load => string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ')[..3]);

    /// <summary>The load average of the last minute.</summary>
    public static double LoadNow => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>The memory, in GiB.</summary>
    public static double Gibibytes => double.Parse(
        Digits().Match(File.ReadLines("/proc/meminfo").First()).Value, CultureInfo.InvariantCulture) / (1024 * 1024);

    /// <summary>A name for files, such as <c>amd-epyc-2-cores</c>.</summary>
    public static string FileName =>
        NotWord().Replace($"{Processor} {Environment.ProcessorCount} cores".ToLowerInvariant(), "-").Trim('-');

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotWord();
}
