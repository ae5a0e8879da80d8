using System.Diagnostics;
using System.Globalization;
using System.Text;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Benchmarks.Lifecycle;

/// <summary>Submits tasks while agents in another process take and complete them.</summary>
internal static class LifecycleRun
{
    public const int PayloadBytes = 256;

    /// <summary>So many submits may be without an answer: as with any producer, the service sets the pace.</summary>
    private const int Window = 4_000;

    private static readonly SubmitTask Task = new()
    {
        Type = "work",
        Payload = RawJson.FromTrusted(Encoding.UTF8.GetBytes($"\"{new string('x', PayloadBytes - 2)}\"")),
    };

    /// <summary>Lives a second, from the first submit until the last completion is acknowledged.</summary>
    public static async Task<double> MeasureAsync(string address, string queue, AgentsProcess agents, int tasks)
    {
        var before = await agents.CompletedAsync();
        var clock = Stopwatch.StartNew();
        await SubmitAsync(address, queue, tasks);
        while (await agents.CompletedAsync() < before + tasks) await System.Threading.Tasks.Task.Delay(5);
        return tasks / clock.Elapsed.TotalSeconds;
    }

    private static async Task SubmitAsync(string address, string queue, int tasks)
    {
        using var window = new SemaphoreSlim(Window);
        await using var link = new SubmitLink(Streams.Client(address), queue, outcome =>
        {
            if (outcome.Problem is { } problem) throw new InvalidOperationException($"A task was refused: {problem.Name} {problem.Detail}");
            window.Release();
        });
        for (var number = 0; number < tasks; number++)
        {
            var room = window.WaitAsync();
            if (!room.IsCompleted && await System.Threading.Tasks.Task.WhenAny(room, link.Ended) == link.Ended) await link.Ended;
            link.Add((ulong)number, Task);
        }
        await link.CloseAsync();
    }
}

/// <summary>The process with the agents.</summary>
internal sealed class AgentsProcess : IAsyncDisposable
{
    private readonly Process _process;

    private AgentsProcess(Process process) => _process = process;

    public static async Task<AgentsProcess> StartAsync(string address, string queue, int agents, int credit)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet") start.ArgumentList.Add(typeof(AgentsProcess).Assembly.Location);
        foreach (var argument in (string[])["agents", "--address", address, "--queue", queue, "--agents", $"{agents}", "--credit", $"{credit}"]) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        if (await process.StandardOutput.ReadLineAsync() != "ready") throw new InvalidOperationException("The agents did not start.");
        return new AgentsProcess(process);
    }

    /// <summary>How many completions the service has acknowledged.</summary>
    public async Task<long> CompletedAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        var answer = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The agents have ended.");
        return long.Parse(answer, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
