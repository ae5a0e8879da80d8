using StackExchange.Redis;

namespace TaskPlatform.Api.Store;

internal static class RedisFailures
{
    /// <summary>
    /// Whether the call has no good answer for a reason outside of this program: no connection, no answer in time, or an error of the
    /// server (loading, read-only replica, disk full, out of memory). A call that got one of these is repeated.
    /// </summary>
    public static bool IsUnavailable(Exception failure) =>
        failure is RedisException or TimeoutException or ObjectDisposedException or IOException or OperationCanceledException
        // What StackExchange.Redis' own reader stumbles over when its connection is torn down is handed to whoever waits for an answer.
        || failure is InvalidOperationException { Source: "System.IO.Pipelines" }
        || (failure is AggregateException { InnerException: { } cause } && IsUnavailable(cause));

    /// <summary>Whether the server does not know the first line of a script. Then nothing was run.</summary>
    public static bool IsUnknownScriptHeader(Exception failure) =>
        failure is RedisServerException && failure.Message.Contains("'#'", StringComparison.Ordinal);
}
