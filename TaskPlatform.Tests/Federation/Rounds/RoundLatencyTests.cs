using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Tests.Federation.Rounds;

/// <summary>How long a round takes, over loopback with TLS and signatures, journals and ledgers that are synced.</summary>
public sealed class RoundLatencyTests(ITestOutputHelper output)
{
    private const int WarmUp = 10;

    private readonly ConcurrentQueue<double> _seconds = [];

    /// <summary>Short, and lenient where the machine is busy: that rounds wait for nothing.</summary>
    [Fact]
    public async Task Round_OfEightNodes_WaitsForNothing() => Assert.InRange(await P95Async(rounds: 20), 0, 1.5);

    [LongFact]
    public async Task Round_OfEightNodes_TakesAQuarterOfASecondAtMost() => Assert.InRange(await P95Async(rounds: 400), 0, 0.25);

    private async Task<double> P95Async(int rounds)
    {
        using var lab = new RoundLab(sigma: 12);
        var lanes = lab.Lanes(seed: 1);
        var folder = Directory.CreateTempSubdirectory("journals").FullName;
        await using (var aggregator = await AggregatorHost.StartAsync(lab))
        await using (new LabNodes([.. Enumerable.Range(0, 8).Select(node => new LabNode(
            lab, node, lanes[node], new LabNoise(lab.Terms), journal: FileRoundJournal.Open(Path.Combine(folder, $"{node}"))).Run())]))
        {
            await MeasureAsync(aggregator, rounds);
        }
        Directory.Delete(folder, recursive: true);
        var sorted = _seconds.Skip(WarmUp).Take(rounds).Order().ToArray();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{rounds} rounds: median {sorted[rounds / 2] * 1000:0.0} ms, p95 {sorted[rounds * 95 / 100] * 1000:0.0} ms, most {sorted[^1] * 1000:0.0} ms"));
        return sorted[rounds * 95 / 100];
    }

    /// <summary>Of rounds that gave a sum of all. Other classes' rounds may run at the same time; they are no shorter.</summary>
    private async Task MeasureAsync(AggregatorHost aggregator, int rounds)
    {
        var after = (await aggregator.NextOfAsync(nodes: 8)).Round;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Name == "taskplatform.federation.round.duration") own.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, duration, tags, _) =>
        {
            if (tags[0].Value is "done") _seconds.Enqueue(duration);
        });
        listener.Start();
        while (_seconds.Count < rounds + WarmUp) after = (await aggregator.NextAsync(after)).Round;
    }
}
