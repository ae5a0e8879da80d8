using System.Diagnostics;
using System.Globalization;
using System.Text;
using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>
/// A payload that says when its task was due, of as many bytes of JSON as every payload has. Processes of one machine have one clock
/// (<see cref="Stopwatch"/>; on Linux CLOCK_MONOTONIC), so that whoever reads it can tell how long it took.
/// </summary>
internal static class StampedPayload
{
    private const int StampDigits = 20;
    private const int Quotes = 2;

    /// <summary>A task whose latency is not measured.</summary>
    public static SubmitTask Task { get; } = TaskDue(0);

    /// <param name="due">A timestamp of <see cref="Stopwatch"/>; 0 where latency is not measured.</param>
    public static SubmitTask TaskDue(long due) => new() { Type = "work", Payload = RawJson.FromTrusted(Encoding.UTF8.GetBytes($"\"{Text(due)}\"")) };

    /// <inheritdoc cref="TaskDue"/>
    public static string Text(long due) => due.ToString("d20", CultureInfo.InvariantCulture).PadRight(EngineBed.PayloadBytes - Quotes, 'x');

    /// <summary>What <see cref="Text"/> was made of.</summary>
    public static long DueOf(string text) => long.Parse(text.AsSpan(0, StampDigits), CultureInfo.InvariantCulture);
}
