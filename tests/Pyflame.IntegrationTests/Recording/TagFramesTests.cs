using Pyflame.Profiles;
using Pyflame.Python.Values;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Labels whose values are read from the stack.</summary>
public sealed class TagFramesTests
{
    [Theory]
    [InterpreterData]
    public void Values_are_read_from_arguments_attributes_and_keys(Interpreter interpreter)
    {
        string[] tags =
        [
            "path=handle:request.path", "method=Server.serve:request.number", "cell=handle:shared.path", "key=serve:request.environ[PATH_INFO]",
            "seven=handle:request.environ[7]", "item=handle:request.parts[0]", "last=handle:request.parts[-1][1]",
            "none=handle:request.missing", "far=handle:request.parts[9]", "other=missing:request",
        ];
        using TargetProgram program = TargetProgram.Start(interpreter, "tags.py");
        program.WaitUntilBlocked();
        using var recorder = new SampleRecorder(program.ProcessId, new RecordingOptions
        {
            Threads = ThreadSelection.All,
            Tags = [.. tags.Select(text => TagExpression.TryParse(text, out TagExpression? tag) ? tag : throw new FormatException(text))],
        });
        StackId stack = default;
        recorder.Run(sample =>
        {
            stack = sample.Stack;
            return false;
        });

        Assert.Equal(
            [
                "path=/index", "method=12", "cell=/index", "key=/info", "seven=seven", "item=first", "last=third",
                "<module>", "serve", "handle", "<lambda>", "block",
            ],
            recorder.Describe(stack).Select(frame => frame.Function));
    }
}
