using System.Reflection;

namespace TaskPlatform.LocalAspire.Testing;

/// <summary>
/// An AppHost's own program, run inside a test: it describes the application, is held before it builds until the test wants that, and again
/// where it would run until the test is done.
/// </summary>
internal sealed class EntryPointRun
{
    private static readonly AsyncLocal<EntryPointRun?> Ambient = new();

    private readonly TaskCompletionSource<DistributedApplicationBuilder> _described = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayBuild = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Action<DistributedApplicationOptions, HostApplicationBuilderSettings> _configure;

    private EntryPointRun(Assembly assembly, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure) =>
        (Assembly, _configure) = (assembly, configure);

    /// <summary>The run in whose program this is called, if any.</summary>
    public static EntryPointRun? Current => Ambient.Value;

    public Assembly Assembly { get; }

    /// <summary>Completes when the test is done.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Runs the program until it wants to build, and returns what it described.</summary>
    public static async Task<DistributedApplicationBuilder> StartAsync(
        Assembly assembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure,
        CancellationToken cancellationToken)
    {
        var entry = assembly.EntryPoint ?? throw new InvalidOperationException($"{assembly.GetName().Name} has no entry point.");
        var run = new EntryPointRun(assembly, configure);
        var thread = new Thread(() => run.Invoke(entry, args)) { IsBackground = true, Name = "AppHost" };
        thread.Start();
        return await run._described.Task.WaitAsync(cancellationToken);
    }

    /// <summary>What is different in tests, and then what this test wants different.</summary>
    public void Configure(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        options.DisableDashboard = true;
        settings.EnvironmentName = Environments.Development;
        _configure(options, settings);
    }

    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult();
        return _built.Task.WaitAsync(cancellationToken);
    }

    public DistributedApplication BuildWhenAsked(DistributedApplicationBuilder builder)
    {
        _described.TrySetResult(builder);
        _mayBuild.Task.GetAwaiter().GetResult();
        var application = builder.BuildNow();
        _built.TrySetResult(application);
        return application;
    }

    public void End()
    {
        _mayBuild.TrySetCanceled();
        _ended.TrySetResult();
    }

    private void Invoke(MethodInfo entry, string[] args)
    {
        Ambient.Value = this;
        try
        {
            entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, entry.GetParameters().Length == 0 ? null : [args], null);
            throw new InvalidOperationException($"{Assembly.GetName().Name} ended without building an application.");
        }
        catch (Exception e) // whatever it was, the test is told, unless it has what it asked for
        {
            _described.TrySetException(e);
            _built.TrySetException(e);
            // Nobody may be asking any more: a test that never builds ends the program on purpose.
            _ = _described.Task.Exception;
            _ = _built.Task.Exception;
        }
    }
}
