using System.Globalization;

namespace TaskPlatform.Benchmarks.Coordination;

/// <summary>A request of a trace: when it came, in seconds since the first, and how many tokens it read and wrote together.</summary>
internal readonly record struct TraceRequest(double Seconds, int Tokens);

/// <summary>Reads traces with the columns TIMESTAMP, ContextTokens, GeneratedTokens, in the order of time.</summary>
internal static class Trace
{
    /// <summary>The Azure LLM inference trace 2023, "code".</summary>
    public static string DefaultFile { get; } = Path.Combine(AppContext.BaseDirectory, "Coordination", "azure_llm_inference_trace_code_2023.csv");

    /// <exception cref="FormatException">A line is no request.</exception>
    public static TraceRequest[] Read(string file, int most)
    {
        var lines = File.ReadLines(file).Skip(1).Where(line => line.Length > 0).Take(most).Select(Parse).ToArray();
        if (lines.Length < 2) throw new FormatException($"'{file}' holds fewer than two requests.");
        return [.. lines.Select(line => new TraceRequest((line.At - lines[0].At).TotalSeconds, line.Tokens))];
    }

    private static (DateTime At, int Tokens) Parse(string line)
    {
        var fields = line.Split(',');
        if (fields.Length != 3) throw new FormatException($"'{line}' is no request: a time and two numbers of tokens are due.");
        return (DateTime.Parse(fields[0], CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture) + int.Parse(fields[2], CultureInfo.InvariantCulture));
    }
}
