namespace Pyflame.Testing;

/// <summary>Where an interpreter was found.</summary>
public enum InterpreterOrigin
{
    /// <summary>A version that pyenv built on this machine: shared libpython, position-independent, not stripped.</summary>
    Pyenv,

    /// <summary>On this machine's own path.</summary>
    System,

    /// <summary>Debian's build, unpacked by scripts/interpreters.sh and run under chroot: static, stripped.</summary>
    DebianChroot,

    /// <summary>A program, not called python, that embeds Debian's shared libpython: stripped, run under chroot.</summary>
    DebianShared,

    /// <summary>Built without a GIL by scripts/source_python.sh: static, not stripped.</summary>
    FreeThreaded,
}
