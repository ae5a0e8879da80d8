#:project ../TaskPlatform.Client/TaskPlatform.Client.csproj
#:property ManagePackageVersionsCentrally=false

// What telemetry costs: the same lives (submit, claim, complete, each a call of its own) against an Api that makes no spans, one that makes
// them, and one that sends them with metrics and logs to the Aspire dashboard. The three take turns, so that whatever else the machine does
// meets all alike. What counts is the Api's processor time for each life: unlike the rate, it does not depend on what else runs.
//
//   eng/get-dashboard.sh; dotnet build -c Release; dotnet run eng/telemetry-overhead.cs -- [rounds=5] [lives=4000]
//
// Needs redis-server on the PATH.

using System.Diagnostics;
using System.Globalization;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;

const int Callers = 16;
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
var lives = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 4_000;
var root = Directory.GetCurrentDirectory();
var api = Path.Combine(root, "artifacts/local/bin/TaskPlatform.Api/release/TaskPlatform.Api.dll");
var dashboard = Path.Combine(root, ".tools/aspire/managed/aspire-managed");
foreach (var file in (string[])[api, dashboard])
{
    if (!File.Exists(file)) throw new FileNotFoundException("Run this in the repository, after the two commands that its head names.", file);
}

(string Name, int Port, Dictionary<string, string> Variables)[] variants =
[
    ("none", 25381, new() { ["OTEL_TRACES_SAMPLER"] = "always_off" }),
    ("made", 25382, new() { ["OTEL_TRACES_SAMPLER"] = "always_on" }),
    ("sent", 25383, new()
    {
        ["OTEL_TRACES_SAMPLER"] = "always_on",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:25389",
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
        ["OTEL_SERVICE_NAME"] = "api",
    }),
];

var data = Directory.CreateTempSubdirectory("taskplatform-overhead-").FullName;
var processes = new List<Process>();
try
{
    processes.Add(Run("redis-server", ["--port", "25379", "--dir", data, "--appendonly", "yes", "--appendfsync", "always", "--save", ""], []));
    processes.Add(Run(dashboard, ["dashboard"], new()
    {
        ["ASPNETCORE_URLS"] = "http://127.0.0.1:25388",
        ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://127.0.0.1:25389",
        ["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true",
        ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
    }));
    var services = new List<(string Name, Process Process, TaskPlatformClient Client)>();
    foreach (var (name, port, variables) in variants)
    {
        var process = Run("dotnet", [api], new(variables)
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
            ["ConnectionStrings__redis"] = "127.0.0.1:25379",
            ["Queues__Instance"] = name,
            ["Logging__LogLevel__Default"] = "Warning",
        });
        processes.Add(process);
        services.Add((name, process, await ConnectAsync(port)));
    }

    var costs = variants.ToDictionary(variant => variant.Name, _ => new List<(double Cpu, double Rate)>());
    for (var round = 0; round <= rounds; round++) // the first warms up
    {
        foreach (var (name, process, client) in services)
        {
            var cost = await MeasureAsync(process, client, $"{name}-{round}");
            if (round > 0) costs[name].Add(cost);
            Console.WriteLine($"{(round == 0 ? "warm" : $"{round,4}")} {name}: {cost.Cpu,6:0} µs of processor time a life, {cost.Rate,6:0} lives/s");
        }
    }

    var least = Median(costs["none"].Select(cost => cost.Cpu));
    foreach (var (name, measured) in costs)
    {
        var cpu = Median(measured.Select(cost => cost.Cpu));
        Console.WriteLine($"{name}: {cpu:0} µs a life, {cpu / least:0.00} x; {Median(measured.Select(cost => cost.Rate)):0} lives/s (medians of {rounds})");
    }
}
finally
{
    foreach (var process in processes) process.Kill(entireProcessTree: true);
    Directory.Delete(data, recursive: true);
}

async Task<(double Cpu, double Rate)> MeasureAsync(Process process, TaskPlatformClient client, string queue)
{
    process.Refresh();
    var (cpu, watch, left) = (process.TotalProcessorTime, Stopwatch.StartNew(), lives);
    await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
    {
        while (Interlocked.Decrement(ref left) >= 0)
        {
            await client.SubmitAsync(queue, new SubmitTask { Type = "work", Payload = RawJson.Parse("\"x\"") });
            foreach (var task in await client.ClaimAsync(queue, new ClaimRequest { AgentId = $"a{caller}", Types = ["work"], WaitSeconds = 5 }))
                await client.CompleteAsync(queue, task.Id, new CompleteRequest { LeaseToken = task.Lease!.Token, Result = RawJson.Parse("\"y\"") });
        }
    }));
    process.Refresh();
    return ((process.TotalProcessorTime - cpu).TotalMicroseconds / lives, lives / watch.Elapsed.TotalSeconds);
}

static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

static Process Run(string file, string[] arguments, Dictionary<string, string> variables)
{
    var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true };
    foreach (var (name, value) in variables) start.Environment[name] = value;
    var process = Process.Start(start)!;
    process.OutputDataReceived += (_, _) => { };
    process.BeginOutputReadLine();
    return process;
}

// Green means that it serves.
static async Task<TaskPlatformClient> ConnectAsync(int port)
{
    var http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
    for (var tries = 0; tries < 150; tries++)
    {
        await timer.WaitForNextTickAsync();
        try
        {
            using var health = await http.GetAsync("/health");
            if (health.IsSuccessStatusCode) return new TaskPlatformClient(http);
        }
        catch (HttpRequestException) { } // not listening yet
    }
    throw new TimeoutException($"No healthy Api on port {port} within 30 s.");
}
