using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes events as they are told.</summary>
internal static class EventAnswers
{
    /// <summary>An event. A reset is about no task; what the others leave out is left out.</summary>
    public static TaskEventInfo Of(QueueEvent happened, string queue, TimeProvider time) => new()
    {
        Id = happened.Id.ToString(),
        At = happened.AtUnixMs > 0 ? Times.At(happened.AtUnixMs) : time.GetUtcNow(),
        Kind = happened.Kind,
        Queue = queue,
        TaskId = happened.TaskId.Length > 0 ? happened.TaskId : null,
        Type = happened.Type,
        GraphId = happened.GraphId,
        State = Words.State(happened.State) is { } state ? TaskAnswers.State(state) : null,
        AgentId = happened.AgentId,
        Attempt = happened.TaskId.Length > 0 ? happened.Attempt : null,
        Progress = happened.Progress,
        Message = happened.Message,
        Routing = RouteAnswers.Routing(happened.Routing),
        Match = happened.Match is { } match ? MatchingAnswers.Decision(match.Terms) : null,
    };
}
