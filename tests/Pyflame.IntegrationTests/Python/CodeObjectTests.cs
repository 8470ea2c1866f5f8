using System.Globalization;
using System.Text.Json;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Python.Layout;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Python;

/// <summary>Code objects read from outside are what the interpreter itself says they are, line by line.</summary>
public sealed class CodeObjectTests
{
    // CO_OPTIMIZED and CO_NEWLOCALS: a function, whose variables all lie in its frame (Include/cpython/code.h).
    private const int FunctionFlags = 3;

    [Theory]
    [InterpreterData]
    public void Code_objects_are_as_the_interpreter_describes_them(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "code_report.py");
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        PythonRuntime runtime = PythonRuntime.Locate(target);
        CodeObjectCache cache = new(runtime.Memory, runtime.Offsets);
        List<RemoteAddress> addresses = [];
        long lineCount = 0;
        foreach (string line in program.Preamble)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement expected = document.RootElement;
            RemoteAddress address = new(expected.GetProperty("address").GetUInt64());
            addresses.Add(address);

            CodeObject? code = cache.Get(address);

            Assert.NotNull(code);
            Assert.Equal(Cut(expected.GetProperty("name").GetString()!), code.Name);
            Assert.Equal(Cut(expected.GetProperty("qualname").GetString()!), code.QualifiedName);
            Assert.Equal(Cut(expected.GetProperty("file").GetString()!), code.FileName);
            Assert.Equal(expected.GetProperty("first_line").GetInt32(), code.FirstLineNumber);
            Assert.Equal(expected.GetProperty("arguments").GetInt32(), code.ArgumentCount);
            Assert.Equal(expected.GetProperty("keyword_only").GetInt32(), code.KeywordOnlyArgumentCount);
            Assert.Equal(expected.GetProperty("locals").GetInt32(), code.LocalCount);
            Assert.Equal(expected.GetProperty("flags").GetInt32(), code.Flags);
            Assert.Equal(expected.GetProperty("size").GetInt32(), code.CodeSize);
            if ((code.Flags & FunctionFlags) == FunctionFlags)
            {
                Assert.Equal(expected.GetProperty("variables").EnumerateArray().Select(name => name.GetString()), code.LocalNames);
            }

            AssertFrames(runtime.Offsets, expected, code);
            lineCount += AssertLines(interpreter, expected, code);
        }

        Assert.InRange(addresses.Count, 800, 1200);
        Assert.True(lineCount > 20_000, string.Create(CultureInfo.InvariantCulture, $"{lineCount} instructions"));
        Assert.Equal(0, cache.Revalidate(addresses.ToArray(), new RemoteAddress[addresses.Count]));
        Assert.Equal(0, program.End());
        Assert.Null(CodeObject.TryRead(runtime.Memory, runtime.Offsets, cache.Strings, addresses[0]));
        Assert.Equal(addresses.Count, cache.Revalidate(addresses.ToArray(), new RemoteAddress[addresses.Count]));
        Assert.Equal(0, cache.Count);
    }

    /// <summary>What is needed to walk along a data stack: how long each frame is, and at which instructions it has returned.</summary>
    private static void AssertFrames(StructOffsets offsets, JsonElement expected, CodeObject code)
    {
        int slots = expected.GetProperty("variables").GetArrayLength() + expected.GetProperty("stack_size").GetInt32();
        Assert.Equal(offsets.HasInterpreterFrames ? offsets.Frame.LocalsPlus + (slots * 8) : 0, code.FrameSize);
        ulong bytecode = code.Address.Value + (ulong)Math.Max(0, offsets.CodeObject.CodeAdaptive);
        Assert.All(expected.GetProperty("ends").EnumerateArray(), offset => Assert.True(code.HasEnded(bytecode + offset.GetUInt64())));
        Assert.All(expected.GetProperty("others").EnumerateArray(), offset => Assert.False(code.HasEnded(bytecode + offset.GetUInt64())));
    }

    private static int AssertLines(Interpreter interpreter, JsonElement expected, CodeObject code)
    {
        (int Offset, int Line)[] runs = [.. expected.GetProperty("lines").EnumerateArray().Select(pair => (pair[0].GetInt32(), pair[1].GetInt32()))];
        int step = interpreter.Version >= new Version(3, 6) ? 2 : 1;
        int run = 0;
        int count = 0;
        for (int offset = 0; offset < code.CodeSize; offset += step)
        {
            while (run + 1 < runs.Length && runs[run + 1].Offset <= offset)
            {
                run++;
            }

            int line = code.GetLine(offset);
            Assert.True(
                runs[run].Line == line,
                string.Create(CultureInfo.InvariantCulture, $"{code}, offset {offset}: line {line} instead of {runs[run].Line}"));
            count++;
        }

        return count;
    }

    // Names of the target are shown escaped where they hold control characters, which these do not, and cut where they are long.
    private static string Cut(string text) =>
        text.Length <= PythonLimits.StringCharacters ? text : text[..PythonLimits.StringCharacters] + "…";
}
