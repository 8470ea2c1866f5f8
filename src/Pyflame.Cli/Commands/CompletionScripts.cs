using System.CommandLine;
using System.Text;
using Pyflame.Profiles.Export;

namespace Pyflame.Cli.Commands;

/// <summary>The scripts of <c>pyflame completions</c>: commands, options, formats, and the PIDs that <c>pyflame ps</c> finds.</summary>
internal static class CompletionScripts
{
    // The first column of the table, its head left out.
    private const string ProcessIds = "pyflame ps 2>/dev/null | awk 'NR > 1 {print $1}'";

    /// <summary>For bash.</summary>
    public static string Bash(IReadOnlyList<Subcommand> commands)
    {
        var text = new StringBuilder(
            $$"""
            # bash completion for pyflame
            _pyflame() {
              local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words=
              COMPREPLY=()
              if [ "$COMP_CWORD" = 1 ]; then
                mapfile -t COMPREPLY < <(compgen -W "{{string.Join(' ', commands.Select(command => command.Name))}} help" -- "$current")
                return
              fi
              # Behind -- stands a command, and its arguments.
              local word
              for word in "${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
                if [ "$word" = -- ]; then
                  if [ "$previous" = -- ]; then
                    mapfile -t COMPREPLY < <(compgen -c -- "$current")
                  else
                    mapfile -t COMPREPLY < <(compgen -f -- "$current")
                  fi
                  return
                fi
              done
              case $previous in
                -p | --pid) words=$({{ProcessIds}}) ;;
                doctor) [[ $current == -* ]] || words=$({{ProcessIds}}) ;;
                -f | --format) words="{{string.Join(' ', FormatRegistry.Writers.Select(writer => writer.Name))}}" ;;
                --mode) words="{{string.Join(' ', SamplingOptions.Modes)}}" ;;
                --by) words="state thread" ;;
                completions) words="bash zsh fish" ;;
              esac
              if [ -z "$words" ] && [[ $current == -* ]]; then
                case ${COMP_WORDS[1]} in

            """);
        foreach (Subcommand command in commands)
        {
            text.AppendLine($"      {command.Name}) words=\"{string.Join(' ', Options(command).SelectMany(Names))} --help\" ;;");
        }

        return text.Append(
            """
                esac
              fi
              if [ -n "$words" ]; then
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
              else
                mapfile -t COMPREPLY < <(compgen -f -- "$current")
              fi
            }
            complete -o filenames -F _pyflame pyflame
            """).ToString();
    }

    /// <summary>For zsh.</summary>
    public static string Zsh(IReadOnlyList<Subcommand> commands)
    {
        var text = new StringBuilder("#compdef pyflame\n# zsh completion for pyflame\n_pyflame() {\n  local -a subcommands\n  subcommands=(\n");
        foreach (Subcommand command in commands)
        {
            text.Append($"    {Quote($"{command.Name}:{command.Description}")}\n");
        }

        text.Append("  )\n  if (( CURRENT == 2 )); then\n    _describe command subcommands\n    return\n  fi\n  local name=$words[2]\n");
        text.Append("  shift words\n  (( CURRENT-- ))\n");

        // Behind -- stands a command, and its arguments.
        text.Append("  local -i dashes=${words[(i)--]}\n  if (( dashes < CURRENT )); then\n");
        text.Append("    words=(\"${(@)words[dashes+1,-1]}\")\n    (( CURRENT -= dashes ))\n    _normal\n    return\n  fi\n  case $name in\n");
        foreach (Subcommand command in commands)
        {
            text.Append($"    {command.Name})\n      _arguments -s");
            foreach (Option option in Options(command))
            {
                text.Append(" \\\n        ").Append(ZshOption(option));
            }

            text.Append($" \\\n        '(-h --help)'{{-h,--help}}'[this text]' \\\n        '{ZshArguments(command)}' ;;\n");
        }

        return text.Append("  esac\n}\n_pyflame \"$@\"").ToString();
    }

    /// <summary>For fish.</summary>
    public static string Fish(IReadOnlyList<Subcommand> commands)
    {
        var text = new StringBuilder("# fish completion for pyflame\n");
        foreach (Subcommand command in commands)
        {
            text.Append($"complete -c pyflame -n __fish_use_subcommand -f -a {command.Name} -d {Quote(command.Description!)}\n");
        }

        foreach (Subcommand command in commands)
        {
            foreach (Option option in Options(command))
            {
                text.Append($"complete -c pyflame -n '__fish_seen_subcommand_from {command.Name}' -l {option.Name[2..]}");
                if (Letter(option) is { } letter)
                {
                    text.Append($" -s {letter[1]}");
                }

                text.Append(Values(option) is { } values ? $" -x -a {Quote(values == ProcessIds ? $"({values})" : values)}"
                    : TakesValue(option) ? " -r" : string.Empty);
                text.Append($" -d {Quote(option.Description!)}\n");
            }
        }

        text.Append($"complete -c pyflame -n '__fish_seen_subcommand_from doctor' -f -a {Quote($"({ProcessIds})")}\n");
        return text.Append("complete -c pyflame -n '__fish_seen_subcommand_from completions' -f -a 'bash zsh fish'").ToString();
    }

    private static string ZshProcessIds => $"(${{(f)\"$({ProcessIds.Replace("'", "'\\''", StringComparison.Ordinal)})\"}})";

    private static IEnumerable<Option> Options(Subcommand command) => command.Options.Where(option => option.Name != "--help");

    private static IEnumerable<string> Names(Option option) => option.Aliases.Prepend(option.Name);

    private static string? Letter(Option option) => option.Aliases.FirstOrDefault(alias => alias.Length == 2);

    private static bool TakesValue(Option option) => option.Arity.MaximumNumberOfValues > 0;

    // Words, or a command that prints them; null where there is nothing better than the names of files.
    private static string? Values(Option option) => option.Name switch
    {
        "--pid" => ProcessIds,
        "--mode" => string.Join(' ', SamplingOptions.Modes),
        "--by" => "state thread",
        "--format" => string.Join(' ', FormatRegistry.Writers.Select(writer => writer.Name)),
        _ => null,
    };

    private static string ZshArguments(Subcommand command) => command switch
    {
        CompletionsCommand => "1:shell:(bash zsh fish)",
        DoctorCommand => $"1:PID:{ZshProcessIds}",
        _ => "*:file:_files",
    };

    private static string ZshOption(Option option)
    {
        string description = option.Description!.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
        string value = !TakesValue(option) ? string.Empty : Values(option) switch
        {
            null => $":{option.HelpName}:{(option.HelpName == "FILE" ? "_files" : " ")}",
            ProcessIds => $":{option.HelpName}:{ZshProcessIds}",
            var words => $":{option.HelpName}:({words})",
        };
        string rest = $"[{description.Replace(":", "\\:", StringComparison.Ordinal).Replace("'", "'\\''", StringComparison.Ordinal)}]{value}'";
        string equals = TakesValue(option) ? "=" : string.Empty;
        return Letter(option) is { } letter ? $"'*'{{{letter},{option.Name}{equals}}}'{rest}" : $"'{option.Name}{equals}{rest}";
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
