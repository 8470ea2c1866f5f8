namespace Pyflame.Processes.Linux;

/// <summary>What <c>/proc/PID/cgroup</c> (cgroups(7)) tells of the container that a process runs in.</summary>
internal static class ControlGroup
{
    private const int IdLength = 64;

    /// <summary>
    /// Finds the id of a container: 64 lower-case hexadecimal digits, standing for themselves in a part of the path, as
    /// in <c>/docker/ID</c>, <c>/system.slice/docker-ID.scope</c>, <c>…/cri-containerd-ID.scope</c> or
    /// <c>/libpod-ID</c>.
    /// </summary>
    public static string? FindContainerId(string text)
    {
        // The last one: of a container within a container, the inner one.
        int run = 0;
        for (int i = text.Length - 1; i >= -1; i--)
        {
            if (i >= 0 && text[i] is (>= '0' and <= '9') or (>= 'a' and <= 'f'))
            {
                run++;
                continue;
            }

            if (run == IdLength)
            {
                return text.Substring(i + 1, IdLength);
            }

            run = 0;
        }

        return null;
    }
}
