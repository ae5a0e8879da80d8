namespace TaskPlatform.Client.Reviews;

/// <summary>How grave a finding is, as the reviewed project's own settings have it.</summary>
public enum FindingSeverity
{
    /// <summary>A suggestion.</summary>
    Info,
    /// <summary>Probably a defect.</summary>
    Warning,
    /// <summary>Does not compile, or is declared an error by the project.</summary>
    Error,
}

/// <summary>One diagnostic at one place.</summary>
public sealed record Finding
{
    /// <summary>The rule, for example <c>CA1822</c>.</summary>
    public required string Id { get; init; }
    /// <summary>How grave it is.</summary>
    public required FindingSeverity Severity { get; init; }
    /// <summary>What is wrong, in English.</summary>
    public required string Message { get; init; }
    /// <summary>The line, counted from 1.</summary>
    public required int Line { get; init; }
    /// <summary>The column, counted from 1.</summary>
    public required int Column { get; init; }
    /// <summary>The rule's category, for example <c>Performance</c>.</summary>
    public string? Category { get; init; }
    /// <summary>Where the rule is explained.</summary>
    public string? HelpLink { get; init; }
}

/// <summary>What one method, constructor, operator or accessor measures.</summary>
public sealed record MethodMetrics
{
    /// <summary>Its name with its type.</summary>
    public required string Name { get; init; }
    /// <summary>The line it begins on, counted from 1.</summary>
    public required int Line { get; init; }
    /// <summary>How many lines it spans.</summary>
    public required int Lines { get; init; }
    /// <summary>Cyclomatic complexity: 1 and one for each branch.</summary>
    public required int Complexity { get; init; }
    /// <summary>How deep its statements are nested; 0 without nesting.</summary>
    public required int Nesting { get; init; }
    /// <summary>The maintainability index, 0 to 100; 100 is best.</summary>
    public required int Maintainability { get; init; }
}

/// <summary>What a file measures.</summary>
public sealed record FileMetrics
{
    /// <summary>All lines.</summary>
    public required int Lines { get; init; }
    /// <summary>Lines with code on them: not blank, not comment alone.</summary>
    public required int CodeLines { get; init; }
    /// <summary>Types declared, nested ones included.</summary>
    public required int Types { get; init; }
    /// <summary>Members declared: methods, constructors, operators, properties, events, fields, enum values.</summary>
    public required int Members { get; init; }
    /// <summary>The sum of its methods' cyclomatic complexity.</summary>
    public required int Complexity { get; init; }
    /// <summary>The highest cyclomatic complexity of one method; 0 without methods.</summary>
    public required int MaxComplexity { get; init; }
    /// <summary>The deepest nesting of one method.</summary>
    public required int MaxNesting { get; init; }
    /// <summary>The mean maintainability index of its methods, 0 to 100; 100 without methods.</summary>
    public required int Maintainability { get; init; }
    /// <summary>The most complex methods, worst first; at most 20.</summary>
    public required IReadOnlyList<MethodMetrics> Methods { get; init; }
}

/// <summary>What is known of one file.</summary>
public sealed record FileAnalysis
{
    /// <summary>The file, relative to the reviewed folder.</summary>
    public required string File { get; init; }

    /// <summary>The project it was compiled with, relative to the reviewed folder; unset when it belongs to none.</summary>
    public string? Project { get; init; }

    /// <summary>What limits these findings, or why there are none, for people; unset when nothing does.</summary>
    public string? Note { get; init; }

    /// <summary>Whether the file was analysed; <see cref="Note"/> says why not.</summary>
    public bool Analyzed { get; init; } = true;

    /// <summary>What it measures; unset when it could not be read.</summary>
    public FileMetrics? Metrics { get; init; }

    /// <summary>Its findings in the order of their places.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>How many findings there are of each rule, those left out of <see cref="Findings"/> included.</summary>
    public IReadOnlyDictionary<string, int> Counts { get; init; } = new Dictionary<string, int>();

    /// <summary>How many findings were left out because the result would have been too large.</summary>
    public int Omitted { get; init; }
}
