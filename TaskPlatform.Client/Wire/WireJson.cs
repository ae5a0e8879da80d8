using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskPlatform.Client.Wire;

/// <summary>
/// How everything is written and read: camelCase, no nulls, times in UTC with <c>Z</c>. <see cref="Default"/> overlooks unknown fields,
/// so that an older client understands a newer service; <see cref="Strict"/> refuses them by name, so that a typing error in a
/// request is not silently dropped.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(SubmitTask))]
[JsonSerializable(typeof(TaskInfo))]
[JsonSerializable(typeof(TaskList))]
[JsonSerializable(typeof(TaskEventInfo))]
[JsonSerializable(typeof(ClaimRequest))]
[JsonSerializable(typeof(ClaimReply))]
[JsonSerializable(typeof(HeartbeatRequest))]
[JsonSerializable(typeof(HeartbeatReply))]
[JsonSerializable(typeof(CompleteRequest))]
[JsonSerializable(typeof(FailRequest))]
[JsonSerializable(typeof(ReleaseRequest))]
[JsonSerializable(typeof(CancelRequest))]
[JsonSerializable(typeof(SubmitBatchRequest))]
[JsonSerializable(typeof(SettleBatchRequest))]
[JsonSerializable(typeof(BatchReply))]
[JsonSerializable(typeof(SubmitGraphRequest))]
[JsonSerializable(typeof(GraphReply))]
[JsonSerializable(typeof(GraphInfo))]
[JsonSerializable(typeof(AgentRegistration))]
[JsonSerializable(typeof(AgentInfo))]
[JsonSerializable(typeof(AgentList))]
[JsonSerializable(typeof(QueueInfo))]
[JsonSerializable(typeof(QueueList))]
[JsonSerializable(typeof(QueueSettings))]
[JsonSerializable(typeof(QueueMetrics))]
[JsonSerializable(typeof(PauseRequest))]
[JsonSerializable(typeof(ChildrenRequest))]
[JsonSerializable(typeof(AskRequest))]
[JsonSerializable(typeof(AnswerRequest))]
[JsonSerializable(typeof(PatchTask))]
[JsonSerializable(typeof(EmptyRequest))]
[JsonSerializable(typeof(BulkRequest))]
[JsonSerializable(typeof(BulkReply))]
[JsonSerializable(typeof(OperationInfo))]
[JsonSerializable(typeof(ScheduleSettings))]
[JsonSerializable(typeof(ScheduleInfo))]
[JsonSerializable(typeof(ScheduleList))]
[JsonSerializable(typeof(RouteSettings))]
[JsonSerializable(typeof(RouteInfo))]
[JsonSerializable(typeof(RouteList))]
[JsonSerializable(typeof(StartDebate))]
[JsonSerializable(typeof(DebateInfo))]
[JsonSerializable(typeof(DebateList))]
[JsonSerializable(typeof(DebateTurn))]
[JsonSerializable(typeof(DebateAnswer))]
[JsonSerializable(typeof(WhyInfo))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(RawJson))]
[JsonSerializable(typeof(string))]
public sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>For requests: unknown fields are refused by name.</summary>
    public static WireJson Strict =>
        field ??= new(new JsonSerializerOptions(Default.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow });
}
