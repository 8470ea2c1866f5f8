using Pyflame.Profiles;

namespace Pyflame.Recording;

/// <summary>Which stacks are known well enough to be believed when a single copy of a running thread's memory shows them.</summary>
/// <remarks>
/// <para>
/// A proof is wrong about once in 100,000 times, when a thread goes to another stack and back within one system call. That is rare
/// enough for the sample it is of. But a program that changes its stack flat out shows the same wrong mixture in every fifth single copy, so one
/// wrong proof must not make all of these believed.
/// </para>
/// <para>
/// Hence a stack is trusted once it was proven some times, and not much more rarely than it was seen: true stacks are proven for a
/// good part of their sightings, mixtures for hardly any. What was read from a stopped thread is trusted at once.
/// </para>
/// </remarks>
internal sealed class StackTrust
{
    private const ushort Trusted = ushort.MaxValue;
    private const int FewestProofs = 3;
    private const int MostSightingsAProof = 10;

    private Evidence[] _evidence = new Evidence[64];

    /// <summary>Whether the stack is believed without a proof.</summary>
    public bool IsTrusted(StackId stack) =>
        (uint)stack.Value < (uint)_evidence.Length && _evidence[stack.Value].Proofs == Trusted;

    /// <summary>Notes that a single copy showed the stack, which is not trusted.</summary>
    public void NoteSighting(StackId stack)
    {
        ref Evidence evidence = ref Of(stack);
        if (evidence.Sightings == ushort.MaxValue)
        {
            evidence.Sightings /= 2;
            evidence.Proofs /= 2;
        }

        evidence.Sightings++;
    }

    /// <summary>Notes that the stack was proven.</summary>
    /// <returns>Whether it is trusted from now on, and was not before.</returns>
    public bool NoteProof(StackId stack)
    {
        ref Evidence evidence = ref Of(stack);
        if (evidence.Proofs == Trusted)
        {
            return false;
        }

        evidence.Proofs++;
        return evidence.Proofs >= FewestProofs && evidence.Proofs * MostSightingsAProof >= evidence.Sightings && NoteTruth(stack);
    }

    /// <summary>Notes that a stopped thread had the stack.</summary>
    /// <returns>Whether it is trusted from now on, and was not before.</returns>
    public bool NoteTruth(StackId stack)
    {
        ref Evidence evidence = ref Of(stack);
        bool isNew = evidence.Proofs != Trusted;
        evidence.Proofs = Trusted;
        return isNew;
    }

    private ref Evidence Of(StackId stack)
    {
        if (stack.Value >= _evidence.Length)
        {
            Array.Resize(ref _evidence, Math.Max(stack.Value + 1, _evidence.Length * 2));
        }

        return ref _evidence[stack.Value];
    }

    private struct Evidence
    {
        public ushort Proofs;
        public ushort Sightings;
    }
}
