using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using TaskPlatform.Client.Wire;
using static TaskPlatform.Tests.Client.ScriptedQueue;

namespace TaskPlatform.Tests.Client;

/// <summary>Leases, cancelling, outages and stopping.</summary>
public sealed class AgentLeaseTests : IAsyncLifetime
{
    private const string Payload = ""","payload":{"say":"x"}""";

    // Short, so that a beat comes soon; long enough for a loaded machine to answer before it has passed.
    private const double ShortLease = 3;

    private ScriptedService _service = null!;
    private ScriptedQueue _queue = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await ScriptedService.StartAsync();
        _queue = new ScriptedQueue(_service);
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Heartbeat_HandlerBlocksItsThread_GoesOn()
    {
        using var gate = new ManualResetEventSlim();
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (work, _, _) =>
        {
            gate.Wait(TestContext.Current.CancellationToken);
            return Task.FromResult(work.Say);
        });

        _queue.Offer("t1", Payload, ShortLease);
        for (var beat = 0; beat < 4; beat++) // longer than the lease without them
            Assert.Equal("""{"leaseToken":"L-t1"}""", (await _service.NextAsync(Heartbeat("t1"))).Body);
        gate.Set();

        await _service.NextAsync(Complete("t1"));
    }

    [Theory]
    [InlineData(409, ProblemTypes.LeaseLost)]
    [InlineData(409, ProblemTypes.TaskFinished)]
    [InlineData(404, ProblemTypes.TaskNotFound)]
    [InlineData(410, ProblemTypes.TaskPurged)]
    public async Task Heartbeat_LeaseLost_CancelsTheHandlerAndSettlesNothing(int status, string problem)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (_, _, token) => WaitForCancelAsync(token, cancelled));
        await _service.NextAsync(Claim);

        _service.On(Heartbeat("t1"), Reply.Problem(status, problem));
        _queue.Offer("t1", Payload, ShortLease);

        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        await _service.NextAsync(Claim); // the slot is free again
        Assert.Equal((0, 0, 0), (_service.Waiting(Complete("t1")), _service.Waiting(Fail("t1")), _service.Waiting(Release("t1"))));
    }

    [Fact]
    public async Task Heartbeat_NeverAnswered_CancelsTheHandlerWhenTheLeaseHasRunOut()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (_, _, token) => WaitForCancelAsync(token, cancelled));

        _service.On(Heartbeat("t1"), ScriptedService.Hang);
        var began = Stopwatch.GetTimestamp();
        _queue.Offer("t1", Payload, leaseSeconds: 1);

        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(0.9));
        Assert.Equal(0, _service.Waiting(Fail("t1")));
    }

    [Fact]
    public async Task Heartbeat_ServiceWithoutItsStore_LetsTheHandlerGoOnBeyondTheLease()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, async (work, _, token) =>
        {
            await gate.Task.WaitAsync(token);
            return work.Say;
        });
        _service.On(Heartbeat("t1"), Reply.Problem(503, ProblemTypes.QueueUnavailable));
        _queue.Offer("t1", Payload, leaseSeconds: 1);

        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(3);) await _service.NextAsync(Heartbeat("t1"));
        gate.SetResult();

        Assert.Equal("{\"leaseToken\":\"L-t1\",\"result\":\"x\"}", (await _service.NextAsync(Complete("t1"))).Body);
    }

    [Fact]
    public async Task Report_LeaseLost_CancelsTheHandler()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, async (work, context, token) =>
        {
            await context.ReportProgressAsync(0.1, cancellationToken: TestContext.Current.CancellationToken);
            return work.Say;
        });
        await _service.NextAsync(Claim);

        _service.On(Heartbeat("t1"), Reply.Problem(409, ProblemTypes.LeaseLost));
        _queue.Offer("t1", Payload);

        await _service.NextAsync(Claim);
        Assert.Equal((0, 0), (_service.Waiting(Complete("t1")), _service.Waiting(Fail("t1"))));
    }

    [Fact]
    public async Task Heartbeat_CancelRequested_CancelsTheHandlerAndReleases()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (_, _, token) => WaitForCancelAsync(token, cancelled));

        _service.On(Heartbeat("t1"), Alive(ShortLease, cancelRequested: true));
        _queue.Offer("t1", Payload, ShortLease);

        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("""{"leaseToken":"L-t1"}""", (await _service.NextAsync(Release("t1"))).Body);
    }

    [Fact]
    public async Task Heartbeat_CancelRequestedAndTheHandlerEndsItsWork_Completes()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, async (_, _, token) =>
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WaitForCancelAsync(token, cancelled));
            return "what there is";
        });

        _service.On(Heartbeat("t1"), Alive(ShortLease, cancelRequested: true));
        _queue.Offer("t1", Payload, ShortLease);

        Assert.Equal("""{"leaseToken":"L-t1","result":"what there is"}""", (await _service.NextAsync(Complete("t1"))).Body);
    }

    [Fact]
    public async Task Stop_HandlerEndsInTime_IsCompletedAndNothingMoreIsClaimed()
    {
        var gate = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = await AgentHost.StartAsync<Work, string>(
            _service, (_, _, _) => { begun.SetResult(); return gate.Task; }, options => options.DrainSeconds = 60);
        _queue.Offer("t1", Payload);
        await begun.Task;

        var stop = agent.StopAsync();
        Assert.False(stop.IsCompleted);
        gate.SetResult("done");
        await stop;

        await _service.NextAsync(Complete("t1"));
        await _service.NextAsync(Claim);
        Assert.Equal(0, _service.Waiting(Claim));
    }

    [Fact]
    public async Task Stop_HandlerGoesOn_IsCancelledAndReleased()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = await AgentHost.StartAsync<Work, string>(
            _service, (_, _, token) => { begun.SetResult(); return WaitForCancelAsync(token, cancelled); }, options => options.DrainSeconds = 0.1);
        _queue.Offer("t1", Payload);
        await begun.Task;

        await agent.StopAsync();

        Assert.True(cancelled.Task.IsCompleted);
        await _service.NextAsync(Release("t1"));
        Assert.Equal(0, _service.Waiting(Fail("t1")));
    }

    [Fact]
    public async Task Stop_HandlerIgnoresItsToken_IsLeftBehindAndReleased()
    {
        using var gate = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (work, _, _) =>
        {
            begun.SetResult();
            gate.Wait(TestContext.Current.CancellationToken);
            return Task.FromResult(work.Say);
        });
        _queue.Offer("t1", Payload);
        await begun.Task;

        await agent.StopAsync();

        await _service.NextAsync(Release("t1"));
        gate.Set();
    }

    [Fact]
    public async Task Stop_ClaimBrokenOff_ReturnsWhatItHadGranted()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (work, _, _) => Task.FromResult(work.Say));
        var first = await _service.NextAsync(Claim);
        _service.On(Claim, new Reply(200, """{"tasks":[{"id":"late","type":"work","lease":{"token":"L-late","expiresInSeconds":30} }]}"""));

        await agent.StopAsync();

        Assert.Equal(ClaimIdOf(first), ClaimIdOf(await _service.NextAsync(Claim)));
        Assert.Equal("""{"leaseToken":"L-late"}""", (await _service.NextAsync(Release("late"))).Body);
    }

    [Fact]
    public async Task Claim_ServiceAway_KeepsTryingTellsItOnceAndRegistersAgain()
    {
        using var log = new FakeLoggerProvider();
        var away = Reply.Problem(503, ProblemTypes.QueueUnavailable);
        var nothing = new Reply(200, """{"tasks":[]}""");
        _service.On(Claim, away, Reply.Broken, away, nothing, nothing, away);
        await using var agent = await AgentHost.StartAsync<Work, string>(
            _service, (work, _, _) => Task.FromResult(work.Say), build: builder => builder.Services.AddLogging(logging => logging.AddProvider(log)));

        var ids = new List<string?>();
        for (var call = 0; call < 5; call++) ids.Add(ClaimIdOf(await _service.NextAsync(Claim)));

        Assert.Single(ids.Take(4).Distinct()); // its outcome was unknown until the fourth answer
        Assert.NotEqual(ids[3], ids[4]);
        for (var registration = 0; registration < 4; registration++) await _service.NextAsync(Register);
        var told = log.Collector.GetSnapshot();
        Assert.Equal(["AgentStarted", "ServiceAway", "ServiceBack"], told.Where(record => IsOf("TaskPlatform", record)).Select(record => record.Id.Name).Take(3));
        Assert.DoesNotContain(told, record => IsOf("Polly", record));

        static bool IsOf(string library, FakeLogRecord record) => record.Category!.StartsWith(library, StringComparison.Ordinal);
    }

    private static async Task<string> WaitForCancelAsync(CancellationToken token, TaskCompletionSource cancelled)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, token);
            return "never";
        }
        finally
        {
            cancelled.TrySetResult();
        }
    }

    private static string? ClaimIdOf(Call claim) => RawJson.Parse(claim.Body).To(WireJson.Default.ClaimRequest)!.ClaimId;
}
