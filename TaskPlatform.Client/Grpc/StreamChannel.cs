using Grpc.Net.Client;

namespace TaskPlatform.Client.Grpc;

/// <summary>The connection for streams, opened when the first is. Null where there is no address for them.</summary>
internal sealed class StreamChannel(GrpcChannel? channel) : IDisposable
{
    public GrpcChannel? Value => channel;

    /// <param name="options">Says where.</param>
    /// <param name="name">The service's name, where the options do not say.</param>
    /// <param name="isDiscovered">Whether the service's endpoint <c>grpc</c> is known.</param>
    /// <param name="handler">Finds the service.</param>
    public static StreamChannel Of(TaskPlatformClientOptions options, string name, bool isDiscovered, Func<HttpMessageHandler> handler)
    {
        var address = options.StreamAddress ?? (options.Address is null && isDiscovered ? new Uri($"http://_grpc.{name}") : null);
        return new StreamChannel(address is null ? null : GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = handler(),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = Messages.MostBytes,
            MaxSendMessageSize = Messages.MostBytes,
            MaxRetryAttempts = null, // what was not answered is repeated here, by its token
        }));
    }

    public void Dispose() => channel?.Dispose();
}
