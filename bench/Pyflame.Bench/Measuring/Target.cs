using System.Diagnostics;
using System.Globalization;
using Pyflame.Testing;

namespace Pyflame.Bench.Measuring;

/// <summary>A program of bench/targets that runs under an interpreter.</summary>
internal sealed class Target : IDisposable
{
    private readonly Process _process;
    private readonly StreamReader _output;
    private readonly string _folder;
    private readonly List<(double Time, long Count)> _counts = [];

    private Target(Process process, string folder, Interpreter interpreter)
    {
        _process = process;
        _output = process.StandardOutput;
        _folder = folder;
        Interpreter = interpreter;
    }

    /// <summary>What runs it.</summary>
    public Interpreter Interpreter { get; }

    /// <summary>Its process id as we see it.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts a program and returns once it says that it is ready.</summary>
    public static Target Start(string targets, Interpreter interpreter, string script, params IEnumerable<object> arguments)
    {
        string folder = Path.Combine(interpreter.ToHostPath("/tmp"), $"pyflame-bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        foreach (string source in Directory.EnumerateFiles(targets, "*.py"))
        {
            File.Copy(source, Path.Combine(folder, Path.GetFileName(source)));
        }

        string inTarget = interpreter.IsContained ? folder[interpreter.Root.Length..] : folder;
        ProcessStartInfo start = interpreter.StartInfo(
            [$"{inTarget}/{script}", .. arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)!)]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardInput = true;
        var target = new Target(Process.Start(EndingWithUs(start))!, folder, interpreter);
        if (target._output.ReadLine() != "READY")
        {
            target.Dispose();
            throw new InvalidOperationException($"{script} did not start under {interpreter}");
        }

        new Thread(target.TakeCounts) { IsBackground = true }.Start();
        return target;
    }

    /// <summary>How many iterations a second it did from one moment to another, by its own count (bench/targets/count.py).</summary>
    /// <param name="from">In seconds of the monotonic clock.</param>
    /// <param name="to">In seconds of the monotonic clock.</param>
    /// <returns>
    /// Over the whole time; and the median of its reports, each of which is of 50 ms, that a machine which now and then does something else does not change.
    /// </returns>
    public (double Mean, double Median) IterationRate(double from, double to)
    {
        lock (_counts)
        {
            int first = _counts.FindIndex(count => count.Time >= from);
            int last = _counts.FindLastIndex(count => count.Time <= to);
            List<double> rates = [];
            for (int i = first + 1; i <= last; i++)
            {
                rates.Add(Rate(i - 1, i));
            }

            return (Rate(first, last), Numbers.Median(rates));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private double Rate(int first, int last) => (_counts[last].Count - _counts[first].Count) / (_counts[last].Time - _counts[first].Time);

    // setpriv(1) of util-linux: the kernel ends the target with the harness, however that ends.
    private static ProcessStartInfo EndingWithUs(ProcessStartInfo start)
    {
        start.ArgumentList.Insert(0, start.FileName);
        start.ArgumentList.Insert(0, "KILL");
        start.ArgumentList.Insert(0, "--pdeathsig");
        start.FileName = "setpriv";
        return start;
    }

    // Ends with the target's output.
    private void TakeCounts()
    {
        while (_output.ReadLine() is { } line)
        {
            if (line.Split(' ') is [var time, var count])
            {
                lock (_counts)
                {
                    _counts.Add((double.Parse(time, CultureInfo.InvariantCulture), long.Parse(count, CultureInfo.InvariantCulture)));
                }
            }
        }
    }
}
