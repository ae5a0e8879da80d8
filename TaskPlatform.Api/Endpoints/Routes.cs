namespace TaskPlatform.Api.Endpoints;

/// <summary>The addresses that groups of calls share.</summary>
internal static class Routes
{
    /// <summary>The queues.</summary>
    public const string Queues = "/v1/queues";

    /// <summary>The part of an address that names a queue.</summary>
    public const string QueueValue = "queue";

    /// <summary>The part of an address that names a schedule.</summary>
    public const string NameValue = "name";

    /// <summary>One queue.</summary>
    public const string Queue = Queues + "/{" + QueueValue + "}";

    /// <summary>A group of calls below one queue.</summary>
    public static RouteGroupBuilder Below(IEndpointRouteBuilder app, string path, string tag) => app.MapGroup(Queue + path).WithTags(tag);
}
