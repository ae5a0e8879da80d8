namespace TaskPlatform.Engine;

/// <summary>
/// What a claim may take. Agents that can do the same share a shape, and a shape keeps the lanes that are open to it in order, so that a
/// claim asks no lane in vain.
/// </summary>
internal sealed class AgentShape(Ability ability)
{
    /// <summary>Its lanes, apart by how many slots their tasks need; fewest first.</summary>
    public List<Line> Lines { get; } = [];

    /// <summary>Claims of agents of this shape that wait, longest first.</summary>
    public SortedSet<Waiter> Waiters { get; } = new(Waiter.ByTicket);

    /// <summary>Whether a task may be there for one of them.</summary>
    public bool IsWoken { get; set; }

    /// <summary>Takes a lane in that agents of this shape may take from.</summary>
    public void Consider(Lane lane)
    {
        if (ability.WhyNot(lane) is not null) return;
        var place = LineOf(lane.Weight).Add(lane);
        lane.Shapes.Add(this);
        lane.Places.Add(place);
        if (lane.IsOpen) place.Follow();
    }

    /// <summary>Gives a lane its place back.</summary>
    public void Collect(Lane lane)
    {
        foreach (var line in Lines)
        {
            if (line.PlaceOf(lane) is { } place) lane.Places.Add(place);
        }
    }

    /// <summary>Lets go of lanes that nobody stands in any more.</summary>
    public void Forget(Predicate<Lane> isGone)
    {
        foreach (var line in Lines) line.Forget(isGone);
    }

    private Line LineOf(int weight)
    {
        var index = Lines.FindIndex(line => line.Weight >= weight);
        if (index >= 0 && Lines[index].Weight == weight) return Lines[index];
        var line = new Line(weight);
        Lines.Insert(index < 0 ? Lines.Count : index, line);
        return line;
    }
}

/// <summary>The lanes of one shape whose tasks need the same number of slots.</summary>
internal sealed class Line(int weight)
{
    private readonly Dictionary<FairShare, FairPlace> _shares = [];
    private readonly Dictionary<Lane, LanePlace> _places = [];

    public int Weight { get; } = weight;

    /// <summary>Fairness keys with something open, who has had least first.</summary>
    public IndexedHeap<FairPlace, ByHad> Fair { get; } = new();

    /// <summary>Open lanes by their oldest task.</summary>
    public IndexedHeap<LanePlace, ByOldest> Oldest { get; } = new();

    public LanePlace Add(Lane lane)
    {
        if (!_shares.TryGetValue(lane.Share, out var fair))
        {
            fair = new FairPlace(lane.Share, this);
            _shares.Add(lane.Share, fair);
            lane.Share.Places.Add(fair);
        }
        var place = new LanePlace(lane, fair, this);
        _places.Add(lane, place);
        return place;
    }

    public LanePlace? PlaceOf(Lane lane) => _places.GetValueOrDefault(lane);

    public void Forget(Predicate<Lane> isGone)
    {
        foreach (var (lane, _) in _places)
        {
            if (isGone(lane)) _places.Remove(lane);
        }
        var left = _places.Values.Select(place => place.Fair).ToHashSet();
        foreach (var (share, fair) in _shares)
        {
            if (left.Contains(fair)) continue;
            _shares.Remove(share);
            share.Places.Remove(fair);
        }
    }

    /// <summary>Looks whether it holds exactly the open lanes, each where it belongs. For tests.</summary>
    public void AssertInvariants()
    {
        foreach (var (lane, place) in _places)
        {
            var isRight = Oldest.Contains(place) == lane.IsOpen && (!lane.IsOpen || Oldest.KeyOf(place) == lane.OldestOrder);
            for (var priority = 0; priority < Lane.Priorities; priority++)
                isRight &= place.Indexes[priority] >= 0 == (lane.IsOpen && lane.First(priority) is not null);
            if (!isRight) throw new InvalidOperationException($"A line holds its open lanes by their heads. Not so: {lane.Key}.");
        }
        foreach (var fair in _shares.Values)
        {
            if (Fair.Contains(fair) && Fair.KeyOf(fair) != fair.Share.Had) throw new InvalidOperationException($"A line knows what its keys have had. Not so: {fair.Share.Key}.");
        }
    }
}
