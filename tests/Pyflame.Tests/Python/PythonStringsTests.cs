using System.Text;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Python.Layout;

namespace Pyflame.Tests.Python;

public sealed class PythonStringsTests
{
    public static TheoryData<string> AllVersions => [.. KnownOffsets.Versions.Select(version => version.ToString())];

    [Theory]
    [MemberData(nameof(AllVersions))]
    public void Text_of_every_version_is_read(string version)
    {
        foreach (string text in new[] { "", "a", "ab", "hello world", "café", "функция", "関数", new string('x', 3000), new string('ж', 2000) })
        {
            FakeObjects objects = new(OffsetsOf(version));
            RemoteAddress address = objects.Text(text);

            Assert.True(StringsOf(version, objects).TryRead(address, out string read));
            Assert.Equal(text, read);
        }
    }

    [Fact]
    public void Characters_of_every_width_are_read()
    {
        FakeObjects objects = new(OffsetsOf("3.8.0"));
        (RemoteAddress Address, string Text)[] cases =
        [
            (objects.Compact(1, ascii: true, "plain"u8, 5), "plain"),
            (objects.Compact(1, ascii: false, [0x63, 0xE9, 0xFF], 3), "céÿ"),
            (objects.Compact(2, ascii: false, Encoding.Unicode.GetBytes("関é"), 2), "関é"),
            (objects.Compact(4, ascii: false, Encoding.UTF32.GetBytes("𐌰a"), 2), "𐌰a"),
            (objects.Units("old"u8, 3, kind: 1), "old"),
            (objects.Units(Encoding.Unicode.GetBytes("関数"), 2, kind: 2), "関数"),
            (objects.Units(Encoding.UTF32.GetBytes("𐌱"), 1, kind: 4), "𐌱"),
        ];
        PythonStrings strings = StringsOf("3.8.0", objects);

        foreach ((RemoteAddress address, string text) in cases)
        {
            Assert.True(strings.TryRead(address, out string read));
            Assert.Equal(text, read);
        }
    }

    // 3.14 gave `interned` a byte of its own in free-threaded builds; earlier ones of theirs had two.
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(16)]
    public void The_state_is_understood_wherever_the_kind_lies(int internedBits)
    {
        FakeObjects objects = new(OffsetsOf("3.12.0"));
        RemoteAddress ascii = objects.Compact(1, ascii: true, "plain"u8, 5, internedBits);
        RemoteAddress wide = objects.Compact(4, ascii: false, Encoding.UTF32.GetBytes("𐌰a"), 2, internedBits);
        PythonStrings strings = StringsOf("3.12.0", objects);

        Assert.True(strings.TryRead(ascii, out string read));
        Assert.Equal("plain", read);
        Assert.True(strings.TryRead(wide, out read));
        Assert.Equal("𐌰a", read);
    }

    [Fact]
    public void What_has_no_utf8_and_control_characters_are_escaped()
    {
        FakeObjects objects = new(OffsetsOf("3.8.0"));
        RemoteAddress lone = objects.Compact(2, ascii: false, [0xFF, 0xDC, 0x61, 0, 0x34, 0xD8], 3);
        // Since PEP 393 a pair of surrogates is two characters that are each on their own.
        RemoteAddress pair = objects.Compact(2, ascii: false, [0x00, 0xD8, 0x30, 0xDF], 2);
        RemoteAddress beyond = objects.Compact(4, ascii: false, [0, 0, 0x11, 0, 0xFF, 0xFF, 0xFF, 0xFF], 2);
        RemoteAddress control = objects.Compact(1, ascii: true, "a\n\t\u007f"u8, 4);
        RemoteAddress bytes = objects.Bytes([0x63, 0xC3, 0xA9, 0xFF, 0xE9, 0x20, 0xE2, 0x82]);
        PythonStrings strings = StringsOf("3.8.0", objects);

        Assert.Equal(
            [@"\udcffa\ud834", @"\ud800\udf30", @"\U00110000\Uffffffff", @"a\x0a\x09\x7f", @"cé\xff\xe9 \xe2\x82"],
            new[] { lone, pair, beyond, control, bytes }.Select(address => strings.TryRead(address, out string text) ? text : "?"));
    }

    [Fact]
    public void Narrow_and_wide_builds_are_told_apart_by_the_text()
    {
        FakeObjects objects = new(OffsetsOf("3.2.0"));
        RemoteAddress narrow = objects.Units(Encoding.Unicode.GetBytes("a𐌰b"), 4);
        RemoteAddress wide = objects.Units(Encoding.UTF32.GetBytes("a𐌰b"), 3);
        RemoteAddress[] single =
        [
            objects.Units(Encoding.Unicode.GetBytes("é"), 1), objects.Units(Encoding.UTF32.GetBytes("é"), 1),
            objects.Units(Encoding.Unicode.GetBytes("😀"), 2), objects.Units(Encoding.UTF32.GetBytes("😀"), 1),
        ];
        PythonStrings strings = StringsOf("3.2.0", objects);

        Assert.Equal(
            ["a𐌰b", "a𐌰b", "é", "é", "😀", "😀"],
            new[] { narrow, wide }.Concat(single).Select(address => strings.TryRead(address, out string text) ? text : "?"));
    }

    [Fact]
    public void Long_text_is_cut_and_says_so()
    {
        FakeObjects objects = new(OffsetsOf("3.8.0"));
        byte[] data = new byte[5000];
        Array.Fill(data, (byte)'n');
        RemoteAddress whole = objects.Compact(1, ascii: true, data.AsSpan(0, PythonLimits.StringCharacters), PythonLimits.StringCharacters);
        RemoteAddress cut = objects.Compact(1, ascii: true, data, 5000);
        // Its length is a lie, but as much as is shown is there.
        RemoteAddress lie = objects.Compact(1, ascii: true, data, int.MaxValue);
        PythonStrings strings = StringsOf("3.8.0", objects);

        Assert.True(strings.TryRead(whole, out string text));
        Assert.Equal(new string('n', 4096), text);
        Assert.True(strings.TryRead(cut, out text));
        Assert.Equal(new string('n', 4096) + "…", text);
        Assert.True(strings.TryRead(lie, out text));
        Assert.Equal(new string('n', 4096) + "…", text);
    }

    [Fact]
    public void What_is_no_string_is_refused()
    {
        FakeObjects objects = new(OffsetsOf("3.8.0"));
        RemoteAddress negative = objects.Compact(1, ascii: true, "x"u8, -1);
        RemoteAddress endless = objects.Compact(1, ascii: true, "x"u8, long.MaxValue);
        RemoteAddress oddKind = objects.Compact(3, ascii: false, "xxx"u8, 1);
        RemoteAddress notReady = objects.Units("x"u8, 1, kind: 0);
        RemoteAddress nowhere = objects.Units("x"u8, 1, kind: 1);
        objects.Put(nowhere + 72, 0x1234UL);
        RemoteAddress[] all = [negative, endless, oddKind, notReady, nowhere, objects.None(), objects.Tuple(), RemoteAddress.Null, new(0x1000), new(ulong.MaxValue)];
        PythonStrings strings = StringsOf("3.8.0", objects);

        Assert.All(all, address =>
        {
            Assert.False(strings.TryRead(address, out string text));
            Assert.Equal("", text);
        });
    }

    [Fact]
    public void Bytes_are_read_up_to_a_limit()
    {
        FakeObjects objects = new(OffsetsOf("3.8.0"));
        RemoteAddress bytes = objects.Bytes([1, 2, 3]);
        RemoteAddress negative = objects.Bytes([1]);
        objects.Put(negative + 16, ulong.MaxValue);
        RemoteAddress text = objects.Text("x");
        PythonStrings strings = StringsOf("3.8.0", objects);

        Assert.True(strings.TryReadBytes(bytes, 3, out byte[] content));
        Assert.Equal([1, 2, 3], content);
        Assert.False(strings.TryReadBytes(bytes, 2, out content));
        Assert.Empty(content);
        Assert.False(strings.TryReadBytes(negative, 100, out _));
        Assert.False(strings.TryReadBytes(text, 100, out _));
    }

    [Fact]
    public void A_string_at_the_end_of_readable_memory_is_read()
    {
        // The only readable page ends with the string.
        StructOffsets offsets = OffsetsOf("3.8.0");
        FakeObjects objects = new(offsets);
        RemoteAddress address = objects.Text("at the end");
        int size = offsets.Objects.UnicodeAsciiData + 10;
        byte[] copy = new byte[size];
        Assert.True(objects.Memory.TryRead(address, copy));
        RemoteAddress end = new(0x7f00_1000_0000UL - (ulong)size);
        List<(RemoteAddress, byte[])> ranges = [(end, copy)];
        ranges.AddRange(objects.Memory.Ranges.Select(range =>
        {
            byte[] bytes = new byte[range.Length];
            Assert.True(objects.Memory.TryRead(range.Address, bytes));
            return (range.Address, bytes);
        }));

        PythonStrings strings = new(new SnapshotMemory(ranges), offsets);

        Assert.True(strings.TryRead(end, out string text));
        Assert.Equal("at the end", text);
    }

    private static StructOffsets OffsetsOf(string version)
    {
        Assert.True(VersionDetector.TryParse(version, out PythonVersion parsed, out _));
        Assert.True(KnownOffsets.TryGet(parsed, out StructOffsets? offsets));
        return offsets;
    }

    private static PythonStrings StringsOf(string version, FakeObjects objects) => new(objects.Memory, OffsetsOf(version));
}
