using System.Globalization;

namespace Pyflame.Profiles.Packing;

/// <summary>
/// Circumstances and statistics as named texts, so that a later version may add one and an older reader pass over it. Numbers
/// are in the invariant culture, times in UTC, lengths of time in ticks of 100 ns.
/// </summary>
internal static class Properties
{
    public static void Write(PackedWriter writer, Circumstances circumstances) => Write(writer, new Dictionary<string, string?>
    {
        ["start"] = circumstances.StartUtc.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        ["mode"] = circumstances.Mode,
        ["rate"] = Text(circumstances.RateHertz),
        ["host"] = circumstances.Host,
        ["pyflame"] = circumstances.PyflameVersion,
        ["kernel"] = circumstances.Kernel,
        ["architecture"] = circumstances.Architecture,
        ["processors"] = Text(circumstances.ProcessorCount),
        ["container"] = circumstances.Container,
    });

    public static Circumstances ReadCircumstances(ref PackedReader reader)
    {
        Dictionary<string, string> properties = Read(ref reader);
        string start = properties.GetValueOrDefault("start", string.Empty);
        if (!DateTimeOffset.TryParseExact(
            start, "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset startUtc))
        {
            throw new DamagedRecordException("the time of the start is missing");
        }

        return new Circumstances
        {
            StartUtc = startUtc,
            Mode = properties.GetValueOrDefault("mode", string.Empty),
            RateHertz = Number(properties, "rate"),
            Host = properties.GetValueOrDefault("host", string.Empty),
            PyflameVersion = properties.GetValueOrDefault("pyflame", string.Empty),
            Kernel = properties.GetValueOrDefault("kernel", string.Empty),
            Architecture = properties.GetValueOrDefault("architecture", string.Empty),
            ProcessorCount = (int)Math.Min(int.MaxValue, Whole(properties, "processors")),
            Container = properties.GetValueOrDefault("container"),
        };
    }

    public static void Write(PackedWriter writer, RecordingStatistics statistics) => Write(writer, new Dictionary<string, string?>
    {
        ["samples"] = Text(statistics.Samples),
        ["proven"] = Text(statistics.Proven),
        ["paused"] = Text(statistics.Paused),
        ["truncated"] = Text(statistics.Truncated),
        ["lost"] = Text(statistics.Lost),
        ["late"] = Text(statistics.Late),
        ["missed"] = Text(statistics.Missed),
        ["failed"] = Text(statistics.Failed),
        ["idle"] = Text(statistics.Idle),
        ["duration"] = Text(statistics.Duration.Ticks),
        ["stopped"] = Text(statistics.StoppedTime.Ticks),
        ["rate-asked"] = Text(statistics.RateAsked),
        ["rate-reached"] = Text(statistics.RateReached),
        ["mode"] = statistics.Mode,
        ["memory"] = statistics.MemoryMethod,
    });

    public static RecordingStatistics ReadStatistics(ref PackedReader reader)
    {
        Dictionary<string, string> properties = Read(ref reader);
        return new RecordingStatistics
        {
            Samples = Whole(properties, "samples"),
            Proven = Whole(properties, "proven"),
            Paused = Whole(properties, "paused"),
            Truncated = Whole(properties, "truncated"),
            Lost = Whole(properties, "lost"),
            Late = Whole(properties, "late"),
            Missed = Whole(properties, "missed"),
            Failed = Whole(properties, "failed"),
            Idle = Whole(properties, "idle"),
            Duration = TimeSpan.FromTicks(Whole(properties, "duration")),
            StoppedTime = TimeSpan.FromTicks(Whole(properties, "stopped")),
            RateAsked = Number(properties, "rate-asked"),
            RateReached = Number(properties, "rate-reached"),
            Mode = properties.GetValueOrDefault("mode", string.Empty),
            MemoryMethod = properties.GetValueOrDefault("memory", string.Empty),
        };
    }

    private static void Write(PackedWriter writer, Dictionary<string, string?> properties)
    {
        writer.Write(properties.Count(property => property.Value is not null));
        foreach ((string name, string? value) in properties)
        {
            if (value is not null)
            {
                writer.Write(name);
                writer.Write(value);
            }
        }
    }

    private static Dictionary<string, string> Read(ref PackedReader reader)
    {
        int count = reader.ReadCount("the number of properties");
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int index = 0; index < count; index++)
        {
            string name = reader.ReadText("the name of a property");
            properties[name] = reader.ReadText("a property");
        }

        return properties;
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    // What is missing is zero; so is what is no number, or a negative one, since no count or length of time is.
    private static long Whole(Dictionary<string, string> properties, string name) =>
        long.TryParse(properties.GetValueOrDefault(name), CultureInfo.InvariantCulture, out long value) ? Math.Max(0, value) : 0;

    private static double Number(Dictionary<string, string> properties, string name) =>
        double.TryParse(properties.GetValueOrDefault(name), CultureInfo.InvariantCulture, out double value)
            && double.IsFinite(value) && value > 0 ? value : 0;
}
