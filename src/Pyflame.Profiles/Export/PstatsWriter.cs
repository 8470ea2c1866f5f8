using System.Buffers.Binary;
using System.Text;

namespace Pyflame.Profiles.Export;

/// <summary>
/// What Python's own <c>pstats.Stats(file)</c> loads, in any version of Python 3 and in 2.7: the marshalled dictionary that
/// <c>cProfile</c> dumps (Lib/cProfile.py, <c>Profile.snapshot_stats</c>). How often a function was called is not known to a sampler;
/// the samples it was seen in stand in for it.
/// </summary>
public sealed class PstatsWriter : IProfileWriter
{
    /// <inheritdoc/>
    public string Name => "pstats";

    /// <inheritdoc/>
    public string Description => "Python's own statistics, for the pstats module and what builds on it";

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings { get; } = [".pstats", ".prof"];

    /// <inheritdoc/>
    public bool NeedsTimeOrder => false;

    /// <inheritdoc/>
    public bool GroupsByProcess => true;

    /// <inheritdoc/>
    public void Write(Profile profile, Stream destination, ExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var costs = new FunctionCosts(profile, options);
        double interval = profile.Circumstances.IntervalNanoseconds / 1e9;

        // The module tells functions apart by file, first line and name alone.
        var byKey = Enumerable.Range(0, costs.Count).GroupBy(function => KeyOf(costs[function])).ToList();
        var own = costs.Own.ToLookup(cost => cost.Key.Function, cost => cost.Value);
        var callers = costs.Calls.ToLookup(call => call.Key.Callee);

        using var marshal = new MarshalWriter(destination);
        marshal.BeginDictionary();
        foreach (IGrouping<FunctionKey, int> functions in byKey)
        {
            long ownWeight = functions.Sum(function => own[function].Sum());
            long totalWeight = functions.Sum(costs.Total);
            WriteKey(marshal, functions.Key);
            marshal.BeginTuple(5);
            marshal.Write(totalWeight);
            marshal.Write(totalWeight);
            marshal.Write(ownWeight * interval);
            marshal.Write(totalWeight * interval);
            marshal.BeginDictionary();
            foreach (var calls in functions.SelectMany(function => callers[function]).GroupBy(call => KeyOf(costs[call.Key.Caller])))
            {
                long weight = calls.Sum(call => call.Value);
                WriteKey(marshal, calls.Key);
                marshal.BeginTuple(4);
                marshal.Write(weight);
                marshal.Write(weight);
                marshal.Write(0.0);
                marshal.Write(weight * interval);
            }

            marshal.EndDictionary();
        }

        if (byKey.Count == 0)
        {
            // The module refuses an empty dictionary.
            WriteKey(marshal, new FunctionKey("~", 0, "(no samples)"));
            marshal.BeginTuple(5);
            marshal.Write(0);
            marshal.Write(0);
            marshal.Write(0.0);
            marshal.Write(0.0);
            marshal.BeginDictionary();
            marshal.EndDictionary();
        }

        marshal.EndDictionary();
    }

    // "~" and line 0 are what the module shows without a file.
    private static FunctionKey KeyOf(ShownFrame function) => new(
        function.FileName.Length == 0 ? "~" : function.FileName, function.FirstLineNumber, function.Name);

    private static void WriteKey(MarshalWriter marshal, FunctionKey key)
    {
        marshal.BeginTuple(3);
        marshal.Write(key.FileName);
        marshal.Write(key.Line);
        marshal.Write(key.Name);
    }

    private readonly record struct FunctionKey(string FileName, int Line, string Name);

    /// <summary>Python's marshal, version 2 (Python/marshal.c), of the few types that are needed.</summary>
    private sealed class MarshalWriter : IDisposable
    {
        private readonly BinaryWriter _writer;

        public MarshalWriter(Stream destination) => _writer = new BinaryWriter(destination, Encoding.UTF8, leaveOpen: true);

        public void Dispose() => _writer.Dispose();

        public void BeginDictionary() => _writer.Write((byte)'{');

        public void EndDictionary() => _writer.Write((byte)'0');

        public void BeginTuple(int length)
        {
            _writer.Write((byte)'(');
            _writer.Write(length);
        }

        public void Write(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            _writer.Write((byte)'u');
            _writer.Write(bytes.Length);
            _writer.Write(bytes);
        }

        public void Write(double value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(double)];
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            _writer.Write((byte)'g');
            _writer.Write(bytes);
        }

        public void Write(long value)
        {
            if (value is >= int.MinValue and <= int.MaxValue)
            {
                _writer.Write((byte)'i');
                _writer.Write((int)value);
                return;
            }

            // A long is its number of digits of 15 bits, and these, the lowest first. Weights are not negative.
            Span<ushort> digits = stackalloc ushort[5];
            int count = 0;
            for (ulong rest = (ulong)value; rest != 0; rest >>= 15)
            {
                digits[count++] = (ushort)(rest & 0x7FFF);
            }

            _writer.Write((byte)'l');
            _writer.Write(count);
            foreach (ushort digit in digits[..count])
            {
                _writer.Write(digit);
            }
        }
    }
}
