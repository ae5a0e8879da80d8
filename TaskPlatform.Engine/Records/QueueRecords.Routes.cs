namespace TaskPlatform.Engine;

/// <summary>Routes and what was learned of their candidates; since version 4.</summary>
public static partial class QueueRecords
{
    private static void WriteRoute(RecordWriter writer, RouteItem route)
    {
        writer.Number(route.CreatedUnixMs);
        writer.List(route.Spec.Candidates, WriteCandidate);
        writer.Double(route.Spec.MinimumQuality);
        writer.Double(route.Spec.MinimumConfidence);
        writer.Optional(route.Spec.Verifier);
        writer.Double(route.Spec.VerifierCost);
        writer.Optional(route.Spec.Fallback);
        writer.Number(route.Spec.QuotaPatienceMs);
        writer.List(route.ByPair, static (writer, entry) =>
        {
            writer.Text(entry.Key.Candidate);
            writer.Text(entry.Key.Type);
            WriteFigures(writer, entry.Value);
        });
    }

    private static RouteItem ReadRoute(ref RecordReader reader, string name)
    {
        var created = reader.Number();
        var spec = new RouteSpec
        {
            Candidates = reader.List(ReadCandidate),
            MinimumQuality = reader.Double(),
            MinimumConfidence = reader.Double(),
            Verifier = reader.OptionalName(),
            VerifierCost = reader.Double(),
            Fallback = reader.OptionalName(),
            QuotaPatienceMs = reader.Number(),
        };
        var route = new RouteItem { Name = name, Spec = spec, CreatedUnixMs = created };
        var figures = reader.List(static (ref reader) => (Pair: (reader.Name(), reader.Name()), Figures: ReadFigures(ref reader)));
        foreach (var (pair, known) in figures) route.ByPair[pair] = known;
        return route;
    }

    private static void WriteCandidate(RecordWriter writer, RouteCandidate candidate)
    {
        writer.Text(candidate.Name);
        writer.Optional(candidate.CostPerTask);
        writer.Optional(candidate.CostPerToken);
        writer.Double(candidate.Quality);
        writer.Double(candidate.Seconds);
        writer.Optional(candidate.RateLimitKey);
        writer.Optional(candidate.BudgetKey);
    }

    private static RouteCandidate ReadCandidate(ref RecordReader reader) => new(reader.Name())
    {
        CostPerTask = reader.OptionalDouble(),
        CostPerToken = reader.OptionalDouble(),
        Quality = reader.Double(),
        Seconds = reader.Double(),
        RateLimitKey = reader.OptionalName(),
        BudgetKey = reader.OptionalName(),
    };

    private static void WriteFigures(RecordWriter writer, RouteFigures figures)
    {
        writer.Double(figures.Attempts.SuccessRate);
        writer.Double(figures.Attempts.MeanSeconds);
        writer.Number(figures.Attempts.Attempts);
        WriteMean(writer, figures.Cost);
        WriteMean(writer, figures.Tokens);
        WriteMean(writer, figures.Confidence);
    }

    private static RouteFigures ReadFigures(ref RecordReader reader)
        => new(new Performance(reader.Double(), reader.Double(), reader.Number()), ReadMean(ref reader), ReadMean(ref reader), ReadMean(ref reader));

    private static void WriteMean(RecordWriter writer, MovingMean mean)
    {
        writer.Double(mean.Mean);
        writer.Number(mean.Count);
    }

    private static MovingMean ReadMean(ref RecordReader reader) => new(reader.Double(), reader.Number());
}
