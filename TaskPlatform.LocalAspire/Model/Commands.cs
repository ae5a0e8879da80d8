namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a command went.</summary>
public sealed class ExecuteCommandResult
{
    /// <summary>Whether it was carried out.</summary>
    public required bool Success { get; init; }

    /// <summary>What went wrong, or what was done; may be null.</summary>
    public string? Message { get; init; }
}

/// <summary>What a command is told when it is carried out.</summary>
public sealed class ExecuteCommandContext
{
    /// <summary>Ends when the caller gives up.</summary>
    public required CancellationToken CancellationToken { get; init; }
}

/// <summary>How a command is shown; only the dashboard under Aspire's own orchestrator shows any.</summary>
public class CommandOptions
{
    /// <summary>What it does.</summary>
    public string? Description { get; set; }
}

/// <summary>The names of what can be asked of every resource.</summary>
public static class KnownResourceCommands
{
    public static readonly string StartCommand = "start";
    public static readonly string StopCommand = "stop";
    public static readonly string RestartCommand = "restart";
}

internal sealed record CommandAnnotation(string Name, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> Execute) : IResourceAnnotation;

/// <summary>Starts, stops and restarts resources while the application runs, and carries out the commands that the AppHost gave them.</summary>
public class ResourceCommandService
{
    private readonly Stack _stack;

    internal ResourceCommandService(Stack stack) => _stack = stack;

    /// <summary>Carries out a command on every replica of a resource, or on one replica by its id.</summary>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        var instances = _stack.Instances.Where(instance => instance.Id == resourceId || instance.Resource.Name == resourceId).ToList();
        if (instances.Count == 0) return Refused($"No process of this application is called '{resourceId}'.");
        var given = instances[0].Resource.Annotations.OfType<CommandAnnotation>().ToList();
        if (Find(commandName, given) is not { } execute)
            return Refused($"'{commandName}' is no command of '{resourceId}'. There are start, stop, restart"
                + $"{string.Concat(given.Select(known => $", {known.Name}"))}.");
        try
        {
            var results = await Task.WhenAll(instances.Select(instance => execute(instance, cancellationToken)));
            return results.FirstOrDefault(result => !result.Success) ?? results[0];
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Refused(e.Message);
        }
    }

    private static Func<Instance, CancellationToken, Task<ExecuteCommandResult>>? Find(string command, List<CommandAnnotation> given)
    {
        var isStop = command == KnownResourceCommands.StopCommand;
        var isRestart = command == KnownResourceCommands.RestartCommand;
        if (!isStop && !isRestart && command != KnownResourceCommands.StartCommand)
            return given.FindLast(known => known.Name == command) is not { } found ? null
                : (_, token) => found.Execute(new ExecuteCommandContext { CancellationToken = token });
        return async (instance, token) =>
        {
            if (isStop || isRestart) await instance.StopAsync(Stack.StopGrace);
            if (!isStop) await instance.StartAsync(token);
            return new ExecuteCommandResult { Success = true };
        };
    }

    private static ExecuteCommandResult Refused(string message) => new() { Success = false, Message = message };
}
