using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>Decoded code objects by address.</summary>
/// <remarks>
/// An address can come to hold another code object when the first has died; <see cref="Revalidate"/> finds that out. Not safe
/// for use by two threads at once. Nothing is allocated for a code object that is there already.
/// </remarks>
public sealed class CodeObjectCache
{
    private readonly MemoryReader memory;
    private readonly StructOffsets offsets;
    private readonly PythonStrings strings;
    private readonly Dictionary<RemoteAddress, CodeObject> known = [];
    private readonly int headerSize;
    private RemoteRange[] ranges = [];
    private CodeObject[] asked = [];
    private byte[] headers = [];

    /// <summary>Starts empty.</summary>
    public CodeObjectCache(MemoryReader memory, StructOffsets offsets)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(offsets);
        this.memory = memory;
        this.offsets = offsets;
        strings = new PythonStrings(memory, offsets);
        headerSize = offsets.CodeObject.HeaderSize;
    }

    /// <summary>Reads strings of the same interpreter.</summary>
    public PythonStrings Strings => strings;

    /// <summary>How many code objects there are.</summary>
    public int Count => known.Count;

    /// <summary>The code object at an address, decoded now if it is not known yet.</summary>
    /// <returns>Null where there is no readable code object; that is not remembered.</returns>
    public CodeObject? Get(RemoteAddress address)
    {
        if (known.TryGetValue(address, out CodeObject? code))
        {
            return code;
        }

        code = CodeObject.TryRead(memory, offsets, strings, address);
        if (code is not null)
        {
            if (known.Count >= PythonLimits.CodeObjects)
            {
                known.Clear();
            }

            known.Add(address, code);
        }

        return code;
    }

    /// <summary>The code object at an address if it is known, without reading anything.</summary>
    public CodeObject? Peek(RemoteAddress address) => known.GetValueOrDefault(address);

    /// <summary>Forgets one code object.</summary>
    public void Forget(RemoteAddress address) => known.Remove(address);

    /// <summary>Forgets all, as after an <c>exec</c>.</summary>
    public void Clear() => known.Clear();

    /// <summary>
    /// Has the copies of bytecode be looked up anew that the threads of a free-threaded build have of their own (3.14+), after threads were born or
    /// have ended.
    /// </summary>
    public void ForgetCopies()
    {
        foreach (CodeObject code in known.Values)
        {
            code.ForgetCopies();
        }
    }

    /// <summary>
    /// Looks whether code objects are still those that were decoded, with one read for up to
    /// <see cref="MemoryReader.MaxRangesPerCall"/> of them, and forgets those that are not.
    /// </summary>
    /// <param name="addresses">The addresses in question, in any order; those not known are passed over.</param>
    /// <param name="stale">
    /// The caller's buffer, as long as <paramref name="addresses"/>; receives the addresses that hold another object now, or none.
    /// </param>
    /// <returns>How many are stale.</returns>
    public int Revalidate(ReadOnlySpan<RemoteAddress> addresses, Span<RemoteAddress> stale)
    {
        int staleCount = 0;
        int batch = Math.Min(memory.MaxRangesPerCall, addresses.Length);
        Reserve(batch);
        int filled = 0;
        foreach (RemoteAddress address in addresses)
        {
            if (!known.TryGetValue(address, out CodeObject? code))
            {
                continue;
            }

            asked[filled] = code;
            ranges[filled] = new RemoteRange(address, (ulong)headerSize);
            filled++;
            if (filled == batch)
            {
                staleCount += RevalidateBatch(filled, stale[staleCount..]);
                filled = 0;
            }
        }

        return filled == 0 ? staleCount : staleCount + RevalidateBatch(filled, stale[staleCount..]);
    }

    private int RevalidateBatch(int count, Span<RemoteAddress> stale)
    {
        int staleCount = 0;
        int next = 0;
        while (next < count)
        {
            // Where one cannot be read it is stale, and the read goes on behind it.
            int bytes = memory.ReadMany(ranges.AsSpan(next, count - next), headers);
            int complete = bytes / headerSize;
            for (int i = 0; i < complete; i++)
            {
                CodeObject code = asked[next + i];
                if (CodeObjectIdentity.Read(headers.AsSpan(i * headerSize, headerSize), offsets) != code.Identity)
                {
                    known.Remove(code.Address);
                    stale[staleCount++] = code.Address;
                }
            }

            next += complete;
            if (next < count)
            {
                known.Remove(asked[next].Address);
                stale[staleCount++] = asked[next].Address;
                next++;
            }
        }

        Array.Clear(asked, 0, count);
        return staleCount;
    }

    private void Reserve(int count)
    {
        if (ranges.Length < count)
        {
            ranges = new RemoteRange[count];
            asked = new CodeObject[count];
            headers = new byte[count * headerSize];
        }
    }
}
