namespace Aspire.Hosting
{
    /// <summary>Describes an application: its resources, and how they depend on each other.</summary>
    public interface IDistributedApplicationBuilder
    {
        /// <summary>The AppHost's configuration: appsettings, user secrets, environment, arguments.</summary>
        ConfigurationManager Configuration { get; }

        /// <summary>The directory of the AppHost's project.</summary>
        string AppHostDirectory { get; }

        /// <summary>Development, Production and so on.</summary>
        IHostEnvironment Environment { get; }

        /// <summary>What the AppHost itself needs while the application runs.</summary>
        IServiceCollection Services { get; }

        /// <summary>Whether the application runs or is published.</summary>
        DistributedApplicationExecutionContext ExecutionContext { get; }

        /// <summary>Adds a resource.</summary>
        /// <exception cref="DistributedApplicationException">The name is taken.</exception>
        IResourceBuilder<T> AddResource<T>(T resource) where T : IResource;

        /// <summary>The application, ready to run.</summary>
        DistributedApplication Build();
    }

    /// <summary>What an AppHost may say about itself.</summary>
    public sealed class DistributedApplicationOptions
    {
        /// <summary>The command line.</summary>
        public string[]? Args { get; set; }

        /// <summary>Whether the dashboard is left out; it is in tests unless they say otherwise.</summary>
        public bool DisableDashboard { get; set; }
    }

    /// <summary>What is done with the application: here it always runs; publishing it needs the Aspire packages.</summary>
    public class DistributedApplicationExecutionContext
    {
        internal DistributedApplicationExecutionContext() { }

        /// <summary>Whether the application is published.</summary>
        public bool IsPublishMode => false;
    }

    /// <summary>The application cannot start or run as it was described; the message says what to do.</summary>
    public class DistributedApplicationException : Exception
    {
        /// <summary>An error with what to do about it.</summary>
        public DistributedApplicationException(string message) : base(message) { }
    }

    /// <summary>A project that the AppHost refers to; its build generates one per reference, in the namespace <c>Projects</c>.</summary>
    public interface IProjectMetadata
    {
        /// <summary>The full path of the project file.</summary>
        string ProjectPath { get; }
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>Says more about one resource.</summary>
    public interface IResourceBuilder<out T> where T : IResource
    {
        /// <summary>The application that it belongs to.</summary>
        IDistributedApplicationBuilder ApplicationBuilder { get; }

        /// <summary>The resource.</summary>
        T Resource { get; }
    }
}
