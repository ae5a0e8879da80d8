using System.Globalization;
using TaskPlatform.Federation.Protocol.Privacy;

// The ledger's file, its budget, the price of a release, the first round. A line for each release that was granted: its noise could be drawn from then on.
var (path, budget, price) = (args[0], new PrivacyLoss(Number(args[1])), new PrivacyLoss(Number(args[2])));
using var ledger = PrivacyLedger.Open(path, "node", budget);
using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
var round = Number(args[3]);
while (ledger.Debit("tenant", 1, round, price) == DebitResult.Debited) output.WriteLine(round++);
output.WriteLine("exhausted");

static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
