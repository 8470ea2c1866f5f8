namespace Pyflame.Processes.Linux.Interop;

/// <summary>Requests, events and stops of ptrace(2) (linux/ptrace.h).</summary>
internal static class Ptrace
{
    public const int PeekData = 2;
    public const int Continue = 7;
    public const int Detach = 17;
    public const int GetEventMessage = 0x4201;
    public const int GetSignalInfo = 0x4202;
    public const int Seize = 0x4206;
    public const int Interrupt = 0x4207;
    public const int Listen = 0x4208;

    public const int OptionTraceExec = 0x10;        // PTRACE_O_TRACEEXEC

    public const int EventExec = 4;                 // PTRACE_EVENT_EXEC
    public const int EventStop = 128;               // PTRACE_EVENT_STOP
}
