using System.Globalization;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Reads what signatures need of structured fields (RFC 9651): keys, strings, integers, byte sequences. One pass, nothing is taken that the grammar has not.</summary>
internal ref struct FieldReader(ReadOnlySpan<char> text)
{
    /// <summary>RFC 9651, 3.3.1.</summary>
    private const int MostDigits = 15;

    private readonly ReadOnlySpan<char> _text = text;

    /// <summary>How far it has read, in characters.</summary>
    public int Position { get; private set; }

    /// <summary>Whether all is read.</summary>
    public readonly bool IsAtEnd => Position == _text.Length;

    /// <summary>Reads this character, if it is next.</summary>
    public bool TryRead(char expected)
    {
        if (IsAtEnd || _text[Position] != expected) return false;
        Position++;
        return true;
    }

    /// <summary>Reads a comma between members of a list or dictionary, with the space around it.</summary>
    public bool TryReadComma()
    {
        var start = Position;
        SkipSpace();
        if (!TryRead(','))
        {
            Position = start;
            return false;
        }
        SkipSpace();
        return true;
    }

    /// <summary>Skips spaces.</summary>
    public void SkipSpace()
    {
        while (!IsAtEnd && _text[Position] == ' ') Position++;
    }

    /// <summary>A key: a small letter or asterisk, then small letters, digits and <c>_-.*</c>.</summary>
    public bool TryReadKey(out ReadOnlySpan<char> key)
    {
        var start = Position;
        if (!IsAtEnd && (char.IsAsciiLetterLower(_text[Position]) || _text[Position] == '*'))
        {
            while (!IsAtEnd && (char.IsAsciiLetterLower(_text[Position]) || char.IsAsciiDigit(_text[Position]) || _text[Position] is '_' or '-' or '.' or '*')) Position++;
        }
        key = _text[start..Position];
        return key.Length > 0;
    }

    /// <summary>A string in quotes, without escapes: nothing that is signed here needs them.</summary>
    public bool TryReadString(out string value)
    {
        value = "";
        if (!TryRead('"')) return false;
        var start = Position;
        while (!IsAtEnd && _text[Position] is >= ' ' and <= '~' and not '"' and not '\\') Position++;
        value = _text[start..Position].ToString();
        return TryRead('"');
    }

    /// <summary>An integer.</summary>
    public bool TryReadInteger(out long value)
    {
        var start = Position;
        TryRead('-');
        var digits = Position;
        while (!IsAtEnd && char.IsAsciiDigit(_text[Position])) Position++;
        value = 0;
        return Position - digits is >= 1 and <= MostDigits && long.TryParse(_text[start..Position], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Bytes: Base64 between colons. False too if there are not just as many.</summary>
    public bool TryReadBytes(scoped Span<byte> exactly)
    {
        if (!TryRead(':')) return false;
        var length = _text[Position..].IndexOf(':');
        if (length != (exactly.Length + 2) / 3 * 4) return false;
        var base64 = _text.Slice(Position, length);
        Position += length + 1;
        return Convert.TryFromBase64Chars(base64, exactly, out var written) && written == exactly.Length;
    }
}
