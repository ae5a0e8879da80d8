using Grpc.Core;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Grpc;

/// <summary>What every call checks, and how it ends when it is refused as a whole.</summary>
internal static class Calls
{
    /// <summary>A queue's name.</summary>
    /// <exception cref="RpcException">It is none.</exception>
    public static string Queue(string name) => Names.IsQueue(name) ? name : throw Invalid("queue", Names.QueueRule);

    /// <summary>An id.</summary>
    /// <exception cref="RpcException">It is none.</exception>
    public static string Id(string field, string id) => Names.IsId(id) ? id : throw Invalid(field, Names.IdRule);

    /// <summary>A field of the call itself is wrong.</summary>
    public static RpcException Invalid(string field, string rule)
    {
        var errors = new RequestErrors();
        errors.Add(field, rule);
        return Refusals.Call(errors.ToProblem());
    }

    /// <summary>
    /// Reads the next message. The reader's own token would not break off a read that waits; and none may be left behind, for Kestrel uses the request again.
    /// </summary>
    /// <exception cref="OperationCanceledException">The end has come.</exception>
    public static async Task<bool> NextAsync<T>(this IAsyncStreamReader<T> messages, HttpContext call, CancellationToken end) where T : class
    {
        using var breakOff = end.Register(static state => BreakOff((HttpContext)state!), call);
        try
        {
            return await messages.MoveNext(CancellationToken.None);
        }
        catch (Exception exception) when (end.IsCancellationRequested && exception is not OperationCanceledException)
        {
            throw new OperationCanceledException("The stream has ended.", exception, end);
        }
    }

    private static void BreakOff(HttpContext call)
    {
        try
        {
            call.Request.BodyReader.CancelPendingRead();
        }
        catch (IOException)
        {
            // The caller has reset the stream, which the read is told too.
        }
    }

    /// <summary>Runs a call; refusals and outages end it with a status and a problem.</summary>
    public static async Task<T> RunAsync<T>(CancellationToken stopping, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RequestRefusedException refused)
        {
            throw Refusals.Call(refused.Problem);
        }
        catch (QueueUnavailableException unavailable)
        {
            throw Refusals.Call(Problems.Of(unavailable));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw Refusals.Call(Problems.Of(ProblemTypes.QueueUnavailable, "The service is stopping."));
        }
    }
}
