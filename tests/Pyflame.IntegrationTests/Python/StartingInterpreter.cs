using System.Diagnostics;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Python;

/// <summary>An interpreter that is looked at from its first moment on.</summary>
internal static class StartingInterpreter
{
    /// <summary>Starts it, looks at it once its runtime is found, and ends it.</summary>
    public static void Run(Interpreter interpreter, Action<TargetProcess, PythonRuntime> look)
    {
        ProcessStartInfo startInfo = interpreter.StartInfo("-c", "import sys; sys.stdin.read()");
        startInfo.RedirectStandardInput = true;
        using Process process = Process.Start(startInfo)!;
        try
        {
            using TargetProcess target = TargetProcess.Attach(process.Id);
            RuntimeLocator locator = new(target);
            PythonRuntime? runtime = null;
            TargetProcessException? failure = null;

            Assert.True(SpinWait.SpinUntil(() => locator.TryLocate(out runtime, out failure), TestLimits.Step), failure?.Message);

            look(target, runtime!);
        }
        finally
        {
            process.StandardInput.Close();
            Assert.True(process.WaitForExit(TestLimits.Step));
        }
    }
}
