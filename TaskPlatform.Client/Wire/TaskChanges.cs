using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskPlatform.Client.Wire;

/// <summary>The body of a call that says all there is to say by its address: <c>{}</c>, or none.</summary>
public sealed record EmptyRequest;

/// <summary>Changes to a task that is not over; what is left out stays.</summary>
public sealed record PatchTask
{
    /// <summary>The new priority.</summary>
    public TaskPriority? Priority { get; init; }
    /// <summary>Not to be started earlier (wall clock); <c>null</c> takes the date away.</summary>
    public NewTime? NotBefore { get; init; }
    /// <summary>Labels to set; one with the value <c>null</c> is taken away, and those left out stay.</summary>
    public IReadOnlyDictionary<string, string?>? Labels { get; init; }
}

/// <summary>A time to set, or none: written as <c>null</c>, which is another thing than a field that is left out.</summary>
/// <param name="Time">The time; null takes it away.</param>
[JsonConverter(typeof(NewTimeConverter))]
public readonly record struct NewTime(DateTimeOffset? Time)
{
    /// <summary>Takes the time away.</summary>
    public static readonly NewTime None;

    /// <summary>Sets the time.</summary>
    public static implicit operator NewTime(DateTimeOffset time) => new(time);
}

internal sealed class NewTimeConverter : JsonConverter<NewTime>
{
    private static readonly UtcTimeConverter Times = new();

    public override bool HandleNull => true;

    public override NewTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.Null ? NewTime.None : Times.Read(ref reader, typeof(DateTimeOffset), options);

    public override void Write(Utf8JsonWriter writer, NewTime value, JsonSerializerOptions options)
    {
        if (value.Time is { } time) Times.Write(writer, time, options);
        else writer.WriteNullValue();
    }
}
