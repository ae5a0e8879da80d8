using Microsoft.Extensions.Logging.Abstractions;
using TaskPlatform.Api.Federation;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Suites;
using TaskPlatform.Federation.Protocol.Transport;
using TaskPlatform.Tests.Federation.Aggregation;

namespace TaskPlatform.Tests.Federation.Rounds;

/// <summary>A node that takes part in rounds over the real transport, with lanes that a test gives it.</summary>
internal sealed class LabNode : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly FederationClient _client;
    private readonly NodeSeat _seat;
    private readonly uint[] _lanes;
    private readonly TimeProvider _time;
    private Task _running = Task.CompletedTask;

    public LabNode(RoundLab lab, int node, uint[] lanes, INoise? noise = null, TimeProvider? time = null, IRoundJournal? journal = null)
    {
        _client = ClientOf(lab, node);
        _lanes = lanes;
        _time = time ?? TimeProvider.System;
        _seat = new NodeSeat(lab.Terms, RoundLab.NameOf(node), lab.Keys[node].Identity, Journal = journal ?? new MemoryJournal(), noise ?? NoNoise.Instance, SystemEntropy.Instance);
        Participant = new RoundParticipant(_client, _seat, (_, _) => Task.FromResult<Func<ReadOnlyMemory<uint>>>(Take), _time, NullLogger.Instance);
    }

    public RoundParticipant Participant { get; }

    public IRoundJournal Journal { get; }

    /// <summary>In how many rounds the lanes were asked for.</summary>
    public int FiguresTaken { get; private set; }

    public static FederationClient ClientOf(RoundLab lab, int node) => new(FederationHttp.Create(lab.File, lab.Keys[node], lab.File.Aggregator));

    /// <summary>Takes part in round after round.</summary>
    public LabNode Run()
    {
        _running = AggregatorCalls.RepeatAsync(Participant.StepAsync, _time, NullLogger.Instance, _stop.Token);
        return this;
    }

    /// <summary>Takes part in one round, up to a message that it does not answer any more.</summary>
    public async Task DieAtAsync(int stage)
    {
        using var round = new NodeRound(_seat, _lanes);
        var (position, answer) = (default(RoundPosition), (byte[]?)null);
        while (true)
        {
            var said = Assert.IsType<Exchanged.Message>(await _client.ExchangeAsync(position, answer, _stop.Token));
            if (said.Position.Stage == stage) return;
            (position, answer) = (said.Position, round.Receive(said.Bytes).Reply);
        }
    }

    private ReadOnlyMemory<uint> Take()
    {
        FiguresTaken++;
        return _lanes;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        Participant.Dispose();
        _client.Dispose();
        (_seat.Noise as IDisposable)?.Dispose();
        (Journal as IDisposable)?.Dispose();
        _stop.Dispose();
    }
}
