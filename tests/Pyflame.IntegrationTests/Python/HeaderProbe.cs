using System.Globalization;
using System.Text;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Python;

/// <summary>
/// Asks a C compiler where the fields lie that <see cref="Pyflame.Python.Layout.StructOffsets"/> names, by a program compiled against an
/// interpreter's own headers.
/// </summary>
internal static class HeaderProbe
{
    private const string StatusMask =
        "({ PyThreadState t; memset(&t, 0, sizeof t); t._status.holds_gil = 1; *(unsigned *)&t._status; })";

    // The record's field, the C expression, the first version that has it so and the first that has not.
    private static readonly (string Field, string Expression, string From, string Below)[] Fields =
    [
        ("RuntimeState.InterpretersHead", "offsetof(_PyRuntimeState, interpreters.head)", "3.7", "4.0"),
        ("RuntimeState.CurrentThreadState", "offsetof(_PyRuntimeState, gilstate.tstate_current)", "3.7", "3.12"),
        ("RuntimeState.GilLocked", "offsetof(_PyRuntimeState, ceval.gil.locked)", "3.7", "3.12"),
        ("RuntimeState.GilLastHolder", "offsetof(_PyRuntimeState, ceval.gil.last_holder)", "3.7", "3.12"),
        ("RuntimeState.GcCollecting", "offsetof(_PyRuntimeState, gc.collecting)", "3.7", "3.9"),

        ("InterpreterState.Next", "offsetof(PyInterpreterState, next)", "2.6", "4.0"),
        ("InterpreterState.ThreadsHead", "offsetof(PyInterpreterState, tstate_head)", "2.6", "3.11"),
        ("InterpreterState.ThreadsHead", "offsetof(PyInterpreterState, threads.head)", "3.11", "4.0"),
        ("InterpreterState.ThreadsMain", "offsetof(PyInterpreterState, threads.main)", "3.13", "4.0"),
        ("InterpreterState.Id", "offsetof(PyInterpreterState, id)", "3.7", "4.0"),
        ("InterpreterState.Modules", "offsetof(PyInterpreterState, modules)", "2.6", "3.12"),
        ("InterpreterState.Modules", "offsetof(PyInterpreterState, imports.modules)", "3.12", "4.0"),
        ("InterpreterState.SysDict", "offsetof(PyInterpreterState, sysdict)", "2.6", "4.0"),
        ("InterpreterState.Gil", "offsetof(PyInterpreterState, ceval.gil)", "3.12", "4.0"),
        ("InterpreterState.GcCollecting", "offsetof(PyInterpreterState, gc.collecting)", "3.9", "4.0"),
        ("InterpreterState.GilLockedInGil", "offsetof(struct _gil_runtime_state, locked)", "3.12", "4.0"),
        ("InterpreterState.GilLastHolderInGil", "offsetof(struct _gil_runtime_state, last_holder)", "3.12", "4.0"),
        ("InterpreterState.CodeObjectGeneration", "offsetof(PyInterpreterState, _code_object_generation)", "3.14", "4.0"),

        ("ThreadState.Prev", "offsetof(PyThreadState, prev)", "3.4", "4.0"),
        ("ThreadState.Next", "offsetof(PyThreadState, next)", "2.6", "4.0"),
        ("ThreadState.Interp", "offsetof(PyThreadState, interp)", "2.6", "4.0"),
        ("ThreadState.CurrentFrame", "offsetof(PyThreadState, frame)", "2.6", "3.11"),
        ("ThreadState.CFrame", "offsetof(PyThreadState, cframe)", "3.11", "3.13"),
        ("ThreadState.CurrentFrameInCFrame", "offsetof(_PyCFrame, current_frame)", "3.11", "3.13"),
        ("ThreadState.CurrentFrame", "offsetof(PyThreadState, current_frame)", "3.13", "4.0"),
        ("ThreadState.ThreadId", "offsetof(PyThreadState, thread_id)", "2.6", "4.0"),
        ("ThreadState.NativeThreadId", "offsetof(PyThreadState, native_thread_id)", "3.11", "4.0"),
        ("ThreadState.DataStackChunk", "offsetof(PyThreadState, datastack_chunk)", "3.11", "4.0"),
        ("ThreadState.DataStackTop", "offsetof(PyThreadState, datastack_top)", "3.11", "4.0"),
        ("ThreadState.DataStackLimit", "offsetof(PyThreadState, datastack_limit)", "3.11", "4.0"),
        ("ThreadState.Status", "offsetof(PyThreadState, _status)", "3.12", "4.0"),
        ("ThreadState.StatusHoldsGilMask", StatusMask, "3.13", "3.14"),
        ("ThreadState.HoldsGil", "offsetof(PyThreadState, holds_gil)", "3.14", "4.0"),
        ("ThreadState.GilRequested", "offsetof(PyThreadState, gil_requested)", "3.15", "4.0"),
        ("ThreadState.State", "offsetof(PyThreadState, state)", "3.13", "4.0"),
        ("ThreadState.ContextVersion", "offsetof(PyThreadState, context_ver)", "3.7", "4.0"),
        ("ThreadState.Id", "offsetof(PyThreadState, id)", "3.7", "4.0"),
        ("ThreadState.GilStateCounter", "offsetof(PyThreadState, gilstate_counter)", "2.6", "4.0"),

        ("Frame.Previous", "offsetof(PyFrameObject, f_back)", "2.6", "3.11"),
        ("Frame.Previous", "offsetof(_PyInterpreterFrame, previous)", "3.11", "4.0"),
        ("Frame.Code", "offsetof(PyFrameObject, f_code)", "2.6", "3.11"),
        ("Frame.Code", "offsetof(_PyInterpreterFrame, f_code)", "3.11", "3.13"),
        ("Frame.Code", "offsetof(_PyInterpreterFrame, f_executable)", "3.13", "4.0"),
        ("Frame.Instruction", "offsetof(PyFrameObject, f_lasti)", "2.6", "3.11"),
        ("Frame.Instruction", "offsetof(_PyInterpreterFrame, prev_instr)", "3.11", "3.13"),
        ("Frame.Instruction", "offsetof(_PyInterpreterFrame, instr_ptr)", "3.13", "4.0"),
        ("Frame.Owner", "offsetof(_PyInterpreterFrame, owner)", "3.11", "4.0"),
        ("Frame.IsEntry", "offsetof(_PyInterpreterFrame, is_entry)", "3.11", "3.12"),
        ("Frame.StackTop", "offsetof(PyFrameObject, f_stacktop)", "2.6", "3.10"),
        ("Frame.StackTop", "offsetof(PyFrameObject, f_stackdepth)", "3.10", "3.11"),
        ("Frame.StackTop", "offsetof(_PyInterpreterFrame, stacktop)", "3.11", "3.14"),
        ("Frame.StackTop", "offsetof(_PyInterpreterFrame, stackpointer)", "3.14", "4.0"),
        ("Frame.LocalsPlus", "offsetof(PyFrameObject, f_localsplus)", "2.6", "3.11"),
        ("Frame.LocalsPlus", "offsetof(_PyInterpreterFrame, localsplus)", "3.11", "4.0"),
        ("Frame.Globals", "offsetof(PyFrameObject, f_globals)", "2.6", "3.11"),
        ("Frame.Globals", "offsetof(_PyInterpreterFrame, f_globals)", "3.11", "4.0"),
        ("Frame.Locals", "offsetof(PyFrameObject, f_locals)", "2.6", "3.11"),
        ("Frame.Locals", "offsetof(_PyInterpreterFrame, f_locals)", "3.11", "4.0"),
        ("Frame.Function", "offsetof(_PyInterpreterFrame, f_func)", "3.11", "3.12"),
        ("Frame.Function", "offsetof(_PyInterpreterFrame, f_funcobj)", "3.12", "4.0"),

        ("CodeObject.Name", "offsetof(PyCodeObject, co_name)", "2.6", "4.0"),
        ("CodeObject.QualifiedName", "offsetof(PyCodeObject, co_qualname)", "3.11", "4.0"),
        ("CodeObject.FileName", "offsetof(PyCodeObject, co_filename)", "2.6", "4.0"),
        ("CodeObject.FirstLineNumber", "offsetof(PyCodeObject, co_firstlineno)", "2.6", "4.0"),
        ("CodeObject.LineTable", "offsetof(PyCodeObject, co_lnotab)", "2.6", "3.10"),
        ("CodeObject.LineTable", "offsetof(PyCodeObject, co_linetable)", "3.10", "4.0"),
        ("CodeObject.ArgumentCount", "offsetof(PyCodeObject, co_argcount)", "2.6", "4.0"),
        ("CodeObject.KeywordOnlyArgumentCount", "offsetof(PyCodeObject, co_kwonlyargcount)", "3.0", "4.0"),
        ("CodeObject.Flags", "offsetof(PyCodeObject, co_flags)", "2.6", "4.0"),
        ("CodeObject.LocalNames", "offsetof(PyCodeObject, co_varnames)", "2.6", "3.11"),
        ("CodeObject.LocalNames", "offsetof(PyCodeObject, co_localsplusnames)", "3.11", "4.0"),
        ("CodeObject.LocalKinds", "offsetof(PyCodeObject, co_localspluskinds)", "3.11", "4.0"),
        ("CodeObject.CellNames", "offsetof(PyCodeObject, co_cellvars)", "2.6", "3.11"),
        ("CodeObject.FreeNames", "offsetof(PyCodeObject, co_freevars)", "2.6", "3.11"),
        ("CodeObject.LocalCount", "offsetof(PyCodeObject, co_nlocals)", "2.6", "4.0"),
        ("CodeObject.StackSize", "offsetof(PyCodeObject, co_stacksize)", "3.11", "4.0"),
        ("CodeObject.LocalsPlusCount", "offsetof(PyCodeObject, co_nlocalsplus)", "3.11", "4.0"),
        ("CodeObject.Code", "offsetof(PyCodeObject, co_code)", "2.6", "3.11"),
        ("CodeObject.CodeAdaptive", "offsetof(PyCodeObject, co_code_adaptive)", "3.11", "4.0"),

        ("Object.Type", "offsetof(PyObject, ob_type)", "2.6", "4.0"),
        ("Object.VarSize", "offsetof(PyVarObject, ob_size)", "2.6", "4.0"),
        ("Object.TypeName", "offsetof(PyTypeObject, tp_name)", "2.6", "4.0"),
        ("Object.TypeFlags", "offsetof(PyTypeObject, tp_flags)", "2.6", "4.0"),
        ("Object.BytesData", "offsetof(PyBytesObject, ob_sval)", "2.6", "4.0"),
        ("Object.TupleItems", "offsetof(PyTupleObject, ob_item)", "2.6", "4.0"),
        ("Object.ListItems", "offsetof(PyListObject, ob_item)", "2.6", "4.0"),
        ("Object.UnicodeLength", "offsetof(PyUnicodeObject, length)", "2.6", "3.3"),
        ("Object.UnicodeDataPointer", "offsetof(PyUnicodeObject, str)", "2.6", "3.3"),
        ("Object.UnicodeLength", "offsetof(PyASCIIObject, length)", "3.3", "4.0"),
        ("Object.UnicodeState", "offsetof(PyASCIIObject, state)", "3.3", "4.0"),
        ("Object.UnicodeAsciiData", "sizeof(PyASCIIObject)", "3.3", "4.0"),
        ("Object.UnicodeCompactData", "sizeof(PyCompactUnicodeObject)", "3.3", "4.0"),
        ("Object.UnicodeDataPointer", "offsetof(PyUnicodeObject, data)", "3.3", "4.0"),
    ];

    // As above, of builds without a GIL only.
    private static readonly (string Field, string Expression, string From)[] FreeThreadedFields =
    [
        ("InterpreterState.GilEnabledInGil", "offsetof(struct _gil_runtime_state, enabled)", "3.13"),
        ("InterpreterState.TlbcGeneration", "offsetof(PyInterpreterState, tlbc_indices.tlbc_generation)", "3.14"),
        ("Frame.TlbcIndex", "offsetof(_PyInterpreterFrame, tlbc_index)", "3.14"),
        ("CodeObject.Tlbc", "offsetof(PyCodeObject, co_tlbc)", "3.14"),
    ];

    /// <summary>The folder of <c>Python.h</c> for an interpreter, null where its headers are not installed.</summary>
    public static string? FindHeaders(Interpreter interpreter)
    {
        string name = $"python{interpreter.Version.Major}.{interpreter.Version.Minor}";
        string[] folders = interpreter.Origin switch
        {
            InterpreterOrigin.Pyenv => [Path.Combine(Path.GetDirectoryName(interpreter.Executable)!, "..", "include")],
            InterpreterOrigin.System => ["/usr/include", "/usr/local/include"],
            _ => [Path.Combine(interpreter.Root, "../../headers", $"{interpreter.Version.Major}.{interpreter.Version.Minor}")],
        };

        // 3.7 and before have the letters of their ABI behind the version.
        return folders.SelectMany<string, string>(folder => [Path.Combine(folder, name), Path.Combine(folder, name + "m")])
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "Python.h")));
    }

    /// <summary>Compiles and runs the program.</summary>
    /// <param name="headers">The folder of <c>Python.h</c>.</param>
    /// <param name="version">The version that they are of.</param>
    /// <param name="options">Further options of the compiler.</param>
    /// <returns>The offset of each field that the version has.</returns>
    public static IReadOnlyDictionary<string, int> Run(string headers, Version version, params string[] options)
    {
        Version minor = new(version.Major, version.Minor);
        StringBuilder source = new(Includes(minor));
        source.AppendLine("int main(void) {");
        foreach ((string field, string expression, string from, string below) in Fields)
        {
            if (minor >= Version.Parse(from) && minor < Version.Parse(below))
            {
                AppendField(source, field, expression);
            }
        }

        source.AppendLine("#ifdef Py_GIL_DISABLED");
        foreach ((string field, string expression, string from) in FreeThreadedFields)
        {
            if (minor >= Version.Parse(from))
            {
                AppendField(source, field, expression);
            }
        }

        source.AppendLine("#endif").AppendLine("return 0; }");
        return CompileAndRun(source.ToString(), headers, options).Select(line => line.Split(' '))
            .ToDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }

    /// <summary>The bytes of <c>_Py_DebugOffsets</c> that the headers of 3.14 or later make.</summary>
    public static byte[] DebugOffsetsTable(string headers, Version version, params string[] options)
    {
        string source = Includes(new Version(version.Major, version.Minor)) + """
            #include <internal/pycore_debug_offsets.h>
            #include <internal/pycore_genobject.h>
            static _Py_DebugOffsets table = _Py_DebugOffsets_INIT(_Py_Debug_Cookie);
            int main(void) {
                for (size_t i = 0; i < sizeof table; i++) printf("%02x\n", ((unsigned char *)&table)[i]);
                return 0;
            }

            """;
        return [.. CompileAndRun(source, headers, options).Select(line => Convert.ToByte(line, 16))];
    }

    private static void AppendField(StringBuilder source, string field, string expression) =>
        source.AppendLine(CultureInfo.InvariantCulture, $"printf(\"{field} %ld\\n\", (long)({expression}));");

    private static string[] CompileAndRun(string source, string headers, string[] options)
    {
        string folder = Directory.CreateTempSubdirectory("pyflame-probe-").FullName;
        try
        {
            string file = Path.Combine(folder, "probe.c");
            string program = Path.Combine(folder, "probe");
            File.WriteAllText(file, source);
            // Debian's pyconfig.h includes the one of the architecture by its path from the folder above.
            CommandResult compiled = CommandRunner.Run(
                "cc",
                ["-w", .. options, "-I", headers, "-I", Path.Combine(headers, "internal"), "-I", Path.GetDirectoryName(headers)!, file, "-o", program],
                TestLimits.Step);
            Assert.True(compiled.ExitCode == 0, compiled.Error);
            return CommandRunner.Run(program, [], TimeSpan.FromSeconds(10)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Includes(Version minor)
    {
        List<string> lines = ["#include <stddef.h>", "#include <stdio.h>", "#include <string.h>"];
        if (minor >= new Version(3, 7))
        {
            lines.Add("#define Py_BUILD_CORE 1");
        }

        lines.AddRange(["#include <Python.h>", "#include <frameobject.h>"]);
        lines.AddRange(minor switch
        {
            _ when minor < new Version(3, 7) => ["#include <code.h>"],
            _ when minor < new Version(3, 8) => ["#include <internal/pystate.h>"],
            _ when minor < new Version(3, 9) => ["#include <internal/pycore_pystate.h>"],
            _ => ["#include <internal/pycore_runtime.h>", "#include <internal/pycore_interp.h>"],
        });
        if (minor >= new Version(3, 11))
        {
            lines.Add("#include <internal/pycore_frame.h>");
        }

        if (minor >= new Version(3, 14))
        {
            lines.Add("#include <internal/pycore_interpframe_structs.h>");
        }

        return string.Join('\n', lines) + "\n";
    }
}
