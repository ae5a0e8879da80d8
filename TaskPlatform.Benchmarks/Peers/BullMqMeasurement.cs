using System.Globalization;
using System.Text.Json;
using CliWrap;
using CliWrap.EventStream;
using CliWrap.Exceptions;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Peers;

/// <summary>BullMQ's lives: a producer and workers in Node, each a process of its own (<c>BullMq/bullmq.mjs</c>).</summary>
internal static class BullMqMeasurement
{
    /// <param name="plan">How much.</param>
    /// <param name="agents">Worker processes.</param>
    /// <param name="concurrency">Jobs that each does at a time.</param>
    /// <param name="redis">Where the queue is.</param>
    /// <param name="progress">From 0 to 1.</param>
    /// <param name="cancellationToken">Kills the processes.</param>
    /// <exception cref="MissingProgramException">Node or its packages are missing.</exception>
    public static async Task<MeasurementResult> RunAsync(
        PeerPlan plan, int agents, int concurrency, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var folder = await NodePackage.InstallAsync(cancellationToken);
        var facts = EnvironmentFacts.Of(redis);
        var settings = new Settings(
            redis.Address.Host, redis.Address.Port, $"peer-{Guid.NewGuid():n}", plan.Tasks, plan.WarmUp, agents, concurrency,
            PeerPlan.PayloadBytes, plan.Rate, plan.Timed);
        var result = await RunNodeAsync(folder, settings, completed => progress.Report((double)completed / plan.All), cancellationToken);
        if (result.Stored != plan.All) throw new InvalidOperationException($"Of {plan.All} jobs {result.Stored} are stored as completed.");

        facts["Node"] = result.Node.TrimStart('v');
        facts["BullMQ"] = $"{result.Bullmq} with ioredis {result.Ioredis}";
        facts["workers"] = string.Create(CultureInfo.InvariantCulture, $"{agents} processes, {concurrency} jobs each at a time");
        return new MeasurementResult("BullMQ", plan.Tasks, plan.Tasks / result.Seconds, Latency(plan, result.Latencies), facts);
    }

    private static LatencyFigures? Latency(PeerPlan plan, long[] microseconds)
    {
        if (plan.Timed == 0) return null;
        var latencies = new LatencyRecorder();
        foreach (var latency in microseconds) latencies.Record(latency);
        return latencies.Figures(plan.Rate);
    }

    private static async Task<Result> RunNodeAsync(string folder, Settings settings, Action<int> completed, CancellationToken cancellationToken)
    {
        // Its standard input ends with this process, however that ends, and it ends with its standard input.
        var node = Cli.Wrap("node").WithWorkingDirectory(folder)
            .WithArguments(["bullmq.mjs", JsonSerializer.Serialize(settings, JsonSerializerOptions.Web)])
            .WithStandardInputPipe(PipeSource.Create((_, ended) => Task.Delay(Timeout.Infinite, ended)));
        var errors = new List<string>();
        Result? result = null;
        try
        {
            await foreach (var happened in node.ListenAsync(cancellationToken))
            {
                if (happened is StandardErrorCommandEvent error) errors.Add(error.Text);
                if (happened is not StandardOutputCommandEvent line) continue;
                var told = JsonSerializer.Deserialize<Line>(line.Text, JsonSerializerOptions.Web)!;
                if (told.Completed is { } count) completed(count);
                result = told.Result ?? result;
            }
        }
        catch (CommandExecutionException failure)
        {
            throw new InvalidOperationException($"BullMQ's process ended with code {failure.ExitCode}:\n{string.Join('\n', errors)}", failure);
        }
        return result ?? throw new InvalidOperationException($"BullMQ's process ended without a result:\n{string.Join('\n', errors)}");
    }

    private sealed record Settings(
        string Host, int Port, string Queue, int Tasks, int WarmUp, int Workers, int Concurrency, int PayloadBytes, double Rate, int Timed);

    private sealed record Line(int? Completed, Result? Result);

    private sealed record Result(double Seconds, long[] Latencies, int Stored, string Node, string Bullmq, string Ioredis);
}
