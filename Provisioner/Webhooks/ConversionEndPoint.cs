using System.Buffers;
using System.Text.Json;
using KubeDb.Api.Controllers.Telemetry;
using KubeDb.Api.Kinds.Conversion;
using Microsoft.AspNetCore.Http.Features;
using Nito.AsyncEx;

namespace KubeDb.Provisioner.Webhooks;

/// <summary>
/// Answers <c>POST /convert</c>. Reviews that are larger than <see cref="LargestReview"/> are refused, and no more than <see cref="AtOnce"/> are in
/// memory at a time: others wait, for anybody in the cluster may send one.
/// </summary>
internal sealed partial class ConversionEndPoint(ConversionReviews reviews, TimeProvider time, ILogger log)
{
    private const long LargestReview = 32 * 1024 * 1024;
    private const int AtOnce = 2;

    private readonly AsyncSemaphore _room = new(AtOnce);

    /// <summary>Answers a request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path != WebhookAddress.Path)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = HttpMethods.Post;
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = LargestReview;
        var began = time.GetTimestamp();
        await _room.WaitAsync(context.RequestAborted);
        try
        {
            var result = await ConvertAsync(context);
            Instruments.Conversions.Add(1, Instruments.Label("result", result));
            Instruments.ConversionDuration.Record(time.GetElapsedTime(began).TotalSeconds);
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task<string> ConvertAsync(HttpContext context)
    {
        var output = new ArrayBufferWriter<byte>();
        string? problem;
        try
        {
            using var review = await JsonDocument.ParseAsync(context.Request.Body, ConversionReviews.Reading, context.RequestAborted);
            problem = reviews.Answer(review.RootElement, output);
        }
        catch (Exception e) when (e is ConversionException or JsonException or InvalidOperationException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync($"{(e is InvalidOperationException ? "A text is no Unicode." : e.Message)}\n", context.RequestAborted);
            return "refused";
        }
        catch (BadHttpRequestException e)
        {
            context.Response.StatusCode = e.StatusCode;
            return "refused";
        }

        if (problem is not null)
            LogNotConverted(log, problem);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = output.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(output.WrittenMemory, context.RequestAborted);
        return problem is null ? "converted" : "failed";
    }

    [LoggerMessage(202, LogLevel.Information, "A conversion was refused: {Problem}")]
    private static partial void LogNotConverted(ILogger log, string problem);
}
