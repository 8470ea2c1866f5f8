using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pyflame.Profiles.Export;

/// <summary>
/// The nodes of a V8 CPU profile, as in the <c>Profiler.Profile</c> of the Chrome DevTools protocol. The first node is the root,
/// and the second stands for time that was not sampled.
/// </summary>
internal sealed class CpuProfileTree
{
    // Indexes of nodes; their numbers are that many behind the root's.
    private const int Root = 0;
    private const int Gap = 1;

    private readonly int _root;
    private readonly Profile _profile;
    private readonly ExportOptions _options;
    private readonly ShownFrames _frames;
    private readonly bool _lines;

    // Callers stand before what they call.
    private readonly ChunkedList<Node> _nodes = new();

    // What threads stand on, by the node and frame: threads of one name stand on the same, and so have their nodes together.
    private readonly Dictionary<(int Node, int Frame), int> _base = [];

    // The node of each shown stack, by the node that it stands on; 0 where there is none yet.
    private readonly Dictionary<int, SparseNumbers> _nodesOn = [];
    private readonly Stack<StackId> _missing = new();
    private readonly List<ThreadPlaces?> _threads = [];

    /// <summary>Begins with the root.</summary>
    /// <param name="profile">Whose stacks.</param>
    /// <param name="frames">The frames as they are shown, with <see cref="Frames"/>; trees may share them.</param>
    /// <param name="options">What threads stand on, and whether lines are shown.</param>
    /// <param name="root">The number of the root; all others follow it.</param>
    public CpuProfileTree(Profile profile, ShownFrames frames, ExportOptions options, int root = 1)
    {
        _root = root;
        _profile = profile;
        _frames = frames;
        _options = options;
        _lines = options.LineNumbers && options.FileNames;
        _nodes.Add(new Node(-1, -1));
        _nodes.Add(new Node(Root, -1));
    }

    /// <summary>How many numbers of nodes are taken.</summary>
    public int Count => _nodes.Count;

    /// <summary>The node of time that was not sampled.</summary>
    public int GapNode => _root + Gap;

    /// <summary>The frames as these nodes show them: what threads stand on is up to the tree.</summary>
    public static ShownFrames Frames(Profile profile, ExportOptions options) =>
        new(profile, options with { ThreadFrames = false, ProcessFrames = false }, mergeLines: true);

    /// <summary>Counts a sample, as so many as its weight says, and gives its node.</summary>
    public int Add(ProfiledThreadId thread, StackId stack, int weight)
    {
        while (_threads.Count <= thread.Value)
        {
            _threads.Add(null);
        }

        ThreadPlaces places = _threads[thread.Value] ??= new ThreadPlaces(BaseOf(thread));

        // Threads stay where they are more often than not.
        int index = places.Last;
        if (index < 0 || places.All[index].Stack != stack)
        {
            index = places.OfStack[stack.Value] - 1;
            if (index < 0)
            {
                index = places.All.Count;
                places.All.Add(new Place(stack, NodeOf(places.Base, _frames.Show(thread, stack))));
                places.OfStack[stack.Value] = index + 1;
            }

            places.Last = index;
        }

        ref Place place = ref places.All[index];
        place.Hits += weight;
        return _root + place.Node;
    }

    /// <summary>Counts a time that was not sampled, as so many samples as there would have been, and gives its node.</summary>
    public int AddGap(long nanoseconds, long intervalNanoseconds)
    {
        _nodes[Gap].Hits += nanoseconds / Math.Max(1, intervalNanoseconds);
        return GapNode;
    }

    /// <summary>Writes every node that has been counted, callers first.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="withParents">Whether nodes name their caller, as in traces, rather than their callees, as in files.</param>
    public void Write(JsonStream output, bool withParents)
    {
        List<Tick> ticks = CountHits();
        Callees? callees = withParents ? null : new Callees(_nodes);
        byte[]?[] callFrames = new byte[_frames.Count][];
        output.Json.WriteStartArray("nodes"u8);
        output.BeginText();
        int tick = 0;
        for (int index = 0; index < _nodes.Count; index++)
        {
            Node node = _nodes[index];
            output.Append(index == 0 ? "{\"id\":"u8 : ",{\"id\":"u8, _root + index);
            if (withParents && index != Root)
            {
                output.Append(",\"parent\":"u8, _root + node.Parent);
            }

            output.Append(",\"callFrame\":"u8);
            output.Append(index switch
            {
                Root => Marker("(root)"),
                Gap => Marker("(idle)"),
                _ => callFrames[node.Frame] ??= CallFrame(_frames[node.Frame], withColumn: !withParents),
            });
            if (!withParents || node.Hits > 0 || index == Root)
            {
                output.Append(",\"hitCount\":"u8, node.Hits);
            }

            callees?.Write(output, index, _root);
            WriteTicks(output, index, ticks, ref tick);
            output.Append("}"u8);
        }

        output.Json.WriteEndArray();
    }

    private static byte[] Marker(string name) => CallFrame(new ShownFrame(FrameKind.Marker, name, string.Empty, 0, 0), withColumn: true);

    private static void WriteTicks(JsonStream output, int node, List<Tick> ticks, ref int next)
    {
        bool isFirst = true;
        for (; next < ticks.Count && ticks[next].Node == node; next++)
        {
            output.Append(isFirst ? ",\"positionTicks\":[{\"line\":"u8 : ",{\"line\":"u8, ticks[next].Line);
            output.Append(",\"ticks\":"u8, ticks[next].Hits);
            output.Append("}"u8);
            isFirst = false;
        }

        if (!isFirst)
        {
            output.Append("]"u8);
        }
    }

    private static byte[] CallFrame(ShownFrame frame, bool withColumn)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("functionName"u8, frame.Name);
            json.WriteString("scriptId"u8, "0"u8);
            json.WriteString("url"u8, frame.FileName);

            // Counted from 0 there; a place that is not known is -1.
            json.WriteNumber("lineNumber"u8, (frame.FirstLineNumber > 0 ? frame.FirstLineNumber : frame.LineNumber) - 1);
            if (withColumn)
            {
                json.WriteNumber("columnNumber"u8, frame.FileName.Length > 0 ? 0 : -1);
            }

            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    // The lines of the nodes, in order.
    private List<Tick> CountHits()
    {
        var all = new List<Tick>();
        foreach (ThreadPlaces? places in _threads)
        {
            for (int index = 0; index < places?.All.Count; index++)
            {
                Place place = places.All[index];
                _nodes[place.Node].Hits += place.Hits;
                int line = place.Stack.IsEmpty ? 0 : _profile.Frames[_profile.Stacks.Frame(place.Stack)].LineNumber;
                if (_lines && line > 0 && place.Node != Gap)
                {
                    all.Add(new Tick(place.Node, line, place.Hits));
                }
            }
        }

        all.Sort((a, b) => a.Node != b.Node ? a.Node.CompareTo(b.Node) : a.Line.CompareTo(b.Line));
        var ticks = new List<Tick>(all.Count);
        foreach (Tick tick in all)
        {
            if (ticks.Count > 0 && ticks[^1] is var last && (last.Node, last.Line) == (tick.Node, tick.Line))
            {
                ticks[^1] = last with { Hits = last.Hits + tick.Hits };
            }
            else
            {
                ticks.Add(tick);
            }
        }

        return ticks;
    }

    private int BaseOf(ProfiledThreadId thread)
    {
        int node = Root;
        foreach (int frame in _frames.RootsOf(_profile.Threads[thread.Value], _options))
        {
            if (!_base.TryGetValue((node, frame), out int next))
            {
                _base.Add((node, frame), next = AddNode(node, frame));
            }

            node = next;
        }

        return node;
    }

    private int NodeOf(int baseNode, StackId shown)
    {
        if (!_nodesOn.TryGetValue(baseNode, out SparseNumbers? known))
        {
            _nodesOn.Add(baseNode, known = new SparseNumbers());
        }

        // Down to what is known and up again, without recursion: stacks may be thousands of frames deep.
        int node = baseNode;
        for (; !shown.IsEmpty; shown = _frames.Stacks.Parent(shown))
        {
            if (known[shown.Value] is > 0 and var seen)
            {
                node = seen;
                break;
            }

            _missing.Push(shown);
        }

        while (_missing.TryPop(out shown))
        {
            int frame = _frames.Leaf(shown);
            node = node == Root && IsIdleRemark(frame) ? Gap : AddNode(node, frame);
            known[shown.Value] = node;
        }

        return node;
    }

    private int AddNode(int parent, int frame)
    {
        _nodes.Add(new Node(parent, frame));
        return _nodes.Count - 1;
    }

    // What a recording says of idle time is the same to readers as time without samples.
    private bool IsIdleRemark(int frame) => _frames[frame] is { Kind: FrameKind.Marker, Name: "(idle)" };

    // What each node calls, in the order of first appearance.
    private sealed class Callees
    {
        private readonly int[] _first;
        private readonly int[] _next;

        public Callees(ChunkedList<Node> nodes)
        {
            _first = new int[nodes.Count];
            _next = new int[nodes.Count];
            for (int node = nodes.Count - 1; node > Root; node--)
            {
                int parent = nodes[node].Parent;
                _next[node] = _first[parent];
                _first[parent] = node;
            }
        }

        public void Write(JsonStream output, int node, int root)
        {
            output.Append(",\"children\":["u8);
            for (int callee = _first[node]; callee != 0; callee = _next[callee])
            {
                output.Append(callee == _first[node] ? default : ","u8, root + callee);
            }

            output.Append("]"u8);
        }
    }

    // Where a thread was, by its stack: what that means for nodes and lines is worked out once.
    private sealed class ThreadPlaces(int baseNode)
    {
        public int Base { get; } = baseNode;

        public ChunkedList<Place> All { get; } = new();

        // Plus one.
        public SparseNumbers OfStack { get; } = new();

        public int Last { get; set; } = -1;
    }

    private record struct Node(int Parent, int Frame)
    {
        public long Hits;
    }

    private record struct Place(StackId Stack, int Node)
    {
        public long Hits;
    }

    private readonly record struct Tick(int Node, int Line, long Hits);
}
