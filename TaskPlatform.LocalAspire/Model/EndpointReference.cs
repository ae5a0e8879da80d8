using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What can be asked of an endpoint.</summary>
public enum EndpointProperty { Url, Host, IPV4Host, Port, Scheme, HostAndPort }

/// <summary>One endpoint of a resource, looked up by name.</summary>
public sealed class EndpointReference : IValueProvider
{
    /// <summary>Refers to an endpoint, whether it is there already or will be.</summary>
    public EndpointReference(IResourceWithEndpoints owner, string endpointName) => (Resource, EndpointName) = (owner, endpointName);

    /// <summary>The resource that listens.</summary>
    public IResourceWithEndpoints Resource { get; }

    /// <summary>The endpoint's name.</summary>
    public string EndpointName { get; }

    /// <summary>The port that others use. Known once the application starts.</summary>
    public int Port => Annotation.AllocatedPort
        ?? throw new InvalidOperationException($"The port of '{Resource.Name}' ({EndpointName}) is known once the application has started.");

    /// <summary>The host's name: everything listens on this machine only.</summary>
    public string Host => "localhost";

    /// <summary>The address.</summary>
    public string Url => $"{Annotation.UriScheme}://{Host}:{Port}";

    /// <summary>One property, to be filled in later.</summary>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(Url);

    internal EndpointAnnotation Annotation =>
        Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.Name == EndpointName)
        ?? throw new DistributedApplicationException(
            $"'{Resource.Name}' has no endpoint '{EndpointName}'. Give it one with WithHttpEndpoint, or its launchSettings.json an applicationUrl.");
}

/// <summary>One property of an endpoint, known once the application starts.</summary>
public class EndpointReferenceExpression : IValueProvider
{
    private readonly EndpointReference _endpoint;
    private readonly EndpointProperty _property;

    internal EndpointReferenceExpression(EndpointReference endpoint, EndpointProperty property) =>
        (_endpoint, _property) = (endpoint, property);

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(_property switch
    {
        EndpointProperty.Url => _endpoint.Url,
        EndpointProperty.Host => _endpoint.Host,
        EndpointProperty.IPV4Host => "127.0.0.1",
        EndpointProperty.Scheme => _endpoint.Annotation.UriScheme,
        EndpointProperty.Port => _endpoint.Port.ToString(CultureInfo.InvariantCulture),
        EndpointProperty.HostAndPort => string.Create(CultureInfo.InvariantCulture, $"{_endpoint.Host}:{_endpoint.Port}"),
        _ => throw new InvalidOperationException($"Endpoints have no property {_property}."),
    });
}
