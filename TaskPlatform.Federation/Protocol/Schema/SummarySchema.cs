using System.Security.Cryptography;
using System.Text;

namespace TaskPlatform.Federation.Protocol.Schema;

/// <summary>
/// Schema 1: what a node tells of its work, 258 numbers. Of each of sixteen types how many tasks wait, run, have ended and have succeeded since the last round, and
/// in how long; of the whole node its load and its capacity. The names of the types are part of the hash: all nodes count under the same ones.
/// </summary>
public sealed class SummarySchema
{
    /// <summary>How many types, the last one among them.</summary>
    public const int TypeCount = 16;

    /// <summary>The last type: all tasks whose type has no lane of its own.</summary>
    public const string Other = "other";

    /// <summary>
    /// Durations are counted in twelve buckets: below 1 s, then from 2ⁱ⁻¹ to below 2ⁱ seconds for i from 1 to 10, then from 1,024 s on.
    /// </summary>
    public const int DurationBuckets = 12;

    /// <summary>How many lanes.</summary>
    public const int LaneCount = 4 * TypeCount + DurationBuckets * TypeCount + 2;

    private const byte Major = 1;
    private const byte Minor = 0;

    private readonly string[] _types;

    /// <summary>The schema for these types.</summary>
    /// <param name="types">At most fifteen, in any order; <see cref="Other"/> is added.</param>
    /// <exception cref="ArgumentException">Too many, one twice, empty, or <see cref="Other"/> itself.</exception>
    public SummarySchema(IEnumerable<string> types)
    {
        _types = [.. types.Order(StringComparer.Ordinal)];
        if (_types.Length >= TypeCount) throw new ArgumentException($"At most {TypeCount - 1} types have lanes of their own.", nameof(types));
        if (_types.Contains(Other) || _types.Contains("") || _types.Distinct(StringComparer.Ordinal).Count() < _types.Length)
        {
            throw new ArgumentException($"Types have different names, none is empty or '{Other}'.", nameof(types));
        }
        Lanes = new LaneSchema(Major, Minor, LaneCount, SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', LaneNames()))));
    }

    /// <summary>For a round.</summary>
    public LaneSchema Lanes { get; }

    /// <summary>The types, in the order of their lanes, <see cref="Other"/> last.</summary>
    public IReadOnlyList<string> Types => [.. _types, Other];

    /// <summary>Where load stands: tasks that wait or run.</summary>
    internal static int LoadLane => LaneCount - 2;

    /// <summary>Where capacity stands: slots of agents.</summary>
    internal static int CapacityLane => LaneCount - 1;

    /// <summary>Which bucket a duration falls into.</summary>
    public static int BucketOf(TimeSpan duration) =>
        duration.TotalSeconds < 1 ? 0 : Math.Min(DurationBuckets - 1, 1 + (int)Math.Floor(Math.Log2(duration.TotalSeconds)));

    /// <summary>Where a bucket begins, in seconds.</summary>
    public static double BucketStart(int bucket) => bucket == 0 ? 0 : Math.Pow(2, bucket - 1);

    /// <summary>Where a type's lane of a kind stands.</summary>
    internal int LaneOf(TypeLane lane, string type) => (int)lane * TypeCount + PlaceOf(type);

    /// <summary>Where a type's bucket stands.</summary>
    internal int BucketLane(string type, int bucket) => (int)TypeLane.DurationHistogram * TypeCount + PlaceOf(type) * DurationBuckets + bucket;

    private int PlaceOf(string type) => Array.BinarySearch(_types, type, StringComparer.Ordinal) is >= 0 and var place ? place : TypeCount - 1;

    /// <summary>Places without a type are named too: a schema with more types is another one.</summary>
    private IEnumerable<string> LaneNames()
    {
        string[] places = [.. Enumerable.Range(0, TypeCount - 1).Select(place => place < _types.Length ? _types[place] : ""), Other];
        foreach (var lane in (TypeLane[])[TypeLane.Queued, TypeLane.Running, TypeLane.Completed, TypeLane.Succeeded])
        {
            foreach (var place in places) yield return $"{lane}[{place}]";
        }
        foreach (var place in places)
        {
            for (var bucket = 0; bucket < DurationBuckets; bucket++) yield return $"Duration[{place}][{bucket}]";
        }
        yield return "Load";
        yield return "Capacity";
    }
}

/// <summary>The blocks of lanes that there are for each type, in their order.</summary>
internal enum TypeLane
{
    Queued,
    Running,
    Completed,
    Succeeded,
    DurationHistogram,
}
