namespace Pyflame.Cli.Commands;

/// <summary>The texts that explain the classic command line.</summary>
internal static class ClassicHelp
{
    /// <summary>Where the whole help is to be had.</summary>
    public const string Pointer = "Try 'pyflame --help' for every option.";

    /// <summary>The whole help.</summary>
    public const string Usage = """
        Usage: pyflame [options] [-p] PID
               pyflame [options] -t command arg1 arg2...
               pyflame flame-chart-json [FILE]
               pyflame record|top|dump|ps|report|diff|convert ...

        The commands of the last line do more, and 'pyflame help' tells of them. This is
        about the others, which are those of Pyflame 1.6.

        Samples the Python stacks of a running process, or of a command that it runs,
        and writes them as flamegraph.pl and speedscope read them: one line per stack,
        and how often it was seen.

        What to sample:
          -p, --pid=PID           a running process
          -t, --trace             run a command, and sample it until it ends; must be
                                  the last option, as all that follows is the command
              --threads           every thread, not only the one that holds the GIL
          -s, --seconds=SECS      for how long (default 1); 0 takes one sample
          -r, --rate=RATE         seconds from one sample to the next (default 0.001)

        What to write:
          -o, --output=PATH       write there, not to standard output
          -x, --exclude-idle      leave idle time out
          -n, --no-line-numbers   file:function, without the line
          -T, --flamechart        samples in time order, with their times
          -d, --dump              print the stack of every thread once, and exit

          --abi=NN                take the interpreter for this version, such as 27 or
                                  311, where it is not recognized
          -h, --help              this text
          -v, --version           the version

        Examples:
          pyflame -p 12345 | flamegraph.pl > profile.svg
          pyflame -o profile.txt -t python3 app.py --its-option
          pyflame -d -p 12345
          pyflame -T -s 5 -p 12345 | pyflame flame-chart-json > app.cpuprofile

        """;
}
