using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client;

public sealed partial class TaskPlatformClient
{
    /// <summary>Makes tasks at times from now on; replaces a schedule of the same name.</summary>
    public async Task<ScheduleInfo> PutScheduleAsync(
        string queue, string name, ScheduleSettings schedule, CancellationToken cancellationToken = default) =>
        (await PutAsync(
            SchedulePath(queue, name),
            schedule,
            WireJson.Default.ScheduleSettings,
            WireJson.Default.ScheduleInfo,
            Rule(),
            cancellationToken)).OrThrow();

    /// <summary>A schedule as it stands.</summary>
    public async Task<ScheduleInfo> GetScheduleAsync(string queue, string name, CancellationToken cancellationToken = default) =>
        (await GetAsync(SchedulePath(queue, name), WireJson.Default.ScheduleInfo, cancellationToken)).OrThrow();

    /// <summary>The schedules of a queue, by name.</summary>
    public async Task<IReadOnlyList<ScheduleInfo>> ListSchedulesAsync(string queue, CancellationToken cancellationToken = default) =>
        (await GetAsync($"{QueuePath(queue)}/schedules", WireJson.Default.ScheduleList, cancellationToken)).OrThrow().Schedules;

    /// <summary>Makes no more tasks; those it made stay.</summary>
    /// <returns>Whether it was there.</returns>
    public Task<bool> DeleteScheduleAsync(string queue, string name, CancellationToken cancellationToken = default) =>
        TryDeleteAsync(SchedulePath(queue, name), ProblemTypes.ScheduleNotFound, cancellationToken);

    /// <summary>Says who may take the tasks that name the route; replaces a route of the same name.</summary>
    public async Task<RouteInfo> PutRouteAsync(string queue, string name, RouteSettings route, CancellationToken cancellationToken = default) =>
        (await PutAsync(
            RoutePath(queue, name),
            route,
            WireJson.Default.RouteSettings,
            WireJson.Default.RouteInfo,
            Rule(),
            cancellationToken)).OrThrow();

    /// <summary>A route, and what was learned of its candidates.</summary>
    public async Task<RouteInfo> GetRouteAsync(string queue, string name, CancellationToken cancellationToken = default) =>
        (await GetAsync(RoutePath(queue, name), WireJson.Default.RouteInfo, cancellationToken)).OrThrow();

    /// <summary>The routes of a queue, by name.</summary>
    public async Task<IReadOnlyList<RouteInfo>> ListRoutesAsync(string queue, CancellationToken cancellationToken = default) =>
        (await GetAsync($"{QueuePath(queue)}/routes", WireJson.Default.RouteList, cancellationToken)).OrThrow().Routes;

    /// <summary>Routes the tasks that name it no more.</summary>
    /// <returns>Whether it was there.</returns>
    public Task<bool> DeleteRouteAsync(string queue, string name, CancellationToken cancellationToken = default) =>
        TryDeleteAsync(RoutePath(queue, name), ProblemTypes.RouteNotFound, cancellationToken);

    /// <summary>Begins to do the same to every task that matches.</summary>
    /// <returns>The operation's id.</returns>
    public async Task<string> BulkAsync(string queue, BulkRequest bulk, CancellationToken cancellationToken = default) =>
        (await PostKeyedAsync(
            $"{QueuePath(queue)}/bulk",
            bulk,
            WireJson.Default.BulkRequest,
            WireJson.Default.BulkReply,
            key: null,
            cancellationToken)).OrThrow().OperationId;

    /// <summary>How far a bulk operation is.</summary>
    public async Task<OperationInfo> GetOperationAsync(string queue, string operationId, CancellationToken cancellationToken = default) =>
        (await GetAsync($"{QueuePath(queue)}/operations/{Segment(operationId)}", WireJson.Default.OperationInfo, cancellationToken)).OrThrow();

    private static string RoutePath(string queue, string name) => $"{QueuePath(queue)}/routes/{Segment(name)}";

    private static string SchedulePath(string queue, string name) => $"{QueuePath(queue)}/schedules/{Segment(name)}";
}
