using Pyflame.Profiles;
using Pyflame.Python;

namespace Pyflame.Recording;

/// <summary>The frames of one code object in a profile: one for each of its lines that was seen.</summary>
internal sealed class CodeFrames
{
    private readonly Profile _profile;
    private FunctionId _function;

    // By code unit (2 bytes; 1 before 3.6, where instructions have no fixed length), plus one so that an empty array knows nothing.
    private int[] _frameByUnit = [];

    /// <summary>Makes the function known to the profile.</summary>
    public CodeFrames(Profile profile, CodeObject code)
    {
        _profile = profile;
        Code = code;
        _function = profile.InternFunction(code.Name, code.FileName, code.FirstLineNumber, code.QualifiedName);
    }

    /// <summary>How often it is yet to be tried to find its qualified name.</summary>
    public int TriesToQualify { get; set; }

    /// <summary>Has all its frames go by a qualified name from now on.</summary>
    public void Qualify(string name)
    {
        TriesToQualify = 0;
        _function = _profile.InternFunction(Code.Name, Code.FileName, Code.FirstLineNumber, name);
        Array.Clear(_frameByUnit);
    }

    /// <summary>The decoded code object.</summary>
    public CodeObject Code { get; }

    /// <summary>The frame for an instruction; allocates only for one not seen before.</summary>
    /// <param name="instruction">As read from the frame.</param>
    public FrameId FrameAt(ulong instruction)
    {
        int offset = Code.GetInstructionOffset(instruction);
        int index = Math.Max(offset, -1) + 1;
        if ((uint)index < (uint)_frameByUnit.Length && _frameByUnit[index] != 0)
        {
            return new FrameId(_frameByUnit[index] - 1);
        }

        if (index >= _frameByUnit.Length)
        {
            Array.Resize(ref _frameByUnit, Math.Max(index, Code.CodeSize) + 1);
        }

        FrameId frame = _profile.Frames.Intern(new FrameInfo(_function, Code.GetLine(offset), FrameKind.Python));
        _frameByUnit[index] = frame.Value + 1;
        return frame;
    }
}
