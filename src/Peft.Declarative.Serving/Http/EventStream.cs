using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Peft.Declarative.Serving.Http;

/// <summary>A response of server-sent events. It begins with the first event, so that an error before it is an ordinary response.</summary>
internal sealed class EventStream(HttpContext http, TimeSpan patience, CancellationToken cancellation)
{
    /// <summary>Writes an event; nothing for <see langword="null"/>.</summary>
    /// <exception cref="OperationCanceledException">The client has gone, or does not accept the event in time.</exception>
    internal Task WriteAsync(JsonObject? data) => data is null ? Task.CompletedTask : SendAsync(data.ToJsonString(JsonResponse.Options));

    /// <summary>Writes the event that ends a stream in OpenAI's protocol.</summary>
    internal Task CompleteAsync() => SendAsync("[DONE]");

    private async Task SendAsync(string data)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = "text/event-stream; charset=utf-8";
            http.Response.Headers.CacheControl = "no-cache";
            http.Response.Headers["X-Accel-Buffering"] = "no";   // a proxy that collects a response would hide its progress
        }

        Encoding.UTF8.GetBytes($"data: {data}\n\n", http.Response.BodyWriter);
        ValueTask<FlushResult> sent = http.Response.BodyWriter.FlushAsync(cancellation);
        if (sent.IsCompletedSuccessfully)
        {
            return;
        }

        // A client that reads slowly must not keep the model from the others.
        try
        {
            await sent.AsTask().WaitAsync(patience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            http.Abort();
            throw new OperationCanceledException(late.Message, late);
        }
    }
}
