namespace Pyflame.Profiles.Packing;

/// <summary>A record holds what no writer puts there; the reader of the file adds where, and the remedy.</summary>
internal sealed class DamagedRecordException(string message) : Exception(message);
