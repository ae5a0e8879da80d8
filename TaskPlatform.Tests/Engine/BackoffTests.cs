using CsCheck;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>How long a failed task rests.</summary>
public sealed class BackoffTests
{
    private static readonly Gen<BackoffPolicy> Policies =
        Gen.Select(Gen.Bool, Gen.Long[0, 86_400_000], Gen.Long[0, 86_400_000], (exponential, initial, max) => new BackoffPolicy(exponential, initial, max));

    private static readonly Gen<double> Chance = Gen.Double[0, 1].Where(random => random < 1);

    [Fact]
    public void DelayMs_Exponential_LiesBetweenNothingAndTheDoubledWait()
        => Gen.Select(Policies, Gen.Int[1, 1_000], Chance).Sample((policy, failures, random) =>
        {
            var delay = (policy with { Exponential = true }).DelayMs(failures, random);
            var doubled = (decimal)policy.InitialMs * (decimal)Math.Pow(2, Math.Min(failures - 1, 60));
            Assert.InRange(delay, 0, (long)Math.Min(doubled, policy.MaxMs));
        });

    [Fact]
    public void DelayMs_Exponential_IsFullJitter()
        => Gen.Select(Policies, Gen.Int[1, 100], Chance).Sample((policy, failures, random) =>
        {
            var exponential = policy with { Exponential = true };
            var ceiling = exponential.DelayMs(failures, 1);
            Assert.Equal(0, exponential.DelayMs(failures, 0));
            Assert.InRange(exponential.DelayMs(failures, random) - ceiling * random, -1, 1);
        });

    [Fact]
    public void DelayMs_Exponential_ReachesTheLongestWaitAndNeverFallsBack()
        => Gen.Select(Policies, Gen.Int[1, 100]).Sample((policy, failures) =>
        {
            var exponential = policy with { Exponential = true };
            Assert.True(exponential.DelayMs(failures, 1) <= exponential.DelayMs(failures + 1, 1));
            if (policy.InitialMs > 0) Assert.Equal(policy.MaxMs, exponential.DelayMs(64, 1));
        });

    [Fact]
    public void DelayMs_Constant_IsTheSameEachTimeUpToTheLongest()
        => Gen.Select(Policies, Gen.Int[1, 1_000], Chance).Sample((policy, failures, random) =>
            Assert.Equal(Math.Min(policy.InitialMs, policy.MaxMs), (policy with { Exponential = false }).DelayMs(failures, random)));
}
