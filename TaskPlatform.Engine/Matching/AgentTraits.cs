namespace TaskPlatform.Engine;

/// <summary>How fast an agent says it is, beside others.</summary>
/// <remarks>The numbers stand in stored records: never change one.</remarks>
public enum SpeedClass : byte
{
    /// <summary>As others are, or it never said.</summary>
    Standard = 0,

    /// <summary>About twice as fast.</summary>
    Fast = 1,

    /// <summary>About half as fast.</summary>
    Slow = 2,
}

/// <summary>What an agent says of itself beside its capabilities. A guess until attempts have shown more.</summary>
/// <param name="SpeedClass">How fast it is.</param>
/// <param name="CostPerToken">What a token costs with it, in the operator's unit, 0 or more; null: it never said.</param>
public sealed record AgentTraits(SpeedClass SpeedClass = SpeedClass.Standard, double? CostPerToken = null)
{
    /// <summary>Of an agent that said nothing.</summary>
    public static readonly AgentTraits Unknown = new();
}
