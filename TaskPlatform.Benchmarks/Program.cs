using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Backlog;
using TaskPlatform.Benchmarks.Coordination;
using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Benchmarks.Lifecycle;
using TaskPlatform.Benchmarks.Limit;
using TaskPlatform.Benchmarks.Peers;

var app = new CommandApp();
app.Configure(commands =>
{
    commands.SetApplicationName("TaskPlatform.Benchmarks");
    commands.AddCommand<EngineCommand>("engine")
        .WithDescription("The engine alone, on one core: lives a second, what a claim touches, memory a task, pages.")
        .WithExample("engine").WithExample("engine", "--quick");
    commands.AddCommand<BacklogCommand>("backlog")
        .WithDescription("The whole service before a long queue: how soon and with what memory it is back after it was killed, and how it drains the queue.")
        .WithExample("backlog").WithExample("backlog", "--fsync", "always").WithExample("backlog", "--quick");
    commands.AddCommand<CoordinationCommand>("coordination")
        .WithDescription("The policies by simulation: arrivals of a trace, sixteen agents of four kinds, the real engine.")
        .WithExample("coordination").WithExample("coordination", "--seeds", "5").WithExample("coordination", "--quick");
    commands.AddCommand<LifecycleCommand>("lifecycle")
        .WithDescription("Whole lives over the network: tasks are submitted, taken by agents in another process and completed, all stored.")
        .WithExample("lifecycle").WithExample("lifecycle", "--fsync", "always").WithExample("lifecycle", "--agents", "16", "--credit", "100");
    commands.AddCommand<AgentsCommand>("agents").IsHidden();
    commands.AddCommand<LimitCommand>("limit")
        .WithDescription("What the service writes for a life, straight to Redis without rules or HTTP: the lives a second that no service that writes so can exceed.")
        .WithExample("limit").WithExample("limit", "--fsync", "always").WithExample("limit", "--quick", "--json");
    commands.AddBranch("peer", peers =>
    {
        peers.SetDescription("What the product is compared with, on the same machine with the same durability.");
        peers.AddCommand<BullMqCommand>("bullmq")
            .WithDescription("BullMQ, on Node. It is installed by npm when this is first run.")
            .WithExample("peer", "bullmq").WithExample("peer", "bullmq", "--fsync", "always", "--rate", "200");
        peers.AddCommand<HangfireCommand>("hangfire")
            .WithDescription("Hangfire with its community storage for Redis.")
            .WithExample("peer", "hangfire").WithExample("peer", "hangfire", "--rate", "200");
    });
});
return await app.RunAsync(args);
