using Pyflame.Bench.Measuring;
using Pyflame.Testing;

namespace Pyflame.Bench.Tools;

/// <summary>The profilers on this machine.</summary>
internal static class ToolSet
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Finds the peers.</summary>
    /// <param name="austinRoot">Where austin is unpacked; null where it is not.</param>
    /// <param name="given"><c>NAME=PATH</c> of others.</param>
    /// <param name="run">Runs the commands that tell versions.</param>
    /// <param name="missing">Receives why a peer is not there.</param>
    public static List<Tool> FindPeers(
        string? austinRoot, IEnumerable<string> given, MeasuredCommand run, List<string> missing)
    {
        List<Tool> peers = [];
        if (austinRoot is null)
        {
            missing.Add("austin could not be installed");
        }
        else
        {
            peers.Add(new AustinTool(austinRoot) { Version = VersionOf(run, [.. AustinTool.Start(austinRoot, "austin"), "--version"]) });
        }

        Interpreter? newest = InterpreterCatalog.All.FirstOrDefault(
            interpreter => interpreter is { Origin: InterpreterOrigin.DebianChroot, Version: { Major: 3, Minor: >= 15 } });
        if (newest is null)
        {
            missing.Add("profiling.sampling: no CPython 3.15 could be installed");
        }
        else
        {
            peers.Add(new TachyonTool(newest) { Version = $"of CPython {newest.Version}" });
        }

        foreach (string peer in given)
        {
            if (peer.Split('=', 2) is not [var name, var path] || !File.Exists(path))
            {
                throw new FormatException($"--peer={peer} is not NAME=PATH of a program");
            }

            string version = VersionOf(run, [path, "--version"]);
            peers.Add(version.Contains("py-spy", StringComparison.OrdinalIgnoreCase)
                ? new PySpyTool(name, path) { Version = version }
                : new ClassicPyflameTool(name, path) { Version = version });
        }

        return peers;
    }

    /// <summary>The first line that a command prints.</summary>
    public static string VersionOf(MeasuredCommand run, IReadOnlyList<string> command) =>
        run.Run(command, null, s_limit).Output.Split('\n')[0].Trim();
}
