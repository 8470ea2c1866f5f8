using Pyflame.Profiles;
using Pyflame.Recording;

namespace Pyflame.Tests.Recording;

public sealed class StackTrustTests
{
    private static readonly StackId Stack = new(1000);
    private readonly StackTrust _trust = new();

    [Fact]
    public void A_stack_nobody_spoke_of_is_not_trusted()
    {
        Assert.False(_trust.IsTrusted(Stack));
        Assert.False(_trust.IsTrusted(default));
    }

    [Fact]
    public void A_stack_is_trusted_from_its_third_proof_on()
    {
        _trust.NoteProof(Stack);
        _trust.NoteProof(Stack);
        Assert.False(_trust.IsTrusted(Stack));
        _trust.NoteProof(Stack);
        Assert.True(_trust.IsTrusted(Stack));
    }

    [Fact]
    public void A_stack_of_a_stopped_thread_is_trusted_at_once()
    {
        _trust.NoteTruth(Stack);
        Assert.True(_trust.IsTrusted(Stack));
    }

    [Fact]
    public void A_mixture_that_is_seen_often_and_proven_now_and_then_is_never_trusted()
    {
        for (int i = 1; i <= 1_000_000; i++)
        {
            _trust.NoteSighting(Stack);
            if (i % 1000 == 0)
            {
                _trust.NoteProof(Stack);
            }
        }

        Assert.False(_trust.IsTrusted(Stack));
    }

    [Fact]
    public void A_stack_that_is_proven_for_one_sighting_in_ten_is_trusted_and_stays_so()
    {
        for (int i = 1; i <= 30; i++)
        {
            _trust.NoteSighting(Stack);
            if (i % 10 == 0)
            {
                _trust.NoteProof(Stack);
            }
        }

        Assert.True(_trust.IsTrusted(Stack));
        _trust.NoteProof(Stack);
        Assert.True(_trust.IsTrusted(Stack));
    }
}
