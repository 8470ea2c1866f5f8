using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Tests.Python;

namespace Pyflame.Tests.Recording;

/// <summary>Which calls are known, and which are learned from single copies.</summary>
public sealed class KnownCallsTests : WalkTests
{
    private const int Enough = 10;
    private readonly KnownCalls _calls;

    public KnownCallsTests()
        : base(FakeThread.Of(3, 12), returnOpcode: 83)
    {
        _calls = new KnownCalls(Codes);
    }

    [Fact]
    public void The_calls_of_a_true_stack_are_known()
    {
        Assert.False(_calls.AreKnown(Reader));

        _calls.Note(Reader);

        Assert.True(_calls.AreKnown(Reader));
        _calls.Clear();
        Assert.False(_calls.AreKnown(Reader));
    }

    [Fact]
    public void A_call_that_has_returned_must_be_known_too()
    {
        _calls.Note(Reader);
        Write(7, Return);
        Decode();
        Assert.Equal(CodeOf(7), Reader.Returned);
        Assert.True(_calls.AreKnown(Reader));

        Write(6, Call + 2);
        Decode();
        Assert.False(_calls.AreKnown(Reader));
    }

    [Fact]
    public void A_call_is_learned_once_it_was_seen_often()
    {
        NoteWithoutLast();
        for (int i = 1; i < Enough; i++)
        {
            _calls.CountSample();
            Assert.False(_calls.TryLearn(Reader));
        }

        Assert.True(_calls.TryLearn(Reader));
        Assert.True(_calls.AreKnown(Reader));
    }

    [Fact]
    public void A_call_is_not_learned_while_it_is_rare()
    {
        NoteWithoutLast();
        for (int i = 0; i < 9999; i++)
        {
            _calls.CountSample();
            Assert.False(i % 1200 == 0 && _calls.TryLearn(Reader));
        }

        Assert.False(_calls.AreKnown(Reader));
    }

    [Fact]
    public void Sightings_are_forgotten_after_ten_thousand_samples()
    {
        NoteWithoutLast();
        for (int i = 1; i < Enough; i++)
        {
            Assert.False(_calls.TryLearn(Reader));
        }

        for (int i = 0; i < 10_000; i++)
        {
            _calls.CountSample();
        }

        Assert.False(_calls.TryLearn(Reader));
    }

    [Fact]
    public void A_callee_that_has_not_begun_is_not_learned()
    {
        NoteWithoutLast();
        Write(Depth - 1, Start, isRunning: true);
        Decode();
        for (int i = 0; i < 2 * Enough; i++)
        {
            Assert.False(_calls.TryLearn(Reader));
        }
    }

    [Fact]
    public void What_an_instruction_seems_to_call_that_is_known_to_call_something_else_is_not_learned()
    {
        _calls.Note(Reader);
        Thread.WriteFrame(FrameAddress(Depth - 1).Value, NewCode.Value, FrameAddress(Depth - 2).Value, InstructionIn(NewCode, Call));
        Mark(FrameAddress(Depth - 1), isRunning: true);
        Assert.Equal(StackStatus.Complete, Decode());
        Assert.Equal(NewCode, Reader.Frames[^1].Code);
        for (int i = 0; i < 2 * Enough; i++)
        {
            Assert.False(_calls.TryLearn(Reader));
        }
    }

    /// <summary>Frames that were looked at once are not again: whichever changes must be among those that are.</summary>
    [Fact]
    public void A_call_by_any_frame_that_has_changed_is_looked_at_again()
    {
        var profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UtcNow, Mode = "test", RateHertz = 0 });
        var recorder = new StackRecorder(profile, Codes);
        var thread = new ThreadStack(FakeThread.Of(3, 12), Codes, new RemoteAddress(FakeThread.ThreadStateAddress), 0, 0, default);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(Thread, thread.Reader));
        Assert.False(recorder.AreCallsKnown(thread));
        recorder.Calls.Note(thread.Reader);
        Assert.True(recorder.AreCallsKnown(thread));

        for (int i = 0; i < Depth - 1; i++)
        {
            Assert.True(recorder.TryAdd(thread, out _));
            Assert.True(recorder.AreCallsKnown(thread));

            Write(i, Call + 2);
            Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(Thread, thread.Reader));
            Assert.False(recorder.AreCallsKnown(thread));

            Write(i, Call);
            Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(Thread, thread.Reader));
            Assert.True(recorder.AreCallsKnown(thread));
        }
    }

    /// <summary>Has all calls be known but that of the innermost frame.</summary>
    private void NoteWithoutLast()
    {
        Write(Depth - 2, Call, isRunning: true);
        Thread.SetCurrent(FrameAddress(Depth - 2).Value);
        Thread.WriteFrame(FrameAddress(Depth - 1).Value, 0, 0, 0);
        Assert.Equal(StackStatus.Complete, Decode());
        AssertStack(Depth - 1);
        _calls.Note(Reader);
        Write(Depth - 2, Call);
        Write(Depth - 1, Call, isRunning: true);
        Assert.Equal(StackStatus.Complete, Decode());
        AssertStack(Depth);
        Assert.False(_calls.AreKnown(Reader));
    }
}
