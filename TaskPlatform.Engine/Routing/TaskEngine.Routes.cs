namespace TaskPlatform.Engine;

/// <summary>Routes are set, shown and taken away.</summary>
public sealed partial class TaskEngine
{
    private readonly SortedDictionary<string, RouteItem> _routes = new(StringComparer.Ordinal);

    private Outcome PutRoute(Command.PutRoute put, Moment now)
    {
        var isNew = !_routes.TryGetValue(put.Name, out var route);
        if (isNew && _routes.Count >= limits.Routes) return Refuse(Refusal.QueueFull, $"The queue has {limits.Routes} routes, the most it takes.");
        if (route is null) _routes.Add(put.Name, route = new RouteItem { Name = put.Name, Spec = put.Spec, CreatedUnixMs = now.UnixMs });
        route.Spec = put.Spec;
        route.ForgetOthers();
        MarkDirty(route);
        RerouteAll(put.Name);
        return new Outcome.RouteList([route.Snapshot()], isNew);
    }

    private Outcome DeleteRoute(Command.DeleteRoute delete)
    {
        if (!_routes.Remove(delete.Name)) return NoRoute(delete.Name);
        Forget(RecordKind.Route, delete.Name);
        RerouteAll(delete.Name);
        return new Outcome.Done();
    }

    private Outcome GetRoute(Command.GetRoute get)
        => _routes.TryGetValue(get.Name, out var route) ? new Outcome.RouteList([route.Snapshot()]) : NoRoute(get.Name);

    private Outcome ListRoutes() => new Outcome.RouteList([.. _routes.Values.Select(route => route.Snapshot())]);

    private static Outcome NoRoute(string name) => Refuse(Refusal.RouteNotFound, $"The queue has no route '{name}'.");
}
