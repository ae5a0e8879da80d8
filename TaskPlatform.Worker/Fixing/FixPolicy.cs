using System.Collections.Frozen;

namespace TaskPlatform.Worker.Fixing;

/// <summary>
/// Which rules' fixes are taken. A compiler can check that changed code still builds, not that it still does the same; so only those
/// rewrites are listed that say the same thing in another way. Left out on purpose are fixes that
/// <list type="bullet">
/// <item>change what runs when (RCS1233 short circuit, CA2016 forwarding a token, RCS1261 asynchronous disposal),</item>
/// <item>change which exception is thrown (CA1826 and RCS1246 indexing in place of <c>First()</c>, RCS1156 length of a null string),</item>
/// <item>change how texts compare (CA1862, CA1310, RCS1155), or how operators of the user's types are called (RCS1146, RCS1206),</item>
/// <item>remove what reflection or a serializer may need (RCS1213, RCS1085, RCS1170), or add what the author must word (RCS1139).</item>
/// </list>
/// </summary>
internal static class FixPolicy
{
    /// <summary>The rules whose fixes are taken.</summary>
    public static FrozenSet<string> Rules { get; } = FrozenSet.Create(StringComparer.Ordinal,
    [
        // .NET: the same call under a better name, or without needless work.
        "CA1507", "CA1510", "CA1511", "CA1512", "CA1513", "CA1514", "CA1822", "CA1825", "CA1827", "CA1828", "CA1829", "CA1830", "CA1834",
        "CA1835", "CA1836", "CA1837", "CA1839", "CA1840", "CA1842", "CA1843", "CA1846", "CA1847", "CA1850", "CA1853", "CA1854", "CA1860",
        "CA1864", "CA1868", "CA1872", "CA1874", "CA1875", "CA1877", "CA2009", "CA2200", "CA2250", "CA2263",

        // Roslynator: redundant syntax.
        "RCS1020", "RCS1032", "RCS1033", "RCS1037", "RCS1044", "RCS1048", "RCS1049", "RCS1068", "RCS1097", "RCS1105", "RCS1107", "RCS1114",
        "RCS1179", "RCS1192", "RCS1199", "RCS1212", "RCS1214", "RCS1216", "RCS1240", "RCS1249", "RCS1251", "RCS1259", "RCS1262", "RCS1265",

        // Roslynator: the same statement or expression, plainer.
        "RCS1001", "RCS1003", "RCS1015", "RCS1021", "RCS1058", "RCS1073", "RCS1084", "RCS1089", "RCS1098", "RCS1099", "RCS1103", "RCS1104",
        "RCS1112", "RCS1113", "RCS1118", "RCS1123", "RCS1128", "RCS1171", "RCS1172", "RCS1173", "RCS1190", "RCS1195", "RCS1196", "RCS1197",
        "RCS1204", "RCS1218", "RCS1220", "RCS1221", "RCS1239", "RCS1257", "RCS1267", "RCS1268",

        // Roslynator: what only its own file can see, and comments.
        "RCS1169", "RCS1187", "RCS1226", "RCS1232", "RCS1243", "RCS1247",
    ]);
}
