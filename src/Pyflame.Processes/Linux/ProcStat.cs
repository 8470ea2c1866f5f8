using System.Buffers.Text;

namespace Pyflame.Processes.Linux;

/// <summary>
/// The fields that are wanted of <c>/proc/PID/stat</c> and <c>/proc/PID/task/TID/stat</c> (proc_pid_stat(5)).
/// </summary>
/// <param name="State">Field 3.</param>
/// <param name="ParentId">Field 4, in the PID namespace of the mounted <c>/proc</c>.</param>
/// <param name="Flags">Field 9, the kernel's <c>PF_</c> flags (linux/sched.h).</param>
/// <param name="CpuTicks">Fields 14 and 15, user and system time, added up.</param>
/// <param name="StartTicks">Field 22, since boot.</param>
/// <param name="ProgramStamp">
/// Fields 26 to 28, where the program's code begins and ends and its stack began, as one number: each new program gets
/// its own, since the kernel places the stack at random.
/// </param>
internal readonly record struct ProcStat(
    NativeThreadState State, int ParentId, ulong Flags, ulong CpuTicks, ulong StartTicks, ulong ProgramStamp)
{
    /// <summary>Whether it is a thread of the kernel (<c>PF_KTHREAD</c>).</summary>
    public bool IsKernelThread => (Flags & 0x200000) != 0;

    /// <summary>Parses the line.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ProcStat stat)
    {
        // The name in parentheses may hold anything, parentheses and blanks too; the last one closes it.
        stat = default;
        int close = text.LastIndexOf((byte)')');
        if (close < 0 || close + 4 > text.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[(close + 2)..];
        NativeThreadState state = ToState(rest[0]);
        int parent = 0;
        ulong flags = 0;
        ulong cpu = 0;
        ulong start = 0;
        ulong stamp = 0;
        for (int field = 4; field <= 28; field++)
        {
            int blank = rest.IndexOf((byte)' ');
            if (blank < 0)
            {
                return false;
            }

            rest = rest[(blank + 1)..];
            if (field is not (4 or 9 or 14 or 15 or 22 or 26 or 27 or 28))
            {
                continue;
            }

            if (!Utf8Parser.TryParse(rest, out ulong value, out _))
            {
                return false;
            }

            switch (field)
            {
                case 4:
                    parent = (int)value;
                    break;
                case 9:
                    flags = value;
                    break;
                case 22:
                    start = value;
                    break;
                case 14 or 15:
                    cpu += value;
                    break;
                default:
                    stamp = unchecked((stamp ^ value) * 0x100000001b3);
                    break;
            }
        }

        stat = new ProcStat(state, parent, flags, cpu, start, stamp);
        return true;
    }

    private static NativeThreadState ToState(byte letter) => (char)letter switch
    {
        'R' => NativeThreadState.Running,
        'S' or 'I' => NativeThreadState.Sleeping,
        'D' or 'W' or 'K' or 'P' => NativeThreadState.DiskSleep,
        'T' => NativeThreadState.Stopped,
        't' => NativeThreadState.Traced,
        'Z' => NativeThreadState.Zombie,
        'X' or 'x' => NativeThreadState.Dead,
        _ => NativeThreadState.Unknown,
    };
}
