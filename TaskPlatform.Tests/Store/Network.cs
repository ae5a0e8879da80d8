using TaskPlatform.Api.Store;

namespace TaskPlatform.Tests.Store;

/// <summary>What is between a process and a <see cref="MemoryServer"/>.</summary>
public interface INetwork
{
    /// <summary>Brings a call to the server and its answer back; <paramref name="what"/> is for tests to look at.</summary>
    Task<T> CallAsync<T>(string what, Func<T> onServer);
}

/// <summary>Nothing fails, nothing takes time.</summary>
public sealed class PerfectNetwork : INetwork
{
    public Task<T> CallAsync<T>(string what, Func<T> onServer) => Task.FromResult(onServer());
}

/// <summary>A test decides about each call.</summary>
public sealed class ScriptedNetwork : INetwork
{
    private readonly List<string> _calls = [];

    /// <summary>Every call that was begun.</summary>
    public IReadOnlyList<string> Calls
    {
        get { lock (_calls) return [.. _calls]; }
    }

    /// <summary>What happens to a call; by default it just runs.</summary>
    public Func<string, Task<CallFate>> Decide { get; set; } = _ => Task.FromResult(CallFate.Answered);

    public async Task<T> CallAsync<T>(string what, Func<T> onServer)
    {
        lock (_calls) _calls.Add(what);
        var fate = await Decide(what);
        if (fate == CallFate.RequestLost) throw new StoreUnavailableException($"{what}: request lost");
        var answer = onServer();
        return fate == CallFate.Answered ? answer : throw new StoreUnavailableException($"{what}: answer lost");
    }
}

/// <summary>What can happen to a call.</summary>
public enum CallFate { Answered, RequestLost, AnswerLost }

/// <summary>
/// By seed: requests and answers are lost or late, so late that the caller has long given up, overtake each other, and are run twice. The
/// store cannot be reached at all for some time.
/// </summary>
public sealed class HostileNetwork(Random random, TimeProvider time) : INetwork
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private int _lives;

    /// <summary>Which share of calls gets into trouble.</summary>
    public double Trouble { get; set; } = 0.2;

    /// <summary>Whether a takeover may be run after its caller gave up, so that nobody knows that he owns the queue.</summary>
    public bool LateTakeovers { get; init; } = true;

    /// <summary>The server is away: what is on its way to it or from it is lost.</summary>
    public bool IsDown
    {
        get;
        set
        {
            field = value;
            _lives++;
        }
    }

    /// <summary>Nothing more gets through, either way; what is on its way to the server arrives.</summary>
    public bool IsCutOff { get; set; }

    public async Task<T> CallAsync<T>(string what, Func<T> onServer)
    {
        if (IsDown || IsCutOff) throw new StoreUnavailableException("down");
        var life = _lives;
        await DelayAsync(20);
        if (random.NextDouble() >= Trouble) return await AnswerAsync(life, onServer);
        switch (random.Next(6))
        {
            case 0:
                await Task.Delay(Timeout, time);
                throw new StoreUnavailableException("request lost");
            case 1:
                if (life == _lives) onServer();
                throw new StoreUnavailableException("answer lost");
            case 2 when LateTakeovers || what != "take":
                _ = RunLateAsync(life, onServer);
                await Task.Delay(Timeout, time);
                throw new StoreUnavailableException("timeout");
            case 3 when what.StartsWith("commit", StringComparison.Ordinal):
                _ = RunLateAsync(life, onServer);
                return await AnswerAsync(life, onServer);
            case 4:
                // The server did not know the script: the client sends it once more, behind what it has sent meanwhile.
                await DelayAsync(60);
                return await AnswerAsync(life, onServer);
            default:
                await DelayAsync(3_000);
                return await AnswerAsync(life, onServer);
        }
    }

    // A connection ends with its server: what was sent to one life of it never reaches the next.
    private async Task<T> AnswerAsync<T>(int life, Func<T> onServer)
    {
        if (life != _lives) throw new StoreUnavailableException("down");
        var answer = onServer();
        await DelayAsync(20);
        return life != _lives || IsCutOff ? throw new StoreUnavailableException("down") : answer;
    }

    private async Task RunLateAsync<T>(int life, Func<T> onServer)
    {
        await DelayAsync(12_000);
        if (life == _lives) onServer();
    }

    private Task DelayAsync(int mostMilliseconds) => Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, mostMilliseconds + 1)), time);
}
