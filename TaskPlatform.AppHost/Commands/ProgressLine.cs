namespace TaskPlatform.AppHost.Commands;

/// <summary>Shows progress as one line: in place on a terminal, otherwise a new line for each tenth.</summary>
/// <param name="title">What goes on.</param>
/// <param name="output">Where to.</param>
/// <param name="inPlace">Whether the line may be written over.</param>
internal sealed class ProgressLine(string title, TextWriter output, bool inPlace)
{
    private const int Width = 72;

    private int _tenths = -1;

    /// <summary>Shows how far it is.</summary>
    public void Show(int done, int total, TimeSpan elapsed)
    {
        var text = $"{title}: {done} of {total} tasks done, {elapsed.TotalSeconds:0} s";
        if (inPlace)
        {
            output.Write($"\r{text.PadRight(Width)}");
            return;
        }

        var tenths = total == 0 ? 0 : done * 10 / total;
        if (tenths <= _tenths) return;
        _tenths = tenths;
        output.WriteLine(text);
    }

    /// <summary>Leaves the line as it is.</summary>
    public void End()
    {
        if (inPlace) output.WriteLine();
    }
}
