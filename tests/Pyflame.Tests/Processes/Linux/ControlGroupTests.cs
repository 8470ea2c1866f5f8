using Pyflame.Processes.Linux;

namespace Pyflame.Tests.Processes.Linux;

public sealed class ControlGroupTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Other = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    [Theory]
    [InlineData("0::/docker/" + Id + "\n", Id)]
    [InlineData("0::/system.slice/docker-" + Id + ".scope\n", Id)]
    [InlineData("0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + Id + ".scope\n", Id)]
    [InlineData("12:pids:/kubepods/besteffort/pod1/" + Id + "\n0::/\n", Id)]
    [InlineData("0::/machine.slice/libpod-" + Id + ".scope/container\n", Id)]
    [InlineData("0::/docker/" + Other + "/docker/" + Id, Id)]
    [InlineData(Id, Id)]
    [InlineData("0::/user.slice/user-1000.slice/session-3.scope\n", null)]
    [InlineData("0::/docker/" + Id + "0\n", null)]
    [InlineData("", null)]
    public void The_id_of_a_container_is_found(string text, string? expected) => Assert.Equal(expected, ControlGroup.FindContainerId(text));
}
