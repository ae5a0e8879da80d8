using System.Globalization;
using System.Text;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client;

/// <summary>Which tasks to list; unset fields do not narrow.</summary>
public sealed record TaskQuery
{
    /// <summary>Only tasks in this state.</summary>
    public TaskState? State { get; init; }
    /// <summary>Only tasks of this type.</summary>
    public string? Type { get; init; }
    /// <summary>Only tasks of this agent.</summary>
    public string? AgentId { get; init; }
    /// <summary>Only tasks of this graph.</summary>
    public string? GraphId { get; init; }
    /// <summary>Only tasks with this label, as the service writes it: <c>name=value</c>.</summary>
    public string? Label { get; init; }
    /// <summary>How many tasks to fetch at a time; unset: the service decides.</summary>
    public int? PageSize { get; init; }

    internal string ToQueryString(string? cursor)
    {
        var query = new StringBuilder();
        Add("state", State is { } state ? StateName(state) : null);
        Add("type", Type);
        Add("agentId", AgentId);
        Add("graphId", GraphId);
        Add("label", Label);
        Add("limit", PageSize?.ToString(CultureInfo.InvariantCulture));
        Add("cursor", cursor);
        return query.ToString();

        void Add(string name, string? value)
        {
            if (value is not null) query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }

    private static string StateName(TaskState state) => RawJson.From(state, WireJson.Default.TaskState).To(WireJson.Default.String)!;
}
