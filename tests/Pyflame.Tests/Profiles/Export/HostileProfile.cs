using Pyflame.Profiles;

namespace Pyflame.Tests.Profiles.Export;

/// <summary>A profile whose every text tries to break out of the page that it is written to.</summary>
internal static class HostileProfile
{
    /// <summary>What a script that got through would set on the window.</summary>
    public const string Trap = "pyflameTrap";

    public static readonly string[] Names =
    [
        $"<script>window.{Trap}=1</script>",
        $"]]><script>window.{Trap}=2</script>",
        $"\"><img src=x onerror=\"window.{Trap}=3\">",
        $"'/><svg onload=window.{Trap}=4>",
        $"</title></style></script><script>window.{Trap}=5</script>",
        $"-->{{{{payload}}}}{{{{script}}}}<!--<script>window.{Trap}=6</script>",
        "&lt;b&gt; &amp; &#0;",
        "left\u202eright\u2066inner\u2069",
        "nul\0 bell\a escape\u001b[31m del\u007f c1\u009b",
        "line\nfeed\r\u2028\u2029\u0085",
        "lone\ud800half",
        "noncharacter\ufffe\uffff\ufeff",
        $"javascript:window.{Trap}=7",
        "πρόγραμμα 数える שלום مرحبا 🐍 𝔘",
    ];

    /// <summary>One sample for each name, as function, file, thread, command and title at once.</summary>
    public static Profile Make()
    {
        Profile profile = new(new Circumstances
        {
            StartUtc = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
            Mode = Names[0],
            RateHertz = 100,
            Host = Names[1],
            PyflameVersion = Names[2],
            Kernel = Names[3],
            Container = Names[4],
        });
        profile.Processes.Add(new ProfiledProcess(1, string.Join(' ', Names), Names[5]));
        profile.Counts = new StackCounts();
        for (int index = 0; index < Names.Length; index++)
        {
            string name = Names[index];
            profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(index), 0, index + 1, name, false));
            StackId stack = SampleProfiles.Push(profile, StackId.Empty, "/srv/" + name + ".py", name, 1, 2, "Class." + name);
            profile.Counts.Add(new ProfiledThreadId(index), stack, 20);
        }

        return profile;
    }
}
