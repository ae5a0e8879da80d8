using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Agents;
using TaskPlatform.Benchmarks.Aggregation;
using TaskPlatform.Benchmarks.Backlog;
using TaskPlatform.Benchmarks.Compare;
using TaskPlatform.Benchmarks.Coordination;
using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Benchmarks.Fanout;
using TaskPlatform.Benchmarks.Federation;
using TaskPlatform.Benchmarks.Idle;
using TaskPlatform.Benchmarks.Latency;
using TaskPlatform.Benchmarks.Lifecycle;
using TaskPlatform.Benchmarks.Limit;
using TaskPlatform.Benchmarks.Peers;
using TaskPlatform.Benchmarks.Recovery;
using TaskPlatform.Benchmarks.Routing;
using TaskPlatform.Benchmarks.Slots;
using TaskPlatform.Benchmarks.Transport;

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
    commands.AddCommand<RoutingCommand>("routing")
        .WithDescription("Routes by simulation: labelled questions, three models, a verifier, the real engine.")
        .WithExample("routing").WithExample("routing", "--seeds", "5").WithExample("routing", "--quick");
    commands.AddCommand<FederationCommand>("federation")
        .WithDescription("How nodes share load, by simulation: eight nodes, the real policies, and the simulator held against queueing theory.")
        .WithExample("federation").WithExample("federation", "--seeds", "4", "--tasks", "100000").WithExample("federation", "--quick", "--json");
    commands.AddCommand<AggregationCommand>("aggregation")
        .WithDescription("Rounds of secure aggregation: processor time and bytes of a node among eight, processor time of the aggregator of a thousand.")
        .WithExample("aggregation").WithExample("aggregation", "--complete").WithExample("aggregation", "--suite", "2").WithExample("aggregation", "--quick");
    commands.AddCommand<TransportCommand>("transport")
        .WithDescription("A call between two members of a federation on loopback: TLS, request and answer signed and checked; and a plain one.")
        .WithExample("transport").WithExample("transport", "--bytes", "10000").WithExample("transport", "--quick");
    commands.AddCommand<LifecycleCommand>("lifecycle")
        .WithDescription("Whole lives over the network: tasks are submitted, taken by agents in another process and completed, all stored.")
        .WithExample("lifecycle").WithExample("lifecycle", "--fsync", "always").WithExample("lifecycle", "--agents", "16", "--credit", "100")
        .WithExample("lifecycle", "--http").WithExample("lifecycle", "--http", "--batch", "50").WithExample("lifecycle", "--telemetry", "on");
    commands.AddCommand<LatencyCommand>("latency")
        .WithDescription("How soon a task's handler is started and its completion acknowledged, from the moment at which its submit was due, at a rate.")
        .WithExample("latency").WithExample("latency", "--rate", "5000").WithExample("latency", "--fsync", "always");
    commands.AddCommand<FanoutCommand>("fanout")
        .WithDescription("A wide graph, one task, thousands that need it and one that needs them: how soon it is submitted, how soon done.")
        .WithExample("fanout").WithExample("fanout", "--warm-up", "0");
    commands.AddCommand<RecoveryCommand>("recovery")
        .WithDescription("The service is killed while agents work: how soon it grants again, how soon they go on, and that nothing is lost.")
        .WithExample("recovery").WithExample("recovery", "--tasks", "1000000");
    commands.AddCommand<IdleCommand>("idle")
        .WithDescription("Agents without work: what processor time and what memory they take from the service.")
        .WithExample("idle").WithExample("idle", "--agents", "5000");
    commands.AddCommand<SlotsCommand>("slots")
        .WithDescription("Agents before a standing backlog of tasks that take a while: the share of their slots that is busy, as they see it and as the service does.")
        .WithExample("slots").WithExample("slots", "--agents", "16", "--slots", "4").WithExample("slots", "--quick");
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
    commands.AddBranch("compare", comparisons =>
    {
        comparisons.SetDescription("Two measurements in turns, and the ratios of what they find.");
        comparisons.AddCommand<BullMqComparison>("bullmq")
            .WithDescription("Ours and BullMQ.").WithExample("compare", "bullmq", "--rate", "200");
        comparisons.AddCommand<HangfireComparison>("hangfire")
            .WithDescription("Ours and Hangfire.").WithExample("compare", "hangfire", "--rate", "200");
        comparisons.AddCommand<TelemetryComparison>("telemetry")
            .WithDescription("Lives while the service exports telemetry and while it does not.").WithExample("compare", "telemetry");
    });
});
return await app.RunAsync(args);
