using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client.Agents;

/// <summary>Runs one handler in a scope of its own, from the payload to the result.</summary>
internal delegate Task<RawJson?> HandlerInvoker(IServiceProvider services, TaskContext context, CancellationToken cancellationToken);

internal static class HandlerInvocation
{
    /// <summary>Closes over the handler's types once, so that nothing is looked up by reflection for each task.</summary>
    public static HandlerInvoker Of<TIn, TOut>(Func<IServiceProvider, Func<TIn, TaskContext, CancellationToken, Task<TOut>>> resolve) =>
        async (services, context, cancellationToken) =>
        {
            var input = ReadPayload<TIn>(context);
            await using var scope = services.CreateAsyncScope();
            var output = await resolve(scope.ServiceProvider)(input, context, cancellationToken);
            return output is null ? null : RawJson.From(output, context.Json);
        };

    private static TIn ReadPayload<TIn>(TaskContext context)
    {
        try
        {
            return (context.Payload ?? default(RawJson)).To<TIn>(context.Json)
                ?? throw InvalidPayload<TIn>("It is missing.", null);
        }
        catch (JsonException e)
        {
            throw InvalidPayload<TIn>(e.Message, e);
        }
    }

    // No later attempt can read it either.
    private static TaskFailedException InvalidPayload<TIn>(string why, Exception? cause) =>
        new("invalid-payload", $"The payload cannot be read as {typeof(TIn).Name}. {why}", retryable: false, cause: cause);
}
