namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>Something the application consists of: a project, an executable, a connection string, a parameter.</summary>
    public interface IResource
    {
        /// <summary>The name, unique in the application; service discovery and the log use it.</summary>
        string Name { get; }

        /// <summary>What was said about the resource while the application was described.</summary>
        ResourceAnnotationCollection Annotations { get; }
    }

    /// <summary>A resource that is given environment variables.</summary>
    public interface IResourceWithEnvironment : IResource;

    /// <summary>A resource that is given command line arguments.</summary>
    public interface IResourceWithArgs : IResource;

    /// <summary>A resource that listens somewhere.</summary>
    public interface IResourceWithEndpoints : IResource;

    /// <summary>A resource that may wait for others before it starts.</summary>
    public interface IResourceWithWaitSupport : IResource;

    /// <summary>A resource that others reach through a connection string.</summary>
    public interface IResourceWithConnectionString : IResource, IValueProvider, IManifestExpressionProvider
    {
        /// <summary>The connection string, resolved when a process that needs it starts.</summary>
        ReferenceExpression ConnectionStringExpression { get; }

        /// <summary>The variable that carries it; null stands for <c>ConnectionStrings__NAME</c>.</summary>
        string? ConnectionStringEnvironmentVariable => null;

        /// <summary>The connection string as text.</summary>
        ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
            ConnectionStringExpression.GetValueAsync(cancellationToken);

        string IManifestExpressionProvider.ValueExpression => $"{{{Name}.connectionString}}";

        ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => GetConnectionStringAsync(cancellationToken);
    }

    /// <summary>A named resource with its annotations.</summary>
    public abstract class Resource : IResource
    {
        internal Resource(string name)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name);
            Name = name;
        }

        /// <inheritdoc/>
        public string Name { get; }

        /// <inheritdoc/>
        public ResourceAnnotationCollection Annotations { get; } = [];
    }

    /// <summary>A .NET project that runs as a process, or as several (<c>WithReplicas</c>).</summary>
    public class ProjectResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport
    {
        internal ProjectResource(string name) : base(name) { }
    }

    /// <summary>Any program that runs as a process.</summary>
    public class ExecutableResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
    {
        internal ExecutableResource(string name, string command, string workingDirectory) : base(name) =>
            (Command, WorkingDirectory) = (command, workingDirectory);

        /// <summary>A path, or the name of a program on the PATH.</summary>
        public string Command { get; }

        /// <summary>The directory in which it starts.</summary>
        public string WorkingDirectory { get; }
    }

    /// <summary>A value that is given from outside: <c>Parameters:NAME</c> of the configuration.</summary>
    public class ParameterResource : Resource, IValueProvider, IManifestExpressionProvider
    {
        private readonly Func<string> _value;

        internal ParameterResource(string name, Func<string> value, bool secret) : base(name) => (_value, Secret) = (value, secret);

        /// <summary>Whether the value must not be shown.</summary>
        public bool Secret { get; }

        /// <inheritdoc/>
        public string ValueExpression => $"{{{Name}.value}}";

        /// <inheritdoc/>
        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(_value());
    }
}

namespace Aspire.Hosting
{
    /// <summary>A resource whose addresses are handed to others by name.</summary>
    public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

    /// <summary>A connection string that is put together from other resources.</summary>
    public sealed class ConnectionStringResource : Resource, IResourceWithConnectionString
    {
        internal ConnectionStringResource(string name, ReferenceExpression expression) : base(name) => ConnectionStringExpression = expression;

        /// <inheritdoc/>
        public ReferenceExpression ConnectionStringExpression { get; }
    }

    /// <summary>A connection string that stands in the configuration.</summary>
    internal sealed class ConfiguredConnectionString(string name, Func<string> value, string? variable)
        : Resource(name), IResourceWithConnectionString
    {
        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{value()}");

        public string? ConnectionStringEnvironmentVariable => variable;
    }
}
