namespace Pyflame.Cli.Commands;

/// <summary>An option that a command line may hold.</summary>
/// <param name="Name">Its long name, without the dashes.</param>
/// <param name="Letter">Its short name; the null character where it has none.</param>
/// <param name="TakesValue">Whether a value must follow it.</param>
internal sealed record OptionDefinition(string Name, char Letter, bool TakesValue);
