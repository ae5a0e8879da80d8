using Microsoft.Extensions.Time.Testing;
using TaskPlatform.Api.Analytics;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Engine.Records;
using TaskPlatform.Tests.Queues;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Analytics;

/// <summary>What analytics know after the service was stopped, with a real Redis and a clock in hand.</summary>
public sealed class AnalyticsRestartTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private const long DayMs = 86_400_000;

    private readonly string _queue = $"q{Guid.NewGuid():N}";
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(Durability.Durable)]
    [InlineData(Durability.Buffered)]
    public async Task Figures_AfterACleanStop_AreThoseOfBefore(Durability durability)
    {
        AnalyticsView before;
        await using (var first = await StartAsync())
        {
            await first.SendAsync(_queue, new Command.Configure(new SettingsChange { Durability = durability }));
            await WorkAsync(first);
            before = await SettleAndReadAsync(first);
        }

        await using var second = await StartAsync();
        var after = await SettleAndReadAsync(second);

        Assert.Equal((2, 1), (after.Window.Completed, after.History.Count));
        Assert.Equal(RecordSamples.Describe(before.Window).GetRawText(), RecordSamples.Describe(after.Window).GetRawText());
        Assert.Equal(RecordSamples.Describe(before.History[0]).GetRawText(), RecordSamples.Describe(after.History[0]).GetRawText());
        // The step that was under way goes on, and is told once.
        await AdvanceAsync(second, TimeSpan.FromMinutes(5));
        var later = await SettleAndReadAsync(second);
        Assert.Equal((2, 2, 2), (later.Window.Completed, later.History.Count, later.History.Sum(step => step.Completed)));
    }

    [Fact]
    public async Task Figures_AfterADayWithoutService_AreGone()
    {
        await using (var first = await StartAsync()) await WorkAsync(first);
        _time.Advance(TimeSpan.FromHours(25));

        await using var second = await StartAsync();
        var after = await SettleAndReadAsync(second);

        Assert.Equal((0, 0), (after.Window.Completed, after.History.Count));
        Assert.Equal(2, after.Window.Counts[(int)TaskState.Completed]);
    }

    private Task<QueueHost> StartAsync() => QueueHost.StartAsync(redis, time: _time);

    /// <summary>A life in each of two steps, and a task that is held on.</summary>
    private async Task WorkAsync(QueueHost host)
    {
        await LiveAsync(host, "a");
        await AdvanceAsync(host, TimeSpan.FromMinutes(6));
        await LiveAsync(host, "b");
        await host.SubmitAsync(_queue, "c");
        await host.ClaimAsync(_queue);
    }

    private async Task LiveAsync(QueueHost host, string id)
    {
        await host.SubmitAsync(_queue, id);
        var task = Assert.Single(await host.ClaimAsync(_queue)).Task;
        await host.SendAsync(_queue, new Command.Complete(task.Id, task.Lease!.Token, null, null, null));
    }

    private async Task AdvanceAsync(QueueHost host, TimeSpan by)
    {
        // Settings are answered when they are stored, and all before them: what a buffered queue still held would be too old at once.
        await host.SendAsync(_queue, new Command.Configure(new SettingsChange()));
        _time.Advance(by);
        await SettleAndReadAsync(host);
    }

    /// <summary>The owner may have looked at the clock just before it was moved; when it has answered it looks again.</summary>
    private async Task<AnalyticsView> SettleAndReadAsync(QueueHost host)
    {
        for (var look = 0; look < 2; look++) await host.SendAsync(_queue, new Command.Probe());
        var load = Assert.IsType<Outcome.LoadAnswer>(await host.SendAsync(_queue, new Command.GetLoad())).Load;
        return (await host.Owners.FindAsync(_queue, TestContext.Current.CancellationToken)).Analyse(load, DayMs);
    }
}
