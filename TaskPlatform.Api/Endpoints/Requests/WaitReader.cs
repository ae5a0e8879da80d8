using System.Collections.Immutable;
using System.Text.Json;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Reads what makes a task wait, and what lets it go on.</summary>
internal static class WaitReader
{
    /// <summary>Tasks that the holder of a task adds to it.</summary>
    public static Command Children(ApiRequest request)
    {
        var fields = request.Fields();
        var parentId = request.Id();
        var token = SettleReader.Token(fields);
        var alike = new Dictionary<UInt128, int>();
        var tasks = ImmutableArray.CreateBuilder<TaskSubmission>();
        foreach (var (element, path) in fields.Items("tasks", 1, RequestLimits.ChildTasks, isRequired: true))
        {
            if (TaskReader.Read(element, path, request.Errors, ChildId) is { } task) tasks.Add(task);
        }
        var waits = fields.Flag("wait") ?? true;
        fields.RefuseUnknown();
        return new Command.AddChildren(parentId, token, tasks.DrainToImmutable(), waits);

        string ChildId(UInt128 fingerprint)
        {
            var number = alike.GetValueOrDefault(fingerprint);
            alike[fingerprint] = number + 1;
            return Fingerprint.ChildId(parentId, fingerprint, number);
        }
    }

    /// <summary>A question to people.</summary>
    public static Command Ask(FieldReader fields, string taskId)
    {
        var token = SettleReader.Token(fields);
        var question = fields.Text("question", RequestLimits.TextBytes, isRequired: true);
        if (question is "") fields.Refuse("question", "must not be empty");
        var choices = fields.Texts("choices", RequestLimits.Choices, RequestLimits.ChoiceLength);
        fields.RefuseUnknown();
        return new Command.Ask(taskId, token, question ?? "", choices);
    }

    /// <summary>An answer. Text is a choice; an object of amounts and nothing else is added to the task's budget, where it waits for one.</summary>
    public static Command Answer(FieldReader fields, string taskId)
    {
        var json = fields.Value("answer", isRequired: true) ?? "null"u8.ToArray();
        fields.RefuseUnknown();
        var answer = JsonElement.Parse(json.Span);
        var choice = answer.ValueKind == JsonValueKind.String ? answer.GetString() : null;
        return new Command.Answer(taskId, json, choice, Raise(answer));
    }

    private static TaskBudget? Raise(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || answer.GetPropertyCount() == 0) return null;
        var errors = new RequestErrors();
        var raise = TaskReader.ReadBudget(new FieldReader(answer, "", errors));
        return errors.Count == 0 ? raise : null;
    }
}
