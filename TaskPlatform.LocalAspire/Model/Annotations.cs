using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One thing that was said about a resource.</summary>
public interface IResourceAnnotation;

/// <summary>All that was said about a resource, in the order in which it was said.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;

/// <summary>A place where a resource listens.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    internal EndpointAnnotation(string name, string scheme) => (Name, UriScheme) = (name, scheme);

    /// <summary>The name by which it is asked for; usually its scheme.</summary>
    public string Name { get; set; }

    /// <summary>The scheme of its address.</summary>
    public string UriScheme { get; set; }

    /// <summary>The port others use; null: any free one.</summary>
    public int? Port { get; set; }

    /// <summary>The port the process itself listens on; null: any free one behind a proxy, else <see cref="Port"/>.</summary>
    public int? TargetPort { get; set; }

    /// <summary>How it is spoken to: <c>http</c>, or <c>http2</c> where HTTP/2 is the only way, as for gRPC without TLS.</summary>
    public string Transport { get; set; } = "http";

    internal bool IsProxied { get; init; } = true;

    internal string? PortVariable { get; init; }

    internal bool IsHttp => UriScheme == "http";

    /// <summary>Whether others use another port than the process: a proxy is in between.</summary>
    internal bool HasOwnAddress => IsProxied && IsHttp;

    /// <summary>The port that was chosen at start.</summary>
    internal int? AllocatedPort { get; set; }
}

/// <summary>Changes the variables of a process that is about to start: texts, or values that are filled in then.</summary>
internal sealed record EnvironmentAnnotation(Action<Dictionary<string, object>> Change) : IResourceAnnotation;

internal sealed record ArgumentsAnnotation(IReadOnlyList<string> Arguments) : IResourceAnnotation;

/// <summary>Whom to wait for; one that <paramref name="MayBeAway"/> is waited for until it is healthy or has ended.</summary>
internal sealed record WaitAnnotation(IResource Resource, bool MayBeAway = false) : IResourceAnnotation;

internal sealed record HttpHealthAnnotation(string Path, int StatusCode, string? EndpointName) : IResourceAnnotation;

/// <summary>Changes the addresses that are shown for a resource.</summary>
internal sealed record UrlsAnnotation(Action<List<ResourceUrlAnnotation>> Change) : IResourceAnnotation;

internal sealed record ReplicaAnnotation(int Count) : IResourceAnnotation;

/// <summary>The project of a resource; <paramref name="Output"/> is its built assembly, null where the build did not tell.</summary>
internal sealed record ProjectAnnotation(string ProjectPath, string? Output) : IResourceAnnotation;
