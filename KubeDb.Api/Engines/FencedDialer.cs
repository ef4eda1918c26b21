using KubeDb.Api.Controllers;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Engines;

/// <summary>
/// Connections to servers on which nothing is sent unless this process leads. Leadership is checked at the moment of sending, as
/// <see cref="FencedClient"/> does for the API server: a process that was stopped and goes on changes no running server that another manages.
/// </summary>
public sealed class FencedDialer(IEngineDialer inner, ILeadership leadership) : IEngineDialer
{
    private static readonly ApiError Refused =
        new(ApiErrorKind.NotLeader, 0, "NotLeader", "This process does not lead, so nothing was sent to the database's server.");

    /// <inheritdoc/>
    /// <exception cref="ApiException">This process does not lead; writing to the stream throws the same.</exception>
    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancel)
    {
        Demand();
        return new FencedStream(await inner.ConnectAsync(host, port, cancel), Demand);
    }

    /// <inheritdoc/>
    /// <exception cref="ApiException">This process does not lead; writing to the stream throws the same.</exception>
    public async Task<TlsConnection> ConnectTlsAsync(string host, int port, TlsIdentity identity, string serverName, CancellationToken cancel)
    {
        Demand();
        var connection = await inner.ConnectTlsAsync(host, port, identity, serverName, cancel);
        return connection with { Stream = new FencedStream(connection.Stream, Demand) };
    }

    /// <inheritdoc/>
    public HttpMessageHandler HttpHandler(IEngineDialer outermost) => new FencedHandler(inner.HttpHandler(outermost), Demand);

    private void Demand()
    {
        if (!leadership.IsLeader)
            throw new ApiException(Refused);
    }

    private sealed class FencedHandler(HttpMessageHandler inner, Action demand) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            demand();
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class FencedStream(Stream inner, Action demand) : Stream
    {
        public override bool CanRead => inner.CanRead;

        public override bool CanSeek => false;

        public override bool CanWrite => inner.CanWrite;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            inner.ReadAsync(buffer, offset, count, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count)
        {
            demand();
            inner.Write(buffer, offset, count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            demand();
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            demand();
            return inner.WriteAsync(buffer, offset, count, cancellationToken);
        }

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
