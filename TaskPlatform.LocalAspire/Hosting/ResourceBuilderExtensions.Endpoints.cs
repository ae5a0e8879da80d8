using System.Net.Sockets;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Adds an endpoint. Those of scheme http are proxied unless told otherwise; others are the process's own.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? scheme = null, string? name = null,
        string? env = null, bool? isProxied = null, bool? isExternal = null, ProtocolType? protocol = null) where T : IResourceWithEndpoints
    {
        var endpoint = new EndpointAnnotation(name ?? scheme ?? "tcp", scheme ?? "tcp")
        {
            Port = port,
            TargetPort = targetPort,
            PortVariable = env,
            IsProxied = isProxied ?? true,
        };
        if (builder.Resource.Annotations.OfType<EndpointAnnotation>().Any(known => known.Name == endpoint.Name))
            throw new DistributedApplicationException($"'{builder.Resource.Name}' already has an endpoint '{endpoint.Name}'.");
        return builder.Say(endpoint);
    }

    /// <summary>Changes an endpoint, or adds it first.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Action<EndpointAnnotation> callback, bool createIfNotExists = true)
        where T : IResourceWithEndpoints
    {
        var endpoint = builder.Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(known => known.Name == endpointName);
        if (endpoint is null && !createIfNotExists) return builder;
        if (endpoint is null) builder.Say(endpoint = new EndpointAnnotation(endpointName, endpointName == "http" ? "http" : "tcp"));
        callback(endpoint);
        return builder;
    }

    /// <summary>Adds an endpoint of scheme http.</summary>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool? isProxied = null)
        where T : IResourceWithEndpoints => builder.WithEndpoint(port, targetPort, "http", name, env, isProxied);

    /// <summary>Says that the http endpoints are for people outside; makes no difference on one machine.</summary>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints => builder;

    /// <summary>An endpoint, by name.</summary>
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name) where T : IResourceWithEndpoints =>
        new(builder.Resource, name);

    /// <summary>Changes how the endpoint's address is shown, for instance its name.</summary>
    public static IResourceBuilder<T> WithUrlForEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Action<ResourceUrlAnnotation> callback) where T : IResource =>
        builder.Say(new UrlsAnnotation(urls => urls.FindAll(url => url.Endpoint?.EndpointName == endpointName).ForEach(callback)));

    /// <summary>Shows one more address, which may be relative to the endpoint's.</summary>
    public static IResourceBuilder<T> WithUrlForEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Func<EndpointReference, ResourceUrlAnnotation> callback)
        where T : IResourceWithEndpoints => builder.Say(new UrlsAnnotation(urls =>
        {
            var endpoint = builder.GetEndpoint(endpointName);
            var url = callback(endpoint);
            url.Url = new Uri(new Uri(endpoint.Url), url.Url).ToString();
            urls.Add(url);
        }));

    /// <summary>Hands over the connection string as <c>ConnectionStrings__NAME</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null,
        bool optional = false) where TDestination : IResourceWithEnvironment
    {
        if (optional) throw new DistributedApplicationException("Optional references need the Aspire packages. Build with -p:UseAspire=true.");
        var given = (source.Resource as ConnectionStringResource)?.Variable;
        return builder.Set(given ?? $"ConnectionStrings__{connectionName ?? source.Resource.Name}", source.Resource);
    }

    /// <summary>Hands over every address of the source: <c>services__NAME__http__0</c> and <c>NAME_HTTP</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment => builder.Say(new EnvironmentAnnotation(variables =>
        {
            var resource = source.Resource;
            foreach (var name in resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => endpoint.Name))
                variables[$"services__{resource.Name}__{name}__0"] = variables[$"{resource.Name}_{name}".Replace('-', '_').ToUpperInvariant()] =
                    new EndpointReference(resource, name);
        }));
}
