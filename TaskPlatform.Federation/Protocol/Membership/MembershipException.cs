namespace TaskPlatform.Federation.Protocol.Membership;

/// <summary>A federation file or a folder of keys that cannot be used. The message names the file, the field and what to do, one error to a line.</summary>
public sealed class MembershipException : Exception
{
    /// <summary>One error.</summary>
    /// <param name="path">The file or folder that is wrong.</param>
    /// <param name="error">What is wrong with it.</param>
    /// <param name="inner">What the platform said, if it did.</param>
    public MembershipException(string path, string error, Exception? inner = null)
        : base($"{path}: {error}", inner) => Errors = [error];

    /// <summary>All errors of a file.</summary>
    public MembershipException(string path, IReadOnlyList<string> errors)
        : base(string.Join(Environment.NewLine, errors.Select(error => $"{path}: {error}"))) => Errors = errors;

    /// <summary>What is wrong: for a federation file each begins with its field, as in <c>nodes[1].identityKey</c>.</summary>
    public IReadOnlyList<string> Errors { get; }
}
