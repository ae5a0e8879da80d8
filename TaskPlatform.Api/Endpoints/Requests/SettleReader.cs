using System.Globalization;
using System.Text;
using System.Text.Json;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Reads what the holder of a lease says.</summary>
internal static class SettleReader
{
    /// <summary>A heartbeat.</summary>
    public static Command Heartbeat(FieldReader fields, string taskId) => Finish(fields, new Command.Heartbeat(
        taskId,
        Token(fields),
        fields.Number("progress", 0, 1),
        fields.Text("message", RequestLimits.TextBytes),
        fields.Value("checkpoint"),
        ReadUsage(fields.Object("usage"))));

    /// <summary>A completion.</summary>
    public static Command Complete(FieldReader fields, string taskId) => Finish(fields, Complete(fields, taskId, Token(fields)));

    /// <summary>A failure.</summary>
    public static Command Fail(FieldReader fields, string taskId) => Finish(fields, Fail(fields, taskId, Token(fields)));

    /// <summary>A release.</summary>
    public static Command Release(FieldReader fields, string taskId) => Finish(fields, new Command.Release(taskId, Token(fields)));

    /// <summary>One settlement of a batch; null when something is wrong with it. The id is given either way where it is one.</summary>
    public static (string? Id, Command? Command) Settlement(JsonElement element, string path, RequestErrors errors)
    {
        var known = errors.Count;
        var fields = new FieldReader(element, path, errors);
        var id = fields.Id("id", isRequired: true);
        var token = Token(fields);
        var complete = fields.Object("complete");
        var fail = fields.Object("fail");
        var release = fields.Object("release");
        Command? command = (complete, fail, release) switch
        {
            ({ } settled, null, null) => Finish(settled, Complete(settled, id ?? "", token)),
            (null, { } settled, null) => Finish(settled, Fail(settled, id ?? "", token)),
            (null, null, { } settled) => Finish(settled, new Command.Release(id ?? "", token)),
            _ => null,
        };
        fields.RefuseUnknown();
        if (command is null && errors.Count == known) fields.RefuseWhole("must have exactly one of complete, fail and release");
        return (id, errors.Count == known ? command : null);
    }

    private static Command.Complete Complete(FieldReader fields, string taskId, UInt128 token)
        => new(taskId, token, fields.Value("result"), ReadUsage(fields.Object("usage")), fields.Number("confidence", 0, 1));

    private static Command.Fail Fail(FieldReader fields, string taskId, UInt128 token) => new(
        taskId,
        token,
        ReadError(fields, fields.Object("error", isRequired: true)),
        fields.Milliseconds("retryAfterSeconds", 0, RequestLimits.WeekSeconds));

    private static TaskError ReadError(FieldReader parent, FieldReader? fields)
    {
        if (fields is null) return new TaskError("", "", Retryable: true);
        var type = fields.Text("type", RequestLimits.TextBytes, isRequired: true) ?? "";
        var message = fields.Text("message", RequestLimits.TextBytes, isRequired: true) ?? "";
        var error = new TaskError(type, message, fields.Flag("retryable") ?? true);
        fields.RefuseUnknown();
        if (Encoding.UTF8.GetByteCount(type) + Encoding.UTF8.GetByteCount(message) > RequestLimits.TextBytes) parent.RefuseSize("error", RequestLimits.TextBytes);
        return error;
    }

    private static Usage? ReadUsage(FieldReader? fields)
    {
        if (fields is null) return null;
        var usage = new Usage(fields.Whole("tokens", 0, RequestLimits.UsageTokens) ?? 0, fields.Number("cost", 0, RequestLimits.UsageCost) ?? 0);
        fields.RefuseUnknown();
        return usage;
    }

    /// <summary>The grant. What is no token of ours names no lease, as 0 does; the engine then says what became of the task.</summary>
    public static UInt128 Token(FieldReader fields) => LeaseTokens.Read(fields.Text("leaseToken", RequestLimits.TextBytes, isRequired: true) ?? "");

    private static T Finish<T>(FieldReader fields, T command)
    {
        fields.RefuseUnknown();
        return command;
    }
}
