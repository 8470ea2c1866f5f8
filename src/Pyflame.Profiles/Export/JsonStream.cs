using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pyflame.Profiles.Export;

/// <summary>JSON that goes to the stream as it is written, in bounded memory.</summary>
internal sealed class JsonStream : IBufferWriter<byte>, IDisposable
{
    private const int FlushAt = 64 * 1024;

    // The longest number with a sign, and a comma.
    private const int MaxNumber = 24;

    private const int NumbersAtOnce = 256;

    private readonly Stream _destination;
    private byte[] _buffer = new byte[2 * FlushAt];
    private int _length;

    /// <summary>Begins a document.</summary>
    /// <param name="destination">Where to; left open.</param>
    public JsonStream(Stream destination)
    {
        _destination = destination;
        Json = new Utf8JsonWriter(this, new JsonWriterOptions
        {
            // Names in any script stay readable; nothing here is put into HTML.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            SkipValidation = true,
        });
    }

    /// <summary>The writer; <see cref="FlushIfLong"/> belongs into every loop around it.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>Hands what has been written to the stream once there is much of it.</summary>
    public void FlushIfLong()
    {
        if (_length + Json.BytesPending > FlushAt)
        {
            Json.Flush();
            FlushBuffer();
        }
    }

    /// <summary>Hands all that has been written to the stream.</summary>
    public void Flush()
    {
        Json.Flush();
        FlushBuffer();
        _destination.Flush();
    }

    /// <summary>Hands over what the writer holds, so that <see cref="Append(ReadOnlySpan{byte})"/> goes behind it.</summary>
    public void BeginText() => Json.Flush();

    /// <summary>
    /// Appends JSON as it stands, past the writer, which takes many times as long where there are millions of values. What it says
    /// must be whole values, with the commas between them: the writer knows nothing of them.
    /// </summary>
    public void Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(GetSpan(text.Length));
        Take(text.Length);
    }

    /// <summary>Appends a text and a number, as <see cref="Append(ReadOnlySpan{byte})"/> does.</summary>
    public void Append(ReadOnlySpan<byte> text, long number)
    {
        Span<byte> span = GetSpan(text.Length + MaxNumber);
        text.CopyTo(span);
        Utf8Formatter.TryFormat(number, span[text.Length..], out int length);
        Take(text.Length + length);
    }

    /// <summary>Ends a line, for formats of a value a line, and begins the next value.</summary>
    public void EndLine()
    {
        Json.Flush();
        GetSpan(1)[0] = (byte)'\n';
        Advance(1);
        FlushIfLong();
        Json.Reset();
    }

    /// <summary>Writes an array of whole numbers as a property, or of <c>null</c> where a number is negative and that is asked for.</summary>
    /// <remarks>Past the writer, which takes three times as long for the millions of numbers that a profile holds.</remarks>
    public void WriteNumbers(string name, int count, Func<int, long> number, bool negativeIsNull = false)
    {
        Json.WriteStartArray(name);
        Json.Flush();
        for (int index = 0; index < count;)
        {
            Span<byte> span = GetSpan(NumbersAtOnce * MaxNumber);
            int length = 0;
            for (int end = Math.Min(count, index + NumbersAtOnce); index < end; index++)
            {
                if (index > 0)
                {
                    span[length++] = (byte)',';
                }

                long value = number(index);
                if (value < 0 && negativeIsNull)
                {
                    "null"u8.CopyTo(span[length..]);
                    length += 4;
                }
                else
                {
                    Utf8Formatter.TryFormat(value, span[length..], out int digits);
                    length += digits;
                }
            }

            Take(length);
        }

        Json.WriteEndArray();
    }

    /// <summary>Writes an array of times, given in nanoseconds, in milliseconds with the whole microseconds behind the point.</summary>
    public void WriteMilliseconds(string name, int count, Func<int, long> nanoseconds) => WriteArray(name, count, (index, span) =>
    {
        long microseconds = nanoseconds(index) / 1000;
        int length = 0;
        if (microseconds < 0)
        {
            span[length++] = (byte)'-';
            microseconds = -microseconds;
        }

        Utf8Formatter.TryFormat(microseconds / 1000, span[length..], out int whole);
        length += whole;
        long rest = microseconds % 1000;
        if (rest != 0)
        {
            span[length++] = (byte)'.';
            Utf8Formatter.TryFormat(rest, span[length..], out int digits, new StandardFormat('D', 3));
            length += digits;
        }

        return length;
    });

    /// <inheritdoc/>
    public void Advance(int count) => _length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _buffer.AsSpan(_length);
    }

    /// <summary>Hands the rest to the stream.</summary>
    public void Dispose()
    {
        Json.Dispose();
        FlushBuffer();
    }

    private void WriteArray(string name, int count, FormatItem format)
    {
        Json.WriteStartArray(name);
        Json.Flush();
        for (int index = 0; index < count; index++)
        {
            Span<byte> span = GetSpan(MaxNumber);
            int length = 0;
            if (index > 0)
            {
                span[length++] = (byte)',';
            }

            Take(length + format(index, span[length..]));
        }

        Json.WriteEndArray();
    }

    private void Take(int length)
    {
        _length += length;
        if (_length > FlushAt)
        {
            FlushBuffer();
        }
    }

    private void Reserve(int length)
    {
        if (_buffer.Length - _length < length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + length));
        }
    }

    private void FlushBuffer()
    {
        _destination.Write(_buffer, 0, _length);
        _length = 0;
    }

    private delegate int FormatItem(int index, Span<byte> span);
}
