namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Something that a signature covers: a header, or one of RFC 9421's own components, which begin with <c>@</c>.</summary>
/// <param name="Name">In small letters.</param>
/// <param name="OfRequest">In the signature of a response: that of the request it answers.</param>
internal readonly record struct CoveredComponent(string Name, bool OfRequest = false);

/// <summary>What a signature says of itself: the field <c>Signature-Input</c> with one signature (RFC 9421, 4.1).</summary>
internal sealed class SignatureInput
{
    /// <summary>More components are not looked at.</summary>
    private const int MaxComponents = 32;

    private readonly List<CoveredComponent> _components = [];

    private SignatureInput()
    {
    }

    /// <summary>What the signature is called in both fields.</summary>
    public string Label { get; private set; } = "";

    /// <summary>What it covers, in order.</summary>
    public IReadOnlyList<CoveredComponent> Components => _components;

    /// <summary>The list and its parameters as they came: the last line of what is signed.</summary>
    public string Parameters { get; private set; } = "";

    /// <summary>When it was made, in Unix seconds.</summary>
    public long? Created { get; private set; }

    /// <summary>When it ends, in Unix seconds.</summary>
    public long? Expires { get; private set; }

    /// <summary>What makes it unique.</summary>
    public string? Nonce { get; private set; }

    /// <summary>Whose key.</summary>
    public string? KeyId { get; private set; }

    /// <summary>How it was made.</summary>
    public string? Algorithm { get; private set; }

    /// <summary>What for.</summary>
    public string? Tag { get; private set; }

    /// <summary>Reads the field.</summary>
    /// <returns>Null if it holds no signature, several, a component twice or a parameter that is not known here.</returns>
    public static SignatureInput? Parse(string field, out bool isSeveral)
    {
        isSeveral = false;
        var reader = new FieldReader(field);
        var input = new SignatureInput();
        if (!reader.TryReadKey(out var label) || !reader.TryRead('=')) return null;
        var start = reader.Position;
        if (!input.ReadComponents(ref reader) || !input.ReadParameters(ref reader)) return null;
        input.Label = label.ToString();
        input.Parameters = field[start..reader.Position];
        isSeveral = reader.TryReadComma();
        return reader.IsAtEnd && !isSeveral ? input : null;
    }

    private bool ReadComponents(ref FieldReader reader)
    {
        if (!reader.TryRead('(')) return false;
        reader.SkipSpace();
        while (!reader.TryRead(')'))
        {
            if (_components.Count == MaxComponents || !reader.TryReadString(out var name)) return false;
            var ofRequest = reader.TryRead(';');
            if (ofRequest && !(reader.TryReadKey(out var parameter) && parameter is "req")) return false;
            var component = new CoveredComponent(name, ofRequest);
            if (_components.Contains(component)) return false;
            _components.Add(component);
            reader.SkipSpace();
        }
        return true;
    }

    /// <summary>Each once. A parameter that is not known here may change what the signature means, so it is refused.</summary>
    private bool ReadParameters(ref FieldReader reader)
    {
        while (reader.TryRead(';'))
        {
            reader.SkipSpace();
            if (!reader.TryReadKey(out var key) || !reader.TryRead('=') || !ReadParameter(ref reader, key)) return false;
        }
        return true;
    }

    private bool ReadParameter(ref FieldReader reader, ReadOnlySpan<char> key)
    {
        if (key is "created" && Created is null && reader.TryReadInteger(out var created)) return (Created = created) is not null;
        if (key is "expires" && Expires is null && reader.TryReadInteger(out var expires)) return (Expires = expires) is not null;
        if (key is "created" or "expires" || !reader.TryReadString(out var text)) return false;
        switch (key)
        {
            case "nonce" when Nonce is null: Nonce = text; return true;
            case "keyid" when KeyId is null: KeyId = text; return true;
            case "alg" when Algorithm is null: Algorithm = text; return true;
            case "tag" when Tag is null: Tag = text; return true;
            default: return false;
        }
    }
}
