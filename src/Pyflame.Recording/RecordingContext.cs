using Pyflame.Profiles;

namespace Pyflame.Recording;

/// <summary>What all processes of a recording have in common.</summary>
/// <param name="Options">What to sample.</param>
/// <param name="Profile">Receives functions, frames, stacks, processes and threads.</param>
/// <param name="Sink">Receives the samples.</param>
/// <param name="Counters">How it goes.</param>
internal sealed record RecordingContext(RecordingOptions Options, Profile Profile, ISampleSink Sink, RecordingCounters Counters);
