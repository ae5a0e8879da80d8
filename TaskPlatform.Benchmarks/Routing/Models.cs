namespace TaskPlatform.Benchmarks.Routing;

/// <summary>A model of the simulation: fixed once, before anything was measured (docs/coordination.md).</summary>
/// <param name="Name">Its name, which is its agents' capability.</param>
/// <param name="Skill">The difficulty at which half of its answers are right.</param>
/// <param name="Cost">What an answer costs.</param>
/// <param name="Seconds">How long it takes.</param>
/// <param name="Prior">What the operator believes of its quality.</param>
internal sealed record Model(string Name, double Skill, double Cost, double Seconds, double Prior)
{
    private const double Most = 0.98;
    private const double Slope = 12;

    /// <summary>The share of right answers to questions of a difficulty, 0 to 1.</summary>
    public double Passes(double difficulty) => Most / (1 + Math.Exp(Slope * (difficulty - Skill)));
}

/// <summary>The models, and the verifier that judges their answers.</summary>
internal static class Models
{
    public const double VerdictCost = 1;
    public const double VerdictSeconds = 1;

    /// <summary>The share of right answers that the verifier passes, and of wrong ones that it does not.</summary>
    public const double PassesRight = 0.95;
    public const double CatchesWrong = 0.9;

    /// <summary>How sure agents say they are, on average, of right and of wrong answers; normally distributed around it.</summary>
    public const double SureWhenRight = 0.8;
    public const double SureWhenWrong = 0.5;
    public const double SureSpread = 0.15;
    public const double SureEnough = 0.65;

    public static Model[] All { get; } = [new("small", 0.45, 1, 2, 0.6), new("medium", 0.7, 4, 4, 0.8), new("large", 1.05, 20, 10, 0.95)];

    public static Model Best => All[^1];

    /// <summary>The cheapest that is right nine times in ten, where somebody knows the difficulty; else the best.</summary>
    public static Model ForDifficulty(double difficulty) => Array.Find(All, model => model.Passes(difficulty) >= 0.9) ?? Best;
}

/// <summary>A question with its label: nobody but the simulation and the oracle knows how hard it is.</summary>
internal readonly record struct Question(double Difficulty, string Type)
{
    /// <summary>Difficulties are spread evenly; the harder a question, the likelier its type says so.</summary>
    public static Question[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble()).Select(difficulty => new Question(difficulty, random.NextDouble() < difficulty ? "hard_qa" : "simple_qa"))];
    }
}
