namespace TaskPlatform.Engine;

/// <summary>Cuts text short.</summary>
public static class TextStart
{
    /// <summary>The first characters of a text, without half of one at the end: a character outside of the basic plane has two halves.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">How many characters at most.</param>
    public static ReadOnlySpan<char> Of(string text, int most)
    {
        if (text.Length <= most) return text;
        var end = most > 0 && char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        return text.AsSpan(0, end);
    }
}
