using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using WirePriority = TaskPlatform.Client.Wire.TaskPriority;

namespace TaskPlatform.Api.Debates;

/// <summary>Reads what a debate is asked for with, every default filled in.</summary>
internal static class DebateReader
{
    private const int DebatersDefault = 3;
    private const int RoundsDefault = 3;
    private const double TurnSecondsDefault = 300;

    public static StartDebate Read(FieldReader fields)
    {
        var agents = ReadAgents(fields);
        var capability = fields.Word("capability");
        if (fields.IsGiven("capability") == fields.IsGiven("agents")) fields.RefuseWhole("must have capability or agents, and not both");
        var rule = fields.Choice<DebateRule>("rule", Rule, "vote or judge") ?? DebateRule.Vote;
        var debate = new StartDebate
        {
            Id = ReadId(fields),
            Question = ReadQuestion(fields),
            Payload = ReadPayload(fields),
            Capability = capability,
            Agents = agents,
            Debaters = ReadDebaters(fields, agents),
            MaxRounds = (int?)fields.Whole("maxRounds", 1, RequestLimits.DebateRounds) ?? RoundsDefault,
            Rule = rule,
            Judge = ReadJudge(fields, rule),
            Budget = ReadBudget(fields),
            Deadline = fields.UnixMs("deadline") is { } unixMs ? DateTimeOffset.FromUnixTimeMilliseconds(unixMs) : null,
            TurnSeconds = fields.Number("turnSeconds", RequestLimits.TurnSeconds, RequestLimits.DaySeconds) ?? TurnSecondsDefault,
            Priority = (WirePriority)(fields.Choice<Engine.TaskPriority>("priority", Words.Priority, "critical, high, medium or low") ?? Engine.TaskPriority.Medium),
        };
        fields.RefuseUnknown();
        return debate;
    }

    private static string? ReadId(FieldReader fields)
    {
        var id = fields.Id("id");
        if (id?.Length > RequestLimits.DebateIdLength) fields.Refuse("id", $"must not have more than {RequestLimits.DebateIdLength} characters");
        return id;
    }

    private static string? ReadQuestion(FieldReader fields)
    {
        var question = fields.Text("question", RequestLimits.DebateQuestionBytes, isRequired: true);
        if (question is not null && string.IsNullOrWhiteSpace(question)) fields.Refuse("question", "must not be empty");
        return question;
    }

    private static RawJson? ReadPayload(FieldReader fields)
    {
        if (fields.Value("payload") is not { } payload) return null;
        if (payload.Length > RequestLimits.DebatePayloadBytes) fields.RefuseSize("payload", RequestLimits.DebatePayloadBytes);
        return RawJson.FromTrusted(payload);
    }

    private static List<string>? ReadAgents(FieldReader fields)
    {
        if (!fields.IsGiven("agents")) return null;
        var agents = new List<string>();
        foreach (var (element, path) in fields.Items("agents", RequestLimits.DebatersLeast, RequestLimits.DebateAgents))
        {
            var id = element.ValueKind == System.Text.Json.JsonValueKind.String ? element.GetString()! : "";
            if (!Names.IsId(id)) fields.Refuse(path, Names.IdRule);
            else if (agents.Contains(id)) fields.Refuse(path, $"names '{id}' a second time");
            else agents.Add(id);
        }
        return agents;
    }

    private static int ReadDebaters(FieldReader fields, List<string>? agents)
    {
        var debaters = (int?)fields.Whole("debaters", RequestLimits.DebatersLeast, RequestLimits.DebatersMost);
        if (debaters > agents?.Count) fields.Refuse("debaters", "must not be more than there are agents");
        return debaters ?? (agents is { Count: > 0 } ? Math.Min(agents.Count, RequestLimits.DebatersMost) : DebatersDefault);
    }

    private static string? ReadJudge(FieldReader fields, DebateRule rule)
    {
        var judge = fields.Word("judge", isRequired: rule == DebateRule.Judge);
        if (rule == DebateRule.Vote && fields.IsGiven("judge")) fields.Refuse("judge", "must be left out unless the rule is judge");
        return judge;
    }

    private static TaskUsage? ReadBudget(FieldReader fields) => TaskReader.ReadBudget(fields.Object("budget")) is { } budget
        ? new TaskUsage { Tokens = budget.Tokens, Cost = (decimal?)budget.Cost }
        : null;

    private static DebateRule? Rule(string word) => word switch
    {
        "vote" => DebateRule.Vote,
        "judge" => DebateRule.Judge,
        _ => null,
    };
}
