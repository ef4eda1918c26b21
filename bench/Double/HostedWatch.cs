using System.Buffers;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.Support.ApiServer;
using Microsoft.AspNetCore.Http;

namespace KubeDb.Bench.Double;

/// <summary>One watch of the double, sent as lines of JSON.</summary>
internal sealed class HostedWatch(HostedApiServer host, ResourceType type, WatchOptions options)
{
    private readonly Channel<(string Type, byte[] Object)> _lines = Channel.CreateUnbounded<(string, byte[])>(new() { SingleReader = true });
    private readonly Func<Stored, bool> _selected = Selector(options);

    /// <summary>Serves until the asked-for time is over or the client has gone.</summary>
    public async Task ServeAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        await http.Response.StartAsync(http.RequestAborted);
        using var end = new CancellationTokenSource(options.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, end.Token);
        Open();
        try
        {
            await http.Response.Body.FlushAsync(either.Token);
            var bookmarks = BookmarkAsync(either.Token);
            await foreach (var (what, body) in _lines.Reader.ReadAllAsync(either.Token))
            {
                await WriteAsync(http.Response, what, body, either.Token);
                if (what == "ERROR")
                    break;
            }

            await end.CancelAsync();
            await bookmarks;
        }
        catch (OperationCanceledException)
        {
            // The watch's time is over, or the client has gone.
        }
        finally
        {
            lock (host.Gate)
                host.Server.Forget(Changed);
        }
    }

    private void Open()
    {
        lock (host.Gate)
        {
            var from = options.ResourceVersion is "" or "0" ? host.Server.Version : long.Parse(options.ResourceVersion, CultureInfo.InvariantCulture);
            if (from < host.Server.Store.Compacted)
            {
                var gone = HostedApiServer.Status(Errors.TooOld(from, host.Server.Store.Compacted));
                _lines.Writer.TryWrite(("ERROR", Encoding.UTF8.GetBytes(gone.ToJsonString())));
                return;
            }

            for (var version = from + 1; version <= host.Server.Version; version++)
                Changed(host.Server.Store.At(version));
            host.Server.Observe(Changed);
        }
    }

    private void Changed(Change change)
    {
        if (change.Now.Kind.Group != type.Group || change.Now.Kind.Plural != type.Plural)
            return;
        var was = change.Before is { } before && _selected(before);
        var isNow = !change.Deleted && _selected(change.Now);
        if (was || isNow)
            _lines.Writer.TryWrite((isNow ? was ? "MODIFIED" : "ADDED" : "DELETED", InMemoryApiServer.Sent(change.Now, type, options.MetadataOnly).Utf8!));
    }

    private async Task BookmarkAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(host.Server.BookmarkInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                lock (host.Gate)
                {
                    _lines.Writer.TryWrite(("BOOKMARK", Encoding.UTF8.GetBytes(
                        $$$"""{"kind":"{{{type.Kind}}}","apiVersion":"{{{type.ApiVersion}}}","metadata":{"resourceVersion":"{{{host.Server.Version}}}"}}""")));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The watch is over.
        }
    }

    private static async Task WriteAsync(HttpResponse response, string what, byte[] body, CancellationToken cancel)
    {
        var writer = response.BodyWriter;
        writer.Write("{\"type\":\""u8);
        Encoding.ASCII.GetBytes(what, writer);
        writer.Write("\",\"object\":"u8);
        writer.Write(body);
        writer.Write("}\n"u8);
        await writer.FlushAsync(cancel);
    }

    private static Func<Stored, bool> Selector(WatchOptions options)
    {
        var labels = Selectors.Labels(options.LabelSelector);
        var fields = Selectors.Fields(options.FieldSelector);
        return s => (options.Namespace.Length == 0 || s.Object.Namespace() == options.Namespace) && labels(s.Object) && fields(s.Object);
    }
}
