using Pyflame.Processes;

namespace Pyflame.Python;

/// <summary>One frame as it was read, before anything is known of its code.</summary>
/// <param name="Address">The frame, in the target.</param>
/// <param name="Code">
/// Its code object, in the target, without the tag bits of 3.14; <see cref="RemoteAddress.Null"/> for the frames that the
/// interpreter puts in for itself (the C-stack entry frames of 3.12 and later), which no traceback shows.
/// </param>
/// <param name="Instruction">
/// The frame's instruction field as read: <c>f_lasti</c>, sign-extended, up to 3.10; from 3.11 on the pointer into the bytecode.
/// </param>
public readonly record struct RawFrame(RemoteAddress Address, RemoteAddress Code, ulong Instruction)
{
    /// <summary>The address of the outermost frame that has code; null where none has.</summary>
    /// <param name="frames">The frames, outermost first.</param>
    public static RemoteAddress OutermostOf(ReadOnlySpan<RawFrame> frames)
    {
        foreach (RawFrame frame in frames)
        {
            if (!frame.Code.IsNull)
            {
                return frame.Address;
            }
        }

        return default;
    }
}
