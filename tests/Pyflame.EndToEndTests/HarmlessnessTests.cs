using System.Globalization;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>What becomes of a target when Pyflame is killed.</summary>
public sealed class HarmlessnessTests
{
    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_target_runs_on_when_the_sampler_that_stops_it_is_killed(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        using TargetProgram target = TargetProgram.Start(interpreter, "busy.py", "12");
        for (int kill = 0; kill < 5; kill++)
        {
            using RunningPyflame pyflame = RunningPyflame.Start(
                "record", "--blocking", "-r", "2000", "-p", target.ProcessId.ToString(CultureInfo.InvariantCulture), "-o", folder["p.pyflame"]);
            pyflame.WaitUntilItSamples();
            pyflame.Send("KILL");
            Assert.Equal(128 + 9, pyflame.End().ExitCode);

            Dictionary<string, string> status = File.ReadLines($"/proc/{target.ProcessId}/status")
                .Select(line => line.Split(':', 2))
                .ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.Ordinal);
            Assert.Equal("0", status["TracerPid"]);
            Assert.DoesNotContain(status["State"][0], "tT");
            long before = Count(target);
            Assert.True(Count(target) > before, "the target does not go on");
        }

        Assert.Equal(0, target.End());
    }

    // It counts all the time, and says how far it is when asked.
    private static long Count(TargetProgram target)
    {
        target.WriteLine("count");
        return long.Parse(target.ReadLine(), CultureInfo.InvariantCulture);
    }
}
