namespace TaskPlatform.Benchmarks.Shared;

/// <summary>A number that only one kind of measurement finds.</summary>
/// <param name="Key">Its name in JSON, with its unit.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Shown behind it.</param>
/// <param name="Aim">What it should be; null where nothing is aimed at.</param>
internal sealed record Figure(string Key, string Label, double Value, string Unit, string? Aim = null);
