using System.Buffers.Binary;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Pyflame.IntegrationTests.Processes;

/// <summary>
/// Runs code on an OS thread of its own that has really lost rights: credentials, capabilities, seccomp filters and
/// mount namespaces are a thread's own on Linux, as long as the C library's wrappers are not asked to spread them.
/// </summary>
internal static class RestrictedThread
{
    public const int OtherUser = 54321;

    private const int SetGroups = 116;
    private const int SetUserIds = 117;
    private const int SetGroupIds = 119;
    private const int SetCapabilities = 126;
    private const int ProcessVmRead = 310;
    private const int NewMounts = 0x20000;
    private const int PrivateAndBelow = 0x44000;

    /// <summary>As a user without any rights.</summary>
    public static void RunAsOtherUser(Action action) => Run(BecomeOtherUser, action);

    /// <summary>As root without CAP_SYS_PTRACE.</summary>
    public static void RunWithoutTraceCapability(Action action) => Run(
        static () =>
        {
            // CAP_SYS_PTRACE out of what there is; the effective, permitted and inheritable sets, low words first
            // (capset(2)).
            string status = File.ReadAllText("/proc/thread-self/status");
            int at = status.IndexOf("CapPrm:", StringComparison.Ordinal) + 7;
            ulong kept = Convert.ToUInt64(status.Substring(at, 17).Trim(), 16) & ~(1UL << 19);
            byte[] header = new byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(header, 0x20080522);
            byte[] data = new byte[24];
            BinaryPrimitives.WriteUInt32LittleEndian(data, (uint)kept);
            BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), (uint)kept);
            BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(12), (uint)(kept >> 32));
            BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(16), (uint)(kept >> 32));
            Call(SetCapabilities, header, data);
        },
        action);

    /// <summary>Where process_vm_readv(2) is refused by a seccomp filter with an error number.</summary>
    public static void RunWithoutProcessVm(int error, Action action) => Run(() => InstallFilter(error), action);

    /// <summary>As a user without any rights, to whom <c>/proc</c> hides the processes of others.</summary>
    public static void RunWithHiddenProcesses(Action action) => Run(
        static () =>
        {
            Check(TestLibc.Unshare(NewMounts));
            Check(TestLibc.Mount("none", "/", null, PrivateAndBelow, null));
            Check(TestLibc.Mount("proc", "/proc", "proc", 0, "hidepid=2"));
            BecomeOtherUser();
        },
        action);

    private static void BecomeOtherUser()
    {
        Check(TestLibc.Call(SetGroups, 0, 0, 0));
        Check(TestLibc.Call(SetGroupIds, OtherUser, OtherUser, OtherUser));
        Check(TestLibc.Call(SetUserIds, OtherUser, OtherUser, OtherUser));
    }

    private static void InstallFilter(int error)
    {
        // Load the number of the system call; where it is the one, return the error, else allow (seccomp(2)).
        byte[] program = new byte[4 * 8];
        Instruction(0, 0x20, 0, 0, 0);
        Instruction(1, 0x15, 0, 1, ProcessVmRead);
        Instruction(2, 0x06, 0, 0, 0x00050000 | (uint)error);
        Instruction(3, 0x06, 0, 0, 0x7fff0000);
        nint code = Marshal.AllocHGlobal(program.Length);
        nint descriptor = Marshal.AllocHGlobal(16);
        try
        {
            Marshal.Copy(program, 0, code, program.Length);
            Marshal.WriteInt64(descriptor, 4);
            Marshal.WriteIntPtr(descriptor, 8, code);
            Check(TestLibc.Control(38, 1, 0, 0, 0));
            Check(TestLibc.Control(22, 2, descriptor, 0, 0));
        }
        finally
        {
            Marshal.FreeHGlobal(descriptor);
            Marshal.FreeHGlobal(code);
        }

        void Instruction(int index, ushort operation, byte ifTrue, byte ifFalse, uint value)
        {
            Span<byte> bytes = program.AsSpan(index * 8);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, operation);
            bytes[2] = ifTrue;
            bytes[3] = ifFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], value);
        }
    }

    private static void Run(Action restrict, Action action)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Takes root, to give rights away.");
        Exception? failure = null;
        bool restricted = false;
        var thread = new Thread(() =>
        {
            try
            {
                restrict();
                restricted = true;
                action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();

        // Giving up rights has made this whole process undumpable; undo that.
        Check(TestLibc.Control(4, 1, 0, 0, 0));
        if (failure is not null)
        {
            Assert.SkipWhen(!restricted, "The rights cannot be given away here: " + failure.Message);
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static void Call(int number, byte[] first, byte[] second)
    {
        GCHandle one = GCHandle.Alloc(first, GCHandleType.Pinned);
        GCHandle two = GCHandle.Alloc(second, GCHandleType.Pinned);
        try
        {
            Check(TestLibc.Call(number, one.AddrOfPinnedObject(), two.AddrOfPinnedObject(), 0));
        }
        finally
        {
            one.Free();
            two.Free();
        }
    }

    private static void Check(nint result)
    {
        if (result < 0)
        {
            throw new InvalidOperationException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        }
    }
}
