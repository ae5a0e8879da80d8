using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.AppHost.Nodes;

/// <summary>
/// A federation of nodes of this application, with keys for development in <c>.data/federation</c>: a folder for each member. They stay from run to run; other nodes or
/// other ports make a new file of a higher epoch, in which members that were there keep their keys.
/// </summary>
internal sealed class LocalFederation
{
    /// <summary>The one type of task that nodes hand to each other.</summary>
    public const string ExportedType = "demo";

    private const string PeerEndpoint = "peer";

    private readonly IDistributedApplicationBuilder _builder;
    private readonly string _folder;
    private readonly int _aggregatorPort;
    private readonly Dictionary<string, int> _ports;

    /// <summary>Makes the files where there are none that fit.</summary>
    /// <exception cref="DistributedApplicationException">They cannot be made.</exception>
    public LocalFederation(IDistributedApplicationBuilder builder, IReadOnlyList<Node> nodes)
    {
        _builder = builder;
        _folder = Path.Combine(builder.DataRoot(), "federation");
        _aggregatorPort = builder.PortSetting("Aggregator:PeerPort") ?? (FreePort.IsWanted(builder) ? FreePort.Next() : 5391);
        _ports = nodes.ToDictionary(node => node.Id, node => node.Port("Federation:PeerPort", 5382));
        try
        {
            EnsureFiles();
        }
        catch (Exception e) when (e is MembershipException or IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The federation's files in {_folder} cannot be made: {e.Message}");
        }
    }

    /// <summary>Makes a service the aggregator.</summary>
    public void AddAggregator(IResourceBuilder<ProjectResource> federation) => Add(federation, NewFederation.AggregatorId, _aggregatorPort);

    /// <summary>Makes a service a node that hands tasks of <see cref="ExportedType"/> to others where that lets them start sooner.</summary>
    public void AddNode(Node node, IResourceBuilder<ProjectResource> api) =>
        Add(api, node.Id, _ports[node.Id])
            .WithEnvironment("Federation__NodeId", node.Id)
            .WithEnvironment("Federation__Data", Directory.CreateDirectory(Path.Combine(node.Data, "federation")).FullName)
            .WithEnvironment("Federation__ExportTypes__0", ExportedType)
            .WithEnvironment("Federation__AskAgainMilliseconds", "50"); // a quarter of what a task of a burst takes

    // The port for members has TLS of its own: nothing stands before it, and to the application it is a port like any other.
    private IResourceBuilder<ProjectResource> Add(IResourceBuilder<ProjectResource> service, string member, int port) => service
        .WithEndpoint(port: port, targetPort: port, scheme: "tcp", name: PeerEndpoint, env: "Federation__PeerPort", isProxied: false)
        .WithUrlForEndpoint(PeerEndpoint, url => url.DisplayText = "Members of the federation, TLS")
        .WithEnvironment("Federation__Enabled", "true")
        .WithEnvironment("Federation__File", MembershipFiles.FileOf(_folder, member))
        .WithEnvironment("Federation__Keys", MembershipFiles.KeysOf(_folder, member));

    private void EnsureFiles()
    {
        var known = Known();
        var wanted = new NewFederation([.. _ports.Select(port => (port.Key, Address(port.Value)))])
        {
            Aggregator = Address(_aggregatorPort),
            Epoch = (known?.Epoch ?? 0) + 1,
            Types = [ExportedType],
            PeriodSeconds = Period(),
        };
        if (known is null || !IsAs(known, wanted)) MembershipFiles.Create(_folder, wanted, ExistingMembers.KeepKeys);
    }

    private FederationFile? Known() => _ports.Keys.Prepend(NewFederation.AggregatorId).All(id => File.Exists(MembershipFiles.FileOf(_folder, id)))
        ? FederationFile.Load(MembershipFiles.FileOf(_folder, NewFederation.AggregatorId)) : null;

    private static bool IsAs(FederationFile known, NewFederation wanted) =>
        known.Aggregator.Address == wanted.Aggregator && known.Period == TimeSpan.FromSeconds(wanted.PeriodSeconds)
        && known.Nodes.Select(node => (node.Id, node.Address)).SequenceEqual(wanted.Nodes);

    private double Period()
    {
        const string Key = "Federation:PeriodSeconds";
        if (_builder.Configuration[Key] is not { Length: > 0 } text) return 5;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.1 and <= 86_400 ? seconds
            : throw new DistributedApplicationException($"{Key} is '{text}'. Give 0.1 to 86400.");
    }

    private static Uri Address(int port) => new($"https://127.0.0.1:{port}");
}
