namespace TaskPlatform.Api.Store;

/// <summary>Reads what Redis's INFO answers.</summary>
internal static class RedisInfo
{
    public static Dictionary<string, string> Parse(string info)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in info.AsSpan().EnumerateLines())
        {
            var colon = line.IndexOf(':');
            if (colon > 0) fields[line[..colon].ToString()] = line[(colon + 1)..].Trim().ToString();
        }

        return fields;
    }
}
