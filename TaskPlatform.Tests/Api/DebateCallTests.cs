using System.Text.Json;

namespace TaskPlatform.Tests.Api;

/// <summary>Debates over HTTP, in the running service.</summary>
public sealed class DebateCallTests(SharedApi shared)
{
    private async Task<DebateCalls> DebatesAsync(params string[] agents)
    {
        var debates = new DebateCalls(await shared.QueueAsync());
        foreach (var agent in agents) await debates.RegisterAsync(agent);
        return debates;
    }

    [Fact]
    public async Task Debate_EverybodyAgrees_EndsAfterTheFirstRound()
    {
        var debates = await DebatesAsync("a", "b", "c");
        var id = await debates.StartAsync("""
            "capability":"think"
            """);

        foreach (var agent in (string[])["a", "b", "c"]) await debates.AnswerAsync(agent, agent == "b" ? "YES." : "yes");
        var end = await debates.EndAsync(id);

        Assert.Equal("completed", end.State);
        Assert.Equal("yes", end["verdict"].GetString());
        Assert.Equal(("agreement", "agreement", 1), (end["decidedBy"].GetString(), end["endedBy"].GetString(), end["rounds"].GetInt32()));
        Assert.Equal(["1.1 a yes", "1.2 b YES.", "1.3 c yes"], DebateCalls.Transcript(end));
    }

    [Fact]
    public async Task Debate_TheyDiffer_ShowsEachWhatTheOthersSaidAndEndsWhenNobodyMoves()
    {
        var debates = await DebatesAsync("a", "b", "c");
        var id = await debates.StartAsync("""
            "capability":"think","payload":{"n":91}
            """);
        var first = await debates.TakeAsync("a");
        Assert.Equal((1, "debater", "Is it so?", 91), (first.Payload.GetProperty("round").GetInt32(), first.Payload.GetProperty("role").GetString(), first.Payload.GetProperty("question").GetString(), first.Payload.GetProperty("payload").GetProperty("n").GetInt32()));
        Assert.Empty(first.Others);
        Assert.False(first.Payload.TryGetProperty("own", out _));

        await first.AnswerAsync("""{"answer":true,"argument":"7 times 13","confidence":0.9}""");
        await debates.AnswerAsync("b", "no");
        await debates.AnswerAsync("c", "no");
        var second = await debates.TakeAsync("a");

        Assert.Equal(2, second.Payload.GetProperty("round").GetInt32());
        Assert.Equal(["2 no: b thinks so", "3 no: c thinks so"], second.Others);
        Assert.Equal(("true", "7 times 13", 0.9), (second.Payload.GetProperty("own").GetProperty("answer").GetString(), second.Payload.GetProperty("own").GetProperty("argument").GetString(), second.Payload.GetProperty("own").GetProperty("confidence").GetDouble()));
        await second.AnswerAsync("""{"answer":"true"}""");
        await debates.AnswerAsync("b", "no");
        await debates.AnswerAsync("c", "no");
        var end = await debates.EndAsync(id);
        Assert.Equal(("no", "vote", "unchanged"), (end["verdict"].GetString(), end["decidedBy"].GetString(), end["endedBy"].GetString()));
        Assert.Equal("""[{"answer":"no","seats":[2,3],"confidence":0.5},{"answer":"true","seats":[1],"confidence":0.5}]""", end["votes"].GetRawText());
    }

    [Fact]
    public async Task Debate_WithAJudge_IsDecidedByIt()
    {
        var debates = await DebatesAsync("a", "b");
        await debates.RegisterAsync("wise", "judging");
        var id = await debates.StartAsync("""
            "capability":"think","debaters":2,"maxRounds":1,"rule":"judge","judge":"wise"
            """);

        await debates.AnswerAsync("a", "yes");
        await debates.AnswerAsync("b", "no");
        var judge = await debates.TakeAsync("wise");

        Assert.Equal(("judge", "debate-turn"), (judge.Payload.GetProperty("role").GetString(), judge.Type));
        Assert.Equal(["1 yes: a thinks so", "2 no: b thinks so"], judge.Others);
        await judge.AnswerAsync("""{"answer":"no","argument":"b is right"}""");
        var end = await debates.EndAsync(id);
        Assert.Equal(("no", "judge", "rounds"), (end["verdict"].GetString(), end["decidedBy"].GetString(), end["endedBy"].GetString()));
        Assert.Equal(["1.1 a yes", "1.2 b no", "judge wise no"], DebateCalls.Transcript(end));
    }

    [Fact]
    public async Task Debate_OneAgentTakesWhatItCan_HasOneSeatWhileOthersAreHere()
    {
        var debates = await DebatesAsync();
        foreach (var agent in (string[])["greedy", "b", "c"]) await debates.RegisterAsync(agent, slots: 8);
        await debates.StartAsync("""
            "capability":"think"
            """);

        await debates.TakeAsync("greedy");
        var more = (await debates.Queue.ClaimAsync("""{"agentId":"greedy","max":8}""")).Expect(200);

        Assert.Empty(more["tasks"].EnumerateArray());
        await debates.TakeAsync("b");
        await debates.TakeAsync("c");
    }

    [Fact]
    public async Task Debate_AgentsNamed_AreAskedAndAFailedOneIsReplacedByTheSpare()
    {
        var debates = await DebatesAsync("x", "y", "spare");
        var id = await debates.StartAsync("""
            "agents":["x","y","spare"],"debaters":2
            """);

        await debates.AnswerAsync("x", "yes");
        var failing = await debates.TakeAsync("y");
        Assert.Equal("debate-turn", failing.Type);
        await failing.FailAsync();
        await debates.AnswerAsync("spare", "yes");
        var end = await debates.EndAsync(id);

        Assert.Equal("yes", end["verdict"].GetString());
        Assert.Equal(["1.1 x yes", "1.2 y !", "1.2 spare yes"], DebateCalls.Transcript(end));
    }

    [Fact]
    public async Task Debate_TasksOfTheSameType_AreNoneOfTheModerators()
    {
        var debates = await DebatesAsync("a", "b");
        (await debates.Queue.SubmitAsync("""{"id":"mine","type":"debate"}""")).Expect(201);
        var id = await debates.StartAsync("""
            "agents":["a","b"]
            """);

        await debates.AnswerAsync("a", "yes");
        await debates.AnswerAsync("b", "yes");
        await debates.EndAsync(id);

        Assert.Equal("pending", (await debates.Queue.GetAsync("/tasks/mine")).State);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("""{"answer":""}""")]
    [InlineData("""{"answer":["yes"]}""")]
    [InlineData("""{"answer":"yes","argument":1}""")]
    [InlineData("""{"answer":"yes","confidence":2}""")]
    public async Task Debate_ResultThatIsNoAnswer_IsAFailedTurn(string result)
    {
        var debates = await DebatesAsync("a", "b", "spare");
        var id = await debates.StartAsync("""
            "agents":["a","b","spare"],"debaters":2
            """);

        await (await debates.TakeAsync("a")).AnswerAsync(result);
        await debates.AnswerAsync("b", "no"); // a turn that completed is read when the round is over
        await debates.AnswerAsync("spare", "no");
        var end = await debates.EndAsync(id);

        Assert.Equal("no", end["verdict"].GetString());
        Assert.StartsWith("invalid-answer: ", end["transcript"][0].GetProperty("error").GetString());
    }

    [Fact]
    public async Task Debate_BudgetUsed_EndsWithTheBestSoFarAndSaysSo()
    {
        var debates = await DebatesAsync("a", "b", "c");
        var id = await debates.StartAsync("""
            "capability":"think","budget":{"tokens":500}
            """);

        foreach (var agent in (string[])["a", "b", "c"])
        {
            var turn = await debates.TakeAsync(agent);
            (await debates.Queue.PostAsync($"/tasks/{turn.Id}/complete", $$$"""{"leaseToken":"{{{turn.Token}}}","result":{"answer":"{{{(agent == "a" ? "no" : "yes")}}}"},"usage":{"tokens":100}}""")).Expect(200);
        }
        var end = await debates.EndAsync(id);

        Assert.Equal(("yes", "vote", "budget", 1), (end["verdict"].GetString(), end["decidedBy"].GetString(), end["endedBy"].GetString(), end["rounds"].GetInt32()));
        Assert.Equal(300, end["usage"].GetProperty("tokens").GetInt64());
    }

    [Fact]
    public async Task Debate_DeadlinePassed_EndsWithTheAnswersThereAre()
    {
        var debates = await DebatesAsync("a", "b", "c");
        var id = await debates.StartAsync($"\"capability\":\"think\",\"deadline\":\"{DateTimeOffset.UtcNow.AddSeconds(3):o}\"");

        await debates.AnswerAsync("a", "yes");
        await debates.TakeAsync("b"); // and says nothing
        var end = await debates.EndAsync(id);

        Assert.Equal(("completed", "yes", "vote"), (end.State, end["verdict"].GetString(), end["decidedBy"].GetString()));
        Assert.Equal("deadline", end["endedBy"].GetString());
    }

    [Fact]
    public async Task Debate_NobodyAnswers_Fails()
    {
        var debates = await DebatesAsync("a", "b");
        var id = await debates.StartAsync("""
            "agents":["a","b"]
            """);

        await (await debates.TakeAsync("a")).FailAsync();
        await (await debates.TakeAsync("b")).FailAsync();
        var end = await debates.EndAsync(id);

        Assert.Equal(("failed", "no-answer"), (end.State, end["error"].GetProperty("type").GetString()));
        Assert.Contains("broken: It broke.", end["error"].GetProperty("message").GetString());
    }

    [Fact]
    public async Task Cancel_OfARunningDebate_CancelsItsTurns()
    {
        var debates = await DebatesAsync("a", "b", "c");
        var id = await debates.StartAsync("""
            "capability":"think"
            """);
        await debates.AnswerAsync("a", "yes");

        var cancelled = (await debates.Queue.PostAsync($"/debates/{id}/cancel")).Expect(200);

        Assert.Equal("cancelled", cancelled.State);
        Assert.Equal(["1.1 a yes"], DebateCalls.Transcript(cancelled).Where(line => !line.EndsWith('!')));
        (await debates.Queue.GetAsync($"/tasks/{id}.r1.s2.t1?waitSeconds=10")).Expect(200);
        Assert.Equal("cancelled", (await debates.Queue.GetAsync($"/tasks/{id}.r1.s2.t1")).State);
    }

    [Fact]
    public async Task Start_Repeated_IsOneDebate()
    {
        var debates = await DebatesAsync();
        const string Asked = """{"question":"Is it so?","capability":"think"}""";

        var first = (await debates.Queue.PostAsync("/debates", Asked, "key-1")).Expect(201);
        var again = (await debates.Queue.PostAsync("/debates", Asked, "key-1")).Expect(200);
        (await debates.Queue.PostAsync("/debates", Asked.Replace("so", "not so"), "key-1")).ExpectProblem(409, "idempotency-mismatch");
        (await debates.Queue.PostAsync("/debates", Asked.Replace("{", """{"id":"mine","""))).Expect(201);
        (await debates.Queue.PostAsync("/debates", Asked.Replace("{", """{"id":"mine","""))).Expect(200);
        (await debates.Queue.PostAsync("/debates", Asked.Replace("{", """{"id":"mine","maxRounds":1,"""))).ExpectProblem(409, "id-conflict");

        Assert.Equal(first["id"].GetString(), again["id"].GetString());
        var list = (await debates.Queue.GetAsync("/debates")).Expect(200)["debates"];
        Assert.Equal(["mine", first["id"].GetString()!], list.EnumerateArray().Select(debate => debate.GetProperty("id").GetString()!));
    }

    [Theory]
    [InlineData("""{}""", "body", "question")]
    [InlineData("""{"question":" ","capability":"t"}""", "question")]
    [InlineData("""{"question":"q"}""", "body")]
    [InlineData("""{"question":"q","capability":"t","agents":["a","b"]}""", "body")]
    [InlineData("""{"question":"q","agents":["a"]}""", "agents")]
    [InlineData("""{"question":"q","agents":["a","a","/"]}""", "agents[1]", "agents[2]")]
    [InlineData("""{"question":"q","agents":["a","b"],"debaters":3}""", "debaters")]
    [InlineData("""{"question":"q","capability":"t","debaters":1,"maxRounds":0,"turnSeconds":0}""", "debaters", "maxRounds", "turnSeconds")]
    [InlineData("""{"question":"q","capability":"t","rule":"dice"}""", "rule")]
    [InlineData("""{"question":"q","capability":"t","rule":"judge"}""", "judge")]
    [InlineData("""{"question":"q","capability":"t","judge":"w"}""", "judge")]
    [InlineData("""{"question":"q","capability":"t","budget":{},"deadline":"soon","nonsense":1}""", "budget", "deadline", "nonsense")]
    public async Task Start_FieldsThatAreWrong_AreNamed(string body, params string[] fields)
    {
        var debates = await DebatesAsync();

        var refused = (await debates.Queue.PostAsync("/debates", body)).ExpectProblem(400, "invalid-request");

        Assert.Equal(fields.Order(), refused.Fields.Order());
    }

    [Fact]
    public async Task Get_OfWhatIsNoDebate_IsNotFound()
    {
        var debates = await DebatesAsync();
        (await debates.Queue.SubmitAsync("""{"id":"task","type":"debate"}""")).Expect(201);

        (await debates.Queue.GetAsync("/debates/task")).ExpectProblem(404, "debate-not-found");
        (await debates.Queue.GetAsync("/debates/none")).ExpectProblem(404, "debate-not-found");
        (await debates.Queue.PostAsync("/debates/task/cancel")).ExpectProblem(404, "debate-not-found");
    }

    [Fact]
    public async Task Arguments_OfManyDebaters_AreCutToFit()
    {
        var debates = await DebatesAsync([.. Enumerable.Range(0, 16).Select(number => $"a{number:00}")]);
        await debates.StartAsync($"\"capability\":\"think\",\"debaters\":16,\"payload\":\"{new string('p', 60_000)}\"");
        var argument = JsonSerializer.Serialize(new string('x', 100_000));
        for (var number = 0; number < 16; number++)
            await (await debates.TakeAsync($"a{number:00}")).AnswerAsync($$"""{"answer":"{{number}}","argument":{{argument}}}""");

        var second = await debates.TakeAsync("a00");

        Assert.True(second.Payload.GetRawText().Length <= 256 << 10);
        Assert.True(second.Payload.GetProperty("shortened").GetBoolean());
        Assert.All(second.Others, other => Assert.True(other.Length > 4_000));
    }
}
