namespace Pyflame.Bench.Measuring;

/// <summary>What is made of numbers measured.</summary>
internal static class Numbers
{
    // Student's t for 95 %, two-sided, by degrees of freedom from 1 on.
    private static readonly double[] s_student =
        [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131];

    /// <summary>The middle one, or between the two middle ones.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Mean, and half the width of its 95 % confidence interval.</summary>
    public static (double Mean, double HalfWidth) MeanWithConfidence(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        if (values.Count < 2)
        {
            return (mean, double.NaN);
        }

        double variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
        double student = s_student[Math.Min(values.Count - 2, s_student.Length - 1)];
        return (mean, student * Math.Sqrt(variance / values.Count));
    }

    /// <summary>The total-variation distance of two distributions given as counts: 0 for the same, 1 for nothing in common.</summary>
    public static double Distance(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double firstSum = Sum(first);
        double secondSum = Sum(second);
        if (firstSum == 0 || secondSum == 0)
        {
            return double.NaN;
        }

        double distance = 0;
        for (int i = 0; i < first.Length; i++)
        {
            distance += Math.Abs((first[i] / firstSum) - (second[i] / secondSum));
        }

        return distance / 2;
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }
}
