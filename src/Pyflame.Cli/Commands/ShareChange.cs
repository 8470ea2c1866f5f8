namespace Pyflame.Cli.Commands;

/// <summary>How a share of the samples changed from one profile to another.</summary>
/// <param name="Before">In samples of the first profile.</param>
/// <param name="BeforeAll">All samples of the first profile.</param>
/// <param name="After">In samples of the second profile.</param>
/// <param name="AfterAll">All samples of the second profile.</param>
internal readonly record struct ShareChange(long Before, long BeforeAll, long After, long AfterAll)
{
    // What 95 % of differences by chance stay below.
    private const double SignificantDeviations = 1.96;

    /// <summary>The share in the first profile, from 0 to 1.</summary>
    public double BeforeShare => BeforeAll == 0 ? 0 : (double)Before / BeforeAll;

    /// <summary>The share in the second profile, from 0 to 1.</summary>
    public double AfterShare => AfterAll == 0 ? 0 : (double)After / AfterAll;

    /// <summary>By how much the share grew; negative where it shrank.</summary>
    public double Difference => AfterShare - BeforeShare;

    /// <summary>
    /// Whether two recordings of the same behaviour would differ by as much only one time in twenty (two-proportion z-test). Takes samples
    /// for independent, which they are the less the higher the rate is, so it says yes rather too often.
    /// </summary>
    public bool IsSignificant
    {
        get
        {
            if (BeforeAll == 0 || AfterAll == 0)
            {
                return false;
            }

            double pooled = (double)(Before + After) / (BeforeAll + AfterAll);
            double deviation = Math.Sqrt(pooled * (1 - pooled) * ((1.0 / BeforeAll) + (1.0 / AfterAll)));
            return deviation > 0 && Math.Abs(Difference) > SignificantDeviations * deviation;
        }
    }
}
