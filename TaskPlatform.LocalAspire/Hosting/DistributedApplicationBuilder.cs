using System.Reflection;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Logging;

namespace TaskPlatform.LocalAspire.Hosting;

internal sealed record ResourceBuilder<T>(IDistributedApplicationBuilder ApplicationBuilder, T Resource) : IResourceBuilder<T>
    where T : IResource;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationTestingBuilder
{
    /// <summary>Aspire's own key: its tests ask for free ports in place of the usual ones with it.</summary>
    internal const string RandomizePorts = "DcpPublisher:RandomizePorts";

    private readonly HostApplicationBuilder _host;
    private readonly bool _hasDashboard;
    private readonly List<IResource> _resources = [];
    private readonly EntryPointRun? _run = EntryPointRun.Current;

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        var settings = new HostApplicationBuilderSettings();
        _run?.Configure(options, settings);
        var assembly = _run?.Assembly ?? Assembly.GetEntryAssembly() ?? typeof(DistributedApplicationBuilder).Assembly;
        AppHostDirectory = BuildRecord.ProjectDirectory(assembly) ?? Directory.GetCurrentDirectory();
        settings.Args ??= options.Args;
        settings.ApplicationName ??= assembly.GetName().Name;
        settings.ContentRootPath ??= AppHostDirectory;
        _hasDashboard = !options.DisableDashboard;
        _host = Host.CreateApplicationBuilder(settings);
        if (_run is not null && Configuration[RandomizePorts] is null)
            Configuration.AddInMemoryCollection([new(RandomizePorts, bool.TrueString)]);
        _host.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);
        _host.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        _host.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(15));
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public DistributedApplicationExecutionContext ExecutionContext { get; } = new();

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        if (_resources.Any(known => string.Equals(known.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"Two resources are called '{resource.Name}'. Give one of them another name.");
        _resources.Add(resource);
        return new ResourceBuilder<T>(this, resource);
    }

    // In a test both call this: the AppHost's program, which is held until the test wants the application, and perhaps the test.
    public DistributedApplication Build() => _run is null ? BuildNow()
        : EntryPointRun.Current == _run ? _run.BuildWhenAsked(this) : BuildAsync().GetAwaiter().GetResult();

    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) => _run!.BuildAsync(cancellationToken);

    public void Dispose() => _run?.End();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal DistributedApplication BuildNow()
    {
        // The proxies belong to the stack, which is the first service to start and the last to stop:
        // whatever the AppHost runs besides still finds the resources while it stops.
        var notifications = new ResourceNotificationService();
        var dashboard = _hasDashboard ? AddDashboard() : null;
        var stack = new Stack(_resources, Configuration, notifications, dashboard) { LacksDashboard = _hasDashboard && dashboard is null };
        Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(_ => stack));
        Services.AddSingleton(notifications).AddSingleton(new ResourceCommandService(stack));
        return new DistributedApplication(_host.Build(), stack, _run);
    }

    // First to start and last to stop, because all others wait for it: what they tell from their first moment on arrives.
    private Dashboard? AddDashboard()
    {
        if (DashboardProgram.Find(Configuration[DashboardProgram.PathSetting], AppHostDirectory) is not { } program) return null;
        var dashboard = new Dashboard(program, Configuration, Configuration.GetValue<bool>(RandomizePorts));
        foreach (var resource in _resources) resource.Annotations.Insert(0, new WaitAnnotation(dashboard, MayBeAway: true));
        _resources.Insert(0, dashboard);
        return dashboard;
    }
}
