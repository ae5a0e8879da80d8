namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>
/// How many neighbours on the ring are enough (J. H. Bell and others, 2020; the bounds are those of fcp/secagg, graph_parameter_finder.cc, for a server that is
/// malicious after the keys): except with probability 2⁻⁴⁰ the honest survivors stay connected and no secret can be opened both ways, and except with
/// probability 2⁻²⁰ every secret can be opened.
/// </summary>
internal static class HararyParameters
{
    private const double SecurityBits = 40;
    private const double CorrectnessBits = 20;

    /// <summary>Keeps rounding from going the unsafe way where a share of the nodes is meant to be whole.</summary>
    private const double Tiny = 1e-14;

    /// <summary>The smallest even degree and its threshold, or null where there is none.</summary>
    public static (int Degree, int Threshold)? Find(int nodes, double corruptShare, double dropShare)
    {
        var corrupt = (int)Math.Floor((corruptShare + Tiny) * nodes);
        var dropped = (int)Math.Floor((dropShare + Tiny) * nodes);
        for (var degree = 2; degree < nodes - 1; degree += 2)
        {
            if (LogDisconnected(nodes, degree, corrupt + dropped) >= -(SecurityBits + 1) * Math.Log(2)) continue;
            if (Threshold(nodes, degree, corrupt, dropShare) is { } threshold) return (degree, threshold);
        }
        return null;
    }

    /// <summary>
    /// A ring falls apart where half a degree of successive nodes is bad in two places. The logarithm of the chance, by the number of pairs of such places.
    /// </summary>
    private static double LogDisconnected(int nodes, int degree, int bad)
    {
        if (degree > bad) return double.NegativeInfinity;
        return Math.Log(nodes) + Math.Log(nodes - degree - 1) - Math.Log(2)
            + LogFactorials.Of(bad) + LogFactorials.Of(nodes - degree) - LogFactorials.Of(nodes) - LogFactorials.Of(bad - degree);
    }

    /// <summary>
    /// At most c of a node's neighbours collude, at least s survive, but for the small chances. To open both ways takes 2t shares of degree + c, so
    /// 2t &gt; degree + c; to open at all t ≤ s.
    /// </summary>
    private static int? Threshold(int nodes, int degree, int corrupt, double dropShare)
    {
        var surviving = (int)Math.Ceiling((1 - dropShare - Tiny) * nodes);
        var colluders = degree;
        for (double tail = 0; colluders > 0; colluders--)
        {
            tail += Hypergeometric(nodes, corrupt, degree, colluders);
            if (tail > Math.Pow(2, -(SecurityBits + 1)) / nodes) break;
        }
        var survivors = 0;
        for (double tail = 0; survivors < degree; survivors++)
        {
            tail += Hypergeometric(nodes, surviving, degree, survivors);
            if (tail > Math.Pow(2, -CorrectnessBits) / nodes) break;
        }
        var threshold = Math.Max(2, (degree + colluders) / 2 + 1);
        return threshold <= survivors ? threshold : null;
    }

    /// <summary>The chance that of so many draws just so many are marked.</summary>
    private static double Hypergeometric(int nodes, int marked, int draws, int hits)
    {
        if (hits > marked || draws - hits > nodes - marked) return 0;
        return Math.Exp(LogChoose(marked, hits) + LogChoose(nodes - marked, draws - hits) - LogChoose(nodes, draws));
    }

    private static double LogChoose(int from, int choose) => LogFactorials.Of(from) - LogFactorials.Of(choose) - LogFactorials.Of(from - choose);

    /// <summary>ln n!, summed once.</summary>
    private static class LogFactorials
    {
        private static readonly double[] Sums = Sum(Roster.MaxMembers);

        public static double Of(int value) => Sums[value];

        private static double[] Sum(int upTo)
        {
            var sums = new double[upTo + 1];
            for (var i = 2; i <= upTo; i++) sums[i] = sums[i - 1] + Math.Log(i);
            return sums;
        }
    }
}
