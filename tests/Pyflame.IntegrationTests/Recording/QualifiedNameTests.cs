using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>What methods are called, before 3.11 too, where their code does not say.</summary>
public sealed class QualifiedNameTests
{
    [Theory]
    [InterpreterData]
    public void Methods_of_a_dump_go_by_the_class_that_defines_them(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "methods.py");
        program.WaitUntilBlocked();
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);

        ThreadDump thread = Assert.Single(
            ThreadDumper.Dump(target, PythonRuntime.Locate(target), new DumpOptions { QualifyNames = true }));

        Assert.Equal(Expected(interpreter), thread.Frames.Reverse().Select(frame => frame.QualifiedName));
    }

    [Theory]
    [InterpreterData]
    public void Methods_of_a_recording_go_by_the_class_that_defines_them(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "methods.py");
        program.WaitUntilBlocked();
        using var recorder = new SampleRecorder(program.ProcessId, new RecordingOptions { Threads = ThreadSelection.All, QualifyNames = true });
        StackId stack = default;
        recorder.Run(sample =>
        {
            stack = sample.Stack;
            return false;
        });

        var frames = new FrameId[recorder.Profile.Stacks.Depth(stack)];
        recorder.Profile.Stacks.CopyFrames(stack, frames);
        Assert.Equal(
            Expected(interpreter),
            frames.Select(id => recorder.Profile.Strings[recorder.Profile.Functions[recorder.Profile.Frames[id].Function].QualifiedName]));
    }

    // 2.7 knows a class by its name alone.
    private static string[] Expected(Interpreter interpreter) =>
    [
        "<module>", interpreter.Version.Major == 2 ? "Inner.run" : "Outer.Inner.run", "Base.base", "Base.__private", "Base.value", "Base.make",
        "Base.captured", "Old.old", "block",
    ];
}
