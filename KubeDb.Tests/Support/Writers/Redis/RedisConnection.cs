using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace KubeDb.Tests.Support.Writers.Redis;

/// <summary>A test client of its own, so that a fault in the product's client can not hide itself. One question at a time.</summary>
internal sealed class RedisConnection : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;

    private RedisConnection(TcpClient client) => (_client, _reader) = (client, new StreamReader(client.GetStream(), Encoding.UTF8));

    /// <summary>Connects and logs in.</summary>
    public static async Task<RedisConnection> OpenAsync(string host, int port, string? password, CancellationToken cancel)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(host, port, cancel);
            var connection = new RedisConnection(client);
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
        await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancel);
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
