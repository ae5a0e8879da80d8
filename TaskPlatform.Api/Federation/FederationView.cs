using TaskPlatform.Federation.Protocol.Cooperation;

namespace TaskPlatform.Api.Federation;

/// <summary>What this node knows of the federation.</summary>
internal sealed class FederationView
{
    private readonly Lock _gate = new();

    /// <summary>The figures released last; null before the first.</summary>
    public FederationLoad? Current
    {
        get { lock (_gate) return field; }
        set { lock (_gate) field = value; }
    }
}
