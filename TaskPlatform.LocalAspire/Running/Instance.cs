namespace TaskPlatform.LocalAspire.Running;

/// <summary>What all processes of a stack share.</summary>
internal sealed record StackServices(StackLog Log, ProcessVariables Variables, ResourceNotificationService Notifications);

/// <summary>One replica of a resource: its ports, its process while it has one, and how it is.</summary>
internal sealed class Instance : IDisposable
{
    private const int LastLines = 20;

    private readonly StackServices _services;
    private readonly Dictionary<EndpointAnnotation, int> _ports = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Queue<string> _lastLines = [];
    private ChildProcess? _process;
    private bool _isStopping;

    public Instance(IResource resource, StackServices services)
    {
        (Resource, _services) = (resource, services);
        Publish(KnownResourceStates.NotStarted);
    }

    public IResource Resource { get; }

    /// <summary>Eight characters that tell replicas apart.</summary>
    public string Suffix { get; } = Guid.NewGuid().ToString("N")[..8];

    public string Id => $"{Resource.Name}-{Suffix}";

    /// <summary>Where others reach the resource, as the AppHost wants it shown.</summary>
    public IReadOnlyList<ResourceUrlAnnotation> Urls()
    {
        if (Resource is not IResourceWithEndpoints owner) return [];
        var urls = Endpoints.Where(endpoint => endpoint.AllocatedPort is not null).Select(endpoint => new EndpointReference(owner, endpoint.Name))
            .Select(endpoint => new ResourceUrlAnnotation { Url = endpoint.Url, Endpoint = endpoint }).ToList();
        foreach (var annotation in Resource.Annotations.OfType<UrlsAnnotation>()) annotation.Change(urls);
        return urls;
    }

    public IEnumerable<EndpointAnnotation> Endpoints => Resource.Annotations.OfType<EndpointAnnotation>();

    public bool IsRunning => _process is { Exited.IsCompleted: false };

    /// <summary>The port on which this process itself listens.</summary>
    public int Port(EndpointAnnotation endpoint) => _ports[endpoint];

    public void AssignPort(EndpointAnnotation endpoint, int port) => _ports[endpoint] = port;

    public void Publish(string state, HealthStatus? health = null, int? exitCode = null) =>
        _services.Notifications.Publish(
            new ResourceEvent(Resource, Id, new CustomResourceSnapshot { State = state, HealthStatus = health, ExitCode = exitCode }));

    /// <summary>Waits until this replica is as wanted.</summary>
    public Task<ResourceEvent> WaitAsync(Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken) =>
        _services.Notifications.WaitForResourceAsync(Resource.Name, e => e.ResourceId == Id && predicate(e), cancellationToken);

    /// <summary>Starts the process; does nothing while it runs.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (IsRunning) return;
            Publish(KnownResourceStates.Starting);
            _isStopping = false;
            lock (_lastLines) _lastLines.Clear();
            _process = ChildProcess.Start(await PrepareAsync(cancellationToken), Keep);
            _ = WatchAsync(_process);
        }
        catch (Exception e) when (e is DistributedApplicationException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Publish(KnownResourceStates.FailedToStart);
            throw new DistributedApplicationException($"'{Resource.Name}' could not be started. {e.Message}");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Asks the process to end and kills it after <paramref name="grace"/>; does nothing when it has ended.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        await _turn.WaitAsync();
        try
        {
            if (_process is not { Exited.IsCompleted: false } process) return;
            _isStopping = true;
            Publish(KnownResourceStates.Stopping);
            await process.StopAsync(grace);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What would run; the program and its directory exist.</summary>
    /// <exception cref="DistributedApplicationException">Something is missing.</exception>
    public (string File, IReadOnlyList<string> Leading, string Directory) FindProgram() => Resource switch
    {
        ProjectResource => FindProject(Resource.Annotations.OfType<ProjectAnnotation>().Single()),
        ExecutableResource program => (FindTool(program), [], program.WorkingDirectory),
        _ => throw new InvalidOperationException($"'{Resource.Name}' is no process."),
    };

    public void Dispose() => _turn.Dispose();

    private (string, IReadOnlyList<string>, string) FindProject(ProjectAnnotation project)
    {
        if (project.Output is not { } output || !File.Exists(output))
            throw new DistributedApplicationException(
                $"'{Resource.Name}': {project.Output ?? project.ProjectPath} has not been built. "
                + "Run `dotnet build` in the solution's directory, with this AppHost's configuration.");
        var dotnet = Executables.DotNet
            ?? throw new DistributedApplicationException($"'{Resource.Name}' needs `dotnet`, which is not on the PATH. Install the .NET SDK.");
        return (dotnet, [output], Path.GetDirectoryName(project.ProjectPath)!);
    }

    private string FindTool(ExecutableResource program)
    {
        if (!Directory.Exists(program.WorkingDirectory))
            throw new DistributedApplicationException($"'{Resource.Name}': there is no directory {program.WorkingDirectory}. Create it.");
        return Executables.Find(program.Command, program.WorkingDirectory) ?? throw new DistributedApplicationException(
            $"'{Resource.Name}' needs `{program.Command}`, which is not on the PATH or may not be executed. "
            + "Install it, or put its folder on the PATH.");
    }

    private async Task<Launch> PrepareAsync(CancellationToken cancellationToken)
    {
        var (file, leading, directory) = FindProgram();
        var arguments = Resource.Annotations.OfType<ArgumentsAnnotation>().SelectMany(annotation => annotation.Arguments);
        return new Launch(file, [.. leading, .. arguments], directory, await _services.Variables.BuildAsync(this, cancellationToken));
    }

    private void Keep(string line)
    {
        lock (_lastLines)
        {
            if (_lastLines.Count == LastLines) _lastLines.Dequeue();
            _lastLines.Enqueue(line);
        }
        if (Resource is not Dashboard) _services.Log.Line(Resource.Name, line);
    }

    private async Task WatchAsync(ChildProcess process)
    {
        using var ended = new CancellationTokenSource();
        var health = WatchHealthAsync(ended.Token);
        var code = await process.Exited;
        await ended.CancelAsync();
        await health;
        Publish(code == 0 ? KnownResourceStates.Finished : KnownResourceStates.Exited, exitCode: code);
        if (!_isStopping) Mourn(code);
    }

    private async Task WatchHealthAsync(CancellationToken ended)
    {
        var health = new Health(this);
        string? trouble = null;
        var isHealthy = !health.IsProbed;
        Publish(KnownResourceStates.Running, isHealthy ? HealthStatus.Healthy : HealthStatus.Unhealthy);
        while (health.IsProbed && !ended.IsCancellationRequested)
        {
            try
            {
                trouble = await health.FindTroubleAsync(ended);
                if (trouble is null != isHealthy)
                {
                    isHealthy = trouble is null;
                    Publish(KnownResourceStates.Running, isHealthy ? HealthStatus.Healthy : HealthStatus.Unhealthy);
                    if (!isHealthy) _services.Log.Trouble(Resource.Name, $"is not healthy: {trouble}");
                }
                await Task.Delay(TimeSpan.FromSeconds(isHealthy ? 5 : 0.2), ended);
            }
            catch (OperationCanceledException) { }
        }
    }

    private void Mourn(int code)
    {
        var how = code > 128 ? $"{code} (killed by signal {code - 128})" : $"{code}";
        string[] lines;
        lock (_lastLines) lines = [.. _lastLines];
        var what = lines.Length == 0 ? "It printed nothing." : "Its last lines:";
        _services.Log.Trouble(Resource.Name, $"ended by itself with exit code {how}. {what}");
        foreach (var line in lines) _services.Log.Trouble(Resource.Name, $"  {line}");
    }
}
