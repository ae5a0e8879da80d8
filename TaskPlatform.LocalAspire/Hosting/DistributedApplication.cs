namespace Aspire.Hosting;

/// <summary>An application of several processes, started and stopped together.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly Stack _stack;
    private readonly EntryPointRun? _run;

    internal DistributedApplication(IHost host, Stack stack, EntryPointRun? run) => (_host, _stack, _run) = (host, stack, run);

    internal IReadOnlyList<IResource> Resources => _stack.Resources;

    /// <summary>The AppHost's own services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>How the resources are.</summary>
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    /// <summary>Starts, stops and restarts resources.</summary>
    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    /// <summary>Begins the description of an application.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) =>
        new DistributedApplicationBuilder(options);

    /// <summary>Starts the resources; returns when all that waits for nobody has been started.</summary>
    /// <exception cref="DistributedApplicationException">A port is taken, a tool or a build output is missing.</exception>
    public virtual Task StartAsync(CancellationToken cancellationToken = default)
    {
        _stack.Check();
        return _host.StartAsync(cancellationToken);
    }

    /// <summary>Stops every resource, those first that others do not wait for; takes 10 seconds at most.</summary>
    public virtual Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <summary>Starts the resources and waits for Ctrl+C or SIGTERM. An error is printed and leaves exit code 1.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Stops what still runs.</summary>
    public virtual void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops what still runs.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        await _stack.DisposeAsync();
        _host.Dispose();
        _run?.End();
        GC.SuppressFinalize(this);
    }

    private async Task RunAsync()
    {
        if (_run is not null)
        {
            await _run.Ended;
            return;
        }
        try
        {
            _stack.Check();
            await _host.RunAsync();
        }
        catch (DistributedApplicationException e)
        {
            await Console.Error.WriteLineAsync($"error: {e.Message}");
            Environment.ExitCode = 1;
        }
        finally
        {
            await DisposeAsync();
        }
    }
}
