using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;
using TaskPlatform.AppHost.Commands;
using TaskPlatform.AppHost.Nodes;

namespace TaskPlatform.AppHost.Burst;

/// <summary>Submits the burst, shows how far it is, and in the end who did what and how long tasks waited.</summary>
internal sealed class BurstRun(BurstRequested asked, ResourceNotificationService resources) : CommandRun("the burst", asked.Resources, resources)
{
    private const string Figures = "/v1/federation";

    // Its agent and its service are slower at first; the run that comes first would pay for it.
    private const int WarmUp = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        using var node = new ServiceClient(new Uri(asked.Api.Url));
        await FiguresAsync(cancellationToken);
        Console.WriteLine($"{asked.Count} tasks of {DemoBurst.Milliseconds} ms each for node1 of {asked.Nodes} nodes, after {WarmUp} that warm it up.");
        await RunAsync(node, "Warm-up", DemoBurst.LocalType, WarmUp, cancellationToken);
        var table = new BurstTable(asked.Nodes);
        if (asked.Compares) table.Add("isolated", await RunAsync(node, "Burst, node1 alone", DemoBurst.LocalType, asked.Count, cancellationToken));
        table.Add("together", await RunAsync(node, "Burst", LocalFederation.ExportedType, asked.Count, cancellationToken));
        foreach (var line in table.Lines()) Console.WriteLine(line);
    }

    // Nodes hand out nothing before they know how busy the others are.
    private async Task FiguresAsync(CancellationToken cancellationToken)
    {
        using var aggregator = new ServiceClient(new Uri(asked.Aggregator.Url));
        Console.WriteLine("Waiting for the first figures of all nodes together.");
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(BetweenLooks);
        while (!await aggregator.ExistsAsync(Figures, cancellationToken))
        {
            if (clock.Elapsed > Patience)
            {
                Console.WriteLine($"None after {Patience.TotalSeconds:0} s, so each node works alone. {asked.Aggregator.Url}{Figures} says why.");
                return;
            }
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task<BurstResult> RunAsync(ServiceClient node, string title, string type, int count, CancellationToken cancellationToken)
    {
        var burst = new DemoBurst(type, count);
        var line = Progress(title);
        var clock = Stopwatch.StartNew();
        await burst.SubmitAsync(node, cancellationToken);
        using var timer = new PeriodicTimer(BetweenLooks);
        while (true)
        {
            var ended = await burst.EndedAsync(node, cancellationToken);
            line.Show(ended.Count, count, clock.Elapsed);
            if (ended.Count == count)
            {
                line.End();
                return new BurstResult(ended);
            }
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }
}
