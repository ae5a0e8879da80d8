using TaskPlatform.Client;
using TaskPlatform.Client.Wire;
using TaskPlatform.Tests.Api;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Client;

/// <summary>As agents work that cannot open a stream.</summary>
public sealed class RealWaitingOverHttpTests(SharedApi shared) : RealWaitingTests(shared, overStreams: false);

/// <summary>As agents work that can.</summary>
public sealed class RealWaitingOverStreamsTests(SharedApi shared) : RealWaitingTests(shared, overStreams: true);

/// <summary>Handlers that add tasks and ask people, and what operators do, against the real service and a real Redis.</summary>
public abstract class RealWaitingTests(SharedApi shared, bool overStreams) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _queue = $"q-{Guid.NewGuid():N}";
    private ServiceAddress _address = null!;
    private RealAgent _caller = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TaskPlatformClient Client => _caller.Client;

    public async ValueTask InitializeAsync()
    {
        _address = (await shared.HostAsync()).Address.Over(overStreams);
        _caller = RealAgent.None(_address.Http);
    }

    public ValueTask DisposeAsync() => _caller.DisposeAsync();

    [Fact]
    public async Task Spawn_ByTheSameAgent_GathersTheResultsInOneAttempt()
    {
        await using var agent = await RealAgent.StartAsync<int, int>(_address, _queue, "summer", SumAsync);

        await Client.SubmitAsync(_queue, new SubmitTask { Id = "sum", Type = "work", Payload = RawJson.From(3) }, cancellationToken: Ct);
        var sum = await Client.GetAsync(_queue, "sum", Patience, Ct);

        Assert.Equal((TaskState.Completed, "7", 1), (sum.State, sum.Result.ToString(), sum.Attempt));
        Assert.Equal(2, sum.Children!.Count);
        Assert.Equal(7, (await Client.ListAsync(_queue, cancellationToken: Ct).ToListAsync(Ct)).Count); // 3, twice 2, four times 1: none twice
    }

    [Fact]
    public async Task Ask_AnsweredByAPerson_GoesOnWithTheAnswer()
    {
        await using var agent = await RealAgent.StartAsync<Work, string>(_address, _queue, "asker", async (work, context, token) =>
        {
            var answer = await context.AskAsync($"Deploy {work.Say}?", ["yes", "no"], token);
            return $"{answer} {context.Attempt} {context.Question}";
        });
        await Client.SubmitAsync(_queue, new SubmitTask { Id = "t", Type = "work", Payload = RawJson.From(new Work("it")) }, cancellationToken: Ct);
        await UntilAsync(TaskState.Waiting);

        var why = await Client.WhyAsync(_queue, "t", Ct);
        await Client.AnswerAsync(_queue, "t", RawJson.From("yes"), Ct);
        var task = await Client.GetAsync(_queue, "t", Patience, Ct);

        Assert.Equal(WhyReason.Waiting, why.Reason);
        Assert.Equal("\"yes 1 Deploy it?\"", task.Result.ToString());
    }

    [Fact]
    public async Task Budget_ReportedUsageUsedUp_WaitsUntilItIsRaised()
    {
        await using var agent = await RealAgent.StartAsync<Work, string>(_address, _queue, "spender", async (work, context, token) =>
        {
            await context.ReportUsageAsync(new TaskUsage { Tokens = 60, Cost = 0.5m }, token);
            if (context.Used is null) throw new TaskFailedException("again", "Once more.", retryable: true, TimeSpan.Zero);
            return $"{context.Budget!.Tokens} {context.Used.Tokens}";
        });
        await Client.SubmitAsync(
            _queue, new SubmitTask { Id = "t", Type = "work", Payload = RawJson.From(new Work("")), Budget = new TaskUsage { Tokens = 60 } }, cancellationToken: Ct);
        await UntilAsync(TaskState.Waiting);

        await Client.AnswerAsync(_queue, "t", RawJson.From(new TaskUsage { Tokens = 40 }, WireJson.Default.TaskUsage), Ct);
        var task = await Client.GetAsync(_queue, "t", Patience, Ct);

        Assert.Equal("\"100 60\"", task.Result.ToString());
        Assert.Equal((120, 1.0m), (task.Usage!.Tokens, task.Usage.Cost));
    }

    [Fact]
    public async Task Operators_Calls_AnswerInTheClientsTypes()
    {
        await Client.SubmitAsync(_queue, new SubmitTask { Id = "t", Type = "work", UniqueKey = "u", Weight = 2, Route = "cheap" }, cancellationToken: Ct);
        var again = await Client.SubmitAsync(_queue, new SubmitTask { Type = "work", UniqueKey = "u" }, cancellationToken: Ct);
        var patched = await Client.PatchAsync(_queue, "t", new PatchTask { Priority = TaskPriority.High, NotBefore = DateTimeOffset.UtcNow.AddDays(1) }, Ct);
        var cleared = await Client.PatchAsync(_queue, "t", new PatchTask { NotBefore = NewTime.None }, Ct);
        await Client.CancelAsync(_queue, "t", cancellationToken: Ct);
        var retried = await Client.RetryAsync(_queue, "t", Ct);
        var operation = await BulkAsync(new BulkRequest { Action = BulkAction.Cancel, Filter = new BulkFilter { State = TaskState.Pending } });

        Assert.Equal(("t", "u", 2, "cheap", ChildFailure.Resume), (again.Id, again.DeduplicatedBy, again.Weight, again.Route, again.OnChildFailure));
        Assert.Equal((TaskState.Scheduled, TaskPriority.High), (patched.State, patched.Priority));
        Assert.Equal((TaskState.Pending, null), (cleared.State, cleared.NotBefore));
        Assert.Equal(TaskState.Pending, retried.State);
        Assert.Equal((1, 1, TaskState.Pending), (operation.Matched, operation.Changed, operation.Filter.State));
        Assert.True(await Client.DeleteAsync(_queue, "t", Ct));
        Assert.False(await Client.DeleteAsync(_queue, "t", Ct));
    }

    [Fact]
    public async Task SchedulesAndSettings_Calls_AnswerInTheClientsTypes()
    {
        var schedule = new ScheduleSettings { Cron = "0 7 * * *", Overlap = ScheduleOverlap.Queue, Task = new SubmitTask { Type = "report" } };
        var put = await Client.PutScheduleAsync(_queue, "daily", schedule, Ct);
        var settings = (await Client.PutQueueAsync(_queue, new QueueSettings
        {
            Retention = new RetentionSettings { Count = 10 },
            Rates = new Dictionary<string, RateSettings> { ["llm*"] = new() { Count = 2, PerSeconds = 1 } },
            Budgets = new Dictionary<string, BudgetSettings> { ["b"] = new() { Cost = 2.5m, OnExhausted = WhenExhausted.Fail } },
            Limits = new LimitSettings { UnfinishedTasks = 5 },
        }, Ct)).Settings!;

        Assert.Equal(("daily", "UTC", ScheduleOverlap.Queue, "report"), (put.Name, put.TimeZone, put.Overlap, put.Task.Type));
        Assert.Equal(put.NextAt, (await Client.GetScheduleAsync(_queue, "daily", Ct)).NextAt);
        Assert.Single(await Client.ListSchedulesAsync(_queue, Ct));
        Assert.True(await Client.DeleteScheduleAsync(_queue, "daily", Ct));
        Assert.False(await Client.DeleteScheduleAsync(_queue, "daily", Ct));
        Assert.Equal((10, 2, 2.5m, WhenExhausted.Fail, 5, QueuePolicy.Fifo), (
            settings.Retention!.Count, settings.Rates!["llm*"].Count, settings.Budgets!["b"].Cost, settings.Budgets["b"].OnExhausted,
            settings.Limits!.UnfinishedTasks, settings.Policy));
    }

    /// <summary>Counts by splitting: adds two smaller tasks without names, and sums up what they and itself count.</summary>
    private static async Task<int> SumAsync(int size, TaskContext context, CancellationToken token)
    {
        if (size == 1) return 1;
        var parts = await context.SpawnAsync([.. Enumerable.Repeat(new SubmitTask { Type = "work", Payload = RawJson.From(size - 1) }, 2)], cancellationToken: token);
        return 1 + parts.Values.Sum(part => part.GetInt32());
    }

    private async Task<OperationInfo> BulkAsync(BulkRequest bulk)
    {
        var id = await Client.BulkAsync(_queue, bulk, Ct);
        while (true)
        {
            var operation = await Client.GetOperationAsync(_queue, id, Ct);
            if (operation.State == OperationState.Completed) return operation;
        }
    }

    private async Task UntilAsync(TaskState state)
    {
        while ((await Client.GetAsync(_queue, "t", cancellationToken: Ct)).State != state) Ct.ThrowIfCancellationRequested();
    }
}
