using Grpc.Net.Client;
using TaskPlatform.Client;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Protocol;

namespace TaskPlatform.Benchmarks.Agents;

/// <summary>Connections for streams: one for each agent and each submitter, as separate programs would have.</summary>
internal static class Streams
{
    public static Tasks.TasksClient Client(string address) => new(GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        // With the signs of life that the client's own registration sends.
        HttpHandler = new SocketsHttpHandler
        {
            UseProxy = false,
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        },
        MaxReceiveMessageSize = Messages.MostBytes,
    }));

    public static StreamLink Agent(string address, string queue, int number, int credit) => new(
        Client(address),
        new AgentOptions { AgentId = $"agent-{number}", Queue = queue, MaxConcurrency = credit, Capabilities = ["work"], LeaseSeconds = 60 },
        ["work"],
        new TaskPlatformClientOptions(),
        TimeProvider.System);
}
