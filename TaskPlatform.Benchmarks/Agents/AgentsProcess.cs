using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Benchmarks.Agents;

/// <summary>The process with the agents; gone with this one, however that ends. One question at a time.</summary>
internal sealed class AgentsProcess : IAsyncDisposable
{
    private readonly Process _process;

    private AgentsProcess(Process process) => _process = process;

    /// <summary>Returns when every agent has begun to ask for work.</summary>
    public static async Task<AgentsProcess> StartAsync(AgentsPlan plan)
    {
        var start = new ProcessStartInfo(DotNetHost.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList = { typeof(AgentsProcess).Assembly.Location, "agents", JsonSerializer.Serialize(plan) },
        };
        var agents = new AgentsProcess(Process.Start(start)!);
        if (await agents._process.StandardOutput.ReadLineAsync() == AgentsCommand.Ready) return agents;
        await agents.DisposeAsync();
        throw new InvalidOperationException("The agents did not start.");
    }

    public Task<AgentsCounts> CountsAsync() => AskAsync<AgentsCounts>(AgentsCommand.Count);

    public Task<AgentsBusy> BusyAsync() => AskAsync<AgentsBusy>(AgentsCommand.Busy);

    /// <param name="rate">Submits a second.</param>
    public Task<AgentsLatencies> LatenciesAsync(double rate) => AskAsync<AgentsLatencies>($"{AgentsCommand.Latency}{rate.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Lets them complete what they hold.</summary>
    public Task GoOnAsync() => AskAsync<AgentsCounts>(AgentsCommand.GoOn);

    /// <summary>Returns when their counts are as wanted.</summary>
    public async Task WhenAsync(Func<AgentsCounts, bool> isWanted)
    {
        while (!isWanted(await CountsAsync())) await Task.Delay(2);
    }

    /// <summary>Returns when so many completions more than now are acknowledged.</summary>
    /// <param name="tasks">How many.</param>
    /// <param name="submit">Submits them.</param>
    /// <param name="progress">From 0 to 1.</param>
    public async Task LiveAsync(int tasks, Func<Task> submit, IProgress<double> progress)
    {
        var before = (await CountsAsync()).Completed;
        await submit();
        await WhenCompletedAsync(before + tasks, progress);
    }

    /// <summary>Returns when so many completions in all are acknowledged.</summary>
    public Task WhenCompletedAsync(long tasks, IProgress<double> progress) => WhenAsync(counts =>
    {
        progress.Report((double)counts.Completed / tasks);
        return counts.Completed >= tasks;
    });

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<T> AskAsync<T>(string question)
    {
        await _process.StandardInput.WriteLineAsync(question);
        await _process.StandardInput.FlushAsync();
        var answer = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The agents have ended.");
        return JsonSerializer.Deserialize<T>(answer)!;
    }
}
