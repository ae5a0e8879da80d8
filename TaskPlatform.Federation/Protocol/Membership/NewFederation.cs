namespace TaskPlatform.Federation.Protocol.Membership;

/// <summary>What a federation for development shall be: the fields of its file, with the design's values.</summary>
/// <param name="Nodes">Names and addresses, three at least.</param>
public sealed record NewFederation(IReadOnlyList<(string Id, Uri Address)> Nodes)
{
    /// <summary>The aggregator's name.</summary>
    public const string AggregatorId = "aggregator";

    /// <summary>Where the aggregator's port for members is.</summary>
    public Uri Aggregator { get; init; } = new("https://127.0.0.1:5391");

    /// <inheritdoc cref="FederationFile.FederationId"/>
    public string FederationId { get; init; } = "dev";

    /// <inheritdoc cref="FederationFile.Epoch"/>
    public ulong Epoch { get; init; } = 1;

    /// <summary>1: P-256 and AES; 2: X25519 and ChaCha20.</summary>
    public int Suite { get; init; } = 1;

    /// <inheritdoc cref="FederationFile.Sigma"/>
    public double Sigma { get; init; } = 12;

    /// <inheritdoc cref="FederationFile.Clip"/>
    public uint Clip { get; init; } = 100_000;

    /// <summary>Unset: six, or all nodes if there are fewer.</summary>
    public int? MinimumCohort { get; init; }

    /// <summary>How often a round begins, in seconds.</summary>
    public double PeriodSeconds { get; init; } = 5;

    /// <summary>Types of tasks with figures of their own, at most fifteen.</summary>
    public IReadOnlyList<string> Types { get; init; } = ["analysis", "coding", "reasoning"];

    /// <summary>From when certificates hold.</summary>
    public DateTimeOffset ValidFrom { get; init; } = TimeProvider.System.GetUtcNow().AddHours(-1);

    /// <summary>How long they do.</summary>
    public TimeSpan Validity { get; init; } = TimeSpan.FromDays(825);
}

/// <summary>What becomes of a federation that the folder holds already.</summary>
public enum ExistingMembers
{
    /// <summary>Nothing is written.</summary>
    Refuse,

    /// <summary>Members keep their keys, new ones get some, the file is written anew: to admit or remove nodes.</summary>
    KeepKeys,

    /// <summary>All get new keys.</summary>
    Replace,
}
