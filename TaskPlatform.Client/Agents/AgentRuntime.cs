using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client.Agents;

/// <summary>Registers an agent, claims as much as it has room for, and drains when the program stops. It never gives up while it runs.</summary>
internal sealed class AgentRuntime : BackgroundService
{
    private readonly AgentOptions _options;
    private readonly IAgentLink _link;
    private readonly TimeProvider _time;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger _log;
    private readonly ShutdownStages _shutdown;
    private readonly RunServices _shared;
    private readonly Outage _outage;
    private readonly string[] _types;
    private readonly List<Task> _running = [];

    public AgentRuntime(
        AgentOptions options,
        IReadOnlyDictionary<string, HandlerInvoker> handlers,
        TaskPlatformClient client,
        IServiceProvider services,
        AgentTelemetry telemetry,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        ILogger<AgentRuntime> log)
    {
        (_options, _time, _lifetime, _log) = (options, time, lifetime, log);
        _types = [.. handlers.Keys];
        _link = client.Link(options, _types, log);
        _shutdown = new ShutdownStages(time, TimeSpan.FromSeconds(options.DrainSeconds));
        _shared = new RunServices(options, handlers, client, _link, services, telemetry, time, _shutdown, log);
        _outage = new Outage(options.AgentId, time, log);
    }

    public override void Dispose()
    {
        base.Dispose();
        _shutdown.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // All agents of a program drain at the same time: its services are stopped one after the other, but this token comes first.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _lifetime.ApplicationStopping);
        KeepThreadsFree();
        _log.AgentStarted(_options.AgentId, _options.InstanceId, _options.Queue, string.Join(", ", _types), _options.MaxConcurrency);
        await ClaimUntilAsync(stopping.Token);
        await DrainAsync();
    }

    private async Task ClaimUntilAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var failure = await _link.OpenAsync(stop) ?? await ClaimAsync(stop);
                if (failure is not null) await Task.Delay(_outage.GoesOn(failure, Random.Shared), _time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The program stops.
        }
    }

    /// <summary>Why it could not claim; null when there was an answer, even an empty one.</summary>
    private async Task<TaskPlatformException?> ClaimAsync(CancellationToken stop)
    {
        await WaitForRoomAsync(stop);
        // After an outage the first claim does not wait: its answer shows that the service is back.
        var wait = _outage.IsOn ? TimeSpan.Zero : TimeSpan.FromSeconds(_options.PollSeconds);
        var answer = await _link.ClaimAsync(_options.MaxConcurrency - _running.Count, wait, stop);
        if (answer.Failure is null) _outage.Over();
        foreach (var task in answer.Value ?? []) Start(task);
        return answer.Failure;
    }

    private async Task WaitForRoomAsync(CancellationToken stop)
    {
        _running.RemoveAll(run => run.IsCompleted);
        if (_running.Count < _options.MaxConcurrency) return;
        await Task.WhenAny(_running).WaitAsync(stop);
        _running.RemoveAll(run => run.IsCompleted);
    }

    private void Start(TaskInfo task)
    {
        if (task.Lease is { } lease) _running.Add(Task.Run(() => RunAsync(task, lease)));
    }

    private async Task RunAsync(TaskInfo task, LeaseInfo lease)
    {
        try
        {
            await new TaskRun(_shared, task, lease).RunAsync();
        }
        catch (Exception e)
        {
            _log.RunBroke(e, task.Id); // a defect of this runtime, which must not end the others
        }
    }

    private async Task DrainAsync()
    {
        _shutdown.Begin();
        _running.RemoveAll(run => run.IsCompleted);
        if (_running.Count > 0) _log.Draining(_options.AgentId, _running.Count, _options.DrainSeconds);
        await Task.WhenAll([.. _running, GiveBackAsync()]);
        await _link.DisposeAsync();
    }

    private async Task GiveBackAsync()
    {
        try
        {
            await _link.GiveBackAsync(_shutdown.StopSettling);
        }
        catch (OperationCanceledException) when (_shutdown.StopSettling.IsCancellationRequested)
        {
            // No time left; the leases lapse.
        }
    }

    /// <summary>Handlers that block their threads must leave some for the heartbeats; the pool adds threads too slowly by itself.</summary>
    private void KeepThreadsFree()
    {
        ThreadPool.GetMinThreads(out var workers, out var io);
        ThreadPool.SetMinThreads(workers + _options.MaxConcurrency, io);
    }
}
