using System.Text;
using TaskPlatform.Api.Store;

namespace TaskPlatform.Tests.Store;

/// <summary>Loads as an owner does: a field that comes twice counts once.</summary>
internal static class Loaded
{
    /// <summary><c>field=value</c>, sorted.</summary>
    public static async Task<string[]> FieldsAsync(IAsyncEnumerable<ReadOnlyMemory<StoredRecord>> pages)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (var page in pages)
        {
            foreach (var record in page.Span) fields[record.Field.ToString()] = Encoding.UTF8.GetString(record.Value.Span);
        }

        return [.. fields.Select(field => $"{field.Key}={field.Value}").Order(StringComparer.Ordinal)];
    }
}
