using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Peft.Declarative.Serving.Protocol;

namespace Peft.Declarative.Serving.Http;

/// <summary>Writes JSON as a response.</summary>
internal static class JsonResponse
{
    /// <summary>Text in other scripts is written as it is.</summary>
    internal static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static Task WriteAsync(HttpContext http, int status, JsonNode body, CancellationToken cancellation = default)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync(body.ToJsonString(Options), cancellation);
    }
}

/// <summary>Writes an error in the form of OpenAI's protocol.</summary>
internal static class ErrorResponse
{
    // Time for a few answers to end; clients add their own growing pauses.
    private const string RetryAfter = "2";

    internal static async Task WriteAsync(HttpContext http, ProtocolException error)
    {
        JsonObject body = new()
        {
            ["error"] = new JsonObject { ["message"] = error.Message, ["type"] = error.Type, ["param"] = error.Parameter, ["code"] = error.Code },
        };
        if (http.Response.HasStarted)
        {
            // A stream that has begun cannot change its status; clients read the error as an event.
            await http.Response.WriteAsync($"data: {body.ToJsonString(JsonResponse.Options)}\n\n").ConfigureAwait(false);
            return;
        }

        if (error.Status is 429 or 503)
        {
            http.Response.Headers.RetryAfter = RetryAfter;
        }

        if (error.Status == 401)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        await JsonResponse.WriteAsync(http, error.Status, body).ConfigureAwait(false);
    }
}
