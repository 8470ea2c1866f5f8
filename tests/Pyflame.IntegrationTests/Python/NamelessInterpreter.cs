using System.Text;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Python;

/// <summary>
/// A copy of an interpreter that is as a static build that exports nothing is: every name that could lead to the runtime is made
/// another one, in its symbols and sections alike.
/// </summary>
internal sealed class NamelessInterpreter : IDisposable
{
    private readonly Interpreter _interpreter;

    /// <summary>Makes the copy.</summary>
    public NamelessInterpreter(Interpreter interpreter)
    {
        string name = $"{interpreter.Executable}-{Guid.NewGuid():N}";
        _interpreter = interpreter with { Executable = name };
        Original = interpreter.ToHostPath(interpreter.Executable);
        FilePath = interpreter.ToHostPath(name);
        byte[] program = File.ReadAllBytes(Original);
        foreach (string symbol in new[] { "PyRuntime", "PyThreadState_Current", "PyInterpreterState_Head", "Py_Version" })
        {
            Rename(program, symbol + '\0');
        }

        // A copy, so that it may be run.
        File.Copy(Original, FilePath);
        File.WriteAllBytes(FilePath, program);
    }

    /// <summary>The path of the interpreter that it is a copy of.</summary>
    public string Original { get; }

    /// <summary>Its path.</summary>
    public string FilePath { get; }

    /// <summary>Runs it, and looks at it once its runtime is found.</summary>
    public void Run(Action<TargetProcess, PythonRuntime> look) => StartingInterpreter.Run(_interpreter, look);

    /// <inheritdoc/>
    public void Dispose() => File.Delete(FilePath);

    private static void Rename(Span<byte> program, string symbol)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(symbol);
        for (int at = program.IndexOf(bytes); at >= 0; at = program.IndexOf(bytes))
        {
            program[at + bytes.Length - 2] = (byte)'X';
        }
    }
}
