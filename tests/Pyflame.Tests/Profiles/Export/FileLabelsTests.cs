using Pyflame.Profiles.Export.Pages;

namespace Pyflame.Tests.Profiles.Export;

public sealed class FileLabelsTests
{
    private static readonly string[] s_files =
    [
        "/srv/app/main.py", "/srv/app/models/user.py", "/usr/lib/python3.13/json/decoder.py", "<frozen importlib._bootstrap>", "",
        "/opt/venv/lib/python3.12/site-packages/requests/sessions.py", "/usr/lib/x86_64-linux-gnu/libc.so.6",
    ];

    [Theory]
    [InlineData("/srv/app/main.py", "main.py")]
    [InlineData("/srv/app/models/user.py", "models/user.py")]
    [InlineData("/usr/lib/python3.13/json/decoder.py", "json/decoder.py")]
    [InlineData("/usr/lib64/python2.7/os.py", "os.py")]
    [InlineData("/usr/lib/python311.zip/os.py", "os.py")]
    [InlineData("/opt/venv/lib/python3.12/site-packages/requests/sessions.py", "requests/sessions.py")]
    [InlineData("/usr/lib/python3/dist-packages/yaml/__init__.py", "yaml/__init__.py")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libc.so.6", "libc.so.6")]
    [InlineData("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap>")]
    [InlineData("/elsewhere/x.py", "/elsewhere/x.py")]
    [InlineData("", "")]
    public void Files_are_named_without_where_they_are_installed(string file, string expected) =>
        Assert.Equal(expected, new FileLabels(s_files).Label(file));

    [Theory]
    [InlineData("/usr/lib/python3.13/json/decoder.py", "json")]
    [InlineData("/usr/lib/python3.13/os.py", "os")]
    [InlineData("/opt/venv/lib/python3.12/site-packages/requests/sessions.py", "requests")]
    [InlineData("<frozen importlib._bootstrap>", "importlib")]
    [InlineData("/srv/app/models/user.py", "models/user.py")]
    [InlineData("main.py", "main.py")]
    [InlineData("/", "/")]
    [InlineData("", "")]
    public void Colours_come_from_the_package(string file, string expected) => Assert.Equal(expected, FileLabels.Group(file));

    [Fact]
    public void A_single_file_keeps_its_name() => Assert.Equal("app.py", new FileLabels(["/a/app.py"]).Label("/a/app.py"));
}
