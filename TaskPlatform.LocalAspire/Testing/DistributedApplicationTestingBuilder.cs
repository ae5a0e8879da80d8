namespace Aspire.Hosting.Testing;

/// <summary>An application that a test builds, starts and disposes of.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    /// <summary>The application, ready to be started.</summary>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

/// <summary>Runs an AppHost inside a test, with free ports in place of its usual ones.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Runs the AppHost's program until it wants to build.</summary>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>([], cancellationToken);

    /// <summary>Runs the AppHost's program with arguments until it wants to build.</summary>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync(typeof(TEntryPoint), args, cancellationToken);

    /// <summary>Runs the AppHost's program until it wants to build.</summary>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, CancellationToken cancellationToken = default) =>
        CreateAsync(entryPoint, [], cancellationToken);

    /// <summary>Runs the AppHost's program with arguments until it wants to build.</summary>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, string[] args, CancellationToken cancellationToken = default)
    {
        var (run, builder) = await EntryPointRun.StartAsync(entryPoint.Assembly, args, cancellationToken);
        return new TestingBuilder(builder, run);
    }

    private sealed class TestingBuilder(DistributedApplicationBuilder builder, EntryPointRun run) : IDistributedApplicationTestingBuilder
    {
        public ConfigurationManager Configuration => builder.Configuration;

        public string AppHostDirectory => builder.AppHostDirectory;

        public IHostEnvironment Environment => builder.Environment;

        public IServiceCollection Services => builder.Services;

        public DistributedApplicationExecutionContext ExecutionContext => builder.ExecutionContext;

        public IResourceCollection Resources => builder.Resources;

        public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource => builder.AddResource(resource);

        public DistributedApplication Build() => BuildAsync().GetAwaiter().GetResult();

        public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) => run.BuildAsync(cancellationToken);

        public void Dispose() => run.End();

        public ValueTask DisposeAsync()
        {
            run.End();
            return ValueTask.CompletedTask;
        }
    }
}
