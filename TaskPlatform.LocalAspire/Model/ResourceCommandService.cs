namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a command went.</summary>
public sealed class ExecuteCommandResult
{
    /// <summary>Whether it was carried out.</summary>
    public required bool Success { get; init; }

    /// <summary>What went wrong, or null.</summary>
    public string? Message { get; init; }
}

/// <summary>Starts, stops and restarts resources while the application runs.</summary>
public class ResourceCommandService
{
    private readonly Stack _stack;

    internal ResourceCommandService(Stack stack) => _stack = stack;

    /// <summary>Carries out one of <see cref="KnownResourceCommands"/> on a resource, or on one replica by its id.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(
        string resourceId, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteAsync(instance => instance.Id == resourceId || instance.Resource.Name == resourceId, resourceId, commandName, cancellationToken);

    /// <summary>Carries out one of <see cref="KnownResourceCommands"/> on every replica of a resource.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(
        IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteAsync(instance => instance.Resource == resource, resource.Name, commandName, cancellationToken);

    private async Task<ExecuteCommandResult> ExecuteAsync(
        Func<Instance, bool> selects, string name, string command, CancellationToken cancellationToken)
    {
        var instances = _stack.Instances.Where(selects).ToList();
        if (instances.Count == 0) return Refused($"No process of this application is called '{name}'.");
        var isStop = command == KnownResourceCommands.StopCommand;
        var isRestart = command == KnownResourceCommands.RestartCommand;
        if (!isStop && !isRestart && command != KnownResourceCommands.StartCommand)
            return Refused($"'{command}' is no command of '{name}'. There are start, stop and restart.");
        try
        {
            if (isStop || isRestart) await Task.WhenAll(instances.Select(instance => instance.StopAsync(Stack.StopGrace)));
            if (!isStop) await Task.WhenAll(instances.Select(instance => instance.StartAsync(cancellationToken)));
            return new ExecuteCommandResult { Success = true };
        }
        catch (DistributedApplicationException e)
        {
            return Refused(e.Message);
        }
    }

    private static ExecuteCommandResult Refused(string message) => new() { Success = false, Message = message };
}
