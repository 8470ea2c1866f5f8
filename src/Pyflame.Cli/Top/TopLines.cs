using System.Globalization;
using Pyflame.Profiles;

namespace Pyflame.Cli.Top;

/// <summary>Chooses, sorts and words the rows of the table.</summary>
internal static class TopLines
{
    private const int ProcessColumns = 48;

    /// <summary>The rows as the user wants to see them.</summary>
    public static IReadOnlyList<TopLine> Make(TopStatistics statistics, TopState state)
    {
        var lines = new List<TopLine>();
        double rounds = Math.Max(1, state.WholeTime ? statistics.Rounds : statistics.RecentRounds);
        foreach (TopRow row in statistics.Rows)
        {
            long own = state.WholeTime ? row.Own : row.RecentOwn;
            long total = state.WholeTime ? row.Total : row.RecentTotal;
            var line = new TopLine(
                own / rounds,
                total / rounds,
                statistics.Interval * row.Own,
                statistics.Interval * row.Total,
                row.Owner < 0 ? null : OwnerName(statistics, row.Owner),
                row.Frame?.Name ?? string.Empty,
                row.Frame is null ? Gil(row, state, rounds) : Place(row.Frame, state));
            if (Matches(line, state.Filter))
            {
                lines.Add(line);
            }
        }

        lines.Sort((left, right) => Compare(left, right, state));
        return lines;
    }

    private static string OwnerName(TopStatistics statistics, int owner) => statistics.Grouping.OwnerHeading == "Thread"
        ? owner < statistics.Threads.Count ? statistics.Threads[owner].Label : string.Create(CultureInfo.InvariantCulture, $"thread {owner}")
        : owner < statistics.Processes.Count
            ? ProcessName(statistics.Processes[owner])
            : string.Create(CultureInfo.InvariantCulture, $"process {owner}");

    // The id, and the beginning of the command without the folders of its program: python3 worker.py.
    private static string ProcessName(ProfiledProcess process)
    {
        string command = process.CommandLine;
        int end = command.IndexOf(' ', StringComparison.Ordinal);
        command = Path.GetFileName(end < 0 ? command : command[..end]) + (end < 0 ? string.Empty : command[end..]);
        return string.Create(CultureInfo.InvariantCulture, $"{process.ProcessId} {TopWords.CutEnd(command, ProcessColumns)}");
    }

    // How much a thread or process had of the GIL, and how long it was kept waiting for it.
    private static string Gil(TopRow row, TopState state, double rounds)
    {
        long held = state.WholeTime ? row.Gil : row.RecentGil;
        long waited = state.WholeTime ? row.Waits : row.RecentWaits;
        return $"GIL {TopWords.WholePercent(held / rounds)}, waits for it {TopWords.WholePercent(waited / rounds)}";
    }

    private static string Place(TopFrame frame, TopState state)
    {
        int number = !state.LineNumbers ? 0 : state.Grouping.ByLine ? frame.LineNumber : frame.FirstLineNumber;
        return frame.FileName.Length == 0 || number == 0
            ? frame.FileName
            : string.Create(CultureInfo.InvariantCulture, $"{frame.FileName}:{number}");
    }

    private static bool Matches(TopLine line, string filter) => filter.Length == 0
        || line.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)
        || line.Place.Contains(filter, StringComparison.OrdinalIgnoreCase)
        || line.Owner?.Contains(filter, StringComparison.OrdinalIgnoreCase) == true;

    private static int Compare(TopLine left, TopLine right, TopState state)
    {
        int order = state.Sort switch
        {
            TopColumn.OwnShare => Descending(left.OwnShare, right.OwnShare),
            TopColumn.TotalShare => Descending(left.TotalShare, right.TotalShare),
            TopColumn.OwnTime => Descending(left.OwnTime, right.OwnTime),
            _ => Descending(left.TotalTime, right.TotalTime),
        };
        order = state.IsReversed ? -order : order;

        // What is equal keeps its place from picture to picture.
        order = order != 0 ? order : Descending(left.OwnTime, right.OwnTime);
        order = order != 0 ? order : Descending(left.TotalTime, right.TotalTime);
        order = order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
        order = order != 0 ? order : string.CompareOrdinal(left.Place, right.Place);
        return order != 0 ? order : string.CompareOrdinal(left.Owner, right.Owner);
    }

    private static int Descending<T>(T left, T right)
        where T : IComparable<T> => right.CompareTo(left);
}
