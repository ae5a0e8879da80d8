using System.Collections;
using System.Text;

namespace TaskPlatform.Api.Store;

/// <summary>
/// Changes of one hash, in order. Names and records stand behind each other in large pieces of memory: a batch has thousands of both, is kept for some
/// seconds after it was stored, and as an object each they would be most of what the garbage collector has to move.
/// </summary>
public sealed class FieldChanges : IReadOnlyList<FieldChange>
{
    // Below the size of large objects, which only a full collection frees.
    private const int PieceBytes = 64 << 10;
    private const int FirstBytes = 1 << 10;
    private const int Deleted = -1;

    private readonly List<byte[]> _pieces;
    private readonly List<Place> _places;
    private readonly int _first;
    private readonly int? _count;
    private Dictionary<string, int>? _byField;
    private int _replaced;
    private int _taken;

    /// <summary>None yet.</summary>
    internal FieldChanges() => (_pieces, _places) = ([], []);

    private FieldChanges(FieldChanges all, int first, int count) => (_pieces, _places, _first, _count) = (all._pieces, all._places, first, count);

    /// <inheritdoc/>
    public int Count => _count ?? _places.Count - _replaced;

    /// <summary>How many of them are deletes.</summary>
    public int Deletes
    {
        get
        {
            Close();
            var deletes = 0;
            for (var index = 0; index < Count; index++) deletes += _places[_first + index].IsDelete ? 1 : 0;
            return deletes;
        }
    }

    /// <inheritdoc/>
    public FieldChange this[int index]
    {
        get
        {
            Close();
            var place = _places[_first + index];
            var piece = _pieces[place.Piece].AsMemory(place.At);
            return new(piece[..place.Name], place.IsDelete ? default : piece.Slice(place.Name, place.Value), place.IsDelete);
        }
    }

    /// <summary>Some of them, which share the memory of all.</summary>
    internal FieldChanges Slice(int first, int count)
    {
        Close();
        return new(this, first, count);
    }

    /// <summary>Makes room for so many more; at least doubled, for a set that grows by small steps must not be copied at each.</summary>
    internal void Expect(int more)
    {
        if (_places.Count + more > _places.Capacity) _places.EnsureCapacity(Math.Max(_places.Count + more, 2 * _places.Capacity));
    }

    /// <summary>Adds a change of a field that is not among them yet.</summary>
    /// <returns>How many bytes they take more.</returns>
    internal int Add(string name, string ending, ReadOnlySpan<byte> value, bool isDelete)
    {
        if (_byField is not null) return Put(name + ending, value, isDelete);
        var place = Write(name, ending, value, isDelete);
        _places.Add(place);
        return place.Bytes;
    }

    /// <summary>
    /// Adds a change; of a field that is among them already it replaces the earlier one, and stands behind all that came between: a task's state stays behind
    /// its result, also where a set is cut into several calls.
    /// </summary>
    /// <returns>How many bytes they take more. What was replaced takes its memory until the set is gone, and counts.</returns>
    internal int Put(string field, ReadOnlySpan<byte> value, bool isDelete)
    {
        _byField ??= Enumerable.Range(0, Count).ToDictionary(index => this[index].Field, StringComparer.Ordinal);
        var place = Write(field, "", value, isDelete);
        if (_byField.TryGetValue(field, out var index))
        {
            _places[index] = Place.Replaced;
            _replaced++;
        }
        _byField[field] = _places.Count;
        _places.Add(place);
        return place.Bytes;
    }

    /// <inheritdoc/>
    public IEnumerator<FieldChange> GetEnumerator()
    {
        for (var index = 0; index < Count; index++) yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes out what was replaced, before the rest is read.</summary>
    private void Close()
    {
        if (_replaced == 0) return;
        _places.RemoveAll(static place => place == Place.Replaced);
        (_replaced, _byField) = (0, null);
    }

    private Place Write(string name, string ending, ReadOnlySpan<byte> value, bool isDelete)
    {
        var length = Encoding.UTF8.GetByteCount(name) + ending.Length;
        var at = Take(length + value.Length);
        var piece = _pieces[^1].AsSpan(at);
        Encoding.UTF8.GetBytes(ending, piece[Encoding.UTF8.GetBytes(name, piece)..]);
        value.CopyTo(piece[length..]);
        return new Place(_pieces.Count - 1, at, length, isDelete ? Deleted : value.Length);
    }

    /// <returns>Where there are so many free bytes in the last piece.</returns>
    private int Take(int bytes)
    {
        if (_pieces.Count == 0 || _pieces[^1].Length - _taken < bytes)
        {
            _pieces.Add(GC.AllocateUninitializedArray<byte>(Math.Max(bytes, Math.Min(PieceBytes, FirstBytes << (2 * Math.Min(_pieces.Count, 3))))));
            _taken = 0;
        }
        var at = _taken;
        _taken += bytes;
        return at;
    }

    private readonly record struct Place(int Piece, int At, int Name, int Value)
    {
        public static Place Replaced { get; } = new(-1, 0, 0, 0);

        public bool IsDelete => Value == Deleted;

        public int Bytes => FieldChange.BytesOf(Name, Math.Max(0, Value));
    }
}
