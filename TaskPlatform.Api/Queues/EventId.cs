using System.Globalization;

namespace TaskPlatform.Api.Queues;

/// <summary>An event's place in its queue's stream; as text <c>epoch-batch-number</c>, which readers give back to go on behind it.</summary>
/// <param name="Epoch">The owner's.</param>
/// <param name="Batch">The number of its batch of events, of which there is one at most for each that is stored.</param>
/// <param name="Number">Its place in that, from 1.</param>
public readonly record struct EventId(long Epoch, long Batch, int Number)
{
    /// <summary>Reads what <see cref="ToString"/> wrote, and nothing else.</summary>
    public static bool TryParse(string text, out EventId id)
    {
        id = default;
        var parts = text.Split('-');
        if (parts.Length != 3 || !TryRead(parts[0], out var epoch) || !TryRead(parts[1], out var batch) || !TryRead(parts[2], out var number)) return false;
        id = new EventId(epoch, batch, (int)Math.Min(number, int.MaxValue));
        return id.ToString() == text;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}-{Batch}-{Number}");

    private static bool TryRead(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
