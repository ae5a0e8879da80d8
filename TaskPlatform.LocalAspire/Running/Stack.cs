using System.Diagnostics;

namespace TaskPlatform.LocalAspire.Running;

/// <summary>All processes of an application: started in order of their waits, stopped in the opposite one.</summary>
internal sealed class Stack : IHostedService, IAsyncDisposable
{
    /// <summary>How long a process may take to end. Agents finish what they do within 8 seconds.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(8.5);

    // Those that others wait for stop last, and need only let go. The whole stays under 10 seconds.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(9.4);

    private readonly StackServices _services;
    private readonly EndpointProxy _proxy;
    private readonly IConfiguration _configuration;
    private readonly Dashboard? _dashboard;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _starts = [];
    private bool _disposed;

    public Stack(IReadOnlyList<IResource> resources, IConfiguration configuration, ResourceNotificationService notifications, Dashboard? dashboard)
    {
        _dashboard = dashboard;
        Resources = resources;
        _configuration = configuration;
        var processes = resources.Where(IsProcess).ToList();
        var log = new StackLog(processes.Select(resource => resource.Name));
        _services = new StackServices(log, new ProcessVariables(configuration, dashboard), notifications);
        Instances = [.. processes.SelectMany(resource => Enumerable.Range(0, Replicas(resource)), (resource, _) => new Instance(resource, _services))];
        AssignPorts(configuration.GetValue<bool>(DistributedApplicationBuilder.RandomizePorts));
        _proxy = new EndpointProxy(Instances);
    }

    public IReadOnlyList<IResource> Resources { get; }

    public IReadOnlyList<Instance> Instances { get; }

    /// <summary>Whether a dashboard was wanted and is not on this machine.</summary>
    public bool LacksDashboard { get; init; }

    /// <summary>Makes sure that every program is there and every port is free, before anything is started.</summary>
    /// <exception cref="DistributedApplicationException">Something is missing or taken; the message says what to do.</exception>
    public void Check()
    {
        if (_configuration["operation"] == "publish" || _configuration["publisher"] is not null)
            throw new DistributedApplicationException("Publishing needs the Aspire packages. Run the AppHost with -p:UseAspire=true.");
        foreach (var instance in Instances) instance.FindProgram();
        foreach (var resource in Resources)
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>()) Require(resource, endpoint);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _proxy.StartAsync(cancellationToken);
        if (LacksDashboard) _services.Log.Note("No Aspire dashboard on this machine: eng/get-dashboard.sh brings it.");
        foreach (var value in Resources.Where(resource => !IsProcess(resource)))
            _services.Notifications.Publish(new ResourceEvent(value, value.Name,
                new CustomResourceSnapshot { State = KnownResourceStates.Running, HealthStatus = HealthStatus.Healthy }));
        _starts.AddRange(Instances.Select(instance => StartAsync(instance, _stopping.Token)));
        _starts.Add(TellWhenHealthyAsync(_stopping.Token));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync();
        await Task.WhenAll(_starts);
        var watch = Stopwatch.StartNew();
        var waiting = Instances.ToList();
        while (waiting.Count > 0)
        {
            var next = waiting.Where(instance => !waiting.Any(other => WaitsFor(other, instance))).ToList();
            if (next.Count == 0) next = [.. waiting]; // they wait for each other: all at once
            var grace = StopLimit - watch.Elapsed;
            if (next.Count < waiting.Count && grace > StopGrace) grace = StopGrace;
            await Task.WhenAll(next.Select(instance => instance.StopAsync(grace > TimeSpan.Zero ? grace : TimeSpan.Zero)));
            waiting.RemoveAll(next.Contains);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await StopAsync(CancellationToken.None);
        await _proxy.DisposeAsync();
        foreach (var instance in Instances) instance.Dispose();
    }

    private static bool IsProcess(IResource resource) => resource is ProjectResource or ExecutableResource;

    private static int Replicas(IResource resource) => resource.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Count ?? 1;

    private static bool WaitsFor(Instance waiter, Instance awaited) =>
        waiter.Resource != awaited.Resource
        && waiter.Resource.Annotations.OfType<WaitAnnotation>().Any(wait => wait.Resource == awaited.Resource);

    private void AssignPorts(bool random)
    {
        foreach (var endpoint in Resources.SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>()))
        {
            var isFixed = endpoint.Port is not null && !(random && endpoint.HasOwnAddress);
            endpoint.AllocatedPort = isFixed ? endpoint.Port : (endpoint.HasOwnAddress ? null : endpoint.TargetPort) ?? Ports.Free();
        }
        foreach (var instance in Instances)
            foreach (var endpoint in instance.Endpoints)
                instance.AssignPort(endpoint, endpoint.HasOwnAddress
                    ? (Replicas(instance.Resource) == 1 ? endpoint.TargetPort : null) ?? Ports.Free()
                    : endpoint.AllocatedPort!.Value);
    }

    private static void Require(IResource resource, EndpointAnnotation endpoint)
    {
        if (Ports.IsFree(endpoint.AllocatedPort!.Value)) return;
        throw new DistributedApplicationException(
            $"'{resource.Name}': port {endpoint.AllocatedPort} is taken by another program, perhaps by an AppHost that still runs. "
            + $"Stop it (`ss -ltnp 'sport = :{endpoint.AllocatedPort}'` shows which it is), or give '{resource.Name}' another port "
            + (resource is Dashboard dashboard ? $"with --{dashboard.Setting(endpoint)}=http://localhost:PORT." : "in the configuration."));
    }

    private async Task StartAsync(Instance instance, CancellationToken stopping)
    {
        try
        {
            foreach (var wait in instance.Resource.Annotations.OfType<WaitAnnotation>())
            {
                instance.Publish(KnownResourceStates.Waiting);
                await WaitAsync(wait, stopping);
            }
            await instance.StartAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
        catch (Exception e) // whatever it was: the others go on, and stop in order later
        {
            instance.Publish(KnownResourceStates.FailedToStart);
            _services.Log.Trouble(instance.Resource.Name, $"not started: {e.Message}");
        }
    }

    private Task WaitAsync(WaitAnnotation wait, CancellationToken stopping) =>
        Task.WhenAll(Instances.Where(instance => instance.Resource == wait.Resource).Select(async awaited =>
        {
            var change = await awaited.WaitAsync(e => e.IsHealthy || e.HasEnded, stopping);
            if (!change.IsHealthy && !wait.MayBeAway) throw ResourceNotificationService.Ended(change);
        }));

    private async Task TellWhenHealthyAsync(CancellationToken stopping)
    {
        try
        {
            var others = Instances.Where(instance => instance.Resource != _dashboard);
            await Task.WhenAll(others.Select(instance => instance.WaitAsync(e => e.IsHealthy, stopping)));
            _services.Log.Table(Instances.Where(instance => instance.Resource != _dashboard || instance.IsRunning));
        }
        catch (OperationCanceledException) { } // the stack stops before
    }
}
