namespace Pyflame.Processes.Linux;

/// <summary>In what kind of container we run; it decides how a permission is asked for.</summary>
internal enum ContainerKind
{
    /// <summary>In none that can be recognised.</summary>
    None,

    /// <summary>Docker, and whatever makes <c>/.dockerenv</c>.</summary>
    Docker,

    /// <summary>Podman (<c>/run/.containerenv</c>).</summary>
    Podman,

    /// <summary>A pod of Kubernetes.</summary>
    Kubernetes,

    /// <summary>Another one: the variable <c>container</c> is set, or the root folder is an overlay.</summary>
    Other,
}
