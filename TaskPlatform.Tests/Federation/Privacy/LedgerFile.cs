using TaskPlatform.Federation.Protocol.Privacy;

namespace TaskPlatform.Tests.Federation.Privacy;

/// <summary>A ledger in a temporary folder that goes with the test.</summary>
internal sealed class LedgerFile : IDisposable
{
    public static readonly PrivacyLoss Price = new(100);

    private readonly string _folder = Directory.CreateTempSubdirectory("ledger").FullName;

    public string Path => System.IO.Path.Combine(_folder, "privacy.ledger");

    public PrivacyLedger Open(long budget = 1_000, string node = "node") => PrivacyLedger.Open(Path, node, new PrivacyLoss(budget));

    /// <summary>So many releases, in rounds from 1 on, all paid for.</summary>
    public LedgerFile With(int debits)
    {
        using var ledger = Open(long.MaxValue);
        for (var round = 1; round <= debits; round++) Assert.Equal(DebitResult.Debited, ledger.Debit("tenant", 1, round, Price));
        return this;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
