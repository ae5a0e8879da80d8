using System.Diagnostics;
using TaskPlatform.Tests.Queues;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Api;

/// <summary>A whole service whose wall clock is set forward and back while it works (<c>libfaketime</c>); what it runs on besides, Redis and the machine, keeps the time.</summary>
public sealed class ClockStepTests(ITestOutputHelper output)
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
    private const double LeaseSeconds = 4;
    private const string Claim = """{"agentId":"agent","types":["work"]}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("+2h")]
    [InlineData("-2h")]
    [InlineData("+1d")]
    [InlineData("-1d")]
    public async Task Step_ByHours_ExpiresAndProlongsNoLeaseAndMovesWhatHasADate(string step)
    {
        Assert.SkipUnless(File.Exists(Library), "libfaketime is missing. On Debian: apt-get install faketime.");
        var clockFile = Path.GetTempFileName();
        await SetAsync(clockFile, "+0");
        await using var redis = await TestServer.StartAsync(new RedisServer());
        await using var api = await TestServer.StartAsync(new ApiServer(redis.ConnectionString) { Wrapper = Faked(clockFile) });
        using var http = new HttpClient { BaseAddress = api.Address };
        var queue = new QueueCalls(http, "q");
        await MakeDatedAsync(queue);
        await queue.SubmitAsync(Task("kept"));
        await queue.SubmitAsync(Task("lapses"));
        var (_, kept, keptToken) = await queue.TakeAsync(Claim);
        var (_, lapses, _) = await queue.TakeAsync(Claim);
        var granted = Stopwatch.StartNew();

        await SetAsync(clockFile, step);
        var isForward = step[0] == '+';
        await Until.TrueAsync(async () => Math.Abs(((await HeartbeatAsync(queue, kept, keptToken)).Expect(200)["expiresAt"].GetDateTimeOffset() - DateTimeOffset.UtcNow).TotalHours) > 1, Cancel);
        Assert.Equal("assigned", (await queue.GetAsync($"/tasks/{lapses}")).State);
        var checkedAt = granted.Elapsed.TotalSeconds;
        while ((await queue.GetAsync($"/tasks/{lapses}")).State != "pending") (await HeartbeatAsync(queue, kept, keptToken)).Expect(200);
        var lapsedAfter = granted.Elapsed.TotalSeconds;
        output.WriteLine($"{step}: stood after {checkedAt:0.00} s, lapsed after {lapsedAfter:0.00} s of {LeaseSeconds} s.");
        Assert.InRange(lapsedAfter, LeaseSeconds - 0.5, LeaseSeconds + 10);

        await AssertDatedAsync(queue, isForward);
        Assert.Equal("completed", (await queue.CompleteAsync(kept, keptToken)).State);
        // Not at the first question: on a busy machine Redis may just then be slow to answer.
        await Until.TrueAsync(async () =>
        {
            using var health = await http.GetAsync("/health", Cancel);
            return health.IsSuccessStatusCode;
        }, Cancel);
        File.Delete(clockFile);
    }

    /// <summary>Dates an hour from now: due if the clock is set forward, and not if it is set back.</summary>
    private static async Task MakeDatedAsync(QueueCalls queue)
    {
        var inAnHour = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        (await queue.SubmitAsync($$"""{"id":"later","type":"dated","notBefore":"{{inAnHour}}"}""")).Expect(201);
        (await queue.SubmitAsync($$"""{"id":"until","type":"dated","deadline":"{{inAnHour}}"}""")).Expect(201);
        (await queue.PutAsync("/schedules/often", """{"cron":"*/10 * * * *","task":{"type":"scheduled"}}""")).Expect(201);
    }

    private async Task AssertDatedAsync(QueueCalls queue, bool isForward)
    {
        var expected = isForward ? "pending" : "scheduled";
        await Until.TrueAsync(async () => (await queue.GetAsync("/tasks/later")).State == expected, Cancel);
        var until = await queue.GetAsync("/tasks/until");
        var made = (await queue.GetAsync("/schedules/often")).Expect(200)["made"].GetInt64();
        output.WriteLine($"notBefore: {expected}; deadline: {until.State}; schedule: {made} made.");
        Assert.Equal(isForward ? "failed" : "pending", until.State);
        Assert.InRange(made, isForward ? 1 : 0, isForward ? 2 : 1);
    }

    private static Task<Answer> HeartbeatAsync(QueueCalls queue, string id, string token) => queue.PostAsync($"/tasks/{id}/heartbeat", $$"""{"leaseToken":"{{token}}"}""");

    private static string Task(string id) => $$"""{"id":"{{id}}","type":"work","leaseSeconds":{{LeaseSeconds}}}""";

    private static IReadOnlyList<string> Faked(string clockFile) =>
        ["env", $"LD_PRELOAD={Library}", $"FAKETIME_TIMESTAMP_FILE={clockFile}", "FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1"];

    // Put in place whole: the library may read it at any moment.
    private static async Task SetAsync(string clockFile, string step)
    {
        await File.WriteAllTextAsync($"{clockFile}.new", $"{step}\n", Cancel);
        File.Move($"{clockFile}.new", clockFile, overwrite: true);
    }
}
