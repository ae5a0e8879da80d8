using StackExchange.Redis;

namespace TaskPlatform.Api.Store;

/// <summary>Every call to Redis goes through here, so that its failures have one shape.</summary>
internal static class RedisCalls
{
    public static async Task<T> RunAsync<T>(Task<T> call, CancellationToken cancellationToken = default)
    {
        try
        {
            return await call.WaitAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && RedisFailures.IsUnavailable(failure))
        {
            throw new StoreUnavailableException(failure.Message, failure);
        }
    }
}

/// <summary>Runs scripts on the ordered connection, with the header that the server understands.</summary>
internal sealed class RedisScriptCalls(RedisConnections connections)
{
    private readonly Dictionary<string, string> _withHeader = new[]
    {
        StoreScripts.TakeOver, StoreScripts.Commit, StoreScripts.Check, StoreScripts.Reassert, StoreScripts.Release,
    }.ToDictionary(script => script, script => StoreScripts.AllowOutOfMemory + script);

    private volatile bool _plain;

    public async Task<RedisResult> RunAsync(string script, RedisKey[] keys, RedisValue[] arguments)
    {
        var database = await connections.OrderedAsync();
        try
        {
            return await SendAsync(database, script, keys, arguments);
        }
        catch (StoreUnavailableException refused) when (!_plain && RedisFailures.IsUnknownScriptHeader(refused.InnerException!))
        {
            _plain = true;
            return await SendAsync(database, script, keys, arguments);
        }
    }

    private Task<RedisResult> SendAsync(IDatabase database, string script, RedisKey[] keys, RedisValue[] arguments) =>
        RedisCalls.RunAsync(database.ScriptEvaluateAsync(_plain ? script : _withHeader[script], keys, arguments, CommandFlags.DemandMaster));
}
