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
    /// <summary>Runs the AppHost's program with arguments until it wants to build.</summary>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>(args, (_, _) => { }, cancellationToken);

    /// <summary>The same; tests have no dashboard unless <paramref name="configureBuilder"/> enables it.</summary>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken = default)
        where TEntryPoint : class => await EntryPointRun.StartAsync(typeof(TEntryPoint).Assembly, args, configureBuilder, cancellationToken);
}
