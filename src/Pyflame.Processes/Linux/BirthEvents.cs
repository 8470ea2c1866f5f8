using System.Buffers.Binary;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>
/// The kernel's own word on who was born of whom, and who has ended: the process events connector (<c>PROC_EVENT_FORK</c> and
/// <c>PROC_EVENT_EXIT</c>, include/uapi/linux/cn_proc.h). Only root of the first user and PID namespaces is told.
/// </summary>
/// <remarks>
/// Events are kept by the kernel until they are asked for, some hundreds of them; what does not fit is lost, so that they only add to what
/// is found by looking.
/// </remarks>
internal sealed unsafe class BirthEvents : IDisposable
{
    // nlmsghdr, cn_msg, and of proc_event: what, cpu, timestamp_ns.
    private const int NetlinkHeader = 16;
    private const int ConnectorHeader = 20;
    private const int EventAt = NetlinkHeader + ConnectorHeader;
    private const int DataAt = EventAt + 16;

    private const uint ProcessEvents = 1;           // CN_IDX_PROC, and CN_VAL_PROC
    private const uint Listen = 1;                  // PROC_CN_MCAST_LISTEN
    private const uint Acknowledgement = 0;         // PROC_EVENT_NONE
    private const uint Birth = 1;                   // PROC_EVENT_FORK
    private const uint End = 0x80000000;            // PROC_EVENT_EXIT
    private const int AnswerMilliseconds = 100;
    private const int MostAtOnce = 4096;

    private int _socket;

    private BirthEvents(int socket) => _socket = socket;

    /// <summary>Begins to listen; null where we are not told. What is not answered at once is never told.</summary>
    public static BirthEvents? TryOpen()
    {
        int socket = NetlinkCalls.Open(
            NetlinkCalls.Netlink, NetlinkCalls.Datagram | NetlinkCalls.CloseOnExec | NetlinkCalls.NonBlocking, NetlinkCalls.Connector);
        if (socket < 0)
        {
            return null;
        }

        var events = new BirthEvents(socket);
        var address = new NetlinkCalls.Address { Family = NetlinkCalls.Netlink, Groups = ProcessEvents };
        if (NetlinkCalls.Bind(socket, &address, (uint)sizeof(NetlinkCalls.Address)) == 0 && events.TrySubscribe())
        {
            return events;
        }

        events.Dispose();
        return null;
    }

    /// <summary>Takes the oldest event that was not taken yet; those of threads are left out.</summary>
    /// <returns>False where there is none.</returns>
    public bool TryRead(out BirthEvent happened)
    {
        Span<byte> message = stackalloc byte[256];
        bool wereLost = false;
        for (int count = 0; count < MostAtOnce; count++)
        {
            // Where it fails and then does not, it told that events were lost.
            if (!TryReceive(message, out int length))
            {
                if (wereLost || !TryReceive(message, out length))
                {
                    break;
                }

                wereLost = true;
            }

            if (length < DataAt + 16)
            {
                continue;
            }

            int first = BinaryPrimitives.ReadInt32LittleEndian(message[DataAt..]);
            int second = BinaryPrimitives.ReadInt32LittleEndian(message[(DataAt + 4)..]);
            int third = BinaryPrimitives.ReadInt32LittleEndian(message[(DataAt + 8)..]);
            int fourth = BinaryPrimitives.ReadInt32LittleEndian(message[(DataAt + 12)..]);
            uint what = BinaryPrimitives.ReadUInt32LittleEndian(message[EventAt..]);

            // parent_pid, parent_tgid, child_pid, child_tgid; and process_pid, process_tgid
            if ((what == Birth && third == fourth) || (what == End && first == second))
            {
                happened = new BirthEvent(what == Birth ? third : first, what == Birth ? second : 0, wereLost);
                return true;
            }
        }

        happened = new BirthEvent(0, 0, wereLost);
        return wereLost;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int closing = Interlocked.Exchange(ref _socket, -1);
        if (closing >= 0)
        {
            _ = Libc.Close(closing);
        }
    }

    private bool TrySubscribe()
    {
        Span<byte> message = stackalloc byte[EventAt + 4];
        message.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message[4..], 3);                          // NLMSG_DONE
        BinaryPrimitives.WriteUInt32LittleEndian(message[NetlinkHeader..], ProcessEvents);
        BinaryPrimitives.WriteUInt32LittleEndian(message[(NetlinkHeader + 4)..], ProcessEvents);
        BinaryPrimitives.WriteUInt16LittleEndian(message[(NetlinkHeader + 16)..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(message[EventAt..], Listen);
        fixed (byte* bytes = message)
        {
            if (NetlinkCalls.Send(_socket, bytes, (nuint)message.Length, 0) != message.Length)
            {
                return false;
            }
        }

        // In other namespaces than the first, the kernel says nothing at all.
        Span<byte> answer = stackalloc byte[256];
        var poll = new PollDescriptor { Descriptor = _socket, Events = PollDescriptor.Readable };
        while (Libc.Poll(&poll, 1, AnswerMilliseconds) > 0)
        {
            if (!TryReceive(answer, out int length))
            {
                return false;
            }

            if (length >= DataAt + 4 && BinaryPrimitives.ReadUInt32LittleEndian(answer[EventAt..]) == Acknowledgement)
            {
                return BinaryPrimitives.ReadUInt32LittleEndian(answer[DataAt..]) == 0;
            }
        }

        return false;
    }

    /// <summary>Takes one message; of no length where it is not the kernel's: others may send to the group too.</summary>
    private bool TryReceive(Span<byte> message, out int length)
    {
        NetlinkCalls.Address sender = default;
        uint senderLength = (uint)sizeof(NetlinkCalls.Address);
        fixed (byte* bytes = message)
        {
            length = (int)NetlinkCalls.Receive(_socket, bytes, (nuint)message.Length, 0, &sender, &senderLength);
        }

        bool isReceived = length > 0;
        length = isReceived && sender.Port == 0 ? length : 0;
        return isReceived;
    }
}
