using Pyflame.Cli;
using Pyflame.Cli.Commands;
using Pyflame.Python;

namespace Pyflame.Tests.Cli;

public sealed class ClassicOptionsTests
{
    private static ClassicOptions Parse(params string[] words) => ClassicOptionsParser.Parse(words);

    private static CommandLineException Refused(params string[] words) =>
        Assert.Throws<CommandLineException>(() => ClassicOptionsParser.Parse(words));

    [Fact]
    public void Defaults_are_one_second_at_a_thousand_samples_a_second_on_standard_output()
    {
        Assert.Equal(
            new ClassicOptions
            {
                Action = ClassicAction.Attach,
                ProcessId = 12345,
                IsBareProcessId = false,
                Command = [],
                Duration = TimeSpan.FromSeconds(1),
                Interval = TimeSpan.FromMilliseconds(1),
                OutputPath = null,
                ExcludeIdle = false,
                LineNumbers = true,
                AllThreads = false,
                FlameChart = false,
                ForcedVersion = null,
            },
            Parse("-p", "12345"));
    }

    [Theory]
    [InlineData("-p", "12345")]
    [InlineData("-p12345")]
    [InlineData("--pid=12345")]
    [InlineData("--pid", "12345")]
    [InlineData("--pi", "12345")]
    [InlineData("--p=12345")]
    public void The_pid_may_be_spelled_in_every_way_of_getopt(params string[] words)
    {
        ClassicOptions options = Parse(words);
        Assert.Equal(12345, options.ProcessId);
        Assert.False(options.IsBareProcessId);
    }

    [Theory]
    [InlineData("12345")]
    [InlineData("--", "12345")]
    public void A_bare_pid_is_taken_and_remembered_as_such(params string[] words)
    {
        ClassicOptions options = Parse(words);
        Assert.Equal(12345, options.ProcessId);
        Assert.True(options.IsBareProcessId);
    }

    [Fact]
    public void A_bare_pid_may_stand_before_options()
    {
        ClassicOptions options = Parse("12345", "-s", "2");
        Assert.Equal(12345, options.ProcessId);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Duration);
    }

    [Theory]
    [InlineData(5000, "-s", "5")]
    [InlineData(5000, "-s5")]
    [InlineData(5000, "--seconds=5")]
    [InlineData(5000, "--seconds", "5")]
    [InlineData(500, "-s.5")]
    [InlineData(1250, "--sec", "1.25")]
    [InlineData(200, "-s", "2e-1")]
    [InlineData(0, "-s", "0")]
    [InlineData(3000, "-s", "5", "-s", "3")]
    public void Seconds_are_fractional(int milliseconds, params string[] words) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Parse([.. words, "-p", "1"]).Duration);

    [Theory]
    [InlineData(10_000, "-r", "0.01")]
    [InlineData(10_000, "-r.01")]
    [InlineData(100, "--rate=0.0001")]
    [InlineData(2_000_000, "--rate", "2")]
    [InlineData(0, "-r0")]
    public void The_rate_is_the_time_between_samples(int microseconds, params string[] words) =>
        Assert.Equal(TimeSpan.FromMicroseconds(microseconds), Parse([.. words, "-p", "1"]).Interval);

    [Theory]
    [InlineData("-x")]
    [InlineData("--exclude-idle")]
    [InlineData("--ex")]
    public void Idle_time_is_left_out(string word) => Assert.True(Parse(word, "-p1").ExcludeIdle);

    [Theory]
    [InlineData("-n")]
    [InlineData("--no-line-numbers")]
    public void Line_numbers_are_left_out(string word) => Assert.False(Parse(word, "-p1").LineNumbers);

    [Theory]
    [InlineData("-d")]
    [InlineData("--dump")]
    public void A_dump_is_asked_for(string word)
    {
        ClassicOptions options = Parse(word, "-p1");
        Assert.Equal(ClassicAction.Dump, options.Action);
        Assert.Equal(1, options.ProcessId);
    }

    [Fact]
    public void A_dump_takes_a_bare_pid_too() => Assert.True(Parse("-d", "1").IsBareProcessId);

    [Theory]
    [InlineData("--threads")]
    [InlineData("--th")]
    public void All_threads_are_asked_for(string word) => Assert.True(Parse(word, "-p1").AllThreads);

    [Theory]
    [InlineData("-T")]
    [InlineData("--flamechart")]
    public void Times_are_asked_for(string word) => Assert.True(Parse(word, "-p1").FlameChart);

    [Theory]
    [InlineData("-o", "out.txt")]
    [InlineData("-oout.txt")]
    [InlineData("--output=out.txt")]
    [InlineData("--output", "out.txt")]
    public void The_output_is_named(params string[] words) => Assert.Equal("out.txt", Parse([.. words, "-p1"]).OutputPath);

    [Fact]
    public void Short_options_are_bundled_with_the_value_of_the_last()
    {
        ClassicOptions options = Parse("-xnTs2.5", "-p1");
        Assert.True(options.ExcludeIdle);
        Assert.False(options.LineNumbers);
        Assert.True(options.FlameChart);
        Assert.Equal(TimeSpan.FromSeconds(2.5), options.Duration);
    }

    [Theory]
    [InlineData("26", 2, 6)]
    [InlineData("27", 2, 7)]
    [InlineData("31", 3, 1)]
    [InlineData("34", 3, 4)]
    [InlineData("39", 3, 9)]
    [InlineData("310", 3, 10)]
    [InlineData("311", 3, 11)]
    [InlineData("315", 3, 15)]
    public void An_abi_is_a_version(string number, int major, int minor)
    {
        Assert.Equal(new PythonVersion(major, minor), Parse($"--abi={number}", "-p1").ForcedVersion);
        Assert.Equal(new PythonVersion(major, minor), Parse("--abi", number, "-p1").ForcedVersion);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("25")]
    [InlineData("30")]
    [InlineData("316")]
    [InlineData("3.11")]
    [InlineData("")]
    [InlineData("python")]
    public void An_unknown_abi_is_refused(string number)
    {
        CommandLineException refusal = Refused($"--abi={number}", "-p", "1");
        Assert.Equal(
            $"Unknown or unsupported ABI \"{number}\". "
            + "The known ones: 26 27 31 32 33 34 35 36 37 38 39 310 311 312 313 314 315.",
            refusal.Message);
        Assert.Equal(CommandLineHelp.None, refusal.Help);
    }

    [Fact]
    public void What_follows_trace_is_the_command_to_the_letter()
    {
        ClassicOptions options = Parse("-x", "-o", "p.txt", "-t", "python3", "-p", "app.py", "--", "-t", "--help", "");
        Assert.Equal(ClassicAction.Trace, options.Action);
        Assert.Equal(0, options.ProcessId);
        Assert.Equal("p.txt", options.OutputPath);
        Assert.True(options.ExcludeIdle);
        Assert.Equal(["python3", "-p", "app.py", "--", "-t", "--help", ""], options.Command);
    }

    [Theory]
    [InlineData("-t")]
    [InlineData("--trace")]
    [InlineData("--tr")]
    [InlineData("-xt")]
    public void Trace_may_be_spelled_in_every_way_of_getopt(string word) => Assert.Equal(["app"], Parse(word, "app").Command);

    [Fact]
    public void Trace_must_end_its_word()
    {
        CommandLineException refusal = Refused("-tpython3", "app.py");
        Assert.Equal("Option -t must be the last: the command begins with the next word.", refusal.Message);
        Assert.Equal(CommandLineHelp.Pointer, refusal.Help);
    }

    [Theory]
    [InlineData("-t")]
    [InlineData("-x", "--trace")]
    public void Trace_needs_a_command(params string[] words)
    {
        CommandLineException refusal = Refused(words);
        Assert.Equal("Option -t needs a command to run.", refusal.Message);
        Assert.Equal(CommandLineHelp.Usage, refusal.Help);
    }

    [Theory]
    [InlineData("Options -p and -t are not mutually compatible.", "-p", "1", "-t", "python", "--version")]
    [InlineData("Options -d and -t are not mutually compatible.", "-d", "-t", "python")]
    [InlineData("Options -d and -t are not mutually compatible.", "-p1", "-d", "-t")]
    public void Attaching_or_dumping_and_tracing_exclude_each_other(string message, params string[] words)
    {
        CommandLineException refusal = Refused(words);
        Assert.Equal(message, refusal.Message);
        Assert.Equal(CommandLineHelp.None, refusal.Help);
    }

    [Fact]
    public void A_bare_word_before_trace_is_refused()
    {
        CommandLineException refusal = Refused("123", "-t", "python");
        Assert.Equal("'123' stands before -t, where only options may.", refusal.Message);
        Assert.Equal(CommandLineHelp.Usage, refusal.Help);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("foo")]
    [InlineData("12x")]
    [InlineData("")]
    [InlineData("1.5")]
    [InlineData("2147483648")]
    [InlineData("1606938044258990275541962092341162602522202993782792835301376")]
    public void A_pid_must_be_a_positive_number_in_range(string text)
    {
        CommandLineException refusal = Refused("-p", text);
        Assert.Equal($"Error: failed to parse \"{text}\" as a PID.", refusal.Message);
        Assert.Equal(CommandLineHelp.Pointer, refusal.Help);
    }

    [Fact]
    public void A_bare_word_that_is_no_pid_is_refused() =>
        Assert.Equal("Error: failed to parse \"foo\" as a PID.", Refused("foo").Message);

    [Theory]
    [InlineData("1", "2")]
    [InlineData("foo", "bar")]
    [InlineData("-p", "1", "2")]
    public void Extra_words_are_refused(params string[] words)
    {
        CommandLineException refusal = Refused(words);
        Assert.Equal($"Too many words: '{words[^1]}'. To run a command, put -t before it.", refusal.Message);
        Assert.Equal(CommandLineHelp.Usage, refusal.Help);
    }

    [Fact]
    public void No_words_are_refused()
    {
        CommandLineException refusal = Refused();
        Assert.Equal("Say which process to sample, with -p, or which command to run, with -t.", refusal.Message);
        Assert.Equal(CommandLineHelp.Usage, refusal.Help);
    }

    [Theory]
    [InlineData("There is no option -q.", "-q")]
    [InlineData("There is no option -q.", "-xq", "-p1")]
    [InlineData("There is no option --quiet.", "--quiet")]
    [InlineData("Option -p needs a value.", "-p")]
    [InlineData("Option -o needs a value.", "-xo")]
    [InlineData("Option --rate needs a value.", "--rate")]
    [InlineData("Option --threads takes no value.", "--threads=all")]
    [InlineData("Option --t may be --threads or --trace.", "--t")]
    [InlineData("Option -o needs the path of a file.", "--output=", "-p1")]
    [InlineData("Error: failed to parse \"long\" as the time to sample for (-s): a number of seconds, such as 0.01.", "-s", "long")]
    [InlineData("Error: failed to parse \"1,5\" as the time between samples (-r): a number of seconds, such as 0.01.", "-r", "1,5")]
    [InlineData("Error: failed to parse \"nan\" as the time between samples (-r): a number of seconds, such as 0.01.", "-r", "nan")]
    [InlineData("Error: -1 seconds is out of range for the time to sample for (-s): 0 to 1000000000.", "-s", "-1")]
    [InlineData("Error: 1e10 seconds is out of range for the time between samples (-r): 0 to 1000000000.", "-r1e10")]
    public void Wrong_options_are_told(string message, params string[] words)
    {
        CommandLineException refusal = Refused(words);
        Assert.Equal(message, refusal.Message);
        Assert.Equal(CommandLineHelp.Pointer, refusal.Help);
    }

    [Theory]
    [InlineData("-h", ClassicAction.Help)]
    [InlineData("--help", ClassicAction.Help)]
    [InlineData("-v", ClassicAction.Version)]
    [InlineData("--version", ClassicAction.Version)]
    public void Help_and_version_need_nothing_else(string word, object action)
    {
        Assert.Equal(action, Parse(word).Action);
        Assert.Equal(action, Parse("-x", word, "--no-such-option").Action);
    }
}
