using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace KubeDb.Api.Kubernetes.Transport;

/// <summary>
/// One command in a container, over the WebSocket form of the exec API: each message is one byte of channel number and then data
/// (0 in, 1 out, 2 error output, 3 the closing Status; with protocol v5 also 255 to close a channel).
/// </summary>
internal sealed class ExecCall(ApiTransport transport, KubernetesClientOptions options, ExecRequest request)
{
    private const string V5 = "v5.channel.k8s.io";
    private const string V4 = "v4.channel.k8s.io";
    private const byte Stdin = 0, Stdout = 1, Stderr = 2, Outcome = 3, Close = 255;

    private string What => $"exec in {request.Pod} ({request.Container})";

    /// <summary>Runs the command to its end. Only the caller's cancellation throws.</summary>
    public async Task<ApiResult<ExecResult>> RunAsync(CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(request.Timeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        var started = options.Time.GetTimestamp();
        var code = 0;
        try
        {
            using var response = await OpenAsync(either.Token);
            code = (int)response.StatusCode;
            if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
                return new(await RefusalAsync(response, either.Token));
            using var socket = await UpgradeAsync(response, either.Token);
            return await TalkAsync(socket, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(ApiErrors.TimedOut(What, request.Timeout));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            return new(limit.IsCancellationRequested
                ? ApiErrors.TimedOut(What, request.Timeout)
                : ApiErrors.FromException(e, What, transport.TlsProblem));
        }
        finally
        {
            ClientMeter.Record("exec", code, options.Time.GetElapsedTime(started));
        }
    }

    private Uri Address()
    {
        var query = new RequestMessages.Query();
        query.Add("container", request.Container);
        foreach (var word in request.Command)
            query.Add("command", word);
        query.Add("stdin", request.Input is { Length: > 0 } ? "true" : null);
        query.Add("stdout", "true");
        query.Add("stderr", "true");
        return transport.Address(HttpKubernetesClient.PodPath(request.Pod, "exec") + query);
    }

    private async Task<HttpResponseMessage> OpenAsync(CancellationToken cancel)
    {
        var uri = Address();
        string key = "";
        var response = await transport.SendAsync(
            () =>
            {
                key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
                var message = new HttpRequestMessage(HttpMethod.Get, uri) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
                message.Headers.Connection.Add("Upgrade");
                message.Headers.Upgrade.ParseAdd("websocket");
                message.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
                message.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", key);
                message.Headers.TryAddWithoutValidation("Sec-WebSocket-Protocol", $"{V5}, {V4}");
                return message;
            },
            cancel);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols && Header(response, "Sec-WebSocket-Accept") != Accept(key))
        {
            response.Dispose();
            throw new HttpRequestException("the answer to the WebSocket handshake is not one.");
        }

        return response;
    }

    private static async Task<WebSocket> UpgradeAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var protocol = Header(response, "Sec-WebSocket-Protocol");
        if (protocol is not (V5 or V4))
            throw new HttpRequestException($"the server chose exec protocol '{protocol}', not {V5} or {V4}.");
        var stream = await response.Content.ReadAsStreamAsync(cancel);
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
        {
            SubProtocol = protocol,
            KeepAliveInterval = TimeSpan.FromSeconds(15),
            KeepAliveTimeout = TimeSpan.FromSeconds(15),
        });
    }

    private async Task<ApiResult<ExecResult>> TalkAsync(WebSocket socket, CancellationToken cancel)
    {
        // Reading starts before writing ends: a command that prints while it is fed would otherwise block both sides.
        using var stopWriting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var writing = WriteAsync(socket, stopWriting.Token);
        using var output = new PooledBytes(4096);
        using var error = new PooledBytes(4096);
        using var outcome = new PooledBytes(4096);
        try
        {
            var full = await ReadAsync(socket, output, error, outcome, cancel);
            return full ?? Result(output, error, outcome);
        }
        finally
        {
            await stopWriting.CancelAsync();
            await writing;
        }
    }

    private ApiResult<ExecResult> Result(PooledBytes output, PooledBytes error, PooledBytes outcome)
    {
        if (outcome.Length == 0)
            return new(new ApiError(ApiErrorKind.Unreachable, 0, "ConnectionLost", $"{What}: the connection ended before the command's exit code came."));
        if (ApiStatus.TryReadOutcome(outcome.Span) is not { } status)
            return new(ApiErrors.Unreadable(What, "the command's outcome is not a status."));
        if (ExitCode(status) is not { } code)
            return new(ApiErrors.FromStatus(status, status.Code == 0 ? 500 : status.Code, What, secret: false));
        return new(new ExecResult(code, Encoding.UTF8.GetString(output.Span), Encoding.UTF8.GetString(error.Span)));
    }

    /// <summary>The exit code that a closing Status tells; null when the command could not be run.</summary>
    internal static int? ExitCode(ApiStatus status)
    {
        if (status.Status == "Success")
            return 0;
        var cause = status.Reason == "NonZeroExitCode" ? status.Details?.Causes?.FirstOrDefault(c => c.Reason == "ExitCode") : null;
        return int.TryParse(cause?.Message, NumberStyles.Integer, CultureInfo.InvariantCulture, out var code) ? code : null;
    }

    private async Task WriteAsync(WebSocket socket, CancellationToken cancel)
    {
        if (request.Input is not { Length: > 0 } input)
            return;
        try
        {
            var frame = new byte[Math.Min(input.Length, 32 << 10) + 1];
            frame[0] = Stdin;
            for (var sent = 0; sent < input.Length; sent += frame.Length - 1)
            {
                var part = input.Slice(sent, Math.Min(frame.Length - 1, input.Length - sent));
                part.CopyTo(frame.AsMemory(1));
                await socket.SendAsync(frame.AsMemory(0, part.Length + 1), WebSocketMessageType.Binary, true, cancel);
            }

            CryptographicOperations.ZeroMemory(frame);
            if (socket.SubProtocol == V5)
                await socket.SendAsync(new byte[] { Close, Stdin }, WebSocketMessageType.Binary, true, cancel);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The reading side tells how the command ended; one that did not read all its input is not a failure.
        }
    }

    private async Task<ApiResult<ExecResult>?> ReadAsync(
        WebSocket socket, PooledBytes output, PooledBytes error, PooledBytes outcome, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(32 << 10);
        try
        {
            PooledBytes? target = null;
            var atStart = true;
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), cancel);
                if (received.MessageType == WebSocketMessageType.Close)
                    return null;
                var data = buffer.AsSpan(0, received.Count);
                if (atStart && data.Length > 0)
                {
                    target = data[0] switch { Stdout => output, Stderr => error, Outcome => outcome, _ => null };
                    data = data[1..];
                    atStart = false;
                }

                if (target?.Append(data, options.MaxOutputBytes) == false)
                    return new(ApiErrors.Unreadable(What, $"the command printed more than {options.MaxOutputBytes} bytes."));
                if (!received.EndOfMessage)
                    continue;
                atStart = true;
                if (target == outcome && outcome.Length > 0)
                    return null;
            }
        }
        catch (WebSocketException) when (outcome.Length > 0)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private async Task<ApiError> RefusalAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        using var body = new PooledBytes(4096);
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        await body.ReadToEndAsync(stream, options.MaxOutputBytes, cancel);
        return ApiErrors.FromResponse(response, body.Span, What, secret: false, options.Time.GetUtcNow());
    }

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : "";

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "RFC 6455 prescribes SHA-1; nothing secret depends on it.")]
    private static string Accept(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}
