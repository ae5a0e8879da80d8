using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Backlog;

/// <summary>What was measured; memory is the service's.</summary>
/// <param name="Tasks">How many tasks.</param>
/// <param name="Calls">What single calls took with shorter queues and this one.</param>
/// <param name="Fill">How long it took to submit them.</param>
/// <param name="Filled">Memory then.</param>
/// <param name="Health">From the start of the new process until <c>/health</c> was green.</param>
/// <param name="FirstClaim">From the start of the new process until a task was granted and completed.</param>
/// <param name="Recovered">Memory then.</param>
/// <param name="Drain">How long it took to claim and complete all.</param>
/// <param name="Draining">Memory meanwhile, at even steps, in millions of bytes.</param>
/// <param name="Drained">Memory at the end.</param>
internal sealed record BacklogFigures(
    int Tasks, IReadOnlyList<BacklogCalls> Calls, TimeSpan Fill, ProcessMemory Filled, TimeSpan Health, TimeSpan FirstClaim, ProcessMemory Recovered,
    TimeSpan Drain, IReadOnlyList<double> Draining, ProcessMemory Drained)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public string ToJson() => JsonSerializer.Serialize(this, Indented);

    public Table ToTable(string fsync) => AddCalls(new Table())
        .Title(string.Create(CultureInfo.InvariantCulture, $"A backlog of {Tasks:N0} tasks of {EngineBed.PayloadBytes} bytes, {fsync}"))
        .AddRow("submitted in", Took(Fill))
        .AddRow("memory then; most", $"{Of(Filled)}")
        .AddRow("killed and started: healthy after", $"{Health.TotalSeconds:0.00} s")
        .AddRow("first task granted and completed after", $"{FirstClaim.TotalSeconds:0.00} s")
        .AddRow("memory then; most", $"{Of(Recovered)}")
        .AddRow("drained in", Took(Drain))
        .AddRow("memory meanwhile, in twenty steps", string.Join(' ', Draining.Select(megabytes => $"{megabytes:0}")) + " MB")
        .AddRow("memory at the end; most", $"{Of(Drained)}");

    private Table AddCalls(Table table) => Calls.Aggregate(
        table.AddColumns("what", "found"),
        (rows, calls) => rows.AddRow(
            string.Create(CultureInfo.InvariantCulture, $"one claim · one submit, {calls.Pending:N0} pending, p50"),
            string.Create(CultureInfo.InvariantCulture, $"{calls.Claim.TotalMilliseconds:0.00} ms · {calls.Submit.TotalMilliseconds:0.00} ms")));

    private static string Of(ProcessMemory memory) => $"{memory.Resident:0} MB; {memory.Peak:0} MB";

    private string Took(TimeSpan time) => $"{time.TotalSeconds:0.0} s, {Tasks / time.TotalSeconds:0} tasks/s";
}

/// <summary>What single calls took over HTTP, in the middle of many made one after the other.</summary>
/// <param name="Pending">With so many tasks waiting.</param>
/// <param name="Claim">A claim of one task.</param>
/// <param name="Submit">A submit of one.</param>
internal sealed record BacklogCalls(int Pending, TimeSpan Claim, TimeSpan Submit);
