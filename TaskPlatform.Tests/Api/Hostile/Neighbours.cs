using System.Diagnostics;

namespace TaskPlatform.Tests.Api.Hostile;

/// <summary>
/// Clients that do nothing wrong: each makes tasks and does them, at a steady pace whatever an answer takes, so that a stall counts for all calls that it held up.
/// </summary>
/// <param name="service">Where the service listens.</param>
internal sealed class Neighbours(Uri service) : IDisposable
{
    private const int Clients = 4;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);

    private readonly HttpClient _http = new() { BaseAddress = service };

    /// <summary>Makes so many lives a client and gives the time that 99 of 100 calls took at most, waits for their turn included.</summary>
    public async Task<TimeSpan> MeasureAsync(int livesEach)
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => LiveAsync($"neighbour-{client}", livesEach)));
        var sorted = taken.SelectMany(times => times).Order().ToArray();
        return sorted[(int)Math.Ceiling(sorted.Length * 0.99) - 1];
    }

    public void Dispose() => _http.Dispose();

    private async Task<List<TimeSpan>> LiveAsync(string name, int lives)
    {
        var queue = new QueueCalls(_http, name);
        var taken = new List<TimeSpan>();
        using var timer = new PeriodicTimer(Pace);
        var clock = Stopwatch.StartNew();
        for (var number = 1; number <= lives; number++)
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            var due = Pace * number;
            var begun = clock.Elapsed > due ? due : clock.Elapsed;
            (await queue.SubmitAsync("""{"type":"work"}""")).Expect(201);
            taken.Add(clock.Elapsed - begun);
            var claimed = clock.Elapsed;
            var (_, id, token) = await queue.TakeAsync("""{"agentId":"neighbour","waitSeconds":10}""");
            taken.Add(clock.Elapsed - claimed);
            var completed = clock.Elapsed;
            await queue.CompleteAsync(id, token);
            taken.Add(clock.Elapsed - completed);
        }
        return taken;
    }
}
