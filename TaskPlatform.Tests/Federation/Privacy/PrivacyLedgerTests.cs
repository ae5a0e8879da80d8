using TaskPlatform.Federation.Protocol.Privacy;

namespace TaskPlatform.Tests.Federation.Privacy;

/// <summary>What is spent stays spent, whatever becomes of the file.</summary>
public sealed class PrivacyLedgerTests : IDisposable
{
    private const int Size = LedgerRecord.Size;

    private readonly LedgerFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Debit_UpToTheBudget_ThenNoMoreUntilTheNextPeriod()
    {
        using var ledger = _file.Open(budget: 250);

        Assert.Equal(DebitResult.Debited, ledger.Debit("one", 1, 1, LedgerFile.Price));
        Assert.Equal(DebitResult.Debited, ledger.Debit("one", 1, 2, LedgerFile.Price));
        Assert.Equal(DebitResult.Exhausted, ledger.Debit("one", 1, 3, LedgerFile.Price));
        Assert.Equal(DebitResult.Debited, ledger.Debit("one", 1, 3, new PrivacyLoss(50)));
        Assert.Equal(DebitResult.Debited, ledger.Debit("two", 1, 1, LedgerFile.Price));
        Assert.Equal(DebitResult.Debited, ledger.Debit("one", 2, 4, LedgerFile.Price));
        Assert.Equal((100, 100), (ledger.Spent("one", 2).NanoRho, ledger.Spent("two", 1).NanoRho));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(1, 2)]
    [InlineData(0, 4)]
    public void Debit_OfARoundOrPeriodThatIsOver_IsNotGrantedAgain(long period, long round)
    {
        using var ledger = _file.With(3).Open();

        Assert.Equal(DebitResult.AlreadyDebited, ledger.Debit("tenant", period, round, LedgerFile.Price));
        Assert.Equal(300, ledger.Spent("tenant", 1).NanoRho);
    }

    [Fact]
    public void LastRounds_AfterDebitsOfSeveralPeriods_AreTheLastTwoThatWereGrantedAlsoWhenReopened()
    {
        using (var ledger = _file.Open(budget: 250))
        {
            Assert.Equal((null, null), ledger.LastRounds("one"));
            ledger.Debit("one", 1, 5, LedgerFile.Price);
            Assert.Equal((5, null), ledger.LastRounds("one"));
            ledger.Debit("one", 1, 8, LedgerFile.Price);
            ledger.Debit("two", 1, 9, LedgerFile.Price);
            Assert.Equal(DebitResult.Exhausted, ledger.Debit("one", 1, 10, LedgerFile.Price));
            Assert.Equal(DebitResult.AlreadyDebited, ledger.Debit("one", 1, 7, LedgerFile.Price));
            Assert.Equal((8, 5), ledger.LastRounds("one"));
            ledger.Debit("one", 2, 12, LedgerFile.Price);
        }

        using var again = _file.Open(budget: 250);
        Assert.Equal((12, 8), again.LastRounds("one"));
        Assert.Equal((9, null), again.LastRounds("two"));
    }

    [Fact]
    public void Debit_ThatWouldOverflow_IsExhausted()
    {
        using var ledger = _file.With(1).Open(long.MaxValue);

        Assert.Equal(DebitResult.Exhausted, ledger.Debit("tenant", 1, 2, new PrivacyLoss(long.MaxValue)));
    }

    [Fact]
    public void Debit_WhenItIsGranted_IsInTheFile()
    {
        using var ledger = _file.Open();
        for (var round = 1; round <= 3; round++)
        {
            ledger.Debit("tenant", 1, round, LedgerFile.Price);

            Assert.Equal((1 + round) * Size, new FileInfo(_file.Path).Length);
        }
    }

    /// <summary>The file ends anywhere within its last line: what was granted before stays, and the next debit can be read again.</summary>
    [Fact]
    public void Open_WithATailTornAtAnyByte_KeepsWhatWasGranted()
    {
        var whole = File.ReadAllBytes(_file.With(3).Path);
        for (var length = 3 * Size; length < 4 * Size; length++)
        {
            File.WriteAllBytes(_file.Path, whole[..length]);
            AssertGoesOn(spent: 200);
        }
    }

    /// <summary>The file system knew of the length, and the end of the bytes was never there.</summary>
    [Fact]
    public void Open_WithATailOfNoughts_KeepsWhatWasGranted()
    {
        var whole = File.ReadAllBytes(_file.With(3).Path);
        for (var length = 3 * Size; length <= 4 * Size - LedgerRecord.CheckSize; length++)
        {
            File.WriteAllBytes(_file.Path, [.. whole[..length], .. new byte[4 * Size - length]]);
            AssertGoesOn(spent: 200);
        }
    }

    [Fact]
    public void Open_WithAnyByteChanged_IsRefused()
    {
        var whole = File.ReadAllBytes(_file.With(2).Path);
        for (var at = 0; at < whole.Length; at++)
        {
            var changed = whole.ToArray();
            changed[at] ^= 1;
            File.WriteAllBytes(_file.Path, changed);

            var refused = Assert.Throws<LedgerException>(() => _file.Open());
            Assert.Contains($"byte {at / Size * Size}:", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_WithALineLeftOut_IsRefused()
    {
        var whole = File.ReadAllBytes(_file.With(3).Path);
        File.WriteAllBytes(_file.Path, [.. whole[..Size], .. whole[(2 * Size)..]]);

        Assert.Throws<LedgerException>(() => _file.Open());
    }

    [Fact]
    public void Open_OfAnotherNode_IsRefused() => Assert.Contains("'node'", Assert.Throws<LedgerException>(() => _file.With(1).Open(node: "other")).Message, StringComparison.Ordinal);

    [Fact]
    public void Open_Twice_IsRefused()
    {
        using var first = _file.Open();

        Assert.Throws<IOException>(() => _file.Open());
    }

    [Theory]
    [InlineData("")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234567890123456789-")]
    public void Debit_WithANameThatDoesNotFit_IsRefused(string tenant)
    {
        using var ledger = _file.Open();

        Assert.Throws<ArgumentException>(() => ledger.Debit(tenant, 1, 1, LedgerFile.Price));
    }

    [Fact]
    public void Debit_AfterAWriteThatFailed_FailsClosed()
    {
        var ledger = _file.Open();
        ledger.Dispose();

        Assert.Throws<LedgerException>(() => ledger.Debit("tenant", 1, 1, LedgerFile.Price));
        Assert.Throws<LedgerException>(() => ledger.Debit("tenant", 1, 2, LedgerFile.Price));
    }

    private void AssertGoesOn(long spent)
    {
        using (var ledger = _file.Open())
        {
            Assert.Equal(spent, ledger.Spent("tenant", 1).NanoRho);
            Assert.Equal(DebitResult.Debited, ledger.Debit("tenant", 1, 9, LedgerFile.Price));
        }
        using var again = _file.Open();
        Assert.Equal(spent + 100, again.Spent("tenant", 1).NanoRho);
    }
}
