using System.Collections.Immutable;
using TaskPlatform.Api.Store;

namespace TaskPlatform.Tests.Store;

/// <summary>What one queue has. Immutable, so that any moment can be kept and brought back.</summary>
public sealed record MemoryContent
{
    // Before Nothing, which needs it.
    private static readonly ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Empty =
        ImmutableSortedDictionary.Create<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);

    public static MemoryContent Nothing { get; } = new();

    public ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Tasks { get; init; } = Empty;

    public ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> State { get; init; } = Empty;

    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public ReadOnlyMemory<byte>? Settings { get; init; }

    /// <summary>Who wrote which batches, in order: what a real store does not keep, for checking.</summary>
    public ImmutableList<(string OwnerId, CommitBatch Batch)> Written { get; init; } = [];

    public StoredPosition Position => new(Number("epoch"), Meta.GetValueOrDefault("owner", ""), Number("sequence"));

    public long Number(string field) => long.Parse(Meta.GetValueOrDefault(field, "0"), System.Globalization.CultureInfo.InvariantCulture);

    public MemoryContent With(CommitBatch batch) => this with
    {
        Tasks = Apply(Tasks, batch.Tasks),
        State = Apply(State, batch.State),
        Settings = batch.Settings ?? Settings,
    };

    private static ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Apply(
        ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> hash, FieldChanges changes)
    {
        var builder = hash.ToBuilder();
        foreach (var change in changes)
        {
            if (change.IsDelete) builder.Remove(change.Field);
            else builder[change.Field] = change.Value;
        }

        return builder.ToImmutable();
    }
}

/// <summary>The scripts' semantics, said a second time, in memory. What the suite demands of Redis it demands of this.</summary>
public class MemoryServer(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MemoryContent> _queues = new(StringComparer.Ordinal);
    private int _owners;

    /// <summary>Raised when every connection is cut.</summary>
    public event Action? Cut;

    /// <summary>Raised with each batch that is written, and its owner.</summary>
    public event Action<Ownership, CommitBatch>? Written;

    /// <summary>Raised with each takeover, before it.</summary>
    public event Action<string>? Taken;

    /// <summary>What each owner found when it took a queue.</summary>
    public Dictionary<string, ImmutableList<(string OwnerId, CommitBatch Batch)>> WrittenBefore { get; } = new(StringComparer.Ordinal);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static long Lease => (long)CommitPipelineOptions.Lease.TotalMilliseconds;

    public MemoryContent Read(string queue)
    {
        lock (_lock) return _queues.GetValueOrDefault(queue, MemoryContent.Nothing);
    }

    public string[] Queues()
    {
        lock (_lock) return [.. _queues.Where(queue => !queue.Value.Meta.IsEmpty).Select(queue => queue.Key)];
    }

    public void Replace(string queue, MemoryContent content, bool cut)
    {
        lock (_lock) _queues[queue] = content;
        if (cut) Cut?.Invoke();
    }

    public Takeover TakeOver(string queue, string instance)
    {
        lock (_lock)
        {
            var content = Read(queue);
            if (content.Meta.IsEmpty && content.Tasks.Count + content.State.Count > 0) return new Takeover.Unreadable("records without meta");
            var format = content.Meta.GetValueOrDefault("format", "1");
            if (format != "1") return new Takeover.Unreadable($"format {format}");
            var left = content.Number("lease") - Now;
            if (left > 0 && left <= Lease && content.Meta["instance"] != instance)
                return new Takeover.Held(content.Meta["instance"], TimeSpan.FromMilliseconds(left));
            Taken?.Invoke(instance);
            var owner = new Ownership(content.Number("epoch") + 1, $"owner-{++_owners}");
            _queues[queue] = Own(content, owner, instance);
            WrittenBefore[owner.OwnerId] = content.Written;
            return new Takeover.Acquired(owner, content.Position, content.Settings, 1, content.Tasks.Count);
        }
    }

    public CommitReply Commit(string queue, Ownership owner, CommitBatch batch)
    {
        lock (_lock)
        {
            var content = Read(queue);
            if (!IsOwner(content, owner)) return new(CommitVerdict.NotOwner, content.Position);
            if (Refuse(content.Position.Sequence, batch.Sequence) is { } refused) return new(refused, content.Position);
            var written = content.With(batch);
            _queues[queue] = written with
            {
                Written = content.Written.Add((owner.OwnerId, batch)),
                Meta = content.Meta.SetItem("sequence", $"{batch.Sequence}").SetItem("lease", $"{Now + Lease}"),
            };
            Written?.Invoke(owner, batch);
            return new(CommitVerdict.Applied, Read(queue).Position);
        }
    }

    public CommitReply Check(string queue, Ownership owner)
    {
        lock (_lock)
        {
            var content = Read(queue);
            if (!IsOwner(content, owner)) return new(CommitVerdict.NotOwner, content.Position);
            _queues[queue] = content with { Meta = content.Meta.SetItem("lease", $"{Now + Lease}") };
            return new(CommitVerdict.Applied, content.Position);
        }
    }

    public CommitReply Reassert(string queue, Ownership owner, string instance, StoredPosition found)
    {
        lock (_lock)
        {
            var content = Read(queue);
            if (content.Position != found || (content.Meta.IsEmpty && content.Tasks.Count + content.State.Count > 0))
                return new(CommitVerdict.NotOwner, content.Position);
            _queues[queue] = Own(content, owner, instance);
            return new(CommitVerdict.Applied, Read(queue).Position);
        }
    }

    public void Release(string queue, Ownership owner)
    {
        lock (_lock)
        {
            var content = Read(queue);
            if (IsOwner(content, owner)) _queues[queue] = content with { Meta = content.Meta.SetItem("lease", "0") };
        }
    }

    /// <summary>The fence.</summary>
    protected virtual bool IsOwner(MemoryContent content, Ownership owner) =>
        content.Position.Epoch == owner.Epoch && content.Position.OwnerId == owner.OwnerId;

    /// <summary>The sequence check: null for the batch that is next.</summary>
    protected virtual CommitVerdict? Refuse(long stored, long sequence) => (sequence - stored) switch
    {
        <= 0 => CommitVerdict.AlreadyApplied,
        1 => null,
        _ => CommitVerdict.Gap,
    };

    private MemoryContent Own(MemoryContent content, Ownership owner, string instance) => content with
    {
        Meta = content.Meta.SetItem("format", "1").SetItem("epoch", $"{owner.Epoch}").SetItem("owner", owner.OwnerId)
            .SetItem("instance", instance).SetItem("sequence", $"{content.Position.Sequence}").SetItem("lease", $"{Now + Lease}"),
    };
}
