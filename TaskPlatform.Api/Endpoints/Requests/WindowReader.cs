using System.Globalization;
using System.Text.RegularExpressions;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Reads how far back to look.</summary>
internal static partial class WindowReader
{
    private const long MinuteMs = 60_000;
    private const long LeastMs = 5 * MinuteMs;
    private const long MostMs = 24 * 60 * MinuteMs;
    private const long DefaultMs = 60 * MinuteMs;

    /// <returns>The window in milliseconds.</returns>
    public static long Read(QueryReader query)
    {
        if (query.Text("window") is not { } text) return DefaultMs;
        if (Form().Match(text) is { Success: true } match && Length(match) is >= LeastMs and <= MostMs and var length) return length;
        query.Refuse("window", "must be a whole number of minutes (m), hours (h) or days (d) from 5m to 24h, like 15m");
        return DefaultMs;
    }

    private static long Length(Match match)
    {
        var unit = match.Groups[2].ValueSpan[0] switch { 'm' => MinuteMs, 'h' => 60 * MinuteMs, _ => MostMs };
        return long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * unit;
    }

    [GeneratedRegex(@"\A([0-9]{1,4})([mhd])\z")]
    private static partial Regex Form();
}
