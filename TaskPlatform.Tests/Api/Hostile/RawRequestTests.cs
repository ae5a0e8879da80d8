using System.Text.RegularExpressions;

namespace TaskPlatform.Tests.Api.Hostile;

/// <summary>What no client library would send, byte by byte: refused, and the next caller is served.</summary>
public sealed class RawRequestTests(SharedApi api)
{
    private const string Host = "Host: here\r\n";
    private const string Close = "Connection: close\r\n";
    private const string Json = "Content-Type: application/json\r\n";

    private const int Closed = 0;

    /// <summary>Request, and the statuses that it may end with, or that the connection is closed without an answer.</summary>
    public static TheoryData<string, int[]> Requests => new()
    {
        { $"GET /v1/queues/a%2F..%2F..%2Fetc HTTP/1.1\r\n{Host}{Close}\r\n", [400, 404] },
        { $"GET /v1/queues/../../etc/passwd HTTP/1.1\r\n{Host}{Close}\r\n", [404] },
        { $"GET /v1/queues/%2e%2e/%2e%2e/etc HTTP/1.1\r\n{Host}{Close}\r\n", [404] },
        { $"GET //v1//queues//q HTTP/1.1\r\n{Host}{Close}\r\n", [404] },
        { $"GET /v1/queues/a%00b HTTP/1.1\r\n{Host}{Close}\r\n", [400] },
        { $"GET /v1/queues/a\0b HTTP/1.1\r\n{Host}{Close}\r\n", [400] },
        { $"GET /v1/queues/%ff%fe HTTP/1.1\r\n{Host}{Close}\r\n", [400] },
        { $"GET /v1/queues/%zz HTTP/1.1\r\n{Host}{Close}\r\n", [400] },
        { $"GET /v1/queues/q\\..\\x HTTP/1.1\r\n{Host}{Close}\r\n", [400, 404] },
        { $"GET /v1/queues/q?{new string('a', 7_000)} HTTP/1.1\r\n{Host}{Close}\r\n", [400, 404] },
        { $"GET /{new string('a', 20_000)} HTTP/1.1\r\n{Host}{Close}\r\n", [414] },
        { $"GET http://elsewhere/v1/queues/UPPER HTTP/1.1\r\nHost: elsewhere\r\n{Close}\r\n", [400] },
        { $"GET v1/queues HTTP/1.1\r\n{Host}{Close}\r\n", [400] },
        { $"GET * HTTP/1.1\r\n{Host}{Close}\r\n", [400, 405] },
        { $"OPTIONS * HTTP/1.1\r\n{Host}{Close}\r\n", [404, 405] },
        { $"CONNECT elsewhere:80 HTTP/1.1\r\nHost: elsewhere:80\r\n{Close}\r\n", [400, 404, 405] },
        { $"TRACE /v1/queues HTTP/1.1\r\n{Host}{Close}\r\n", [405] },
        { $"BREW /v1/queues HTTP/1.1\r\n{Host}{Close}\r\n", [405] },
        { $"G\u00c4T /v1/queues HTTP/1.1\r\n{Host}{Close}\r\n", [400] },
        { $"GET /v1/queues HTTP/9.9\r\n{Host}{Close}\r\n", [505] },
        { "GET /v1/queues\r\n\r\n", [400, 505] },
        { "\r\n\r\n\r\n\r\n", [Closed, 400] },
        { "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n", [400] },
        { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [Closed, 400, 505] },
        { $"GET /v1/queues HTTP/1.1\r\n{Close}\r\n", [400] },
        { $"GET /v1/queues HTTP/1.1\r\n{Host}{Host}{Close}\r\n", [400] },
        { $"GET /v1/queues HTTP/1.1\r\n{Host}{Close} folded: 1\r\n\r\n", [400] },
        { $"GET /v1/queues HTTP/1.1\r\n{Host}{Close}na me: 1\r\n\r\n", [400] },
        { $"GET /v1/queues HTTP/1.1\r\n{Host}{Close}name : 1\r\n\r\n", [400] },
        { $"GET /v1/queues HTTP/1.1\r\n{Host}{Close}name: a\0b\r\n\r\n", [400] },
        { $"GET /v1/queues HTTP/1.1\r\n{Host}{Close}{string.Concat(Enumerable.Range(0, 200).Select(number => $"n{number}: 1\r\n"))}\r\n", [431] },
        { $"GET /v1/queues HTTP/1.1\r\n{Host}{Close}name: {new string('a', 40_000)}\r\n\r\n", [431] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 2\r\n\r\n{{}}", [400] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Idempotency-Key: \u00e4\r\nContent-Length: 2\r\n\r\n{{}}", [400] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{{}}", [400] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}} ", [400] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Content-Length: -1\r\n\r\n{{}}", [400] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Content-Length: 99999999999999999999\r\n\r\n{{}}", [400] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Content-Length: 9999999999\r\n\r\n{{}}", [413] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Content-Length: 50\r\n\r\n{{}}", [Closed, 400] },
        { $"POST /v1/queues/q/tasks HTTP/1.0\r\n{Close}{Json}\r\n{{\"type\":\"a\"}}", [400, 411] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Transfer-Encoding: gzip\r\n\r\n{{}}", [400, 501] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Transfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n", [400] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{{}}\r\n0\r\n\r\n", [400] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}x\r\n0\r\n\r\n", [400] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Transfer-Encoding: chunked\r\n\r\n2;{new string('e', 20_000)}\r\n{{}}\r\n0\r\n\r\n", [400] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n", [Closed, 400] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n", [400] },
        { $"POST /v1/queues/q/tasks HTTP/1.1\r\n{Host}{Close}{Json}Expect: something\r\nContent-Length: 2\r\n\r\n{{}}", [400, 417] },
        { $"GET /v1/queues/UPPER HTTP/1.1\r\n{Host}Connection: Upgrade, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n", [400] },
    };

    [Theory]
    [MemberData(nameof(Requests), DisableDiscoveryEnumeration = true)]
    public async Task AnyBytes_ThatAreNoSoundRequest_AreRefused(string request, int[] statuses)
    {
        var service = (await api.HostAsync()).Http;
        using var connection = await RawConnection.OpenAsync(service.BaseAddress!);

        await connection.SendAsync(request);
        // The end of what is sent means to Kestrel that the caller is gone: only where the request would go on forever.
        if (statuses.Contains(Closed)) connection.EndSending();
        var answer = await connection.ReadToEndAsync();

        var status = Regex.Match(answer, "^HTTP/1.1 ([0-9]{3}) ") is { Success: true } line ? int.Parse(line.Groups[1].Value) : Closed;
        Assert.True(statuses.Contains(status), $"{status} for {request[..Math.Min(request.Length, 200)]}\n{answer}");
        Assert.True(Regex.Count(answer, "HTTP/1.1 [0-9]") <= 1, $"More than one answer to one request:\n{answer}");
        using var alive = await service.GetAsync("/alive", TestContext.Current.CancellationToken);
        Assert.True(alive.IsSuccessStatusCode);
    }
}
