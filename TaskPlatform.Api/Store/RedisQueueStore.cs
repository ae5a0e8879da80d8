using System.Globalization;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace TaskPlatform.Api.Store;

/// <summary>One queue in Redis or Garnet: three hashes and <see cref="StoreScripts"/>.</summary>
internal sealed class RedisQueueStore : IQueueStore
{
    // HGETALL of a million records doubled Redis's memory and stopped everybody else for 2.4 s.
    private const int RecordsPerPage = 1_000;

    private readonly RedisConnections _connections;
    private readonly RedisScriptCalls _scripts;
    private readonly TimeProvider _time;
    private readonly RedisKey[] _keys;
    private readonly RedisValue _lease = (long)CommitPipelineOptions.Lease.TotalMilliseconds;

    public RedisQueueStore(string queue, RedisConnections connections, RedisScriptCalls scripts, TimeProvider time)
    {
        (Queue, _connections, _scripts, _time) = (queue, connections, scripts, time);
        _keys = [$"tp:{{{queue}}}:tasks", $"tp:{{{queue}}}:state", $"tp:{{{queue}}}:meta"];
    }

    public event Action? ConnectionChanged
    {
        add => _connections.Changed += value;
        remove => _connections.Changed -= value;
    }

    public string Queue { get; }

    public async Task<Takeover> TakeOverAsync(string instance, CancellationToken cancellationToken)
    {
        // A fresh id for every call: a call that was given up and is run later must not look like this one.
        var owner = Guid.NewGuid().ToString("n");
        var reply = await _scripts.RunAsync(StoreScripts.TakeOver, _keys, [instance, owner, _lease, StoreScripts.FormatVersion])
            .WaitAsync(cancellationToken);
        return (string)reply[0]! switch
        {
            "acquired" => new Takeover.Acquired(
                new(Number(reply[1]), owner),
                new(Number(reply[2]), (string)reply[3]!, Number(reply[4])),
                reply.Length > 7 && !reply[7].IsNull ? (ReadOnlyMemory<byte>?)(RedisValue)reply[7] : null,
                (int)Number(reply[5]),
                Number(reply[6])),
            "held" => new Takeover.Held((string)reply[1]!, TimeSpan.FromMilliseconds(Number(reply[2]))),
            "format" => new Takeover.Unreadable(
                $"Queue '{Queue}' is stored in format {(string)reply[1]!}, this program reads up to {StoreScripts.FormatVersion}. Start the newer program."),
            _ => new Takeover.Unreadable(
                $"Queue '{Queue}' has records but no '{_keys[2]}': the store lost it, perhaps to an eviction policy. Restore Redis from a backup."),
        };
    }

    public IAsyncEnumerable<ReadOnlyMemory<StoredRecord>> LoadTasksAsync(CancellationToken cancellationToken) => LoadAsync(_keys[0], cancellationToken);

    public IAsyncEnumerable<ReadOnlyMemory<StoredRecord>> LoadStateAsync(CancellationToken cancellationToken) => LoadAsync(_keys[1], cancellationToken);

    public async Task<ReadOnlyMemory<byte>?[]> ReadTaskFieldsAsync(IReadOnlyList<string> fields, CancellationToken cancellationToken)
    {
        if (fields.Count == 0) return [];
        var database = await _connections.OtherAsync();
        var names = fields.Select(field => (RedisValue)field).ToArray();
        var values = await RedisCalls.RunAsync(database.HashGetAsync(_keys[0], names, CommandFlags.DemandMaster), cancellationToken);
        return [.. values.Select(value => value.IsNull ? (ReadOnlyMemory<byte>?)null : (ReadOnlyMemory<byte>)value)];
    }

    public async Task<CommitReply> CommitAsync(Ownership owner, CommitBatch batch) =>
        Reply(await _scripts.RunAsync(StoreScripts.Commit, _keys, CommitArguments.Of(owner, batch, _lease)));

    public async Task<CommitReply> CheckAsync(Ownership owner) =>
        Reply(await _scripts.RunAsync(StoreScripts.Check, _keys, [owner.Epoch, owner.OwnerId, _lease]));

    public async Task<CommitReply> ReassertAsync(Ownership owner, string instance, StoredPosition found) =>
        Reply(await _scripts.RunAsync(
            StoreScripts.Reassert,
            _keys,
            [owner.Epoch, owner.OwnerId, _lease, instance, found.Epoch, found.OwnerId, found.Sequence, StoreScripts.FormatVersion]));

    public Task ReleaseAsync(Ownership owner) => _scripts.RunAsync(StoreScripts.Release, _keys, [owner.Epoch, owner.OwnerId]);

    private static CommitReply Reply(RedisResult reply) =>
        new((CommitVerdict)(int)reply[0], new(Number(reply[1]), (string)reply[2]!, Number(reply[3])));

    private static long Number(RedisResult number) => long.Parse((string)number!, CultureInfo.InvariantCulture);

    private async IAsyncEnumerable<ReadOnlyMemory<StoredRecord>> LoadAsync(RedisKey key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = await _connections.OtherAsync();
        var begun = await RedisRun.NowAsync(database, _time, cancellationToken);
        // Redis looks the next page up while this one is taken in.
        await using var entries = database.HashScanAsync(key, pageSize: RecordsPerPage, flags: CommandFlags.DemandMaster).GetAsyncEnumerator(cancellationToken);
        var page = new RecordPage(RecordsPerPage);
        while (await page.FillAsync(entries)) yield return page.Records;

        // A restarted server orders its hashes anew: a cursor from before says nothing to it and would skip records.
        if (!begun.IsSameAs(await RedisRun.NowAsync(database, _time, cancellationToken)))
            throw new StoreUnavailableException("Redis was restarted while its records were read.");
    }
}
