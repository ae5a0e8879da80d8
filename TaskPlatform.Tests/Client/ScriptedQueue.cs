using System.Threading.Channels;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Tests.Client;

/// <summary>The calls an agent makes, answered by the contract: claims wait for tasks that the test offers, everything else succeeds.</summary>
internal sealed class ScriptedQueue
{
    public const string Register = "PUT /v1/queues/q/agents/tester";
    public const string Claim = "POST /v1/queues/q/claims";

    private readonly Channel<string> _offered = Channel.CreateUnbounded<string>();

    public ScriptedQueue(ScriptedService service)
    {
        Service = service;
        service.On(Register, new Reply(200, """{"agentId":"tester"}"""));
        service.On(Claim, GrantAsync);
    }

    public ScriptedService Service { get; }

    public static string Heartbeat(string task) => $"POST /v1/queues/q/tasks/{task}/heartbeat";

    public static string Complete(string task) => $"POST /v1/queues/q/tasks/{task}/complete";

    public static string Fail(string task) => $"POST /v1/queues/q/tasks/{task}/fail";

    public static string Release(string task) => $"POST /v1/queues/q/tasks/{task}/release";

    /// <summary>Lets the next claim have a task. What the test has not scripted for it succeeds.</summary>
    /// <param name="id">The task.</param>
    /// <param name="more">Further fields as JSON, with a comma before them.</param>
    /// <param name="leaseSeconds">How long the lease is, and how long a heartbeat renews it.</param>
    public void Offer(string id, string more = "", double leaseSeconds = 30)
    {
        var answer = $$"""{"id":"{{id}}","queue":"q","type":"work","state":"in_progress","attempt":1,"createdAt":"2026-01-31T12:00:00Z" """;
        var settled = new Reply(200, answer + "}");
        Service.OnUnlessScripted(Heartbeat(id), Alive(leaseSeconds));
        Service.OnUnlessScripted(Complete(id), settled);
        Service.OnUnlessScripted(Fail(id), settled);
        Service.OnUnlessScripted(Release(id), settled);
        var seconds = RawJson.From(leaseSeconds);
        _offered.Writer.TryWrite(
            $$"""{{answer}},"lease":{"token":"L-{{id}}","expiresAt":"2026-01-31T12:00:30Z","expiresInSeconds":{{seconds}}}{{more}}}""");
    }

    /// <summary>The answer to a heartbeat.</summary>
    public static Reply Alive(double leaseSeconds, bool cancelRequested = false) => new(
        200,
        $$"""{"expiresAt":"2026-01-31T12:00:30Z","expiresInSeconds":{{RawJson.From(leaseSeconds)}},"cancelRequested":{{RawJson.From(cancelRequested)}}}""");

    private async Task<Reply> GrantAsync(Call call)
    {
        var claim = RawJson.Parse(call.Body).To(WireJson.Default.ClaimRequest)!;
        if (claim.WaitSeconds == 0) return new Reply(200, """{"tasks":[]}""");
        var first = await _offered.Reader.ReadAsync(call.Aborted);
        List<string> tasks = [first];
        while (tasks.Count < (claim.Max ?? 1) && _offered.Reader.TryRead(out var next)) tasks.Add(next);
        return new Reply(200, $$"""{"tasks":[{{string.Join(',', tasks)}}]}""");
    }
}
