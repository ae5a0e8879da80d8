using System.Text.RegularExpressions;

namespace TaskPlatform.LocalAspire.Running;

/// <summary>The lines of all resources on one console, each with its resource's name before it, in a colour of its own.</summary>
internal sealed partial class StackLog
{
    private static readonly int[] Colours = [36, 33, 35, 32, 34, 96, 93, 95, 92, 94];

    private readonly Lock _lock = new();
    private readonly bool _coloured = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    private readonly List<string> _names;
    private readonly int _width;

    public StackLog(IEnumerable<string> names)
    {
        _names = [.. names];
        _width = _names.Select(name => name.Length).DefaultIfEmpty().Max();
    }

    public void Line(string name, string text) =>
        Write($"{Paint(name.PadRight(_width), Colours[Math.Max(0, _names.IndexOf(name)) % Colours.Length])} | {(_coloured ? text : Escapes().Replace(text, ""))}");

    /// <summary>Something went wrong with a resource.</summary>
    public void Trouble(string name, string text) => Line(name, Paint(text, 31));

    /// <summary>Something about the application as a whole.</summary>
    public void Note(string text) => Write(text);

    /// <summary>Which resources there are and where, once all are healthy.</summary>
    public void Table(IEnumerable<Instance> instances)
    {
        var rows = instances.GroupBy(instance => instance.Resource).Select(group => (
            Name: group.Key.Name,
            Count: group.Count() == 1 ? "" : $"x{group.Count()}",
            Url: string.Join("  ", group.Key.Annotations.OfType<EndpointAnnotation>().Take(group.Key is Dashboard ? 1 : int.MaxValue)
                .Select(endpoint => new EndpointReference((IResourceWithEndpoints)group.Key, endpoint.Name).Url)))).ToList();
        lock (_lock)
        {
            Console.WriteLine();
            Console.WriteLine("All resources are healthy. Ctrl+C stops them.");
            foreach (var (name, count, url) in rows) Console.WriteLine($"  {name.PadRight(_width)}  {count,-3}  {url}".TrimEnd());
            if (instances.Any(instance => instance.Resource is Dashboard))
                Console.WriteLine("  The dashboard has traces, logs and metrics. Its pages Resources and Console need Aspire's orchestrator.");
            Console.WriteLine();
        }
    }

    [GeneratedRegex(@"\e\[[0-9;]*[A-Za-z]")]
    private static partial Regex Escapes();

    private string Paint(string text, int colour) => _coloured ? $"\e[{colour}m{text}\e[0m" : text;

    private void Write(string line)
    {
        lock (_lock) Console.WriteLine(line);
    }
}
