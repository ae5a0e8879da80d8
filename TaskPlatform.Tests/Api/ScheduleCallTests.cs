using System.Globalization;

namespace TaskPlatform.Tests.Api;

/// <summary>Tasks to be made at times.</summary>
public sealed class ScheduleCallTests(SharedApi api)
{
    [Fact]
    public async Task Put_New_Is201WithEveryFieldAndReplaced200()
    {
        var queue = await api.QueueAsync();

        var made = (await queue.PutAsync(
            "/schedules/daily", """{"cron":"30 7 * * 1-5","timeZone":"Europe/Berlin","overlap":"replace","task":{"type":"report","payload":{ "p":1 },"labels":{"l":"v"}}}""")).Expect(201);
        var replaced = (await queue.PutAsync("/schedules/daily", """{"cron":"0 0 12 * * *","task":{"type":"other"}}""")).Expect(200);
        var read = (await queue.GetAsync("/schedules/daily")).Expect(200);

        Assert.Equal(queue.Path("/schedules/daily"), made.Header("Location"));
        Assert.Equal(
            ("daily", "30 7 * * 1-5", "Europe/Berlin", "replace", 0, 0),
            (made["name"].GetString(), made["cron"].GetString(), made["timeZone"].GetString(), made["overlap"].GetString(), made["made"].GetInt32(), made["skipped"].GetInt32()));
        Assert.Equal(
            ("report", """{ "p":1 }""", """{"l":"v"}""", 4),
            (made["task"].GetProperty("type").GetString(), made["task"].GetProperty("payload").GetRawText(), made["task"].GetProperty("labels").GetRawText(), made["task"].GetProperty("maxAttempts").GetInt32()));
        Assert.False(made["task"].TryGetProperty("id", out _));
        Assert.False(made.Body.TryGetProperty("lastAt", out _));
        var next = DateTimeOffset.Parse(made["nextAt"].GetString()!, CultureInfo.InvariantCulture);
        Assert.Equal((7, 30), (InBerlin(next).Hour, InBerlin(next).Minute));
        Assert.Equal(("UTC", "skip", "other"), (replaced["timeZone"].GetString(), replaced["overlap"].GetString(), replaced["task"].GetProperty("type").GetString()));
        Assert.EndsWith("T12:00:00Z", replaced["nextAt"].GetString());
        Assert.Equal(replaced.Text, read.Text);
    }

    [Fact]
    public async Task Schedule_WhenItsTimeComes_MakesTasks()
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("/schedules/often", """{"cron":"* * * * * *","overlap":"queue","task":{"type":"tick","payload":7,"priority":"high"}}""");

        var (task, id, _) = await queue.TakeAsync("""{"agentId":"agent","waitSeconds":60}""");
        var schedule = (await queue.GetAsync("/schedules/often")).Expect(200);

        Assert.StartsWith("often.", id, StringComparison.Ordinal);
        Assert.Equal(("tick", "7", "high"), (task.GetProperty("type").GetString(), task.GetProperty("payload").GetRawText(), task.GetProperty("priority").GetString()));
        Assert.True(schedule["made"].GetInt32() >= 1);
        Assert.StartsWith("often.", schedule["lastTaskId"].GetString(), StringComparison.Ordinal);
        Assert.True(schedule.Body.TryGetProperty("lastAt", out _));
    }

    [Fact]
    public async Task List_Schedules_AreByName()
    {
        var queue = await api.QueueAsync();
        (await queue.GetAsync("/schedules")).ExpectProblem(404, "queue-not-found");
        foreach (var name in (string[])["b", "a", "C"]) await queue.PutAsync($"/schedules/{name}", """{"cron":"0 0 1 1 *","task":{"type":"t"}}""");

        var list = (await queue.GetAsync("/schedules")).Expect(200);

        Assert.Equal(["C", "a", "b"], list["schedules"].EnumerateArray().Select(schedule => schedule.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Delete_Schedule_Is204AndThenUnknown()
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("/schedules/a", """{"cron":"0 0 1 1 *","task":{"type":"t"}}""");

        Assert.Empty((await queue.DeleteAsync("/schedules/a")).Expect(204).Text);

        (await queue.DeleteAsync("/schedules/a")).ExpectProblem(404, "schedule-not-found");
        (await queue.GetAsync("/schedules/a")).ExpectProblem(404, "schedule-not-found");
        Assert.Equal("""{"schedules":[]}""", (await queue.GetAsync("/schedules")).Expect(200).Text);
    }

    [Theory]
    [InlineData("""{}""", new[] { "cron", "task" })]
    [InlineData("""{"cron":"* * * *","task":{"type":"t"}}""", new[] { "cron" })]
    [InlineData("""{"cron":"@daily","task":{"type":"t"}}""", new[] { "cron" })]
    [InlineData("""{"cron":"61 * * * *","task":{"type":"t"}}""", new[] { "cron" })]
    [InlineData("""{"cron":"0 0 30 2 *","task":{"type":"t"}}""", new[] { "cron" })]
    [InlineData("""{"cron":"0 0 * * *","timeZone":"Mars/Olympus","overlap":"stop","task":{"type":"t"},"note":1}""", new[] { "overlap", "note", "timeZone" })]
    [InlineData("""{"cron":"0 0 * * *","task":{}}""", new[] { "task.type" })]
    [InlineData("""{"cron":"0 0 * * *","task":[]}""", new[] { "task" })]
    [InlineData("""{"cron":"0 0 * * *","task":{"type":"t","id":"i","dependsOn":["d"],"notBefore":"2100-01-01T00:00:00Z","deadline":"2100-01-01T00:00:00Z","uniqueKey":"u","uniqueSeconds":5,"verifier":1,"nonsense":1}}""",
        new[] { "task.id", "task.dependsOn", "task.notBefore", "task.deadline", "task.uniqueKey", "task.uniqueSeconds", "task.verifier", "task.nonsense" })]
    public async Task Put_BadFields_NamesEach(string schedule, string[] fields)
    {
        var queue = await api.QueueAsync();

        Assert.Equal(fields, (await queue.PutAsync("/schedules/a", schedule)).ExpectProblem(400, "invalid-request").Fields);
    }

    [Theory]
    [InlineData("a%20b")]
    [InlineData("a*")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task Put_BadName_NamesIt(string name)
    {
        var queue = await api.QueueAsync();

        var answer = await queue.PutAsync($"/schedules/{name}", """{"cron":"0 0 * * *","task":{"type":"t"}}""");

        Assert.Equal(["name"], answer.ExpectProblem(400, "invalid-request").Fields);
    }

    private static DateTimeOffset InBerlin(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
}
