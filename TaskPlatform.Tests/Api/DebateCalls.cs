using System.Text.Json;

namespace TaskPlatform.Tests.Api;

/// <summary>Calls about debates, and agents that the test itself plays.</summary>
internal sealed class DebateCalls(QueueCalls calls)
{
    public QueueCalls Queue => calls;

    /// <summary>Says what an agent can do.</summary>
    public async Task RegisterAsync(string agent, string capability = "think", int slots = 1)
    {
        (await calls.PutAsync($"/agents/{agent}", $$"""{"capabilities":["{{capability}}"],"maxConcurrency":{{slots}}}""")).Expect(200);
        await calls.ClaimAsync($$"""{"agentId":"{{agent}}","types":["nothing"]}""");
    }

    /// <summary>Begins a debate.</summary>
    public async Task<string> StartAsync(string fields) => (await calls.PostAsync("/debates", $$"""{"question":"Is it so?",{{fields}}}""")).Expect(201)["id"].GetString()!;

    /// <summary>Waits for an agent's next turn.</summary>
    public async Task<DebaterTurn> TakeAsync(string agent)
    {
        var (task, id, token) = await calls.TakeAsync($$"""{"agentId":"{{agent}}","waitSeconds":30}""");
        return new DebaterTurn(calls, id, token, task.GetProperty("payload"), task.GetProperty("type").GetString()!);
    }

    /// <summary>Waits for an agent's next turn and answers it.</summary>
    public async Task AnswerAsync(string agent, string answer, string? argument = null)
        => await (await TakeAsync(agent)).AnswerAsync($$"""{"answer":"{{answer}}","argument":"{{argument ?? $"{agent} thinks so"}}"}""");

    /// <summary>Waits for a debate's end.</summary>
    public async Task<Answer> EndAsync(string id)
    {
        while (true)
        {
            var answer = (await calls.GetAsync($"/debates/{id}?waitSeconds=30")).Expect(200);
            if (answer.State != "running") return answer;
        }
    }

    /// <summary>The transcript in short: <c>1.2 agent answer</c>, and <c>!</c> for a turn without one.</summary>
    public static string[] Transcript(Answer debate) => [.. debate["transcript"].EnumerateArray().Select(Line)];

    private static string Line(JsonElement turn)
    {
        var seat = turn.TryGetProperty("round", out var round) ? $"{round}.{turn.GetProperty("seat")}" : "judge";
        var who = turn.TryGetProperty("agentId", out var agent) ? agent.GetString() : "nobody";
        return $"{seat} {who} {(turn.TryGetProperty("answer", out var answer) ? answer.GetString() : "!")}";
    }
}

/// <summary>A turn that an agent holds.</summary>
internal sealed record DebaterTurn(QueueCalls Calls, string Id, string Token, JsonElement Payload, string Type)
{
    public Task<Answer> AnswerAsync(string result) => Calls.CompleteAsync(Id, Token, result);

    public Task<Answer> FailAsync() => Calls.FailAsync(Id, Token);

    /// <summary>What the others said, as the debater is shown it.</summary>
    public string[] Others => [.. Payload.GetProperty("others").EnumerateArray().Select(said => $"{said.GetProperty("seat")} {said.GetProperty("answer").GetString()}: {said.GetProperty("argument").GetString()}")];
}
