using Microsoft.Extensions.Logging.Abstractions;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Queues;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Simulation;

/// <summary>A finished task has left memory, the store comes back without its last second, and somebody asks before that is sent again.</summary>
public sealed class LostTailTests
{
    [Fact]
    public void Retry_BeforeTheRecordIsSentAgain_WaitsForIt() => Run(async (owner, _) =>
    {
        var retried = await WantedTests.SendAsync<Outcome.TaskAnswer>(owner, new Command.Retry("a"));

        Assert.Equal(TaskState.Pending, retried.View.Task.State);
        Assert.Equal("oops", retried.View.Task.Error!.Type);
    });

    [Fact]
    public void Hydrate_BeforeTheRecordIsSentAgain_WaitsForIt() => Run(async (owner, view) =>
    {
        var whole = await owner.HydrateAsync(view, TestContext.Current.CancellationToken);

        Assert.Equal("oops", whole!.Task.Error!.Type);
    });

    private static void Run(Func<QueueOwner, TaskView, Task> ask) => VirtualTime.Run(
        async world =>
        {
            await using var parts = new QueueParts(world.Clock);
            var (server, network) = (new MemoryServer(world.Clock), new ScriptedNetwork());
            var services = parts.Services("here", world.Clock, Chance.Secure, TaskScheduler.FromCurrentSynchronizationContext());
            var owners = new QueueOwners(new MemoryQueueStores(server, network), services, "here", NullLogger<QueueOwners>.Instance);
            var owner = (QueueOwner)await owners.FindAsync("q", TestContext.Current.CancellationToken);
            var before = server.Read("q");
            await WantedTests.FailAsync(owner, "a");
            var view = await WantedTests.ViewAsync(owner, "a");
            Assert.True(view.Task.IsPartlyInStore);
            network.Decide = async what =>
            {
                if (what != "read") await Task.Delay(TimeSpan.FromSeconds(0.1), world.Clock);
                return CallFate.Answered;
            };

            server.Replace("q", before, cut: true);

            await ask(owner, view);
        },
        TimeSpan.FromMinutes(1));
}
