using System.Globalization;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>How far a node is: the last of the aggregator's messages that it has. Positions rise.</summary>
/// <param name="Round">The round; 0 before the first.</param>
/// <param name="Stage">The message: 0 is the offer, 4 the signatures.</param>
public readonly record struct RoundPosition(ulong Round, int Stage) : IComparable<RoundPosition>
{
    /// <summary>The header that says it, in calls and answers.</summary>
    public const string Header = "Federation-Position";

    /// <summary>The stage of a round's last message.</summary>
    public const int LastStage = 4;

    /// <summary>That of a node whose round is over, whatever it has of it.</summary>
    public static RoundPosition EndOf(ulong round) => new(round, LastStage);

    /// <inheritdoc/>
    public int CompareTo(RoundPosition other) => Round == other.Round ? Stage.CompareTo(other.Stage) : Round.CompareTo(other.Round);

    /// <summary>Whether one lies behind the other.</summary>
    public static bool operator >(RoundPosition left, RoundPosition right) => left.CompareTo(right) > 0;

    /// <summary>Whether one lies before the other.</summary>
    public static bool operator <(RoundPosition left, RoundPosition right) => left.CompareTo(right) < 0;

    /// <summary>Whether one lies behind the other, or is the same.</summary>
    public static bool operator >=(RoundPosition left, RoundPosition right) => left.CompareTo(right) >= 0;

    /// <summary>Whether one lies before the other, or is the same.</summary>
    public static bool operator <=(RoundPosition left, RoundPosition right) => left.CompareTo(right) <= 0;

    /// <summary>As it stands in the header: <c>round.stage</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Round}.{Stage}");

    /// <summary>Reads what stands in the header.</summary>
    public static bool TryParse(string? text, out RoundPosition position)
    {
        position = default;
        var dot = text?.IndexOf('.') ?? -1;
        if (dot < 0 || text!.Length != dot + 2 || text[^1] - '0' is not (>= 0 and <= LastStage)) return false;
        if (!ulong.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var round)) return false;
        position = new RoundPosition(round, text[^1] - '0');
        return true;
    }
}
