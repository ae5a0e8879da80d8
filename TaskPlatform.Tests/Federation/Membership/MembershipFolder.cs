using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Tests.Federation.Membership;

/// <summary>A federation of three nodes for development, in a temporary folder that goes with the test.</summary>
internal sealed class MembershipFolder : IDisposable
{
    public static readonly NewFederation Three = new(
        [("node1", new Uri("https://127.0.0.1:5382")), ("node2", new Uri("https://127.0.0.1:5383")), ("node3", new Uri("https://localhost:5384"))]);

    public MembershipFolder(NewFederation? federation = null) => File = MembershipFiles.Create(Path, federation ?? Three);

    public string Path { get; } = Directory.CreateTempSubdirectory("members").FullName;

    public FederationFile File { get; }

    public string Of(string member, string file) => System.IO.Path.Combine(MembershipFiles.KeysOf(Path, member), file);

    public MemberKeys Keys(string member) => MemberKeys.Load(MembershipFiles.KeysOf(Path, member));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
