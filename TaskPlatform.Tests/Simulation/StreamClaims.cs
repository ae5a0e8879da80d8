using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Simulation;

/// <summary>
/// Claims that stand in a process for agents' streams. As in the service, a stream that comes ends those of the same instance's stream before, and is heard
/// when they are over.
/// </summary>
internal sealed class StreamClaims
{
    private readonly Dictionary<(string AgentId, string? InstanceId), List<(CancellationTokenSource End, Task Over)>> _standing = [];

    /// <summary>Asks for work until there is an answer, the caller is gone or another stream has come.</summary>
    public async Task<T> StandAsync<T>(Command.Claim claim, Func<CancellationToken, Task<T>> ask, CancellationToken callerGone)
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(callerGone);
        var asked = ask(end.Token);
        var holder = (claim.AgentId, claim.InstanceId);
        if (!_standing.TryGetValue(holder, out var standing)) _standing.Add(holder, standing = []);
        standing.RemoveAll(claim => claim.Over.IsCompleted);
        standing.Add((end, asked));
        return await asked;
    }

    public async Task EndAsync(Command.Rejoin rejoin)
    {
        foreach (var (end, over) in _standing.GetValueOrDefault((rejoin.AgentId, rejoin.InstanceId), []).ToList())
        {
            end.Cancel();
            await over.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }
}
