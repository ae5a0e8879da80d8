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
    public interface IResourceWithConnectionString : IResource, IValueProvider;

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
    public class ParameterResource : Resource, IValueProvider
    {
        private readonly Func<string> _value;

        internal ParameterResource(string name, Func<string> value) : base(name) => _value = value;

        /// <inheritdoc/>
        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(_value());
    }
}

namespace Aspire.Hosting
{
    /// <summary>A resource whose addresses are handed to others by name.</summary>
    public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

    /// <summary>A connection string, put together from other resources or from the configuration.</summary>
    public sealed class ConnectionStringResource : Resource, IResourceWithConnectionString
    {
        private readonly IValueProvider _value;

        internal ConnectionStringResource(string name, IValueProvider value, string? variable = null) : base(name) =>
            (_value, Variable) = (value, variable);

        /// <summary>The variable that carries it; null stands for <c>ConnectionStrings__NAME</c>.</summary>
        internal string? Variable { get; }

        ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => _value.GetValueAsync(cancellationToken);
    }
}
