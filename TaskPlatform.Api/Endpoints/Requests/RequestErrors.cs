using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Everything that is wrong with a request, so that its author can mend it in one go.</summary>
public sealed class RequestErrors
{
    private readonly List<FieldError> _errors = [];
    private bool _hasOtherThanSize;

    /// <summary>How much is wrong.</summary>
    public int Count { get; private set; }

    /// <summary>A field is wrong.</summary>
    /// <param name="field">Its path, for example <c>tasks[3].backoff.kind</c>.</param>
    /// <param name="message">What to write instead.</param>
    public void Add(string field, string message)
    {
        _hasOtherThanSize = true;
        Note(field, message);
    }

    /// <summary>A field is right but for its size.</summary>
    public void AddTooLarge(string field, string message) => Note(field, message);

    /// <summary>Refuses the request if anything is wrong with it.</summary>
    /// <exception cref="RequestRefusedException"/>
    public void ThrowIfAny()
    {
        if (Count > 0) throw new RequestRefusedException(ToProblem());
    }

    /// <summary>413 when sizes are all that is wrong, otherwise 400.</summary>
    public Problem ToProblem()
        => Problems.Of(_hasOtherThanSize ? ProblemTypes.InvalidRequest : ProblemTypes.PayloadTooLarge, Sentence(), errors: _errors);

    private string Sentence()
    {
        var first = $"{_errors[0].Field}: {_errors[0].Message}.";
        var rest = Count > _errors.Count ? $" The first {_errors.Count} are listed." : "";
        return Count == 1 ? first : $"{Count} fields are wrong. {first}{rest}";
    }

    private void Note(string field, string message)
    {
        Count++;
        if (_errors.Count < RequestLimits.ErrorsListed) _errors.Add(new FieldError(field, message));
    }
}
