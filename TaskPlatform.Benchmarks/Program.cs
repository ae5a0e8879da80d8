using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Backlog;
using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Benchmarks.Lifecycle;

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
    commands.AddCommand<LifecycleCommand>("lifecycle")
        .WithDescription("Whole lives over the network: tasks are submitted, taken by agents in another process and completed, all stored.")
        .WithExample("lifecycle").WithExample("lifecycle", "--fsync", "always").WithExample("lifecycle", "--agents", "16", "--credit", "100");
    commands.AddCommand<AgentsCommand>("agents").IsHidden();
});
return await app.RunAsync(args);
