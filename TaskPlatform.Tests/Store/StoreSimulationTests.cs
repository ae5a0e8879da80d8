using TaskPlatform.Api.Store;

namespace TaskPlatform.Tests.Store;

/// <summary>
/// Owners that take the queue from each other over networks that lose, delay, reorder and repeat, with a store that goes away and comes
/// back. Every run is decided by its seed; a failing one names it.
/// </summary>
public sealed class StoreSimulationTests
{
    private const int Seeds = 150;

    public static TheoryData<int> Hundreds => [.. Enumerable.Range(0, Seeds / 50)];

    [Theory, MemberData(nameof(Hundreds))]
    public void Owners_HostileNetwork_LoseAndRepeatNothing(int fifty) => ForEachSeed(fifty, seed =>
    {
        var world = new StoreWorld(seed) { OwnersAtOnce = 2 };
        world.Run();
        world.AssertOneHistory();
        world.AssertNothingAcknowledgedIsLost();
        world.AssertContentIsTheHistorysSum();
    });

    [Theory, MemberData(nameof(Hundreds))]
    public void OneOwner_StoreGoesBackALittle_LosesNothing(int fifty) => ForEachSeed(fifty, seed =>
    {
        var world = new StoreWorld(seed) { OwnersAtOnce = 1, Crashes = false, RestartsMakeSafe = true, GoesBack = TimeSpan.FromSeconds(3) };
        world.Run();
        world.AssertOneHistory();
        world.AssertNothingAcknowledgedIsLost();
        world.AssertContentIsTheHistorysSum();
    });

    [Theory, MemberData(nameof(Hundreds))]
    public void Owners_StoreGoesBackFar_NeverMixHistories(int fifty) => ForEachSeed(fifty, seed =>
    {
        var world = new StoreWorld(seed) { OwnersAtOnce = 3, GoesBack = TimeSpan.FromMinutes(1) };
        world.Run();
        world.AssertOneHistory();
        world.AssertContentIsTheHistorysSum();
    });

    private static void ForEachSeed(int fifty, Action<int> run)
    {
        for (var seed = fifty * 50; seed < (fifty + 1) * 50; seed++)
        {
            try
            {
                run(seed);
            }
            catch (Exception failure)
            {
                Assert.Fail($"Seed {seed}: {failure}");
            }
        }
    }
}
