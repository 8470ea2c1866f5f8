using System.CommandLine;
using System.Globalization;
using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;
using Pyflame.Processes;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>Shows what every thread of a process, or of several, does right now.</summary>
internal sealed class DumpCommand : Subcommand
{
    private readonly Option<int[]> _processIds = new("--pid", "-p")
    {
        Description = "the process, or several; the only Python process there is, if left out",
        HelpName = "PID",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result =>
        {
            var ids = new List<int>();
            foreach (var token in result.Tokens)
            {
                if (OptionValues.ParsePositive(token.Value) is { } id)
                {
                    ids.Add(id);
                }
                else
                {
                    result.AddError($"'{token.Value}' is not a process id, which is a whole number above 0.");
                }
            }

            return [.. ids];
        },
    };

    private readonly Option<bool> _subprocesses = SharedOptions.Subprocesses();
    private readonly Option<bool> _locals = SharedOptions.Flag("--locals", "-l", "arguments and locals of each frame");
    private readonly Option<bool> _tasks = SharedOptions.Flag("--tasks", null, "the tasks of asyncio too: where each waits, and for what");
    private readonly Option<bool> _json = SharedOptions.Json();
    private readonly Option<bool> _nonblocking = SharedOptions.Nonblocking();
    private readonly Option<bool> _blocking = SharedOptions.Blocking();

    public DumpCommand()
        : base("dump", "Show what every thread of a process does right now")
    {
        Options.Add(_processIds);
        Options.Add(_subprocesses);
        Options.Add(_locals);
        Options.Add(_tasks);
        Options.Add(_json);
        Options.Add(_nonblocking);
        Options.Add(_blocking);
    }

    /// <inheritdoc/>
    public override string Synopsis => "[options] [--pid PID...]";

    /// <inheritdoc/>
    public override string Details =>
        """
        Innermost frame first. Of several processes, threads with equal stacks are
        shown together: what hangs in many workers stands out.
        """;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } =
        ["pyflame dump --pid 4711", "pyflame dump --locals --pid 4711", "pyflame dump --tasks --pid 4711", "pyflame dump --subprocesses --pid 4711", "pyflame dump --json --pid 4711 | jq '.processes[].threads[].name'"];

    /// <inheritdoc/>
    public override int Run(ParseResult line, IReadOnlyList<string> command, UserMessages messages)
    {
        var options = new DumpOptions
        {
            Mode = SharedOptions.Mode(line, _nonblocking, _blocking),
            Names = true,
            States = true,
            QualifyNames = true,
            Variables = line.GetValue(_locals),
        };
        int[] named = [.. (line.GetValue(_processIds) ?? []).Distinct()];
        int[] processIds = named.Length > 0 ? named : [OnlyProcess.Find(messages)];
        bool tasks = line.GetValue(_tasks);
        List<DumpedProcess> processes;
        bool isComplete = true;
        if (line.GetValue(_subprocesses))
        {
            processes = ReadTrees(processIds, options, tasks, messages);
        }
        else
        {
            processes = Read(processIds, options, tasks, messages, out isComplete);
        }

        if (line.GetValue(_json))
        {
            JsonText.Print(stream => DumpJson.Write(processes, options.Variables, stream));
        }
        else if (processes.Count > 0)
        {
            TextOutput.Print(processes.Count == 1 ? DumpText.OfOne(processes[0]) : DumpText.OfMany(processes));
        }

        return (int)(isComplete ? ExitCode.Success : ExitCode.Failure);
    }

    // Of a tree, what is not Python is passed over, and what cannot be read is told.
    private static List<DumpedProcess> ReadTrees(int[] processIds, DumpOptions options, bool withTasks, UserMessages messages)
    {
        var processes = new List<DumpedProcess>();
        var known = new HashSet<int>();
        foreach (int processId in processIds)
        {
            // What the process itself may not be looked at for is the whole answer.
            using TargetProcess target = TargetProcess.Attach(processId);
            using ProcessTree tree = ProcessTree.Open(target.ProcessId);
            List<TreeProcess> members = [tree.Root];
            tree.Update(members);
            foreach (TreeProcess member in members.Where(member => known.Add(member.ProcessId)))
            {
                try
                {
                    if (DumpedProcess.Read(member, member == tree.Root, options, withTasks) is { } process)
                    {
                        processes.Add(process);
                    }
                }
                catch (TargetProcessException exception) when (exception.Failure is TargetFailure.NotPython or TargetFailure.NotFound)
                {
                    // A shell in between, or one that has just ended.
                }
                catch (TargetProcessException exception)
                {
                    messages.Say(string.Create(
                        CultureInfo.InvariantCulture, $"pyflame dump: process {member.ProcessId} ({SafeText.OneLine(tree.ReadCommandLine(member))}) is left out: {exception.Message}"));
                }
            }
        }

        return processes.Count > 0 ? processes : throw new FailureException("neither the process nor any that it has started runs Python.");
    }

    // Of several, those that cannot be read are told and do not keep the others from being shown.
    private static List<DumpedProcess> Read(
        int[] processIds, DumpOptions options, bool withTasks, UserMessages messages, out bool isComplete)
    {
        var processes = new List<DumpedProcess>();
        isComplete = true;
        foreach (int processId in processIds)
        {
            try
            {
                processes.Add(DumpedProcess.Read(processId, options, withTasks));
            }
            catch (TargetProcessException exception) when (processIds.Length > 1)
            {
                isComplete = false;
                messages.Say(string.Create(CultureInfo.InvariantCulture, $"pyflame dump: {exception.Message}"));
                messages.WhatToDo(exception);
            }
        }

        return processes;
    }
}
