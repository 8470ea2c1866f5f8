using Pyflame.Profiles;
using Pyflame.Profiles.Packing;

namespace Pyflame.Tests.Profiles;

public sealed class ProfileFileTests
{
    [Fact]
    public void A_profile_comes_back_as_it_was()
    {
        Profile written = SampleProfiles.TwoThreads();

        Profile read = ProfileFileReader.ReadAll(new MemoryStream(Write(written)), out bool isCutOff);

        Assert.False(isCutOff);
        Assert.Equal(written.Circumstances, read.Circumstances);
        Assert.Equal(written.Statistics, read.Statistics);
        Assert.Equal(written.Processes, read.Processes);
        Assert.Equal(written.Threads, read.Threads);
        Assert.Equal(written.Samples!, read.Samples!);
        AssertSameTables(written, read);
    }

    [Fact]
    public void Everything_that_circumstances_and_processes_say_is_kept()
    {
        var written = new Profile(new Circumstances
        {
            StartUtc = new DateTimeOffset(2026, 7, 8, 9, 10, 11, TimeSpan.FromHours(2)).AddTicks(1234567),
            Mode = "gil",
            RateHertz = 333.25,
            Host = "höst",
            PyflameVersion = "2.0.0",
            Kernel = "Linux 6.1.0",
            Architecture = "aarch64",
            ProcessorCount = 64,
            Container = "docker 0123",
        });
        written.Processes.Add(new ProfiledProcess(10, "python3 -m x", "3.14.0")
        {
            NamespaceProcessId = 1,
            ParentProcessId = 9,
            Executable = "/usr/bin/python3",
        });
        written.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 11, null, true));
        written.Threads.Add(new ProfiledThread(new ProfiledThreadId(1), 0, 12, "", false));

        Profile read = ProfileFileReader.ReadAll(new MemoryStream(Write(written)), out _);

        Assert.Equal(written.Circumstances, read.Circumstances);
        Assert.Equal(TimeSpan.Zero, read.Circumstances.StartUtc.Offset);
        Assert.Equal(written.Processes, read.Processes);
        Assert.Equal(written.Threads, read.Threads);
        Assert.Null(read.Statistics);
        Assert.Empty(read.Samples!);
    }

    [Fact]
    public void A_growing_profile_is_written_as_it_grows()
    {
        Profile written = SampleProfiles.Empty();
        using var stream = new MemoryStream();
        var expected = new List<Sample>();
        using (var writer = new ProfileFileWriter(stream, written, leaveOpen: true))
        {
            written.Processes.Add(new ProfiledProcess(1, "python3", "3.12.0"));
            for (int index = 0; index < 30_000; index++)
            {
                if (index % 1000 == 0)
                {
                    written.Threads.Add(new ProfiledThread(new ProfiledThreadId(written.Threads.Count), 0, 100 + index, null, index == 0));
                }

                StackId stack = SampleProfiles.Stack(written, ("/a.py", $"f{index / 7}", 1, index % 50));
                var sample = new Sample(
                    index * 10_000L, new ProfiledThreadId(index % written.Threads.Count), stack, SampleState.OnCpu, 1 + (index % 3));
                writer.Add(sample);
                expected.Add(sample);
            }

            written.Threads[3] = written.Threads[3] with { Name = "renamed" };
            written.Circumstances = written.Circumstances with { Container = "podman" };
            written.Statistics = new RecordingStatistics { Samples = 30_000, Duration = TimeSpan.FromSeconds(0.3) };
        }

        Profile read = ProfileFileReader.ReadAll(new MemoryStream(stream.ToArray()), out _);

        Assert.Equal(expected, read.Samples);
        Assert.Equal(60_000, read.Samples!.TotalWeight);
        Assert.Equal("renamed", read.Threads[3].Name);
        Assert.Equal("podman", read.Circumstances.Container);
        Assert.Equal(written.Statistics, read.Statistics);
        AssertSameTables(written, read);
    }

    [Fact]
    public void Samples_reach_the_stream_after_a_second_of_sampled_time()
    {
        Profile profile = SampleProfiles.TwoThreads();
        using var stream = new MemoryStream();
        using var writer = new ProfileFileWriter(stream, profile, leaveOpen: true);
        for (int tick = 0; tick <= 1001; tick++)
        {
            writer.Add(new Sample(tick * SampleProfiles.Millisecond, new ProfiledThreadId(0), new StackId(1), SampleState.None, 1));
        }

        Profile read = ProfileFileReader.ReadAll(new MemoryStream(stream.ToArray()), out bool isCutOff);

        Assert.True(isCutOff);
        Assert.Equal(1000, read.Samples!.Count);
        Assert.Equal(999 * SampleProfiles.Millisecond, read.Samples.Last().TimestampNanoseconds);
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_read_up_to_the_cut()
    {
        byte[] whole = Write(SampleProfiles.TwoThreads());
        Sample[] expected = [.. SampleProfiles.TwoThreads().Samples!];
        long read = 0;
        for (int length = whole.Length; length > 0; length--)
        {
            try
            {
                Profile profile = ProfileFileReader.ReadAll(new MemoryStream(whole, 0, length), out bool isCutOff);
                Assert.Equal(length < whole.Length, isCutOff);
                Assert.Equal(expected.Take((int)profile.Samples!.Count), profile.Samples);
                read += profile.Samples.Count;
            }
            catch (ProfileFormatException exception)
            {
                // Only a file without its circumstances is of no use.
                Assert.Matches("^(the profile file ends|this is not a profile file)", exception.Problem);
                Assert.InRange(length, 1, 300);
            }
        }

        Assert.True(read >= 18, "the samples are read where the cut is behind them");
    }

    [Fact]
    public void Zeros_behind_a_cut_are_a_cut()
    {
        byte[] whole = Write(SampleProfiles.TwoThreads());

        Profile profile = ProfileFileReader.ReadAll(new MemoryStream([.. whole[..^9], .. new byte[5000]]), out bool isCutOff);

        Assert.True(isCutOff);
        Assert.Equal(18, profile.Samples!.Count);
    }

    [Fact]
    public void A_flipped_bit_is_noticed()
    {
        byte[] whole = Write(SampleProfiles.TwoThreads());
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = (byte[])whole.Clone();
            damaged[at] ^= 4;
            try
            {
                ProfileFileReader.ReadAll(new MemoryStream(damaged), out bool isCutOff);
                Assert.True(isCutOff || at is 9 or 10 or 11, $"byte {at} was changed and nothing was said");
            }
            catch (ProfileFormatException exception)
            {
                Assert.NotEmpty(exception.Remedy);
            }
        }
    }

    [Fact]
    public void What_is_no_profile_file_is_refused_in_one_clear_line()
    {
        Assert.Equal(
            "this is not a profile file of Pyflame's. Give a file that was recorded with 'pyflame record -o NAME.pyflame'.",
            Refusal("{\"nodes\":[]}"u8.ToArray()));
        Assert.Equal(
            "the profile file is empty. Give a file that was recorded with 'pyflame record -o NAME.pyflame'.", Refusal([]));

        byte[] later = Write(SampleProfiles.TwoThreads());
        later[8] = 9;
        Assert.Equal(
            "the profile file is of version 9, and this Pyflame reads version 1. Read it with the Pyflame that recorded it, or a later one.",
            Refusal(later));

        byte[] damaged = Write(SampleProfiles.TwoThreads());
        damaged[40] ^= 1;
        Assert.Equal(
            "the profile file is damaged at byte 12: a record's checksum is wrong. Copy it again from where it was recorded, or record again.",
            Refusal(damaged));
    }

    [Fact]
    public void Records_of_any_content_behind_a_right_checksum_are_safe()
    {
        // The checksum guards against accidents and not against malice, so each kind of record is read with random content.
        byte[] start = Write(SampleProfiles.TwoThreads())[..^9];
        var random = new Random(20260301);
        int refused = 0;
        for (int round = 0; round < 5000; round++)
        {
            byte[] payload = new byte[random.Next(200)];
            random.NextBytes(payload);
            if (round % 2 == 0)
            {
                // Small numbers get further.
                for (int at = 0; at < payload.Length; at++)
                {
                    payload[at] %= 20;
                }
            }

            using var stream = new MemoryStream();
            stream.Write(start);
            new RecordWriter(stream).Write((RecordType)(1 + (round % 6)), payload);

            stream.Position = 0;
            try
            {
                ProfileFileReader.ReadAll(stream, out _);
            }
            catch (ProfileFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 3000, 5000);
    }

    [Fact]
    public void A_record_that_unpacks_to_more_than_the_bound_is_refused()
    {
        using var stream = new MemoryStream();
        stream.Write(Write(SampleProfiles.TwoThreads()).AsSpan()[..^9]);
        new RecordWriter(stream).Write(RecordType.Tables, new byte[ProfileFileLayout.MaxPayloadBytes + 1]);

        Assert.Contains("a record is too long", Refusal(stream.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_records_are_passed_over()
    {
        byte[] whole = Write(SampleProfiles.TwoThreads());
        using var stream = new MemoryStream();
        stream.Write(whole.AsSpan()[..^9]);
        new RecordWriter(stream).Write((RecordType)77, new byte[1000]);

        stream.Write(whole.AsSpan()[^9..]);

        Assert.Equal(18, ProfileFileReader.ReadAll(new MemoryStream(stream.ToArray()), out bool isCutOff).Samples!.Count);
        Assert.False(isCutOff);
    }

    [Fact]
    public void Samples_can_be_read_one_by_one()
    {
        using var reader = new ProfileFileReader(new MemoryStream(Write(SampleProfiles.TwoThreads())));
        Assert.Equal("wall", reader.Profile.Circumstances.Mode);

        var samples = new List<Sample>();
        while (reader.TryRead(out Sample sample))
        {
            samples.Add(sample);
        }

        Assert.Equal(SampleProfiles.TwoThreads().Samples!, samples);
        Assert.False(reader.IsCutOff);
    }

    [Fact]
    public void Counts_alone_are_kept_too()
    {
        Profile written = SampleProfiles.TwoThreads();
        written.Samples = null;

        Profile read = ProfileFileReader.ReadAll(new MemoryStream(Write(written)), out _);

        Assert.Null(read.Samples);
        Assert.Equal(18, read.Counts!.TotalWeight);
        Assert.Equal(
            Enumerable.Range(0, written.Counts!.Count).Select(index => written.Counts[index]),
            Enumerable.Range(0, read.Counts.Count).Select(index => read.Counts[index]));
    }

    [Fact]
    public void Ten_million_samples_of_twenty_threads_would_take_less_than_forty_megabytes()
    {
        // A tenth of that, of threads that change their stack every other time among 50,000.
        const int Samples = 1_000_000;
        Profile profile = SampleProfiles.Empty();
        profile.Processes.Add(new ProfiledProcess(1, "", ""));
        for (int thread = 0; thread < 20; thread++)
        {
            profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(thread), 0, 100 + thread, $"worker-{thread}", thread == 0));
        }

        var random = new Random(1);
        var stacks = new List<StackId> { StackId.Empty };
        while (stacks.Count < 50_000)
        {
            StackId parent = stacks[random.Next(Math.Max(0, stacks.Count - 200), stacks.Count)];
            stacks.Add(SampleProfiles.Push(profile, parent, $"/m{random.Next(100)}.py", $"f{random.Next(2000)}", 1, random.Next(200)));
        }

        using var stream = new MemoryStream();
        using (var writer = new ProfileFileWriter(stream, profile, leaveOpen: true))
        {
            var current = new StackId[20];
            long time = 0;
            for (int index = 0; index < Samples; index++)
            {
                int thread = index % 20;
                time += thread == 0 ? 800_000 + random.Next(50_000) : random.Next(2_000, 15_000);
                if (random.Next(2) == 0)
                {
                    double skew = random.NextDouble();
                    current[thread] = stacks[(int)(skew * skew * skew * stacks.Count)];
                }

                writer.Add(new Sample(time, new ProfiledThreadId(thread), current[thread], (SampleState)(1 + (2 * random.Next(2))), 1));
            }
        }

        Assert.InRange(stream.Length, 1_000_000, 4_000_000);
    }

    private static byte[] Write(Profile profile)
    {
        using var stream = new MemoryStream();
        new Pyflame.Profiles.Export.ProfileFileExport().Write(profile, stream, Pyflame.Profiles.Export.ExportOptions.Default);
        return stream.ToArray();
    }

    private static string Refusal(byte[] file) =>
        Assert.Throws<ProfileFormatException>(() => ProfileFileReader.ReadAll(new MemoryStream(file), out _)).Message;

    private static void AssertSameTables(Profile expected, Profile actual)
    {
        Assert.Equal(expected.Strings.Count, actual.Strings.Count);
        for (int index = 0; index < expected.Strings.Count; index++)
        {
            Assert.Equal(expected.Strings[new StringId(index)], actual.Strings[new StringId(index)]);
        }

        Assert.Equal(expected.Functions.Count, actual.Functions.Count);
        for (int index = 0; index < expected.Functions.Count; index++)
        {
            Assert.Equal(expected.Functions[new FunctionId(index)], actual.Functions[new FunctionId(index)]);
        }

        Assert.Equal(expected.Frames.Count, actual.Frames.Count);
        for (int index = 0; index < expected.Frames.Count; index++)
        {
            Assert.Equal(expected.Frames[new FrameId(index)], actual.Frames[new FrameId(index)]);
        }

        Assert.Equal(expected.Stacks.Count, actual.Stacks.Count);
        for (int index = 0; index < expected.Stacks.Count; index++)
        {
            Assert.Equal(expected.Stacks.Parent(new StackId(index)), actual.Stacks.Parent(new StackId(index)));
            Assert.Equal(expected.Stacks.Frame(new StackId(index)), actual.Stacks.Frame(new StackId(index)));
            Assert.Equal(expected.Stacks.Depth(new StackId(index)), actual.Stacks.Depth(new StackId(index)));
        }
    }
}
