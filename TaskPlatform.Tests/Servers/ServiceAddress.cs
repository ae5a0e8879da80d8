namespace TaskPlatform.Tests.Servers;

/// <summary>Where a service is found.</summary>
/// <param name="Http">For calls.</param>
/// <param name="Streams">For gRPC; null: agents are not told of it.</param>
public sealed record ServiceAddress(Uri Http, Uri? Streams)
{
    public ServiceAddress Over(bool streams) => streams ? this : this with { Streams = null };
}
