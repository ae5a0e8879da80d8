using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Reads the weights by which tasks and agents are matched.</summary>
internal static class MatchingReader
{
    /// <summary>The weights to change; null: none.</summary>
    public static MatchChange? Change(FieldReader? fields)
    {
        if (fields is null) return null;
        var priority = fields.Object("priority");
        var change = new MatchChange
        {
            Capability = Points(fields, "capability"),
            Critical = priority is null ? null : Points(priority, "critical"),
            High = priority is null ? null : Points(priority, "high"),
            Medium = priority is null ? null : Points(priority, "medium"),
            Low = priority is null ? null : Points(priority, "low"),
            Load = Points(fields, "load"),
            Success = Points(fields, "success"),
            Speed = Points(fields, "speed"),
            SpeedTypes = fields.Words("speedTypes"),
            Cost = Points(fields, "cost"),
            PatienceMs = fields.Milliseconds("patienceSeconds", 0, RequestLimits.PatienceSeconds),
        };
        priority?.RefuseUnknown();
        fields.RefuseUnknown();
        return change;
    }

    private static double? Points(FieldReader fields, string name) => fields.Number(name, 0, RequestLimits.Points);
}
