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

    public void Line(string name, string text)
    {
        var colour = Colours[Math.Max(0, _names.IndexOf(name)) % Colours.Length];
        Note($"{Paint(name.PadRight(_width), colour)} | {(_coloured ? text : Escapes().Replace(text, ""))}");
    }

    /// <summary>Something went wrong with a resource.</summary>
    public void Trouble(string name, string text) => Line(name, Paint(text, 31));

    /// <summary>Something about the application as a whole.</summary>
    public void Note(string line)
    {
        lock (_lock) Console.WriteLine(line);
    }

    /// <summary>Which resources there are and where, once all are healthy.</summary>
    public void Table(IEnumerable<Instance> instances)
    {
        var groups = instances.GroupBy(instance => instance.Resource).ToList();
        IEnumerable<string> lines =
        [
            "",
            "All resources are healthy. Ctrl+C stops them.",
            .. groups.SelectMany(replicas => Rows(replicas.Key.Name, replicas.Count(), replicas.First().Urls())),
            .. groups.Where(replicas => replicas.Key is Dashboard)
                .Select(_ => "  The dashboard has traces, logs and metrics. Its pages Resources and Console need Aspire's orchestrator."),
            "",
        ];
        Note(string.Join(Environment.NewLine, lines)); // at once: what the AppHost itself writes does not come in between
    }

    // One line for each address; the name stands on the first.
    private IEnumerable<string> Rows(string name, int count, IReadOnlyList<ResourceUrlAnnotation> urls)
    {
        var title = $"  {name.PadRight(_width)}  {(count == 1 ? "" : $"x{count}"),-3}  ";
        return [$"{title}{Show(urls.FirstOrDefault())}".TrimEnd(), .. urls.Skip(1).Select(url => $"{new string(' ', title.Length)}{Show(url)}")];
    }

    private static string Show(ResourceUrlAnnotation? url) => $"{url?.Url}  {url?.DisplayText}".TrimEnd();

    [GeneratedRegex(@"\e\[[0-9;]*[A-Za-z]")]
    private static partial Regex Escapes();

    private string Paint(string text, int colour) => _coloured ? $"\e[{colour}m{text}\e[0m" : text;
}
