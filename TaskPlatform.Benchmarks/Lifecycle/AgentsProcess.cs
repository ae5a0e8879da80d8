using System.Diagnostics;
using System.Globalization;

namespace TaskPlatform.Benchmarks.Lifecycle;

/// <summary>The process with the agents; gone with this one, however that ends.</summary>
internal sealed class AgentsProcess : IAsyncDisposable
{
    private readonly Process _process;

    private AgentsProcess(Process process) => _process = process;

    /// <summary>Returns when every agent has its stream.</summary>
    public static async Task<AgentsProcess> StartAsync(string address, string queue, int agents, int credit)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                typeof(AgentsProcess).Assembly.Location, "agents", "--address", address, "--queue", queue,
                "--agents", agents.ToString(CultureInfo.InvariantCulture), "--credit", credit.ToString(CultureInfo.InvariantCulture),
            },
        };
        var process = Process.Start(start)!;
        if (await process.StandardOutput.ReadLineAsync() != AgentsCommand.Ready) throw new InvalidOperationException("The agents did not start.");
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
