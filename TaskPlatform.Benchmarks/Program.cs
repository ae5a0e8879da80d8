using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Engine;

var app = new CommandApp();
app.Configure(commands =>
{
    commands.SetApplicationName("TaskPlatform.Benchmarks");
    commands.AddCommand<EngineCommand>("engine")
        .WithDescription("The engine alone, on one core: lives a second, what a claim touches, memory a task, pages.")
        .WithExample("engine").WithExample("engine", "--quick");
});
return await app.RunAsync(args);
