namespace Pyflame.EndToEndTests.Consumers;

/// <summary>A file in a folder of its own, both deleted in the end.</summary>
internal sealed class ConsumerFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pyflame-consumer-");

    public ConsumerFile(string name) => Location = Path.Combine(_folder.FullName, name);

    /// <summary>The file's path.</summary>
    public string Location { get; }

    /// <summary>The folder's path.</summary>
    public string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
