using TaskPlatform.Client;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Tests.Client;

/// <summary>Waiting and giving up, on a clock that the test moves.</summary>
public sealed class ClientTimeTests : IAsyncLifetime
{
    private const string Submit = "POST /v1/queues/q/tasks";
    private const string Claim = "POST /v1/queues/q/claims";
    private const string Task1 = """{"id":"t1","type":"x","state":"pending","createdAt":"2026-01-31T12:00:00Z"}""";

    private readonly TellingTime _time = new();
    private ScriptedService _service = null!;
    private Microsoft.Extensions.Hosting.IHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TaskPlatformClient Client => _host.Client();

    public async ValueTask InitializeAsync()
    {
        _service = await ScriptedService.StartAsync();
        _host = ClientHost.Builder(_service, _time).Build();
    }

    public async ValueTask DisposeAsync()
    {
        _host.Dispose();
        await _service.DisposeAsync();
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Submit_RetryAfterGiven_WaitsThatLong(int status)
    {
        _service.On(Submit, new Reply(status, null, ("Retry-After", "7")), new Reply(201, Task1));

        var submit = Client.SubmitAsync("q", new SubmitTask { Type = "x" }, cancellationToken: Ct);
        await _time.TimerAsync(TimeSpan.FromSeconds(7));
        Assert.False(submit.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal("t1", (await submit).Id);
    }

    [Fact]
    public async Task Submit_RetryAfterBeyondTheTotal_ThrowsAtOnceWithTheRefusal()
    {
        _service.On(Submit, Reply.Problem(503, ProblemTypes.StoreFull, ("Retry-After", "31")));

        var refusal = await Assert.ThrowsAsync<TaskPlatformException>(() => Client.SubmitAsync("q", new SubmitTask { Type = "x" }, cancellationToken: Ct));

        Assert.Equal(ProblemTypes.StoreFull, refusal.ProblemType);
        Assert.Equal(TimeSpan.FromSeconds(31), refusal.RetryAfter);
        Assert.True(refusal.IsOutcomeUnknown);
    }

    [Fact]
    public async Task Submit_TotalTimePassed_ThrowsTheLastRefusal()
    {
        _service.On(Submit, _ =>
        {
            _time.Advance(TimeSpan.FromSeconds(11)); // each attempt costs 11 s; the third ends after 30 s
            return Reply.Problem(503, ProblemTypes.QueueUnavailable, ("Retry-After", "0"));
        });
        using var host = ClientHost.Builder(_service, _time, attemptTimeout: TimeSpan.FromSeconds(20)).Build();

        var refusal = await Assert.ThrowsAsync<TaskPlatformException>(
            () => host.Client().SubmitAsync("q", new SubmitTask { Type = "x" }, cancellationToken: Ct));

        Assert.Equal(ProblemTypes.QueueUnavailable, refusal.ProblemType);
        Assert.Equal(3, _service.Waiting(Submit));
    }

    [Fact]
    public async Task Claim_LongPoll_MayTakeItsWaitAndAnAttemptLonger()
    {
        _service.On(Claim, ScriptedService.Hang);

        var claim = Client.ClaimAsync("q", new ClaimRequest { AgentId = "a", WaitSeconds = 60 }, Ct);

        await _time.TimerAsync(TimeSpan.FromSeconds(72)); // 60 s of waiting and the 12 s of every attempt
        await _service.NextAsync(Claim);
        Assert.False(claim.IsCompleted);

        _service.On(Claim, new Reply(200, """{"tasks":[]}"""));
        _time.Advance(TimeSpan.FromSeconds(72));
        await _service.NextAsync(Claim);
        Assert.Empty(await claim);
    }

    [Fact]
    public async Task Get_AttemptHangs_IsBrokenOffAndRepeated()
    {
        const string get = "GET /v1/queues/q/tasks/t1";
        _service.On(get, ScriptedService.Hang);

        var task = Client.GetAsync("q", "t1", cancellationToken: Ct);
        await _time.TimerAsync(TimeSpan.FromSeconds(12));
        await _service.NextAsync(get);
        _service.On(get, new Reply(200, Task1));
        _time.Advance(TimeSpan.FromSeconds(12));
        await _service.NextAsync(get);

        Assert.Equal("t1", (await task).Id);
    }
}
