using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Privacy;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Tests.Federation.Privacy;

namespace TaskPlatform.Tests.Federation.Rounds;

/// <summary>A node's share of the noise, paid for from a ledger that goes with the test.</summary>
internal sealed class LabNoise : INoise, IDisposable
{
    private readonly LedgerFile _file = new();
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly PrivacyLedger _ledger;
    private readonly LedgerNoise _noise;

    public LabNoise(RoundTerms terms, int releases = 20_000)
    {
        _ledger = _file.Open(LedgerNoise.BudgetOf(terms, releases).NanoRho);
        _noise = new LedgerNoise(_ledger, terms, _random);
    }

    public bool TryDraw(NoiseRequest request, Span<int> noise) => _noise.TryDraw(request, noise);

    public void Dispose()
    {
        _ledger.Dispose();
        _random.Dispose();
        _file.Dispose();
    }
}
