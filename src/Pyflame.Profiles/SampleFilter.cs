namespace Pyflame.Profiles;

/// <summary>Decides which samples count, by the frames of their stacks and by their threads.</summary>
/// <remarks>Not safe for use by two threads at once. Allocates nothing for a stack and a thread that it has seen.</remarks>
public sealed class SampleFilter
{
    private readonly Profile _profile;
    private readonly NamePattern[] _wanted;
    private readonly NamePattern[] _unwanted;
    private readonly NamePattern[] _threads;

    // What is known of frames and stacks by their ids: Seen, and which patterns match.
    private Match[] _frames = new Match[256];
    private Match[] _stacks = new Match[256];
    private (string? Name, bool IsWanted)[] _knownThreads = [];
    private readonly Stack<StackId> _missing = new();

    /// <summary>Makes a filter for the samples of a profile.</summary>
    /// <param name="profile">The profile, which may grow.</param>
    /// <param name="patterns">What to look for.</param>
    public SampleFilter(Profile profile, FilterPatterns patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        _profile = profile;
        _wanted = [.. patterns.Wanted.Select(text => new NamePattern(text))];
        _unwanted = [.. patterns.Unwanted.Select(text => new NamePattern(text))];
        _threads = [.. patterns.Threads.Select(text => new NamePattern(text))];
    }

    [Flags]
    private enum Match : byte
    {
        None = 0,
        Seen = 1,
        Wanted = 2,
        Unwanted = 4,
    }

    /// <summary>Whether a sample of a thread and a stack counts.</summary>
    public bool Keeps(ProfiledThreadId thread, StackId stack)
    {
        if (_threads.Length > 0 && !IsWanted(thread))
        {
            return false;
        }

        Match match = _wanted.Length + _unwanted.Length == 0 ? Match.None : MatchOf(stack);
        return (match & Match.Unwanted) == 0 && (_wanted.Length == 0 || (match & Match.Wanted) != 0);
    }

    /// <summary>The profile of the samples that count.</summary>
    /// <param name="profile">The filter's own.</param>
    public Profile Apply(Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        Profile kept = profile.Samples is null ? profile : profile.Where(sample => Keeps(sample.Thread, sample.Stack));
        return profile.Counts is null ? kept : kept.WithCounts(count => Keeps(count.Thread, count.Stack));
    }

    private bool IsWanted(ProfiledThreadId id)
    {
        if (id.Value >= _profile.Threads.Count)
        {
            return false;
        }

        if (id.Value >= _knownThreads.Length)
        {
            Array.Resize(ref _knownThreads, Math.Max(16, id.Value * 2));
        }

        // A thread may get its name later.
        ProfiledThread thread = _profile.Threads[id.Value];
        ref (string? Name, bool IsWanted) known = ref _knownThreads[id.Value];
        if (known.Name is null || !ReferenceEquals(known.Name, thread.Name))
        {
            known = (thread.Name, IsWanted(thread));
        }

        return known.IsWanted;
    }

    private bool IsWanted(ProfiledThread thread)
    {
        string name = thread.Name ?? thread.DisplayName;
        return Array.Exists(_threads, pattern => pattern.MatchesThread(thread, name));
    }

    private Match MatchOf(StackId stack)
    {
        if (_stacks.Length < _profile.Stacks.Count)
        {
            Array.Resize(ref _stacks, _profile.Stacks.Count * 2);
        }

        Match match = Match.Seen;
        for (StackId at = stack; !at.IsEmpty; at = _profile.Stacks.Parent(at))
        {
            if ((_stacks[at.Value] & Match.Seen) != 0)
            {
                match = _stacks[at.Value];
                break;
            }

            _missing.Push(at);
        }

        // From the root on: a stack has what its caller's has, and what its own frame has.
        while (_missing.TryPop(out StackId missing))
        {
            match |= MatchOf(_profile.Stacks.Frame(missing));
            _stacks[missing.Value] = match;
        }

        return match;
    }

    private Match MatchOf(FrameId id)
    {
        if (_frames.Length < _profile.Frames.Count)
        {
            Array.Resize(ref _frames, _profile.Frames.Count * 2);
        }

        ref Match match = ref _frames[id.Value];
        if (match == Match.None)
        {
            FunctionInfo function = _profile.Functions[_profile.Frames[id].Function];
            string name = _profile.Strings[function.Name];
            string qualified = _profile.Strings[function.QualifiedName];
            string file = _profile.Strings[function.FileName];
            match = Match.Seen
                | (Array.Exists(_wanted, pattern => pattern.Matches(name, qualified, file)) ? Match.Wanted : Match.None)
                | (Array.Exists(_unwanted, pattern => pattern.Matches(name, qualified, file)) ? Match.Unwanted : Match.None);
        }

        return match;
    }
}
