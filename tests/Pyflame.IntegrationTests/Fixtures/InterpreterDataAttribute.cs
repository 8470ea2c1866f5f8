using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Pyflame.Testing;

/// <summary>
/// Runs a theory with one <see cref="Interpreter"/> argument once for every interpreter found, each a test of its own.
/// Where none fits, the theory is one skipped test that says so.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InterpreterDataAttribute : DataAttribute
{
    /// <summary>The lowest version that fits, as <c>3.11</c>.</summary>
    public string From { get; init; } = "2.7";

    /// <summary>The version, as <c>3.11</c>, below which every version fits.</summary>
    public string Below { get; init; } = "4.0";

    /// <summary>Whether only interpreters that run under chroot fit.</summary>
    public bool OnlyContained { get; init; }

    /// <summary>Whether only interpreters fit that do not run under chroot, where there is no shell.</summary>
    public bool OnlyUncontained { get; init; }

    /// <summary>Whether only the best known interpreter of each minor version fits, and one without a GIL, for tests that take long.</summary>
    public bool OnePerVersion { get; init; }

    /// <summary>Whether only interpreters with a GIL fit.</summary>
    public bool OnlyWithGil { get; init; }

    /// <summary>Whether only interpreters without a GIL fit.</summary>
    public bool OnlyFreeThreaded { get; init; }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        Version from = Version.Parse(From);
        Version below = Version.Parse(Below);
        IEnumerable<Interpreter> fitting = InterpreterCatalog.All.Where(
            i => i.Version >= from && i.Version < below && (i.IsContained ? !OnlyUncontained : !OnlyContained)
                && (i.IsFreeThreaded ? !OnlyWithGil : !OnlyFreeThreaded));
        if (OnePerVersion)
        {
            fitting = fitting.DistinctBy(i => (i.Version.Major, i.Version.Minor, i.IsFreeThreaded));
        }

        ITheoryDataRow[] rows = [.. fitting.Select(i => new TheoryDataRow<Interpreter>(i))];
        if (rows.Length == 0)
        {
            string kind = OnlyFreeThreaded ? "free-threaded interpreter" : OnlyContained ? "interpreter under chroot" : "interpreter";
            string remedy = OnlyFreeThreaded ? " scripts/source_python.sh free-threaded makes one." : string.Empty;
            rows = [new TheoryDataRow<Interpreter?>(null) { Skip = $"No {kind} from {From} and below {Below} was found.{remedy}" }];
        }

        return ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(rows);
    }

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;
}
