using System.Globalization;
using Pyflame.Processes;

namespace Pyflame.Bench.Commands;

/// <summary>
/// Reads 8 bytes of a process again and again, one system call each, and prints how often a second that went: the bound of every
/// sampler that makes at least one call a sample. At a rate it sleeps between two reads: what that costs is the least that a sampler can.
/// </summary>
internal static class ReadRateCommand
{
    public static int Run(IReadOnlyList<string> words)
    {
        var arguments = new Arguments(words, "pid", "seconds", "rate");
        double rate = arguments.Number("rate", 0);
        using TargetProcess target = TargetProcess.Attach(int.Parse(arguments.Required("pid"), CultureInfo.InvariantCulture));
        MemoryReader memory = target.Memory;
        RemoteAddress address = target.ReadModules()[0].WritableData[0].Address;
        long start = DeadlineTimer.Now;
        long end = start + (long)(arguments.Number("seconds", 1) * 1e9);
        long reads = 0;
        long now = start;
        using DeadlineTimer timer = DeadlineTimer.Create();
        while (now < end)
        {
            int batch = rate > 0 ? 1 : 100;
            if (rate > 0)
            {
                timer.SleepUntil(start + (long)(reads / rate * 1e9));
            }

            for (int i = 0; i < batch; i++)
            {
                if (!memory.TryRead(address, out ulong _))
                {
                    Console.Error.WriteLine($"{address} cannot be read");
                    return 1;
                }
            }

            reads += batch;
            now = DeadlineTimer.Now;
        }

        Console.WriteLine((reads / ((now - start) / 1e9)).ToString("F0", CultureInfo.InvariantCulture));
        return 0;
    }
}
