using System.Text.Json.Nodes;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints.Documentation;

/// <summary>Bodies to start from.</summary>
internal static class Examples
{
    private const string Token = "9f1c0f7a3b5e4d2c8a6b1e0d7c3f2a54";

    /// <summary>An example of a body; null where the schema says enough.</summary>
    public static JsonNode? Of(Type type) => TextOf(type) is { } text ? JsonNode.Parse(text) : null;

    private static string? TextOf(Type type) => type.Name switch
    {
        nameof(SubmitTask) => """{"type":"coding","payload":{"path":"src/Program.cs"},"priority":"high","labels":{"team":"core"}}""",
        nameof(SubmitBatchRequest) => """{"tasks":[{"type":"coding"},{"type":"analysis"}]}""",
        nameof(SubmitGraphRequest) => """{"tasks":[{"id":"look","type":"analysis"},{"id":"mend","type":"coding","dependsOn":["look"]}]}""",
        nameof(ClaimRequest) => """{"agentId":"coder","types":["coding"],"max":1,"waitSeconds":30,"claimId":"c-1"}""",
        nameof(HeartbeatRequest) => $$$"""{"leaseToken":"{{{Token}}}","progress":0.5,"message":"half way"}""",
        nameof(CompleteRequest) => $$$"""{"leaseToken":"{{{Token}}}","result":{"diff":""}}""",
        nameof(FailRequest) => $$$"""{"leaseToken":"{{{Token}}}","error":{"type":"timeout","message":"The model did not answer.","retryable":true}}""",
        nameof(ReleaseRequest) => $$$"""{"leaseToken":"{{{Token}}}"}""",
        nameof(SettleBatchRequest) => $$$"""{"settle":[{"id":"mend","leaseToken":"{{{Token}}}","complete":{"result":1}}]}""",
        nameof(CancelRequest) => """{"reason":"no longer needed"}""",
        nameof(AgentRegistration) => """{"capabilities":["coding","csharp"],"maxConcurrency":2}""",
        nameof(ChildrenRequest) => $$$"""{"leaseToken":"{{{Token}}}","tasks":[{"type":"analysis","payload":{"part":1}}],"wait":true}""",
        nameof(AskRequest) => $$$"""{"leaseToken":"{{{Token}}}","question":"Deploy to production?","choices":["yes","no"]}""",
        nameof(AnswerRequest) => """{"answer":"yes"}""",
        nameof(PatchTask) => """{"priority":"high","notBefore":null,"labels":{"team":"core","old":null}}""",
        nameof(BulkRequest) => """{"action":"cancel","filter":{"type":"coding","label":"team=core"},"dryRun":true}""",
        nameof(ScheduleSettings) => """{"cron":"0 7 * * 1-5","timeZone":"Europe/Berlin","overlap":"skip","task":{"type":"report"}}""",
        nameof(RouteSettings) => """{"candidates":[{"capability":"small","costPerTask":0.001,"quality":0.7},{"capability":"large","costPerTask":0.02,"quality":0.95}],"verifier":"check"}""",
        nameof(QueueSettings) => """{"ageingSeconds":600,"concurrency":{"gpu:*":2},"rates":{"llm":{"count":60,"perSeconds":60}},"fairness":{"gold":3}}""",
        nameof(StartDebate) => """{"question":"Is 91 a prime number? Answer yes or no.","capability":"reasoning","debaters":3,"maxRounds":3,"rule":"vote"}""",
        nameof(EmptyRequest) => "{}",
        nameof(PauseRequest) => """{"types":["coding"]}""",
        _ => null,
    };
}
