using Google.Protobuf;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Engine;
using Problem = TaskPlatform.Client.Wire.Problem;

namespace TaskPlatform.Api.Grpc;

/// <summary>
/// Items as commands. What is plain is taken as it is, its bytes uncopied; whatever has more, or is not quite right, goes through the readers of HTTP, which
/// know every rule and say what is wrong.
/// </summary>
internal static class ItemReader
{
    /// <summary>A task to submit.</summary>
    public static (Command? Command, Problem? Problem) Submit(SubmitItem item)
    {
        if (Plain(item) is { } plain) return (new Command.Submit(plain) { IsBrief = true }, null);
        return Read(() => WriteSubmit(item).Parse(), (root, errors) => TaskReader.Read(root, "", errors) is { } task
            ? new Command.Submit(Trace(task, item.Traceparent))
            : null);
    }

    /// <summary>A sign of life.</summary>
    public static (Command? Command, Problem? Problem) Heartbeat(Client.Protocol.Heartbeat item)
    {
        var isPlain = !item.HasProgress && !item.HasMessage && !item.HasCheckpoint && item.Usage is null && Names.IsId(item.Id);
        if (isPlain) return (new Command.Heartbeat(item.Id, LeaseTokens.Read(item.Token), null, null, null, null), null);
        return Read(() => WriteHeartbeat(item).Parse(), (root, errors) => SettleReader.Heartbeat(new FieldReader(root, "", errors), IdOf(item.Id, errors)));
    }

    /// <summary>How a grant ended.</summary>
    public static (Command? Command, Problem? Problem) Settle(Settlement item)
    {
        if (Plain(item) is { } plain) return (plain, null);
        return Read(
            () => WriteSettlement(item).Parse(),
            (root, errors) => SettleReader.Settlement(root, "", errors).Command is { } command ? command with { IsBrief = true } : null);
    }

    private static TaskSubmission? Plain(SubmitItem item)
    {
        if (!item.More.IsEmpty || (item.Id.Length > 0 && !Names.IsId(item.Id)) || !Names.IsWord(item.Type) || !IsValue(item.Payload)) return null;
        var priority = item.Priority.Length == 0 ? TaskPriority.Medium : Words.Priority(item.Priority);
        if (priority is null) return null;
        var task = new TaskSubmission
        {
            Id = item.Id.Length == 0 ? TaskReader.NewId() : item.Id,
            Type = item.Type,
            Priority = priority.Value,
            Body = new TaskBody { Payload = item.Payload.Memory, Traceparent = Context(item.Traceparent) },
        };
        return task with { Fingerprint = Fingerprint.Of(task) };
    }

    private static Command.Complete? Plain(Settlement item)
        => item.HowCase == Settlement.HowOneofCase.Complete && item.Complete is { Usage: null, HasConfidence: false } done && Names.IsId(item.Id)
            && (!done.HasResult || (!done.Result.IsEmpty && IsValue(done.Result)))
            ? new Command.Complete(item.Id, LeaseTokens.Read(item.Token), done.HasResult ? done.Result.Memory : null, null, null) { IsBrief = true }
            : null;

    /// <summary>Whether it is nothing, or one sound JSON value that is not too large.</summary>
    private static bool IsValue(ByteString value)
    {
        if (value.IsEmpty) return true;
        if (value.Length > RequestLimits.ValueBytes) return false;
        try
        {
            JsonText.Parse(value.Memory).Dispose();
            return true;
        }
        catch (RequestRefusedException)
        {
            return false;
        }
    }

    private static JsonForm WriteSubmit(SubmitItem item)
    {
        var form = new JsonForm().Text("id", item.Id).Text("type", item.Type).Text("priority", item.Priority);
        if (!item.Payload.IsEmpty) form.Json("payload", item.Payload);
        return form.Fields("more", item.More);
    }

    private static JsonForm WriteHeartbeat(Client.Protocol.Heartbeat item)
    {
        var form = new JsonForm().Text("leaseToken", item.Token);
        if (item.HasProgress) form.Number("progress", item.Progress);
        if (item.HasMessage) form.Text("message", item.Message);
        if (item.HasCheckpoint) form.Json("checkpoint", item.Checkpoint);
        return Add(form, item.Usage);
    }

    private static JsonForm WriteSettlement(Settlement item)
    {
        var form = new JsonForm().Text("id", item.Id).Text("leaseToken", item.Token);
        return item.HowCase switch
        {
            Settlement.HowOneofCase.Complete => form.Object("complete", how => WriteComplete(how, item.Complete)),
            Settlement.HowOneofCase.Fail => form.Object("fail", how => WriteFail(how, item.Fail)),
            Settlement.HowOneofCase.Release => form.Object("release", _ => { }),
            _ => form,
        };
    }

    private static void WriteComplete(JsonForm form, Complete complete)
    {
        if (complete.HasResult) form.Json("result", complete.Result);
        if (complete.HasConfidence) form.Number("confidence", complete.Confidence);
        Add(form, complete.Usage);
    }

    private static void WriteFail(JsonForm form, Fail fail)
    {
        form.Object("error", error => error.Text("type", fail.Type).Text("message", fail.Message).Flag("retryable", !fail.Final));
        if (fail.HasRetryAfterSeconds) form.Number("retryAfterSeconds", fail.RetryAfterSeconds);
    }

    private static JsonForm Add(JsonForm form, Client.Protocol.Usage? usage)
        => usage is null ? form : form.Object("usage", fields => fields.Whole("tokens", usage.Tokens).Number("cost", usage.Cost));

    private static (Command? Command, Problem? Problem) Read(Func<System.Text.Json.JsonDocument> parse, Func<System.Text.Json.JsonElement, RequestErrors, Command?> read)
    {
        var errors = new RequestErrors();
        try
        {
            using var document = parse();
            var command = read(document.RootElement, errors);
            return errors.Count == 0 ? (command, null) : (null, errors.ToProblem());
        }
        catch (RequestRefusedException refused)
        {
            return (null, refused.Problem);
        }
    }

    private static string IdOf(string id, RequestErrors errors)
    {
        if (!Names.IsId(id)) errors.Add("id", Names.IdRule);
        return id;
    }

    private static TaskSubmission Trace(TaskSubmission task, string traceparent)
        => Context(traceparent) is { } context ? task with { Body = task.Body with { Traceparent = context } } : task;

    // Whatever it is, agents get it as it came: what is no trace context is none.
    private static string? Context(string traceparent)
        => System.Diagnostics.ActivityContext.TryParse(traceparent, null, out _) ? traceparent : null;
}
