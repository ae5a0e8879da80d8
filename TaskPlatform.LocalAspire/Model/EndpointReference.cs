using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What can be asked of an endpoint. Others use <c>Port</c>; the process itself listens on <c>TargetPort</c>.</summary>
public enum EndpointProperty { Url, Host, IPV4Host, Port, Scheme, TargetPort, HostAndPort, TlsEnabled }

/// <summary>One endpoint of a resource, looked up by name.</summary>
public sealed class EndpointReference : IValueProvider, IManifestExpressionProvider
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

    string IManifestExpressionProvider.ValueExpression => $"{{{Resource.Name}.bindings.{EndpointName}.url}}";

    /// <summary>One property, to be filled in later.</summary>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(Url);

    internal EndpointAnnotation Annotation =>
        Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.Name == EndpointName)
        ?? throw new DistributedApplicationException(
            $"'{Resource.Name}' has no endpoint '{EndpointName}'. Give it one with WithHttpEndpoint, or an applicationUrl in its launchSettings.json.");
}

/// <summary>One property of an endpoint, known once the application starts.</summary>
public class EndpointReferenceExpression : IValueProvider, IManifestExpressionProvider
{
    /// <summary>Refers to a property of an endpoint.</summary>
    public EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property) =>
        (Endpoint, Property) = (endpointReference, property);

    /// <summary>The endpoint.</summary>
    public EndpointReference Endpoint { get; }

    /// <summary>What of it.</summary>
    public EndpointProperty Property { get; }

    /// <inheritdoc/>
    public string ValueExpression => $"{{{Endpoint.Resource.Name}.bindings.{Endpoint.EndpointName}.{Property.ToString().ToLowerInvariant()}}}";

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(Property switch
    {
        EndpointProperty.Url => Endpoint.Url,
        EndpointProperty.Host => Endpoint.Host,
        EndpointProperty.IPV4Host => "127.0.0.1",
        EndpointProperty.Scheme => Endpoint.Annotation.UriScheme,
        EndpointProperty.Port => Text(Endpoint.Port),
        EndpointProperty.TargetPort => Text(Endpoint.Annotation.TargetPort ?? Endpoint.Port),
        EndpointProperty.HostAndPort => $"{Endpoint.Host}:{Text(Endpoint.Port)}",
        EndpointProperty.TlsEnabled => bool.FalseString,
        _ => throw new InvalidOperationException($"Endpoints have no property {Property}."),
    });

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
