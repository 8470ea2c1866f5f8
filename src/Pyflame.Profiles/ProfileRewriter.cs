using Pyflame.Profiles.Export.Pages;

namespace Pyflame.Profiles;

/// <summary>Copies of a profile in which functions and frames mean something else; what then is the same is one.</summary>
public static class ProfileRewriter
{
    /// <summary>A copy in which each frame stands at the first line of its function.</summary>
    public static Profile AtFirstLines(Profile profile) => Rewrite(
        profile, file => file, (frame, function) => frame with { LineNumber = function.FirstLineNumber });

    /// <summary>A copy in which files have other names.</summary>
    /// <param name="profile">The profile; not changed.</param>
    /// <param name="rename">Gives each file its name.</param>
    public static Profile WithFileNames(Profile profile, Func<string, string> rename) => Rewrite(profile, rename, (frame, _) => frame);

    /// <summary>
    /// A copy in which files go by the part of their path that tells: from the package on for installed code, without the folder that the
    /// program's own files have in common.
    /// </summary>
    public static Profile WithShortFileNames(Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return WithFileNames(profile, new FileLabels(Files(profile)).Label);
    }

    /// <summary>
    /// A copy in which files that only this profile has go by the paths of those that only another one has and that are the same part of
    /// their program or package: of a checkout or an environment elsewhere, or of another Python.
    /// </summary>
    /// <param name="profile">The profile; not changed.</param>
    /// <param name="other">The profile whose paths are taken.</param>
    public static Profile WithFilesWhere(Profile profile, Profile other)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(other);
        HashSet<string> files = Files(profile);
        HashSet<string> otherFiles = Files(other);
        var labels = new FileLabels(files);
        var otherLabels = new FileLabels(otherFiles);
        ILookup<string, string> otherByLabel = otherFiles.Except(files).ToLookup(otherLabels.Label);
        var moved = files.Except(otherFiles).GroupBy(labels.Label)
            .Where(group => group.Count() == 1 && otherByLabel[group.Key].Count() == 1)
            .ToDictionary(group => group.Single(), group => otherByLabel[group.Key].Single());
        return moved.Count == 0 ? profile : WithFileNames(profile, file => moved.GetValueOrDefault(file, file));
    }

    private static HashSet<string> Files(Profile profile) =>
    [
        .. Enumerable.Range(0, profile.Functions.Count)
            .Select(index => profile.Strings[profile.Functions[new FunctionId(index)].FileName]).Where(file => file.Length > 0),
    ];

    private static Profile Rewrite(
        Profile profile, Func<string, string> rename, Func<FrameInfo, FunctionInfo, FrameInfo> change)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var copy = new Profile(profile.Circumstances) { Statistics = profile.Statistics };
        copy.Processes.AddRange(profile.Processes);
        copy.Threads.AddRange(profile.Threads);
        var frames = new FrameId[profile.Frames.Count];
        for (int index = 0; index < frames.Length; index++)
        {
            FrameInfo frame = profile.Frames[new FrameId(index)];
            FunctionInfo function = profile.Functions[frame.Function];
            FunctionId renamed = copy.InternFunction(
                profile.Strings[function.Name],
                rename(profile.Strings[function.FileName]),
                function.FirstLineNumber,
                profile.Strings[function.QualifiedName]);
            frames[index] = copy.Frames.Intern(change(frame, function) with { Function = renamed });
        }

        // A stack's parent has a smaller id than the stack; id 0 is the empty one of both.
        var stacks = new StackId[profile.Stacks.Count];
        for (int index = 1; index < stacks.Length; index++)
        {
            var stack = new StackId(index);
            stacks[index] = copy.Stacks.Intern(
                stacks[profile.Stacks.Parent(stack).Value], frames[profile.Stacks.Frame(stack).Value]);
        }

        if (profile.Samples is not null)
        {
            copy.Samples = new SampleLog();
            foreach (Sample sample in profile.Samples)
            {
                copy.Samples.Add(sample with { Stack = stacks[sample.Stack.Value] });
            }
        }

        if (profile.Counts is not null)
        {
            copy.Counts = new StackCounts();
            for (int index = 0; index < profile.Counts.Count; index++)
            {
                StackCount count = profile.Counts[index];
                copy.Counts.Add(count.Thread, stacks[count.Stack.Value], count.Weight);
            }
        }

        return copy;
    }
}
