namespace Pyflame.Testing;

/// <summary>A thread as the target itself describes it.</summary>
/// <param name="Identifier"><c>threading.get_ident()</c>, which is the pthread handle.</param>
/// <param name="NativeId">The operating system's thread id, as <c>gettid()</c> in the target gives it.</param>
/// <param name="Name">The name in <c>threading</c>.</param>
/// <param name="IsMain">Whether it is the main thread.</param>
/// <param name="Frames">Its stack, root first, as <c>traceback</c> prints it.</param>
public sealed record ReportedThread(
    ulong Identifier,
    int NativeId,
    string Name,
    bool IsMain,
    IReadOnlyList<ReportedFrame> Frames);
