using System.Diagnostics;
using TaskPlatform.Tests.Api;

namespace TaskPlatform.Tests.Guarantees;

/// <summary>What an agent held that is gone is worked on soon, and not before its time.</summary>
public sealed class DeadAgentTests(SharedApi api, ITestOutputHelper output)
{
    private const int Tasks = 300;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    /// <summary>So much a loaded machine may take; what was measured is written out.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Lease_AgentGone_IsGrantedToAnotherWhenItsTimeIsUp()
    {
        var queue = await api.QueueAsync();
        var clock = Stopwatch.StartNew();
        var tasks = string.Join(',', Enumerable.Repeat("""{"type":"work"}""", Tasks));
        (await queue.PostAsync("/tasks/batch", $$"""{"tasks":[{{tasks}}]}""")).Expect(200);
        // Before they are granted, so that no wait is taken for shorter than it was.
        var before = clock.Elapsed;
        var held = (await queue.ClaimAsync($$"""{"agentId":"gone","max":{{Tasks}},"leaseSeconds":{{Lease.TotalSeconds}}}""")).Expect(200)["tasks"];
        Assert.Equal(Tasks, held.GetArrayLength());

        var waits = new List<TimeSpan>();
        while (waits.Count < Tasks)
        {
            var taken = (await queue.ClaimAsync("""{"agentId":"heir","max":20,"waitSeconds":20,"leaseSeconds":3600}""")).Expect(200)["tasks"].EnumerateArray().ToList();
            Assert.NotEmpty(taken);
            waits.AddRange(taken.Select(_ => clock.Elapsed - before));
        }

        waits.Sort();
        output.WriteLine($"{Tasks} leases of {Lease.TotalSeconds} s, granted to another after p50 {waits[Tasks / 2]}, p99 {waits[Tasks * 99 / 100]}, at most {waits[^1]}");
        Assert.InRange(waits[0], Lease, Lease + Patience);
        Assert.InRange(waits[^1], Lease, Lease + Patience);
    }
}
