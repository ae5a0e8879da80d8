using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using TaskPlatform.Tests.Api;

namespace TaskPlatform.Tests.Telemetry;

/// <summary>What is counted of tasks: each event once, however often a call is repeated.</summary>
public sealed class TaskMetricsTests(SharedApi shared) : IAsyncLifetime
{
    private readonly List<IDisposable> _collectors = [];
    private QueueCalls _calls = null!;

    public async ValueTask InitializeAsync() => _calls = await shared.QueueAsync();

    public ValueTask DisposeAsync()
    {
        foreach (var collector in _collectors) collector.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Life_WithRepeats_IsCountedOnceByTypeAndAgent()
    {
        var (submitted, claimed, completed) = (Counter("tasks.submitted"), Counter("tasks.claimed"), Counter("tasks.completed"));
        var (waited, ran) = (Histogram("task.wait.duration"), Histogram("task.run.duration"));

        await _calls.SubmitAsync("""{"id":"a","type":"coding"}""");
        await _calls.SubmitAsync("""{"id":"a","type":"coding"}""");
        var claim = await _calls.PostAsync("/claims", """{"agentId":"me","claimId":"1"}""");
        await _calls.PostAsync("/claims", """{"agentId":"me","claimId":"1"}""");
        var settle = $$"""{"leaseToken":"{{claim["tasks"][0].GetProperty("lease").GetProperty("token").GetString()}}"}""";
        await _calls.PostAsync("/tasks/a/complete", settle);
        await _calls.PostAsync("/tasks/a/complete", settle);

        await completed.WaitAsync();
        Assert.Equal([("coding", null)], submitted.Seen("agent"));
        Assert.Equal([("coding", "me")], claimed.Seen("agent"));
        Assert.Equal([("coding", "me")], completed.Seen("agent"));
        Assert.Equal([("coding", null)], waited.Seen("agent"));
        Assert.Equal([("coding", "completed")], ran.Seen("outcome"));
    }

    [Fact]
    public async Task Lease_ThatRanOut_IsCountedWithItsReasonAndItsRun()
    {
        var (lost, failed, ran) = (Counter("leases.lost"), Counter("tasks.failed"), Histogram("task.run.duration"));
        await _calls.SubmitAsync("""{"id":"a","type":"coding","maxAttempts":1}""");
        await _calls.PostAsync("/claims", """{"agentId":"me","leaseSeconds":0.1}""");

        await lost.WaitAsync();
        await failed.WaitAsync();
        await ran.WaitAsync();

        Assert.Equal([("coding", "lease-lost")], lost.Seen("reason"));
        Assert.Equal([("coding", "lease-lost")], failed.Seen("error"));
        Assert.Equal([("coding", "lease-lost")], ran.Seen("outcome"));
    }

    [Fact]
    public async Task ChangesByPeople_AreCountedByKind()
    {
        var (waiting, revived, deleted, waited) = (Counter("tasks.waiting"), Counter("tasks.revived"), Counter("tasks.deleted"), Histogram("task.wait.duration"));
        var (_, id, token) = await _calls.StartTaskAsync("""{"type":"coding"}""");

        await _calls.PostAsync($"/tasks/{id}/ask", $$"""{"leaseToken":"{{token}}","question":"?"}""");
        await _calls.PostAsync($"/tasks/{id}/answer", """{"answer":1}""");
        await _calls.TakeAsync();
        await _calls.PostAsync($"/tasks/{id}/cancel");
        await _calls.PostAsync("/pause");
        await _calls.SubmitAsync("""{"id":"b","type":"coding"}""");
        await _calls.PostAsync("/tasks/b/cancel");
        await _calls.PostAsync("/tasks/b/retry");
        await _calls.PostAsync("/tasks/b/cancel");
        await _calls.DeleteAsync("/tasks/b");

        await deleted.WaitAsync();
        Assert.Equal([("coding", "agent")], waiting.Seen("agent"));
        Assert.Single(revived.Seen("agent"));
        Assert.Single(deleted.Seen("agent"));
        Assert.Equal([("coding", null), ("coding", null)], waited.Seen("agent"));
    }

    [Fact]
    public async Task Attempt_ThatEndedWhileItsTaskWaited_IsNoLostLease()
    {
        var (failed, lost, ran) = (Counter("tasks.failed"), Counter("leases.lost"), Histogram("task.run.duration"));
        var (_, id, token) = await _calls.StartTaskAsync("""{"type":"coding","onChildFailure":"fail"}""");
        await _calls.PostAsync($"/tasks/{id}/children", $$"""{"leaseToken":"{{token}}","tasks":[{"type":"part"}]}""");
        var (_, child, childToken) = await _calls.TakeAsync();
        await _calls.FailAsync(child, childToken);
        await _calls.GetAsync($"/tasks/{id}?waitSeconds=60");

        await failed.WaitAsync();
        Assert.Empty(lost.Seen("reason"));
        Assert.Equal([("coding", "child-failed"), ("part", "failed")], ran.Seen("outcome").OrderBy(seen => seen.Item1));
    }

    [Fact]
    public async Task Refusals_OfCallsAndOfItemsInBatches_AreCountedByName()
    {
        var refusals = Counter("refusals");

        await _calls.SubmitAsync("""{"type":1}""");
        await _calls.PostAsync("/tasks/batch", """{"tasks":[{"type":"ok"},{"nonsense":1}]}""");
        await _calls.GetAsync("/tasks/nobody");

        Assert.Equal(
            [("invalid-request", null), ("invalid-request", null), ("task-not-found", null)], refusals.Seen(null, "name"));
    }

    private Shelf<long> Counter(string name) => Keep(new Shelf<long>($"taskplatform.{name}", _calls.Queue));

    private Shelf<double> Histogram(string name) => Keep(new Shelf<double>($"taskplatform.{name}", _calls.Queue));

    private T Keep<T>(T collector) where T : IDisposable
    {
        _collectors.Add(collector);
        return collector;
    }

    /// <summary>The measurements of one instrument for one queue.</summary>
    private sealed class Shelf<T>(string instrument, string queue) : IDisposable where T : struct
    {
        private readonly MetricCollector<T> _collector = new(null, TaskPlatform.ServiceDefaults.Telemetry.Name, instrument);

        public IEnumerable<(object?, object?)> Seen(string? tag, string first = "type") => Measured(_collector.GetMeasurementSnapshot())
            .Select(measured => (measured.Tags.GetValueOrDefault(first), tag is null ? null : measured.Tags.GetValueOrDefault(tag)));

        /// <summary>Waits for the first: some are measured after the answer to their call.</summary>
        public async Task WaitAsync()
        {
            while (_collector.GetMeasurementSnapshot() is var snapshot && !Measured(snapshot).Any())
                await _collector.WaitForMeasurementsAsync(snapshot.Count + 1, TimeSpan.FromSeconds(30));
        }

        private IEnumerable<CollectedMeasurement<T>> Measured(IEnumerable<CollectedMeasurement<T>> all) =>
            all.Where(measured => queue.Equals(measured.Tags.GetValueOrDefault("queue")));

        public void Dispose() => _collector.Dispose();
    }
}
