using System.ComponentModel;
using System.Globalization;
using Spectre.Console.Cli;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Benchmarks.Lifecycle;

/// <summary>The agents of a measurement, a process of their own: take what comes, complete it, and say how many completions were acknowledged.</summary>
internal sealed class AgentsCommand : AsyncCommand<AgentsCommand.Settings>
{
    /// <summary>What the measurement says.</summary>
    public sealed class Settings : CommandSettings
    {
        /// <summary>The service.</summary>
        [CommandOption("--address")]
        [Description("Where the service listens for gRPC.")]
        public string Address { get; init; } = "";

        /// <summary>The queue.</summary>
        [CommandOption("--queue")]
        [Description("The queue they work for.")]
        public string Queue { get; init; } = "";

        /// <summary>How many.</summary>
        [CommandOption("--agents")]
        [Description("How many agents.")]
        public int Agents { get; init; } = 4;

        /// <summary>How many tasks each takes.</summary>
        [CommandOption("--credit")]
        [Description("How many tasks each takes at once.")]
        public int Credit { get; init; } = 500;
    }

    /// <summary>Said when every agent has its stream.</summary>
    public const string Ready = "ready";

    private long _completed;

    public override async Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        using var gone = new CancellationTokenSource();
        // The parent's end closes our input: nothing is left behind, however it ended.
        var parent = Task.Run(async () =>
        {
            while (await Console.In.ReadLineAsync(CancellationToken.None) is not null) Console.WriteLine(Interlocked.Read(ref _completed).ToString(CultureInfo.InvariantCulture));
            await gone.CancelAsync();
        }, CancellationToken.None);
        var links = Enumerable.Range(1, settings.Agents).Select(number => Streams.Agent(settings.Address, settings.Queue, number, settings.Credit)).ToList();
        foreach (var link in links)
        {
            if (await link.OpenAsync(gone.Token) is { } failure) throw failure;
        }
        Console.WriteLine(Ready);
        await Task.WhenAll(links.Select(link => WorkAsync(link, settings.Credit, gone.Token)));
        await parent;
        return 0;
    }

    private async Task WorkAsync(StreamLink link, int credit, CancellationToken gone)
    {
        var room = new SemaphoreSlim(credit);
        try
        {
            while (true)
            {
                var answer = await link.ClaimAsync(Math.Max(1, room.CurrentCount), TimeSpan.FromSeconds(60), gone);
                if (answer.Failure is { } failure) throw failure;
                foreach (var task in answer.Value!)
                {
                    await room.WaitAsync(gone);
                    _ = CompleteAsync(link, task, room, gone);
                }
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The measurement is over.
        }
    }

    private async Task CompleteAsync(StreamLink link, TaskInfo task, SemaphoreSlim room, CancellationToken gone)
    {
        var settlement = new Settlement { Id = task.Id, LeaseToken = task.Lease!.Token, Complete = new CompleteRequest() };
        if (await link.SettleAsync(settlement, TimeSpan.FromSeconds(30), gone) is { } refusal) throw refusal;
        Interlocked.Increment(ref _completed);
        room.Release();
    }
}
