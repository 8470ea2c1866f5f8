using System.Text.Json;
using Pyflame.Cli.Terminal;
using Pyflame.Processes;
using Pyflame.Python;

namespace Pyflame.Cli.Commands;

/// <summary>What <c>pyflame doctor</c> found.</summary>
/// <param name="ProcessId">The process; 0 where none was named.</param>
/// <param name="CanProfile">Whether it can be profiled; where none was named, whether such processes can that we did not start.</param>
/// <param name="Summary">That in one sentence.</param>
/// <param name="Python">The version that runs in it; null where none does, or it cannot be looked into.</param>
/// <param name="MemoryMethod">How its memory is read; null where it cannot be.</param>
/// <param name="Checks">What was checked.</param>
/// <param name="Remedies">What to do, any one of them.</param>
internal sealed record Diagnosis(
    int ProcessId,
    bool CanProfile,
    string Summary,
    string? Python,
    string? MemoryMethod,
    IReadOnlyList<AttachCheck> Checks,
    IReadOnlyList<AttachRemedy> Remedies)
{
    /// <summary>Checks all there is, and looks into the process where it can.</summary>
    public static Diagnosis Of(int processId)
    {
        AttachReport report = TargetProcess.Diagnose(processId);
        if (processId == 0 || !report.CanAttach)
        {
            return new Diagnosis(processId, report.CanAttach, report.Summary, null, null, report.Checks, report.Remedies);
        }

        try
        {
            using TargetProcess target = TargetProcess.Attach(processId);
            if (PythonRuntime.TryLocate(target, null, out PythonRuntime? runtime, out TargetProcessException? failure))
            {
                var python = new AttachCheck("python", CheckStatus.Fine, $"CPython {runtime.Version} runs in it ({runtime.Module.Path}).", null);
                if (runtime.OtherModules.Count > 0)
                {
                    string others = string.Join(", ", runtime.OtherModules.Select(module => module.Path));
                    python = new AttachCheck("python", CheckStatus.Limits, $"{python.Finding} Another one does too, which is not read: {others}.", null);
                }

                return new Diagnosis(
                    target.ProcessId,
                    true,
                    $"Process {target.ProcessId} can be profiled: CPython {runtime.Version}, read with {target.MemoryMethod}.",
                    runtime.Version.ToString(),
                    target.MemoryMethod,
                    [.. report.Checks, python],
                    []);
            }

            return new Diagnosis(
                target.ProcessId,
                false,
                failure.Message,
                null,
                target.MemoryMethod,
                [.. report.Checks, new AttachCheck("python", CheckStatus.Blocks, failure.Message, failure.Remedy)],
                []);
        }
        catch (TargetProcessException exception)
        {
            // It has ended meanwhile.
            return new Diagnosis(processId, false, exception.Message, null, null, report.Checks, []);
        }
    }

    /// <summary>Writes it as one object.</summary>
    public void WriteJson(Stream destination)
    {
        using var json = new Utf8JsonWriter(destination, JsonText.Options);
        json.WriteStartObject();
        if (ProcessId == 0)
        {
            json.WriteNull("pid");
        }
        else
        {
            json.WriteNumber("pid", ProcessId);
        }

        json.WriteBoolean("can_profile", CanProfile);
        json.WriteString("summary", SafeText.OneLine(Summary));
        json.WriteString("python", Python);
        json.WriteString("memory", MemoryMethod);
        json.WriteStartArray("checks");
        foreach (AttachCheck check in Checks)
        {
            json.WriteStartObject();
            json.WriteString("name", check.Name);
            json.WriteString("status", DiagnosisText.Word(check.Status));
            json.WriteString("finding", SafeText.OneLine(check.Finding));
            json.WriteString("remedy", check.Remedy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("remedies");
        foreach (AttachRemedy remedy in Remedies)
        {
            json.WriteStartObject();
            json.WriteString("situation", remedy.Situation);
            json.WriteString("command", remedy.Command);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
