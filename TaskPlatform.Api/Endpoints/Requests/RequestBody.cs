using System.Buffers;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>
/// A request's body, read whole into rented memory and parsed. Everything that outlives the call is copied out, because a slice would keep
/// the body of a whole graph alive for as long as its last task.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstRent = 16 << 10;

    private readonly byte[]? _rented;
    private readonly int _length;
    private readonly JsonDocument? _document;

    private RequestBody(byte[]? rented, int length)
    {
        (_rented, _length) = (rented, length);
        if (length > 0) _document = JsonText.Parse(rented.AsMemory(0, length));
    }

    /// <summary>The bytes as they came; empty when there was no body.</summary>
    public ReadOnlySpan<byte> Utf8 => _rented.AsSpan(0, _length);

    /// <summary>The value; null when there was no body.</summary>
    public JsonElement? Root => _document?.RootElement;

    /// <summary>Reads the body.</summary>
    /// <exception cref="RequestRefusedException">It is longer than <paramref name="mostBytes"/>, or not JSON.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, int mostBytes)
    {
        if (request.ContentLength == 0) return new RequestBody(null, 0);
        if (request.ContentLength > mostBytes) throw TooLarge(mostBytes);
        var (rented, length) = await ReadBytesAsync(request, mostBytes);
        try
        {
            if (length > 0) RequireJson(request);
            return new RequestBody(rented, length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw;
        }
    }

    public void Dispose()
    {
        _document?.Dispose();
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
    }

    // Grows with what arrives, not with what the header promises: a promise of 32 MiB costs its sender nothing.
    private static async ValueTask<(byte[] Rented, int Length)> ReadBytesAsync(HttpRequest request, int mostBytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstRent);
        var length = 0;
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync(buffer.AsMemory(length), request.HttpContext.RequestAborted);
                if (read == 0) return (buffer, length);
                length += read;
                if (length > mostBytes) throw TooLarge(mostBytes);
                if (length == buffer.Length) buffer = Grow(buffer, length);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    // Strict about the type because a web page of any origin can make a browser post a form or plain text to this address.
    private static void RequireJson(HttpRequest request)
    {
        if (!request.HasJsonContentType() || !IsUtf8(request))
            throw Refuse("content-type", $"must be application/json in UTF-8, not '{request.ContentType}'");
        if (request.Headers.ContentEncoding is [{ Length: > 0 } encoding, ..] && encoding != "identity")
            throw Refuse("content-encoding", $"is not supported: send the body without '{encoding}'");
    }

    private static bool IsUtf8(HttpRequest request)
        => MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (!type.Charset.HasValue || type.Charset.Value.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static RequestRefusedException Refuse(string field, string message)
    {
        var errors = new RequestErrors();
        errors.Add(field, message);
        return new RequestRefusedException(errors.ToProblem());
    }

    private static RequestRefusedException TooLarge(int mostBytes)
        => new(Problems.Of(ProblemTypes.PayloadTooLarge, $"The body has more than {mostBytes} bytes, the most this call takes."));
}
