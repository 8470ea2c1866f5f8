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
        var files = new HashSet<string>();
        for (int index = 0; index < profile.Functions.Count; index++)
        {
            files.Add(profile.Strings[profile.Functions[new FunctionId(index)].FileName]);
        }

        return WithFileNames(profile, new FileLabels(files.Where(file => file.Length > 0)).Label);
    }

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
