using System.Text;
using Pyflame.Cli.Commands;
using Pyflame.Processes;
using Pyflame.Python;

namespace Pyflame.Tests.Cli;

public sealed class PythonProcessTableTests
{
    private static readonly PythonProcess[] Processes =
    [
        new(new ProcessSummary(42, ["python3", "app.py"], 3, TimeSpan.FromSeconds(42.4)), new PythonVersion(3, 13, 0)),
        new(new ProcessSummary(4711, ["/usr/bin/python2.7", "a\nb"], 1, TimeSpan.FromHours(80)), null),
    ];

    [Fact]
    public void The_table_has_a_line_each_and_fits_the_width()
    {
        Assert.Equal(
            """
             PID  VERSION  THREADS      AGE  COMMAND
              42  3.13.0         3     42 s  python3 app.py
            4711  ?              1      3 d  /usr/bin/python2.7 a b
            """,
            PythonProcessTable.Format(Processes, null));
        Assert.Equal(40, PythonProcessTable.Format(Processes, 40).Split('\n')[2].Length);
    }

    [Fact]
    public void Json_has_every_word_of_the_command()
    {
        using var stream = new MemoryStream();
        PythonProcessTable.WriteJson(Processes, stream);

        Assert.Equal(
            """[{"pid":42,"version":"3.13.0","threads":3,"age_seconds":42.4,"command":["python3","app.py"]},"""
            + """{"pid":4711,"version":null,"threads":1,"age_seconds":288000,"command":["/usr/bin/python2.7","a\nb"]}]""",
            string.Concat(Encoding.UTF8.GetString(stream.ToArray()).Split('\n').Select(line => line.Trim().Replace("\": ", "\":", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData(true, "python3")]
    [InlineData(true, "/usr/bin/python2.7")]
    [InlineData(true, "-python")]
    [InlineData(false, "bash")]
    public void A_command_names_python_by_its_first_word(bool expected, string word) =>
        Assert.Equal(expected, PythonProcess.NamesPython([word]));

    [Theory]
    [InlineData(99, "99 s")]
    [InlineData(100, "1 min")]
    [InlineData(6000, "1 h")]
    [InlineData(300_000, "3 d")]
    public void Ages_are_short(double seconds, string expected) => Assert.Equal(expected, PythonProcessTable.Age(TimeSpan.FromSeconds(seconds)));
}
