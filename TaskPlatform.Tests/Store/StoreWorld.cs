using Microsoft.Extensions.Logging.Abstractions;
using TaskPlatform.Api.Store;
using TaskPlatform.Tests.Simulation;

namespace TaskPlatform.Tests.Store;

/// <summary>One simulated run: a server, processes that own the queue in turn or believe so, and what each of them was told.</summary>
internal sealed class StoreWorld(int seed)
{
    private const string Queue = "q";
    private static readonly TimeSpan Hostile = TimeSpan.FromSeconds(90);

    private readonly Random _random = new(seed);
    private readonly List<Owner> _owners = [];
    private readonly List<(TimeSpan At, MemoryContent Content)> _moments = [];
    private readonly List<HostileNetwork> _networks = [];
    private MemoryServer? _server;
    private bool _noMoreAccidents;
    private bool _calm;

    /// <summary>How many processes want the queue.</summary>
    public required int OwnersAtOnce { get; init; }

    /// <summary>How far the store may go back when it comes back; zero for never.</summary>
    public TimeSpan GoesBack { get; init; }

    /// <summary>Whether the store never goes back behind what it had when it last came back.</summary>
    public bool RestartsMakeSafe { get; init; }

    /// <summary>Whether processes die now and then, so that others, or their successors, take over.</summary>
    public bool Crashes { get; init; } = true;

    /// <summary>Why owners ended, for whoever reads a failure.</summary>
    public List<string> Ends { get; } = [];

    private MemoryContent Content => _server!.Read(Queue);

    public void Run() => VirtualTime.Run(world => RunAsync(world.Clock), TimeSpan.FromDays(1));

    /// <summary>Each batch stands right behind those that its writer had loaded or written before: no two histories are mixed.</summary>
    public void AssertOneHistory()
    {
        var written = Content.Written;
        Assert.Equal(Enumerable.Range(1, written.Count).Select(number => (long)number), written.Select(batch => batch.Batch.Sequence));
        var byId = _owners.ToDictionary(owner => owner.Taken.Owner.OwnerId);
        for (var i = 0; i < written.Count; i++)
        {
            var owner = byId[written[i].OwnerId];
            Assert.Equal(owner.Loaded.Concat(owner.Sent).Take(i + 1), written.Take(i + 1).Select(Name));
        }
    }

    /// <summary>What was told to be durable is stored, once.</summary>
    public void AssertNothingAcknowledgedIsLost()
    {
        var stored = Content.Written.Select(Name).ToList();
        Assert.Equal(stored.Count, stored.Distinct().Count());
        string[] lost = [.. _owners.SelectMany(owner => owner.Acknowledged).Except(stored)];
        if (lost.Length > 0) Assert.Fail($"Lost {string.Join(' ', lost)}. Owners ended: {string.Join("; ", Ends)}");
        Assert.NotEmpty(stored);
    }

    public void AssertContentIsTheHistorysSum()
    {
        var sum = Content.Written.Aggregate(MemoryContent.Nothing, (content, written) => content.With(written.Batch));
        Assert.Equal(sum.Tasks.Select(Show), Content.Tasks.Select(Show));
        Assert.Equal(sum.State.Select(Show), Content.State.Select(Show));
    }

    private static string Name((string OwnerId, CommitBatch Batch) written) => $"{written.OwnerId}/{written.Batch.Sequence}";

    private static string Show(KeyValuePair<string, ReadOnlyMemory<byte>> field) => $"{field.Key}={Convert.ToHexString(field.Value.Span)}";

    private async Task RunAsync(TimeProvider time)
    {
        _server = new(time);
        var processes = Enumerable.Range(1, OwnersAtOnce).Select(number => ProcessAsync($"process-{number}", time)).ToArray();
        var accidents = AccidentsAsync(time);
        await Task.Delay(Hostile, time);
        _noMoreAccidents = true;
        await accidents;
        foreach (var network in _networks) (network.Trouble, network.IsDown) = (0, false);
        _calm = true;
        await Task.WhenAll(processes);
    }

    private async Task ProcessAsync(string instance, TimeProvider time)
    {
        var network = new HostileNetwork(new Random(_random.Next()), time) { LateTakeovers = Crashes };
        _networks.Add(network);
        var store = new MemoryQueueStores(_server!, network).For(Queue);
        while (!_calm)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(1, 2_000)), time);
            if (await TakeAsync(store, instance) is { } owner) await OwnAsync(owner, store, instance, time);
        }
    }

    private async Task<Owner?> TakeAsync(IQueueStore store, string instance)
    {
        try
        {
            if (await store.TakeOverAsync(instance, CancellationToken.None) is not Takeover.Acquired taken) return null;
            var owner = new Owner(taken, [.. _server!.WrittenBefore[taken.Owner.OwnerId].Select(Name)]);
            _owners.Add(owner);
            return owner;
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private async Task OwnAsync(Owner owner, IQueueStore store, string instance, TimeProvider time)
    {
        await using var pipeline = new CommitPipeline(
            store, instance, owner.Taken, new() { BytesPerCall = 200 }, time, NullLogger<CommitPipeline>.Instance);
        var waiting = new List<Task>();
        var crashAt = Crashes ? time.GetUtcNow() + TimeSpan.FromSeconds(_random.Next(1, 60)) : DateTimeOffset.MaxValue;
        while (!pipeline.Ended.IsCompleted && !_calm && time.GetUtcNow() < crashAt)
        {
            if (pipeline.HasRoom) waiting.Add(CommitAsync(owner, pipeline));
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(1, 400)), time);
        }

        if (pipeline.Ended.IsCompleted) Ends.Add($"{owner.Taken.Owner} {(await pipeline.Ended).Reason}");
        // One more unit: whoever is still there must notice what the last accident did.
        if (_calm) await Task.WhenAll([.. waiting, CommitAsync(owner, pipeline)]);
    }

    private async Task CommitAsync(Owner owner, CommitPipeline pipeline)
    {
        var changes = new ChangeSet();
        for (var i = _random.Next(0, 6); i > 0; i--)
        {
            var value = new byte[_random.Next(0, 60)];
            _random.NextBytes(value);
            if (_random.Next(4) == 0) changes.DeleteTask($"task-{_random.Next(20)}");
            else changes.PutTask($"task-{_random.Next(20)}", value);
            if (_random.Next(3) == 0) changes.PutState($"state-{_random.Next(5)}", value);
        }

        var first = pipeline.Sequence + 1;
        var fate = pipeline.CommitAsync(changes);
        var names = Enumerable.Range((int)first, (int)(pipeline.Sequence - first + 1)).Select(number => $"{owner.Taken.Owner.OwnerId}/{number}").ToArray();
        owner.Sent.AddRange(names);
        try
        {
            if (await fate == CommitFate.Durable) owner.Acknowledged.AddRange(names);
        }
        catch (OperationCanceledException)
        {
            // The process crashed; what became of the unit it never learned.
        }
    }

    // Networks and the store go away and come back; the store perhaps with a shorter log.
    private async Task AccidentsAsync(TimeProvider time)
    {
        var start = time.GetUtcNow();
        _moments.Add((TimeSpan.Zero, MemoryContent.Nothing));
        while (!_noMoreAccidents)
        {
            var pause = TimeSpan.FromMilliseconds(_random.Next(50, 1_000));
            await Task.Delay(pause, time);
            _moments.Add((time.GetUtcNow() - start, Content));
            if (_random.Next(20) != 0) continue;
            foreach (var network in _networks) network.IsDown = true;
            var back = GoesBack * _random.NextDouble();
            var at = time.GetUtcNow() - start - back;
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(1, 15_000)), time);
            var content = GoesBack == TimeSpan.Zero ? Content : _moments.LastOrDefault(moment => moment.At <= at, _moments[0]).Content;
            foreach (var network in _networks) network.IsDown = false;
            _server!.Replace(Queue, content, cut: true);
            // What survived a restart is on the disk: it is not lost by the next one.
            if (RestartsMakeSafe) _moments.Clear();
            _moments.Add((time.GetUtcNow() - start, content));
        }
    }

    /// <summary>A takeover, and the names of the batches that it had found, sent and was told to be durable.</summary>
    private sealed record Owner(Takeover.Acquired Taken, IReadOnlyList<string> Loaded)
    {
        public List<string> Sent { get; } = [];

        public List<string> Acknowledged { get; } = [];
    }
}
