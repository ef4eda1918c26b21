using System.Net.Sockets;
using System.Text;
using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Redis.Resp;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;
using RedisDatabase = KubeDb.Api.Kinds.Kubedb.Redis;

namespace KubeDb.Tests.Unit.Engines.Redis;

/// <summary>Servers by address that answer as a script says; an address without one refuses connections.</summary>
internal sealed class FakeServers : IEngineDialer
{
    /// <summary>What each server answers to a command, in RESP; null for nothing, ever.</summary>
    public Dictionary<string, Func<string[], string?>> Servers { get; } = [];

    public Task<Stream> ConnectAsync(string host, int port, CancellationToken cancel) => Servers.TryGetValue(host, out var answer)
        ? Task.FromResult<Stream>(new FakeConnection(answer))
        : Task.FromException<Stream>(TcpDialer.Problem(host, port, new SocketException((int)SocketError.ConnectionRefused)));

    public static string Bulk(string? text) => text is null ? "$-1\r\n" : $"${Encoding.UTF8.GetByteCount(text)}\r\n{text}\r\n";

    public static string List(params string[] items) => $"*{items.Length}\r\n{string.Concat(items.Select(Bulk))}";

    public static DatabaseInstances Instances(string? version = "7.2.4", Credential? credential = null, RedisDatabase? database = null, params string[] addresses) => new(
        new DatabaseFacts
        {
            Database = database ?? new RedisDatabase { Spec = new() { StorageType = StorageTypes.Durable } },
            Version = new RedisVersion { Spec = new() { Version = version! } },
            Credential = credential,
            Offers = new ServerOffers(PolicyV1: true, ServiceMonitors: true, CertManager: false),
        },
        [.. addresses.Select((a, i) => new Pod { Metadata = new() { Namespace = "demo", Name = $"rd-{i}" }, Status = new() { PodIP = a } })]);
}

/// <summary>A server with parameters that CONFIG GET and CONFIG SET reach.</summary>
internal sealed class FakeParameters(int major)
{
    public Dictionary<string, string> Values { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What CONFIG SET answers for a parameter instead of taking it.</summary>
    public Dictionary<string, string> Refusals { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes of a value what the server reports of it.</summary>
    public Func<string, string, string> Reported { get; set; } = (_, value) => value;

    public string Answer(string[] words)
    {
        if (!words[0].Equals("CONFIG", StringComparison.OrdinalIgnoreCase))
            return "+OK\r\n";
        if (words[1] == "GET")
            return Values.TryGetValue(words[2], out var value) ? FakeServers.List(words[2].ToLowerInvariant(), Reported(words[2], value)) : FakeServers.List();
        if (words.Length > 4 && major < 7)
            return "-ERR Unknown subcommand or wrong number of arguments for 'SET'\r\n";
        var pairs = words.Skip(2).Chunk(2).ToList();
        foreach (var pair in pairs)
        {
            if (Refusals.TryGetValue(pair[0], out var refusal))
                return $"-{refusal}\r\n";
        }

        foreach (var pair in pairs)
            Values[pair[0]] = pair[1];
        return "+OK\r\n";
    }
}

internal sealed class FakeConnection(Func<string[], string?> answer) : Stream
{
    private readonly MemoryStream _request = new();
    private readonly MemoryStream _reply = new();
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _request.Write(buffer.Span);
        _request.Position = 0;
        var reader = new RespReader(_request, RespLimits.Default);
        while (await CommandAsync(reader, cancellationToken) is { } command)
        {
            if (answer(command) is not { } reply)
                continue;
            _reply.Position = _reply.Length;
            _reply.Write(Encoding.UTF8.GetBytes(reply));
        }

        _request.SetLength(0);
    }

    private static async Task<string[]?> CommandAsync(RespReader reader, CancellationToken cancel)
    {
        try
        {
            return [.. (await reader.ReadAsync(cancel)).Items.Select(i => i.Text)];
        }
        catch (EndOfStreamException)
        {
            return null;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_read == _reply.Length)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        _reply.Position = _read;
        var count = _reply.Read(buffer.Span);
        _read += count;
        return count;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
