using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using Pyflame.Processes;
using Pyflame.Processes.Elf;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>Finds the CPython runtime of a process, by symbol, by section, or by what its data must look like.</summary>
/// <remarks>
/// Made to be asked again and again while a launched command goes through its <c>exec</c>s and starts up: what cannot have
/// changed is not looked for twice. Only a runtime that has started is ever given out. Not safe for use by two threads at once.
/// </remarks>
public sealed class RuntimeLocator
{
    private readonly TargetProcess target;
    private readonly PythonVersion? forced;
    private IReadOnlyList<LoadedModule> modules = [];
    private List<RuntimeCandidate>? candidates;

    /// <summary>Makes a locator; looks at nothing yet.</summary>
    /// <param name="target">The process.</param>
    /// <param name="forcedVersion">
    /// The version that the user insists on, which decides the layout; its patch level is that of the binary where the minor version
    /// agrees. Null to go by the binary.
    /// </param>
    public RuntimeLocator(TargetProcess target, PythonVersion? forcedVersion = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        this.target = target;
        forced = forcedVersion;
    }

    /// <summary>Looks for the runtime as the process is now.</summary>
    /// <param name="runtime">The runtime; null where there is none.</param>
    /// <param name="failure">Why there is none; null where there is one.</param>
    public bool TryLocate(
        [NotNullWhen(true)] out PythonRuntime? runtime, [NotNullWhen(false)] out TargetProcessException? failure)
    {
        runtime = null;
        IReadOnlyList<LoadedModule> now = target.ReadModules();
        if (now.Count == 0)
        {
            failure = new TargetProcessException(TargetFailure.NotFound, Text($"Process {target.ProcessId} has ended."));
            return false;
        }

        // An image that is not yet mapped as a whole shows nothing; a map that is the same has nothing new.
        if (!AreSame(now, modules))
        {
            modules = now;
            candidates = null;
        }

        candidates ??= FindByExport();
        TargetProcessException? reason = null;
        foreach (RuntimeCandidate candidate in candidates)
        {
            if (candidate.TryOpen(target, forced, out runtime, out TargetProcessException? problem))
            {
                NoteOthers(runtime, candidate);
                failure = null;
                return true;
            }

            // That a version cannot be read says more than that another image is idle.
            if (reason is null || problem.Failure == TargetFailure.UnsupportedVersion)
            {
                reason = problem;
            }
        }

        if (candidates.Count == 0 && TryFindStripped(out runtime))
        {
            failure = null;
            return true;
        }

        failure = reason ?? NotPython();
        return false;
    }

    /// <summary>A program may have loaded and started a second CPython, in a plug-in say; only the first one found is read.</summary>
    private void NoteOthers(PythonRuntime runtime, RuntimeCandidate chosen)
    {
        foreach (RuntimeCandidate other in candidates!)
        {
            if (other != chosen && other.TryOpen(target, null, out PythonRuntime? second, out _))
            {
                runtime.OtherModules = [.. runtime.OtherModules, second.Module];
            }
        }
    }

    private static bool AreSame(IReadOnlyList<LoadedModule> left, IReadOnlyList<LoadedModule> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (!left[i].Mappings.SequenceEqual(right[i].Mappings))
            {
                return false;
            }
        }

        return true;
    }

    private static string Text(DefaultInterpolatedStringHandler text) => string.Create(CultureInfo.InvariantCulture, ref text);

    /// <summary>
    /// The main program and what calls itself Python first: nearly always the runtime is there. Of several libraries, the one that the
    /// program itself was linked with comes first: the others are some plug-in's.
    /// </summary>
    private IEnumerable<LoadedModule> InOrder()
    {
        LoadedModule[] libraries = [.. modules.Where(IsLibrary)];
        if (libraries.Length > 1)
        {
            IReadOnlyList<string> linked = modules.FirstOrDefault(static module => module.IsMainExecutable)?.Image?.ReadNeeded() ?? [];
            libraries = [.. libraries.OrderBy(library => !linked.Contains(library.SoName ?? ""))];
        }

        LoadedModule[] likely = [.. modules.Where(static module => module.IsMainExecutable), .. libraries];
        return likely.Concat(modules.Except(likely));
    }

    private static bool IsLibrary(LoadedModule module) =>
        !module.IsMainExecutable && Path.GetFileName(module.Path).StartsWith("libpython", StringComparison.Ordinal);

    /// <summary>
    /// By the symbols that CPython exports, found by hash in the target's memory; then, where no image exports them, by the symbols
    /// and sections of the files.
    /// </summary>
    private List<RuntimeCandidate> FindByExport()
    {
        var found = new List<RuntimeCandidate>();
        foreach (LoadedModule module in InOrder())
        {
            if (TryFindExport(module, "_PyRuntime", out RemoteAddress address))
            {
                found.Add(new RuntimeCandidate(module, address, default));
            }
            else if (TryFindExport(module, "_PyThreadState_Current", out address))
            {
                found.Add(new RuntimeCandidate(module, default, address));
            }
        }

        return found.Count > 0 ? found : FindByFile();
    }

    private List<RuntimeCandidate> FindByFile()
    {
        var found = new List<RuntimeCandidate>();
        foreach (LoadedModule module in InOrder())
        {
            if (module.TryFindSection(".PyRuntime", out RemoteRange section))
            {
                found.Add(new RuntimeCandidate(module, section.Address, default));
            }
            else if (module.TryFindSymbol("_PyRuntime", out RemoteAddress address, out _))
            {
                found.Add(new RuntimeCandidate(module, address, default));
            }
            else if (module.TryFindSymbol("_PyThreadState_Current", out address, out _))
            {
                found.Add(new RuntimeCandidate(module, default, address));
            }
        }

        return found;
    }

    /// <summary>Looks through the data of each image; not remembered, since it shows only what has started.</summary>
    private bool TryFindStripped([NotNullWhen(true)] out PythonRuntime? runtime)
    {
        foreach (LoadedModule module in InOrder())
        {
            RuntimeCandidate? candidate = null;
            if (RuntimeScan.TryFindDebugOffsets(target.Memory, module, out RemoteAddress address))
            {
                candidate = new RuntimeCandidate(module, address, default);
            }
            else if (VersionDetector.TryFindVersionText(module, target.Memory, out PythonVersion version)
                && KnownOffsets.TryGet(forced ?? version, out StructOffsets? offsets)
                && RuntimeScan.TryFindInterpretersHead(target.Memory, module, offsets, out RemoteAddress head))
            {
                candidate = version.IsAtLeast(3, 7)
                    ? new RuntimeCandidate(module, head - offsets.RuntimeState.InterpretersHead, default)
                    : new RuntimeCandidate(module, default, default, head);
            }

            if (candidate is not null && candidate.TryOpen(target, forced, out runtime, out _))
            {
                return true;
            }
        }

        runtime = null;
        return false;
    }

    private static bool TryFindExport(LoadedModule module, string name, out RemoteAddress address)
    {
        address = default;
        if (module.Image is null || !module.Image.TryFindDynamicSymbol(name, out ElfSymbol symbol))
        {
            return false;
        }

        address = module.ToAddress(symbol.Value);
        return true;
    }

    private TargetProcessException NotPython()
    {
        LoadedModule main = modules[0];
        if (modules.Any(static module => module.SoName?.StartsWith("libpypy", StringComparison.Ordinal) == true))
        {
            return new TargetProcessException(
                TargetFailure.UnsupportedVersion,
                Text($"Process {target.ProcessId} ({main.Path}) runs PyPy; only CPython can be read."));
        }

        if (main.Image is { Machine: not 62 } other)
        {
            return new TargetProcessException(
                TargetFailure.UnsupportedVersion,
                Text($"Process {target.ProcessId} ({main.Path}) is for another processor (ELF machine {other.Machine}), not x86-64."));
        }

        return new TargetProcessException(
            TargetFailure.NotPython,
            Text($"Process {target.ProcessId} ({main.Path}) is not a Python interpreter, or has not started one yet."),
            "Is it the right process? A launcher such as uwsgi or gunicorn may run Python only in its children.");
    }
}
