using System.Globalization;
using System.Reflection;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Python.Layout;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Python;

/// <summary>The offsets in use for each interpreter are those that a C compiler finds in its headers.</summary>
public sealed class StructOffsetsTests
{
    [Theory]
    [InterpreterData(OnlyWithGil = true)]
    public void Offsets_are_those_of_the_headers(Interpreter interpreter)
    {
        string headers = FindHeaders(interpreter);
        using TargetProgram program = TargetProgram.Start(interpreter, "busy.py");
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        StructOffsets offsets = PythonRuntime.Locate(target).Offsets;

        Assert.Equal(Lines(HeaderProbe.Run(headers, interpreter.Version)), Lines(Fields(offsets)));
    }

    [Theory]
    [InterpreterData(Below = "3.13")]
    public void Trace_refs_moves_what_the_headers_move(Interpreter interpreter)
    {
        string headers = FindHeaders(interpreter);
        Version version = interpreter.Version;
        Assert.True(KnownOffsets.TryGet(new PythonVersion(version.Major, version.Minor, version.Build), out StructOffsets? offsets));

        Assert.Equal(
            Lines(HeaderProbe.Run(headers, version, "-DPy_TRACE_REFS=1", "-DPy_DEBUG=1")),
            Lines(Fields(offsets.WithTraceRefs())));
    }

    // The same headers describe the build without a GIL, whose table they make too.
    [Theory]
    [InterpreterData(From = "3.14", OnePerVersion = true, OnlyWithGil = true)]
    public void Offsets_of_free_threaded_builds_are_those_of_the_headers(Interpreter interpreter)
    {
        const string freeThreaded = "-DPy_GIL_DISABLED=1";
        string headers = FindHeaders(interpreter);
        byte[] table = HeaderProbe.DebugOffsetsTable(headers, interpreter.Version, freeThreaded);

        Assert.True(DebugOffsets.TryParse(table, out StructOffsets? offsets, out string? problem), problem);

        Assert.True(offsets.FreeThreaded);
        Assert.Equal(Lines(HeaderProbe.Run(headers, interpreter.Version, freeThreaded)), Lines(Fields(offsets)));
    }

    private static string FindHeaders(Interpreter interpreter)
    {
        string? headers = HeaderProbe.FindHeaders(interpreter);
        Assert.SkipWhen(headers is null, $"The headers of {interpreter} are not installed.");
        Assert.SkipUnless(File.Exists("/usr/bin/cc"), "There is no C compiler.");
        return headers;
    }

    // Every offset that the version has, under the name that the probe gives it. The sizes of the fixed parts are ours.
    private static Dictionary<string, int> Fields(StructOffsets offsets) =>
        new object[]
            {
                offsets.RuntimeState, offsets.InterpreterState, offsets.ThreadState, offsets.Frame, offsets.CodeObject, offsets.Objects,
            }
            .SelectMany(record => record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property =>
                (Name: $"{record.GetType().Name.Replace("Offsets", "", StringComparison.Ordinal)}.{property.Name}",
                    Value: Convert.ToInt32(property.GetValue(record), CultureInfo.InvariantCulture))))
            .Where(field => field.Value != StructOffsets.Absent && !field.Name.EndsWith(".HeaderSize", StringComparison.Ordinal)
                && (!field.Name.EndsWith("Mask", StringComparison.Ordinal) || field.Value != 0))
            .ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);

    private static IEnumerable<string> Lines(IReadOnlyDictionary<string, int> fields) =>
        fields.Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Key} {field.Value}")).Order(StringComparer.Ordinal);
}
