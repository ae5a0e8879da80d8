using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Federation.Nodes;

/// <summary>
/// A federation as processes: three nodes, each the service with a Redis of its own, and the aggregator; with keys made for it, and an agent of four slots for each node. All
/// of it is gone at the end, however the test ends.
/// </summary>
internal sealed class ThreeNodes : IAsyncDisposable
{
    /// <summary>The queue that cooperates.</summary>
    public const string Queue = "default";

    /// <summary>How often figures are added up.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>A lease that no busy machine lets lapse.</summary>
    public const int LongLeaseSeconds = 60;

    /// <summary>What takes longer than this does not come.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Ids = ["node1", "node2", "node3"];

    private readonly DirectoryInfo _folder;
    private readonly int _leaseSeconds;
    private readonly Dictionary<string, int> _peerPorts = Ids.ToDictionary(id => id, _ => FreePort.Next());
    private readonly int _aggregatorPort = FreePort.Next();
    private readonly List<FederatedNode> _nodes = [];

    private ThreeNodes(DirectoryInfo folder, int leaseSeconds) => (_folder, _leaseSeconds) = (folder, leaseSeconds);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public IReadOnlyList<FederatedNode> Nodes => _nodes;

    /// <summary>The node that is given work.</summary>
    public FederatedNode Home => _nodes[0];

    public AggregatorServer Aggregator { get; private set; } = null!;

    /// <summary>What all agents did.</summary>
    public WorkLog Log { get; } = new();

    /// <summary>Starts all of it; returns when all are healthy.</summary>
    /// <param name="leaseSeconds">How long a peer holds a task without a word.</param>
    public static async Task<ThreeNodes> StartAsync(int leaseSeconds = LongLeaseSeconds)
    {
        var nodes = new ThreeNodes(Directory.CreateTempSubdirectory("taskplatform-federation-"), leaseSeconds);
        try
        {
            await nodes.StartProcessesAsync();
            foreach (var address in nodes._nodes.Select(node => node.Api.Address).Append(nodes.Aggregator.Address)) await AnsweredAsync(address, "/health");
            foreach (var node in nodes._nodes) await node.StartAgentAsync(nodes.Log);
            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when figures of all nodes have been added up at least once: from then on nodes know how busy the others are.</summary>
    public Task FiguresAsync() => AnsweredAsync(Aggregator.Address, "/v1/federation");

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        if (Aggregator is not null) await Aggregator.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task StartProcessesAsync()
    {
        MembershipFiles.Create(_folder.FullName, new NewFederation([.. _peerPorts.Select(port => (port.Key, Address(port.Value)))])
        {
            Aggregator = Address(_aggregatorPort), PeriodSeconds = Period.TotalSeconds, Types = [Work.Exported],
        });
        Aggregator = await TestServer.StartAsync(new AggregatorServer { Settings = Settings(NewFederation.AggregatorId, _aggregatorPort) });
        foreach (var id in Ids)
        {
            _nodes.Add(await FederatedNode.StartAsync(id,
            [
                .. Settings(id, _peerPorts[id]), $"--Federation:NodeId={id}", $"--Federation:Data={Path.Combine(_folder.FullName, $"data-{id}")}",
                $"--Federation:ExportTypes:0={Work.Exported}", $"--Federation:LeaseSeconds={_leaseSeconds}",
            ]));
        }
    }

    private string[] Settings(string member, int peerPort) =>
    [
        "--Federation:Enabled=true", $"--Federation:PeerPort={peerPort}",
        $"--Federation:File={MembershipFiles.FileOf(_folder.FullName, member)}", $"--Federation:Keys={MembershipFiles.KeysOf(_folder.FullName, member)}",
    ];

    // Asked again and again, as whoever runs the services does: nobody tells that one has become healthy.
    private static async Task AnsweredAsync(Uri address, string path)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Patience);
        using var http = new HttpClient { BaseAddress = address };
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            using var answer = await http.GetAsync(path, limit.Token);
            if (answer.IsSuccessStatusCode) return;
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static Uri Address(int port) => new($"https://127.0.0.1:{port}");
}
