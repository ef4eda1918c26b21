using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeDb.Tests.Support.Writers.Redis;

/// <summary>A test client of its own, so that a fault in the product's client can not hide itself. One question at a time.</summary>
internal sealed class RedisConnection : IDisposable
{
    private readonly TcpClient _client;
    private readonly Stream _stream;
    private readonly StreamReader _reader;

    private RedisConnection(TcpClient client, Stream stream) => (_client, _stream, _reader) = (client, stream, new StreamReader(stream, Encoding.UTF8));

    /// <summary>Connects and logs in; with a certificate, over TLS where the server speaks it.</summary>
    public static async Task<RedisConnection> OpenAsync(string host, int port, string? password, CancellationToken cancel, X509Certificate2? certificate = null)
    {
        if (certificate is not null && !await IsPlainAsync(host, port, cancel))
            return await LogInAsync(host, port, password, certificate, cancel);
        return await LogInAsync(host, port, password, null, cancel);
    }

    private static async Task<bool> IsPlainAsync(string host, int port, CancellationToken cancel)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(host, port, cancel);
        try
        {
            var first = new byte[1];
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), cancel);
            return await client.GetStream().ReadAsync(first, cancel) == 1 && first[0] is (byte)'+' or (byte)'-';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<RedisConnection> LogInAsync(string host, int port, string? password, X509Certificate2? certificate, CancellationToken cancel)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(host, port, cancel);
            Stream stream = client.GetStream();
            if (certificate is not null)
            {
                // Whom the server is does not matter to these tests; others look at its certificate.
                var secure = new SslStream(stream, false, static (_, shown, _, _) => shown is not null);
                await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, ClientCertificates = [certificate] }, cancel);
                stream = secure;
            }

            var connection = new RedisConnection(client, stream);
            if (password is not null)
                await connection.AskAsync(cancel, "AUTH", password);
            return connection;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Asks; the answer as one text, the items of a list in lines.</summary>
    /// <exception cref="RedisRefusedException">The server refused.</exception>
    public async Task<string> AskAsync(CancellationToken cancel, params IEnumerable<string> words)
    {
        var all = words.ToList();
        var text = new StringBuilder($"*{all.Count}\r\n");
        foreach (var word in all)
            text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancel);
        return await ReadAsync(cancel);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }

    private async Task<string> ReadAsync(CancellationToken cancel)
    {
        var line = await LineAsync(cancel);
        switch (line[0])
        {
            case '-':
                throw new RedisRefusedException(line[1..]);
            case '$' when line == "$-1":
                return "";
            case '$':
                return await TextAsync(int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture), cancel);
            case '*':
                var items = new List<string>();
                for (var left = int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture); left > 0; left--)
                    items.Add(await ReadAsync(cancel));
                return string.Join('\n', items);
            default:
                return line[1..];
        }
    }

    private async Task<string> LineAsync(CancellationToken cancel) => await _reader.ReadLineAsync(cancel) ?? throw new IOException("the server closed the connection");

    // What the tests ask for is ASCII, so that its characters are its bytes.
    private async Task<string> TextAsync(int length, CancellationToken cancel)
    {
        var text = new char[length + 2];
        if (await _reader.ReadBlockAsync(text, cancel) < text.Length)
            throw new IOException("the server closed the connection");
        return new string(text, 0, length);
    }
}

/// <summary>A server answered with an error.</summary>
internal sealed class RedisRefusedException(string message) : Exception(message);
