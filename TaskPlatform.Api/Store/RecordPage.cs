using System.Text;
using StackExchange.Redis;

namespace TaskPlatform.Api.Store;

/// <summary>A page of a hash that is read. Its memory is used again for the next: a million records would leave as many names behind.</summary>
/// <param name="size">How many records it has room for.</param>
internal sealed class RecordPage(int size)
{
    private const int CharactersPerName = 48;

    private readonly StoredRecord[] _records = new StoredRecord[size];
    private readonly char[] _names = new char[size * CharactersPerName];
    private int _count;
    private int _written;

    /// <summary>What was read last.</summary>
    public ReadOnlyMemory<StoredRecord> Records => _records.AsMemory(0, _count);

    /// <summary>Reads as many as there is room for.</summary>
    /// <returns>False when there were none left.</returns>
    /// <exception cref="StoreUnavailableException">Redis did not answer.</exception>
    public async ValueTask<bool> FillAsync(IAsyncEnumerator<HashEntry> entries)
    {
        (_count, _written) = (0, 0);
        while (_count < _records.Length && await NextAsync(entries)) _records[_count++] = new StoredRecord(Name(entries.Current.Name), entries.Current.Value);
        return _count > 0;
    }

    private static ValueTask<bool> NextAsync(IAsyncEnumerator<HashEntry> entries)
    {
        try
        {
            var next = entries.MoveNextAsync();
            return next.IsCompletedSuccessfully ? next : new(RedisCalls.RunAsync(next.AsTask()));
        }
        // A page that had failed before it was asked for: thrown at once, and within another exception.
        catch (Exception failure) when (RedisFailures.IsUnavailable(failure))
        {
            throw new StoreUnavailableException(failure.Message, failure);
        }
    }

    private ReadOnlyMemory<char> Name(RedisValue name)
    {
        ReadOnlyMemory<byte> utf8 = name;
        if (!Encoding.UTF8.TryGetChars(utf8.Span, _names.AsSpan(_written), out var written)) return Encoding.UTF8.GetString(utf8.Span).AsMemory();
        var start = _written;
        _written += written;
        return _names.AsMemory(start, written);
    }
}
