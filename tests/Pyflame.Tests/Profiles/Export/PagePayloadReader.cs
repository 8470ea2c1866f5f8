using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Pyflame.Tests.Profiles.Export;

/// <summary>Unpacks the payload of a report page, as its script does.</summary>
internal sealed class PagePayloadReader
{
    private readonly byte[] _bytes;
    private int _position;

    public PagePayloadReader(string html)
    {
        const string Start = "<script id=\"payload\" type=\"text/plain\">";
        int start = html.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        int end = html.IndexOf("</script>", start, StringComparison.Ordinal);
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(html[start..end])), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        gzip.CopyTo(bytes);
        _bytes = bytes.ToArray();

        int length = (int)Next();
        Header = JsonNode.Parse(Encoding.UTF8.GetString(_bytes, _position, length))!;
        _position += length;
        Frames = Array(2);
        int stacks = (int)Next();
        Ups = [.. Enumerable.Range(0, stacks).Select(_ => Next())];
        StackFrames = [.. Enumerable.Range(0, stacks).Select(_ => Next())];
        Weights = Array(3);
        IsComplete = _position == _bytes.Length;
    }

    public JsonNode Header { get; }

    public long[] Frames { get; }

    public long[] Ups { get; }

    public long[] StackFrames { get; }

    public long[] Weights { get; }

    public bool IsComplete { get; }

    private long[] Array(int width)
    {
        long count = Next() * width;
        var numbers = new long[count];
        for (int index = 0; index < count; index++)
        {
            numbers[index] = Next();
        }

        return numbers;
    }

    private long Next()
    {
        long value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte current = _bytes[_position++];
            value |= (long)(current & 0x7f) << shift;
            if (current < 0x80)
            {
                return value;
            }
        }
    }
}
