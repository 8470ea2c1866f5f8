using System.Text;
using Pyflame.Profiles.Export.Pages;

namespace Pyflame.Tests.Profiles.Export;

public sealed class SourceCollectorTests
{
    [Fact]
    public void A_file_is_read_whole_and_made_visible()
    {
        SourceExcerpt source = Read("def f():\n\treturn '\u202e\u001b'\r\nend")!;

        (int first, IReadOnlyList<string> lines) = Assert.Single(source.Blocks);
        Assert.Equal(1, first);
        Assert.Equal(["def f():", "\treturn '\\u202e\\x1b'", "end"], lines);
        Assert.Equal(3, source.LineCount);
        Assert.False(source.Changed);
    }

    [Fact]
    public void Of_a_long_file_only_what_is_near_samples_is_kept()
    {
        string text = string.Join('\n', Enumerable.Range(1, 5000).Select(number => $"line {number}"));

        SourceExcerpt source = Read(text, [10, 40, 3000, 4990])!;

        Assert.Equal(
            [(1, "line 1", "line 65"), (2975, "line 2975", "line 3025"), (4965, "line 4965", "line 5000")],
            source.Blocks.Select(block => (block.FirstLine, block.Lines[0], block.Lines[^1])));
        Assert.Equal(5000, source.LineCount);
    }

    [Fact]
    public void A_changed_file_is_noticed()
    {
        const string Text = "import os\n\n@decorated\ndef f():\n    pass\n";

        Assert.False(Read(Text, [5], [("f", 3), ("<module>", 1)])!.Changed);
        Assert.True(Read(Text, [5], [("g", 3)])!.Changed);
    }

    [Fact]
    public void Encodings_are_those_of_Python()
    {
        byte[] latin = [.. "# -*- coding: latin-1 -*-\nx = '"u8, 0xe9, .. "'\n"u8];
        byte[] utf8 = [0xef, 0xbb, 0xbf, .. "x = 'é"u8, 0xff, .. "'\n"u8];

        Assert.Equal("x = 'é'", new SourceCollector(_ => new MemoryStream(latin)).TryRead("/x.py", [1], [])!.Blocks[0].Lines[1]);
        Assert.Equal("x = 'é\ufffd'", new SourceCollector(_ => new MemoryStream(utf8)).TryRead("/x.py", [1], [])!.Blocks[0].Lines[0]);
    }

    [Fact]
    public void What_cannot_be_read_is_left_out()
    {
        Assert.Null(new SourceCollector(_ => null).TryRead("/x.py", [1], []));
        Assert.Null(new SourceCollector(_ => throw new UnauthorizedAccessException()).TryRead("/x.py", [1], []));
        Assert.Null(new SourceCollector(_ => new MemoryStream([1, 0, 2])).TryRead("/x.py", [1], []));
        Assert.Null(new SourceCollector(_ => throw new InvalidOperationException()).TryRead("<string>", [1], []));
    }

    [Fact]
    public void The_sum_of_all_is_bounded()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Repeat(new string('x', 2000), 2000)));
        var collector = new SourceCollector(_ => new MemoryStream(text));

        int files = 0;
        long characters = 0;
        while (collector.TryRead("/x.py", [1], []) is { } source)
        {
            files++;
            characters += source.Blocks.Sum(block => block.Lines.Sum(line => (long)line.Length));
        }

        Assert.InRange(files, 7, 9);
        Assert.InRange(characters, 6_000_000, 6_400_000);
    }

    private static SourceExcerpt? Read(string text, int[]? lines = null, (string, int)[]? functions = null) =>
        new SourceCollector(_ => new MemoryStream(Encoding.UTF8.GetBytes(text))).TryRead("/x.py", lines ?? [1], functions ?? []);
}
