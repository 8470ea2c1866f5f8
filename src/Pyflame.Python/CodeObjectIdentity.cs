using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>
/// The fields that tell whether an address still holds the code object that was decoded there: code objects are immutable, so
/// one whose fields differ is another.
/// </summary>
/// <param name="Type"><c>ob_type</c>.</param>
/// <param name="Size">
/// <c>ob_size</c>: from 3.11 on the number of code units. Before, code objects have none, and it is <c>co_argcount</c> and its
/// neighbour.
/// </param>
/// <param name="Name"><c>co_name</c>.</param>
/// <param name="FileName"><c>co_filename</c>.</param>
/// <param name="LineTable"><c>co_lnotab</c> or <c>co_linetable</c>.</param>
/// <param name="FirstLineNumber"><c>co_firstlineno</c>.</param>
public readonly record struct CodeObjectIdentity(
    RemoteAddress Type, long Size, RemoteAddress Name, RemoteAddress FileName, RemoteAddress LineTable, int FirstLineNumber)
{
    /// <summary>Takes the fields from the first <see cref="CodeObjectOffsets.HeaderSize"/> bytes of a code object.</summary>
    public static CodeObjectIdentity Read(ReadOnlySpan<byte> header, StructOffsets offsets)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        CodeObjectOffsets o = offsets.CodeObject;
        return new(
            CodeObject.PointerAt(header, offsets.Objects.Type),
            BinaryPrimitives.ReadInt64LittleEndian(header[offsets.Objects.VarSize..]),
            CodeObject.PointerAt(header, o.Name),
            CodeObject.PointerAt(header, o.FileName),
            CodeObject.PointerAt(header, o.LineTable),
            BinaryPrimitives.ReadInt32LittleEndian(header[o.FirstLineNumber..]));
    }
}
