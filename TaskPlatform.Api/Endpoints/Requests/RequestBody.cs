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
    private readonly BodyBuffer? _buffer;
    private readonly JsonDocument? _document;

    private RequestBody(BodyBuffer? buffer)
    {
        _buffer = buffer;
        if (buffer is { Length: > 0 }) _document = JsonText.Parse(buffer.Bytes);
    }

    /// <summary>The bytes as they came; empty when there was no body.</summary>
    public ReadOnlySpan<byte> Utf8 => _buffer is null ? [] : _buffer.Bytes.Span;

    /// <summary>The value; null when there was no body.</summary>
    public JsonElement? Root => _document?.RootElement;

    /// <summary>Reads the body.</summary>
    /// <exception cref="RequestRefusedException">It is longer than <paramref name="mostBytes"/>, or not JSON, or there is no memory left for it.</exception>
    /// <exception cref="BadHttpRequestException">It did not arrive in time.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, int mostBytes)
    {
        if (request.ContentLength == 0) return new RequestBody(null);
        if (request.ContentLength > mostBytes) throw TooLarge(mostBytes);
        var buffer = new BodyBuffer(request.HttpContext.RequestServices.GetRequiredService<BodyMemory>());
        try
        {
            if (!await ReadInTimeAsync(request, buffer, mostBytes)) throw TooLarge(mostBytes);
            if (buffer.Length > 0) RequireJson(request);
            return new RequestBody(buffer);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _document?.Dispose();
        _buffer?.Dispose();
    }

    // Kestrel's least rate is an average: who sends much at once could then hold it for hours.
    private static async Task<bool> ReadInTimeAsync(HttpRequest request, BodyBuffer buffer, int mostBytes)
    {
        var gone = request.HttpContext.RequestAborted;
        var services = request.HttpContext.RequestServices;
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(services.GetRequiredService<HttpLimits>().BodySeconds), services.GetRequiredService<TimeProvider>());
        // Not by the reader's token: Kestrel would find its own read still under way when it drops the rest.
        using var stop = late.Token.Register(() => request.BodyReader.CancelPendingRead());
        try
        {
            return await buffer.TryReadAsync(request.BodyReader, mostBytes, gone);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !gone.IsCancellationRequested)
        {
            throw new BadHttpRequestException("The body did not arrive in time.", StatusCodes.Status408RequestTimeout);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            // A chunk of more bytes than a number holds ends so.
            throw new BadHttpRequestException($"The body could not be read: {exception.Message}", StatusCodes.Status400BadRequest, exception);
        }
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
