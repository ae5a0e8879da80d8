using Microsoft.Extensions.Hosting;
using TaskPlatform.Client;

// Arguments: the service's address, the queue, the task type, the file to write to, and, where it is to work over streams, the address for them.
var (service, queue, type, file) = (new Uri(args[0]), args[1], args[2], args[3]);
var streams = args.Length > 4 ? new Uri(args[4]) : null;
var life = Guid.NewGuid().ToString("N")[..8];
var number = 0;
// Unbuffered: what was written before a kill is there.
await using var handedIn = new StreamWriter(file, append: true) { AutoFlush = true };

var builder = Host.CreateApplicationBuilder();
builder.AddTaskPlatformClient("api", options => (options.Address, options.StreamAddress) = (service, streams));
builder.AddAgent(agent =>
{
    (agent.AgentId, agent.Queue, agent.MaxConcurrency, agent.PollSeconds, agent.DrainSeconds) = ("remote", queue, 4, 1, 0);
}).AddHandler<string, string>(type, async (_, context, cancellationToken) =>
{
    await context.ReportProgressAsync(0.5, "half way", cancellationToken);
    await Task.Delay(Random.Shared.Next(300), cancellationToken);
    var result = $"{life}-{Interlocked.Increment(ref number)}";
    lock (handedIn) handedIn.WriteLine($"{context.TaskId} {result}");
    return result;
});
await builder.Build().RunAsync();
