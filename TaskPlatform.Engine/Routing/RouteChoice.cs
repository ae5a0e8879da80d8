using System.Collections.Immutable;
using System.Globalization;

namespace TaskPlatform.Engine;

/// <summary>
/// Which candidate a task is given: of those that are here, good enough and not yet tried the one with the least expected cost until a result passes. Nothing is
/// drawn by chance: the same figures give the same choice. docs/coordination.md, "Routes".
/// </summary>
/// <param name="route">The route.</param>
/// <param name="type">The task's type.</param>
/// <param name="whyAway">Why a candidate cannot take the task now; null: it can.</param>
internal readonly struct RouteChoice(RouteItem route, string type, Func<string, string?> whyAway)
{
    private const double Optimism = 0.1;
    private const double MostOptimism = 0.5;
    private const double LeastQuality = 0.05;

    private readonly record struct Rated(RouteCandidate Candidate, double Quality, double Hoped, double Cost, double Seconds, long Attempts);

    /// <param name="tried">Candidates whose attempts at the task have failed.</param>
    public (string Candidate, string Reason) Choose(ImmutableArray<string> tried)
    {
        var rated = Rate();
        var untried = rated.Where(one => !tried.Contains(one.Candidate.Name)).ToList();
        var failed = rated.Where(one => tried.Contains(one.Candidate.Name)).ToList();
        var better = failed.Count == 0 ? untried : untried.Where(one => one.Quality > failed.Max(other => other.Quality)).ToList();
        var after = tried.IsEmpty ? "" : $" after {string.Join(", ", tried.Select(name => $"'{name}'"))}";
        if (Cheapest(Here(better), after) is { } next) return next;
        if (Cheapest(Here(untried), after) is { } other) return other;
        if (failed.Count > 0 && Here(failed) is { Count: > 0 } again && untried.Count == 0) return Best(again, "all were tried");
        if (route.Spec.Fallback is { } fallback && whyAway(fallback) is null) return (fallback, $"the fallback: {Absences(rated)}");
        if (Here(failed) is { Count: > 0 } left) return Best(left, $"no other is here: {Absences(untried)}");
        // Nobody is here: it waits for the one that it would have been given.
        var (name, _) = Cheapest(better.Count > 0 ? better : untried.Count > 0 ? untried : rated, "")!.Value;
        return (name, $"nobody is here: {Absences(rated)}");
    }

    /// <summary>The one for a task that is to cost little, its budget being exhausted.</summary>
    public (string Candidate, string Reason) ChooseCheap(string budget)
    {
        var because = $"the budget '{budget}' is exhausted";
        if (route.Spec.Fallback is { } fallback && whyAway(fallback) is null) return (fallback, $"the fallback: {because}");
        var rated = Rate();
        var here = Here(rated);
        return ((here.Count > 0 ? here : rated).MinBy(one => one.Cost).Candidate.Name, $"the cheapest: {because}");
    }

    private List<Rated> Rate()
    {
        var all = route.AttemptsAt(type);
        var (item, at) = (route, type);
        return [.. route.Spec.Candidates.Select(candidate => Rate(candidate, item.FiguresOf(candidate.Name, at), all))];
    }

    /// <summary>Upper confidence bounds, as of agents: whoever was tried seldom is hoped to be better than it has shown, so that every candidate is tried now and then.</summary>
    private static Rated Rate(RouteCandidate candidate, RouteFigures figures, long all)
    {
        var attempts = figures.Attempts.Attempts;
        var hope = Math.Min(MostOptimism, Optimism * Math.Sqrt(2 * Math.Log(all + 1) / (Math.Min(attempts, RouteFigures.SurestAttempts) + 1)));
        var quality = figures.Quality(candidate);
        return new Rated(candidate, quality, Math.Min(1, quality + hope), figures.ExpectedCost(candidate), figures.ExpectedSeconds(candidate), attempts);
    }

    private List<Rated> Here(List<Rated> rated)
    {
        var away = whyAway;
        return rated.FindAll(one => away(one.Candidate.Name) is null);
    }

    private (string Candidate, string Reason)? Cheapest(List<Rated> rated, string after)
    {
        if (rated.Count == 0) return null;
        var (minimum, verdict) = (route.Spec.MinimumQuality, route.Spec.VerifierCost);
        var suitable = rated.FindAll(one => one.Hoped >= minimum);
        if (suitable.Count == 0) return Best(rated, string.Create(CultureInfo.InvariantCulture, $"none reaches a quality of {minimum:0.##}"));
        var chosen = suitable.OrderBy(one => PerPass(one, verdict)).ThenBy(one => one.Seconds).First();
        var which = suitable.Count == 1 ? "the only one left that is expected to pass" : "the cheapest expected to pass";
        return (chosen.Candidate.Name, string.Create(CultureInfo.InvariantCulture, $"{which}{after}: {PerPass(chosen, verdict):0.######} a pass, {Numbers(chosen)}"));
    }

    private static double PerPass(Rated one, double verdict) => (one.Cost + verdict) / Math.Max(LeastQuality, one.Hoped);

    private static (string Candidate, string Reason) Best(List<Rated> rated, string because)
    {
        var chosen = rated.MaxBy(one => one.Quality);
        return (chosen.Candidate.Name, $"the best, since {because}: {Numbers(chosen)}");
    }

    private static string Numbers(Rated one)
        => string.Create(CultureInfo.InvariantCulture, $"cost {one.Cost:0.######}, quality {one.Quality:0.##} by {one.Attempts} attempts");

    private string Absences(List<Rated> rated)
    {
        var away = whyAway;
        return string.Join(", ", rated.Select(one => $"'{one.Candidate.Name}' {away(one.Candidate.Name) ?? "was tried"}"));
    }
}
