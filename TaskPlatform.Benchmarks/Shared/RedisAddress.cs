using System.Globalization;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>Where a Redis listens.</summary>
/// <param name="Host">Name or IPv4 address.</param>
/// <param name="Port">1 to 65,535.</param>
internal readonly record struct RedisAddress(string Host, int Port)
{
    /// <summary>For StackExchange.Redis.</summary>
    public string ConnectionString => $"{this},abortConnect=false";

    /// <summary>Reads <c>host:port</c>.</summary>
    public static bool TryParse(string text, out RedisAddress address)
    {
        address = default;
        if (text.Split(':') is not [{ Length: > 0 } host, var number]) return false;
        if (!ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0) return false;
        address = new RedisAddress(host, port);
        return true;
    }

    public override string ToString() => $"{Host}:{Port}";
}
