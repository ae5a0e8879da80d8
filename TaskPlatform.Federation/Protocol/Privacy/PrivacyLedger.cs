using System.Diagnostics.CodeAnalysis;

namespace TaskPlatform.Federation.Protocol.Privacy;

/// <summary>Whether a release is paid for.</summary>
internal enum DebitResult
{
    /// <summary>It is, and the debit is on the disk: noise may be drawn, once.</summary>
    Debited,

    /// <summary>It would cost more than the period has left: nothing leaves.</summary>
    Exhausted,

    /// <summary>This round, a later one or a later period was paid for before: noise must not be drawn again.</summary>
    AlreadyDebited,
}

/// <summary>The ledger cannot be trusted: nothing may be released until somebody has looked at it.</summary>
/// <param name="message">What is wrong and where.</param>
/// <param name="inner">What caused it.</param>
internal sealed class LedgerException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// What a node has spent of each tenant's privacy budget, in a file that is only ever added to. A debit is synced before it is granted, so that a crash can waste budget and never spend it twice. A line
/// that a crash cut short is dropped, since nothing was granted on it; any other damage stops the ledger. One process at a time; of one thread at a time. A line is 128 bytes: a release each five seconds
/// makes 2 MB a day.
/// </summary>
internal sealed class PrivacyLedger : IDisposable
{
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly PrivacyLoss _budget;
    private readonly string _path;
    private readonly FileStream _file;
    private byte[] _check = LedgerRecord.NoCheck.ToArray();
    private Exception? _broken;

    private PrivacyLedger(string path, FileStream file, PrivacyLoss budget) => (_path, _file, _budget) = (path, file, budget);

    /// <summary>Opens the ledger, or begins one.</summary>
    /// <param name="path">Its file; the folder exists.</param>
    /// <param name="node">Whose it is; another's is refused.</param>
    /// <param name="budget">What each tenant may be charged in a period.</param>
    /// <exception cref="LedgerException">It is damaged, or another node's.</exception>
    /// <exception cref="IOException">It cannot be read or written, or another process has it open.</exception>
    public static PrivacyLedger Open(string path, string node, PrivacyLoss budget)
    {
        if (!LedgerRecord.IsName(node)) throw new ArgumentException($"A name has 1 to {LedgerRecord.MaxNameBytes} bytes.", nameof(node));
        // Without a buffer: what was written is with the system, even when this process is killed.
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        try
        {
            var ledger = new PrivacyLedger(path, file, budget);
            ledger.Read(node);
            return ledger;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What a tenant was charged in the period of its last debit.</summary>
    public PrivacyLoss Spent(string tenant, long period) => _accounts.TryGetValue(tenant, out var account) && account.Period == period ? account.Spent : default;

    /// <summary>The last two rounds that a tenant was charged for, the later one first; null where there were not so many. As durable as the debits are.</summary>
    public (long? Last, long? Before) LastRounds(string tenant) => _accounts.TryGetValue(tenant, out var account) ? (account.Round, account.Before) : (null, null);

    /// <summary>Charges a release, on the disk before this returns. Only then may its noise be drawn.</summary>
    /// <param name="tenant">Whose tasks are in it; a known one, since each is kept.</param>
    /// <param name="period">The period of accounts; never before that of the last debit.</param>
    /// <param name="round">The round; above that of the last debit.</param>
    /// <param name="loss">What it costs.</param>
    /// <exception cref="LedgerException">It could not be written, now or before: whether the debit counts is found out when the ledger is opened again.</exception>
    public DebitResult Debit(string tenant, long period, long round, PrivacyLoss loss)
    {
        if (!LedgerRecord.IsName(tenant)) throw new ArgumentException($"A name has 1 to {LedgerRecord.MaxNameBytes} bytes.", nameof(tenant));
        ArgumentOutOfRangeException.ThrowIfNegative(loss.NanoRho);
        if (_broken is not null) throw new LedgerException($"The ledger {_path} could not be written before.", _broken);
        var account = _accounts.GetValueOrDefault(tenant, new Account(long.MinValue, long.MinValue, null, default));
        if (round <= account.Round || period < account.Period) return DebitResult.AlreadyDebited;
        var spent = period == account.Period ? account.Spent : default;
        if (loss.NanoRho > _budget.NanoRho - spent.NanoRho) return DebitResult.Exhausted;
        Append(new LedgerRecord(LedgerRecord.Kinds.Debit, tenant, period, round, loss.NanoRho));
        _accounts[tenant] = new Account(period, round, BeforeOf(tenant), spent + loss);
        return DebitResult.Debited;
    }

    public void Dispose() => _file.Dispose();

    private void Append(LedgerRecord record)
    {
        try
        {
            var bytes = record.ToBytes(_check);
            _file.Write(bytes);
            _file.Flush(flushToDisk: true);
            _check = LedgerRecord.CheckOf(bytes).ToArray();
        }
        catch (Exception exception)
        {
            _broken = exception;
            throw new LedgerException($"The ledger {_path} could not be written.", exception);
        }
    }

    private void Read(string node)
    {
        var bytes = new byte[LedgerRecord.Size];
        var end = _file.Length;
        var at = 0L;
        for (; at < end; at += LedgerRecord.Size)
        {
            var length = _file.ReadAtLeast(bytes, LedgerRecord.Size, throwOnEndOfStream: false);
            if (length == LedgerRecord.Size && LedgerRecord.TryRead(bytes, _check, out var record)) Apply(record, at, node);
            else if (at + length == end && LedgerRecord.IsTorn(bytes.AsSpan(0, length))) break;
            else Damaged(at);
            _check = LedgerRecord.CheckOf(bytes).ToArray();
        }
        if (at < end) _file.SetLength(at);
        _file.Position = at;
        if (at == 0) Begin(node);
        else _file.Flush(flushToDisk: true);
    }

    private void Begin(string node)
    {
        Append(new LedgerRecord(LedgerRecord.Kinds.Opened, node, 0, 0, 0));
        FolderSync.SyncFolderOf(_path);
    }

    private void Apply(LedgerRecord record, long at, string node)
    {
        if (at == 0)
        {
            if (record.Kind != LedgerRecord.Kinds.Opened) Damaged(at);
            if (record.Name != node) throw new LedgerException($"The ledger {_path} is that of '{record.Name}', not of '{node}'.");
            return;
        }
        if (record.Kind != LedgerRecord.Kinds.Debit || record.NanoRho < 0) Damaged(at);
        var account = _accounts.GetValueOrDefault(record.Name, new Account(record.Period, record.Round, null, default));
        var spent = account.Period == record.Period ? account.Spent : default;
        _accounts[record.Name] = new Account(record.Period, record.Round, BeforeOf(record.Name), spent + new PrivacyLoss(record.NanoRho));
    }

    /// <summary>The round that the next debit of a tenant comes after.</summary>
    private long? BeforeOf(string tenant) => _accounts.TryGetValue(tenant, out var account) ? account.Round : null;

    [DoesNotReturn]
    private void Damaged(long at) => throw new LedgerException($"The ledger {_path} is damaged at byte {at}: nothing is released. Restore it, or begin a new one in the next period.");

    private readonly record struct Account(long Period, long Round, long? Before, PrivacyLoss Spent);
}
