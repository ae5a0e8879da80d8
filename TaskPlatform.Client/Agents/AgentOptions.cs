using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client;

/// <summary>Who an agent is and how it works. Checked when the program starts.</summary>
public sealed class AgentOptions
{
    /// <summary>The agent's name, the same for all its replicas: <c>[A-Za-z0-9._:-]{1,128}</c>.</summary>
    public string AgentId { get; set; } = "";

    /// <summary>Tells replicas apart; unique for each process unless given.</summary>
    public string InstanceId { get; set; } = $"{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>The queue it works for: <c>[a-z0-9][a-z0-9._-]{0,63}</c>.</summary>
    public string Queue { get; set; } = "";

    /// <summary>How many tasks it works on at once, 1 to 1000.</summary>
    public int MaxConcurrency { get; set; } = 1;

    /// <summary>What it can do; the types of its handlers when left empty.</summary>
    public IList<string> Capabilities { get; set; } = [];

    /// <summary>How fast it is beside other agents, where the queue's policy looks at that. Unset: as the queue knows it, standard at first.</summary>
    public AgentSpeed? SpeedClass { get; set; }

    /// <summary>What a token costs with it, in the operator's unit, 0 to 1e12. Unset: as the queue knows it, unknown at first.</summary>
    public double? CostPerToken { get; set; }

    /// <summary>
    /// How long a grant holds without a heartbeat, in seconds, 1 to 86,400. Unset: as the task says, which is 30 unless its submitter
    /// said otherwise. 600 under a debugger, where a breakpoint would lose every lease.
    /// </summary>
    public double? LeaseSeconds { get; set; } = Debugger.IsAttached ? 600 : null;

    /// <summary>How long running tasks may go on when the program stops, in seconds, 0 to 3600; then they are cancelled and released.</summary>
    public double DrainSeconds { get; set; } = 8;

    /// <summary>How long one claim waits for work, in seconds, 0 to 60.</summary>
    public double PollSeconds { get; set; } = 30;

    /// <summary>How payloads, inputs, checkpoints and results are read and written.</summary>
    public JsonSerializerOptions Json { get; set; } = JsonSerializerOptions.Web;
}

/// <summary>Says what is wrong before the first claim, and what to write instead.</summary>
internal sealed partial class AgentOptionsValidator(string name, IReadOnlyCollection<string> handlerTypes) : IValidateOptions<AgentOptions>
{
    public ValidateOptionsResult Validate(string? optionsName, AgentOptions options)
    {
        if (optionsName != name) return ValidateOptionsResult.Skip;
        var errors = Errors(options).ToList();
        return errors is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private IEnumerable<string> Errors(AgentOptions options)
    {
        if (!Id().IsMatch(options.AgentId)) yield return $"AgentId '{options.AgentId}': give 1 to 128 of A-Z a-z 0-9 . _ : -";
        if (!Id().IsMatch(options.InstanceId)) yield return $"InstanceId '{options.InstanceId}': give 1 to 128 of A-Z a-z 0-9 . _ : -";
        if (!QueueName().IsMatch(options.Queue))
            yield return $"Queue '{options.Queue}': give 1 to 64 of a-z 0-9 . _ - beginning with a letter or digit";
        if (options.MaxConcurrency is < 1 or > 1000) yield return $"MaxConcurrency {options.MaxConcurrency}: give 1 to 1000";
        if (options.SpeedClass is { } speed && !Enum.IsDefined(speed)) yield return $"SpeedClass {speed}: give Standard, Fast or Slow";
        if (options.CostPerToken is { } cost and not (>= 0 and <= 1e12)) yield return $"CostPerToken {cost}: give 0 to 1e12, or leave it out";
        if (options.LeaseSeconds is < 1 or > 86_400) yield return $"LeaseSeconds {options.LeaseSeconds}: give 1 to 86400, or leave it out";
        if (options.DrainSeconds is not (>= 0 and <= 3600)) yield return $"DrainSeconds {options.DrainSeconds}: give 0 to 3600";
        if (options.PollSeconds is not (>= 0 and <= 60)) yield return $"PollSeconds {options.PollSeconds}: give 0 to 60";
        if (handlerTypes.Count == 0)
            yield return $"Agent '{options.AgentId}' has no handler: call AddHandler<TIn, TOut, THandler>(\"type\") on what AddAgent returns";
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._:-]{1,128}\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z")]
    private static partial Regex QueueName();
}
