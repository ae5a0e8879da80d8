namespace TaskPlatform.Federation.Protocol.Cooperation;

/// <summary>Answers of one bit that are sometimes wrong on purpose (S. L. Warner, 1965), so that none of them proves anything.</summary>
internal static class RandomisedResponse
{
    /// <param name="truth">The bit.</param>
    /// <param name="flipShare">The share of answers that are turned round; 0 to 0.5.</param>
    /// <param name="draw">Uniform in [0, 1).</param>
    public static bool Answer(bool truth, double flipShare, double draw) => draw < flipShare ? !truth : truth;

    /// <summary>The ε of one answer about the bit, ln((1 − f) / f); infinite where nothing is turned round.</summary>
    public static double Epsilon(double flipShare) => Math.Log((1 - flipShare) / flipShare);

    /// <summary>
    /// The ε of a no to "have you a task for me?", ln(1 / f): of those that have one the share f says no, and of those that have none all. A yes hands a task over and cannot be denied.
    /// </summary>
    public static double WithheldEpsilon(double flipShare) => -Math.Log(flipShare);
}
