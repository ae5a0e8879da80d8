using TaskPlatform.Client.Wire;
using TaskPlatform.Tests.Client;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Guarantees;

/// <summary>The service stands still for a little longer than a lease, and goes on: nobody could be heard, so nobody loses a lease.</summary>
public sealed class StoppedServiceTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private const string Queue = "stopped";
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1.5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="longerByMs">How long it goes on to stand still after the lease's end, in milliseconds.</param>
    [Theory]
    [InlineData(50)]
    [InlineData(300)]
    [InlineData(2_000)]
    public async Task Lease_ServiceStoppedBeyondIt_StandsForWhoeverBeat(int longerByMs)
    {
        await using var api = await TestServer.StartAsync(new ApiServer(redis.ConnectionString));
        await using var program = RealAgent.None(api.Address);
        await program.Client.SubmitAsync(Queue, new SubmitTask { Id = $"a{longerByMs}", Type = $"work{longerByMs}", MaxAttempts = 1 }, cancellationToken: Ct);
        var claim = new ClaimRequest { AgentId = "steady", Types = [$"work{longerByMs}"], LeaseSeconds = Lease.TotalSeconds };
        var task = Assert.Single(await program.Client.ClaimAsync(Queue, claim, Ct));
        var beat = new HeartbeatRequest { LeaseToken = task.Lease!.Token };
        await program.Client.HeartbeatAsync(Queue, task.Id, beat, Ct);

        await api.StopAsync();
        await Task.Delay(Lease + TimeSpan.FromMilliseconds(longerByMs), Ct);
        await api.ContinueAsync();

        // Whatever is asked, what is due is done before it is answered.
        Assert.Equal(TaskState.InProgress, (await program.Client.GetAsync(Queue, task.Id, cancellationToken: Ct)).State);
        await program.Client.HeartbeatAsync(Queue, task.Id, beat, Ct);
    }
}
