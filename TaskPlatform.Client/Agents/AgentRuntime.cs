using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client.Agents;

/// <summary>Registers an agent, claims as much as it has room for, and drains when the program stops. It never gives up while it runs.</summary>
internal sealed class AgentRuntime : BackgroundService
{
    private readonly AgentOptions _options;
    private readonly TaskPlatformClient _client;
    private readonly TimeProvider _time;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger _log;
    private readonly ShutdownStages _shutdown;
    private readonly RunServices _shared;
    private readonly Outage _outage;
    private readonly string[] _types;
    private readonly List<Task> _running = [];
    private bool _registered;
    private ClaimRequest? _openClaim; // sent, and its answer is not known

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
        (_options, _client, _time, _lifetime, _log) = (options, client, time, lifetime, log);
        _types = [.. handlers.Keys];
        _shutdown = new ShutdownStages(time, TimeSpan.FromSeconds(options.DrainSeconds));
        _shared = new RunServices(options, handlers, client, services, telemetry, time, _shutdown, log);
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
                var failure = await RegisterAsync(stop) ?? await ClaimAsync(stop);
                if (failure is null) continue;
                // A service that was away, or does not know the agent, is told again who it is.
                _registered = false;
                await Task.Delay(_outage.GoesOn(failure, Random.Shared), _time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The program stops.
        }
    }

    /// <summary>Why it could not register; null when the service knows the agent.</summary>
    private async Task<TaskPlatformException?> RegisterAsync(CancellationToken stop)
    {
        if (_registered) return null;
        var registration = new AgentRegistration { Capabilities = [.. _options.Capabilities], MaxConcurrency = _options.MaxConcurrency };
        var answer = await _client.TryRegisterAgentAsync(_options.Queue, _options.AgentId, registration, retryFor: TimeSpan.Zero, stop);
        _registered = answer.Failure is null;
        return answer.Failure;
    }

    /// <summary>Why it could not claim; null when there was an answer, even an empty one.</summary>
    private async Task<TaskPlatformException?> ClaimAsync(CancellationToken stop)
    {
        await WaitForRoomAsync(stop);
        // A claim without an answer is repeated under its own id, so that what it granted is not left to lapse.
        _openClaim ??= NewClaim();
        // After an outage the first claim does not wait: its answer shows that the service is back.
        var claim = _outage.IsOn ? _openClaim with { WaitSeconds = 0 } : _openClaim;
        var answer = await _client.TryClaimAsync(_options.Queue, claim, retryFor: TimeSpan.Zero, stop);
        if (answer.Failure is not { IsOutcomeUnknown: true }) _openClaim = null;
        if (answer.Failure is null) _outage.Over();
        foreach (var task in answer.Value?.Tasks ?? []) Start(task);
        return answer.Failure;
    }

    private ClaimRequest NewClaim() => new()
    {
        AgentId = _options.AgentId,
        InstanceId = _options.InstanceId,
        Types = _types,
        Max = _options.MaxConcurrency - _running.Count,
        WaitSeconds = _options.PollSeconds,
        LeaseSeconds = _options.LeaseSeconds,
        ClaimId = Guid.NewGuid().ToString("N"),
    };

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
        await Task.WhenAll([.. _running, ReturnLateGrantsAsync()]);
    }

    /// <summary>
    /// The last claim was broken off, and its answer may have been on the way. Asked again under the same id it names what it granted, which
    /// goes back at once instead of lapsing.
    /// </summary>
    private async Task ReturnLateGrantsAsync()
    {
        if (_openClaim is null || !_registered) return;
        try
        {
            var repeat = _openClaim with { WaitSeconds = 0 };
            var answer = await _client.TryClaimAsync(_options.Queue, repeat, retryFor: TimeSpan.Zero, _shutdown.StopSettling);
            await Task.WhenAll((answer.Value?.Tasks ?? []).Where(task => task.Lease is not null).Select(task => _client.TryReleaseAsync(
                _options.Queue, task.Id, task.Lease!.Token, retryFor: TimeSpan.Zero, _shutdown.StopSettling)));
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
