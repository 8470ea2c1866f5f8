using System.Globalization;

namespace Pyflame.Profiles;

/// <summary>
/// Reads the output of classic Pyflame's <c>-T</c>: for each sample a line with the microseconds since the epoch, then a line with
/// its stack, as <see cref="Export.TimestampWriter"/> writes them.
/// </summary>
/// <remarks>
/// The text does not name threads, but the samples of one round have one time and come newest thread first. So they are told
/// apart by their place counted from the end of the round, where threads that begin move nothing.
/// </remarks>
public sealed class TimestampReader
{
    private readonly Profile _profile = new(new Circumstances { StartUtc = DateTimeOffset.UnixEpoch, Mode = "wall", RateHertz = 0 });
    private readonly SampleLog _samples = new();
    private readonly Dictionary<string, StackId> _stacks = new(StringComparer.Ordinal);
    private readonly List<StackId> _round = [];
    private readonly List<long> _steps = [];
    private long _first;
    private long _roundTime;
    private long _line;

    private TimestampReader()
    {
        _profile.Samples = _samples;
        _profile.Processes.Add(new ProfiledProcess(0, string.Empty, string.Empty));
    }

    /// <summary>Reads all of it. A last time without its stack, as of an output that was cut off, counts for nothing.</summary>
    /// <param name="text">The text; left open.</param>
    /// <returns>
    /// The samples, and the threads oldest first: the first is most often the main thread. The rate is that of the usual distance
    /// in time.
    /// </returns>
    /// <exception cref="ProfileFormatException">The text is something else.</exception>
    public static Profile Read(TextReader text) => new TimestampReader().ReadAll(text);

    private Profile ReadAll(TextReader text)
    {
        while (text.ReadLine() is { } timeLine)
        {
            _line++;
            if (!long.TryParse(timeLine, NumberStyles.None, CultureInfo.InvariantCulture, out long time))
            {
                throw Wrong("is not a time in microseconds");
            }

            if (text.ReadLine() is not { } stackLine)
            {
                break;
            }

            _line++;
            Add(time, StackOf(stackLine));
        }

        EndRound();
        _profile.Circumstances = _profile.Circumstances with { RateHertz = UsualRate() };
        return _profile;
    }

    private void Add(long time, StackId stack)
    {
        if (_samples.Count == 0 && _round.Count == 0)
        {
            _first = _roundTime = time;
            _profile.Circumstances = _profile.Circumstances with
            {
                StartUtc = StartOf(time),
            };
        }

        if (time != _roundTime)
        {
            if (time < _roundTime)
            {
                throw Wrong("goes back in time");
            }

            EndRound();
            _steps.Add(time - _roundTime);
            _roundTime = time;
        }

        _round.Add(stack);
    }

    // By the median of the time between two rounds, which neither gaps nor late samples move.
    private double UsualRate()
    {
        _steps.Sort();
        return _steps.Count == 0 ? 1000 : 1e6 / _steps[_steps.Count / 2];
    }

    private DateTimeOffset StartOf(long time) => time <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() * 1000
        ? DateTimeOffset.UnixEpoch.AddMicroseconds(time)
        : throw Wrong("is not a time in microseconds");

    private void EndRound()
    {
        for (int position = 0; position < _round.Count; position++)
        {
            int index = _round.Count - 1 - position;
            while (_profile.Threads.Count <= index)
            {
                var id = new ProfiledThreadId(_profile.Threads.Count);
                _profile.Threads.Add(new ProfiledThread(id, 0, 0, null, IsMain: id.Value == 0));
            }

            _samples.Add(new Sample((_roundTime - _first) * 1000, new ProfiledThreadId(index), _round[position], SampleState.None, 1));
        }

        _round.Clear();
    }

    private StackId StackOf(string line)
    {
        if (_stacks.TryGetValue(line, out StackId known))
        {
            return known;
        }

        StackId stack = default;
        if (line.StartsWith('(') && !line.Contains(';', StringComparison.Ordinal))
        {
            FunctionId remark = _profile.InternFunction(line, string.Empty);
            stack = _profile.Stacks.Intern(default, _profile.Frames.Intern(new FrameInfo(remark, 0, FrameKind.Marker)));
        }
        else
        {
            if (!line.EndsWith(';'))
            {
                throw Wrong("is not a stack, each frame of which ends in a semicolon");
            }

            foreach (Range range in line.AsSpan(0, line.Length - 1).Split(';'))
            {
                stack = _profile.Stacks.Intern(stack, _profile.Frames.Intern(FrameOf(line[range])));
            }
        }

        _stacks.Add(line, stack);
        return stack;
    }

    // file:function:line or, as -n leaves it, file:function. A file may have colons in its name.
    private FrameInfo FrameOf(string text)
    {
        ReadOnlySpan<char> rest = text;
        int last = rest.LastIndexOf(':');
        if (last >= 0 && int.TryParse(rest[(last + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int lineNumber))
        {
            rest = rest[..last];
            last = rest.LastIndexOf(':');
        }
        else
        {
            lineNumber = 0;
        }

        FunctionId function = last < 0
            ? _profile.InternFunction(rest.ToString(), string.Empty)
            : _profile.InternFunction(rest[(last + 1)..].ToString(), rest[..last].ToString());
        return new FrameInfo(function, lineNumber, FrameKind.Python);
    }

    private ProfileFormatException Wrong(string what) => new(
        string.Create(CultureInfo.InvariantCulture, $"line {_line} {what}"),
        "The input should be the output of 'pyflame -T'; if the program that was traced wrote among it, have the profile written with -o");
}
