using System.Text;
using Microsoft.AspNetCore.Http;

namespace Peft.Declarative.Serving.Http;

/// <summary>The page at <c>/</c> with its style and its script. It only talks to the server that it came from.</summary>
internal static class PageEndpoint
{
    // Whatever a persona or a link says, nothing runs and nothing is loaded but the files beside the page.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>What answers each path.</summary>
    internal static IReadOnlyDictionary<string, RequestDelegate> Files { get; } = new Dictionary<string, RequestDelegate>(StringComparer.Ordinal)
    {
        ["/"] = Answer("index.html", "text/html"),
        ["/page.css"] = Answer("page.css", "text/css"),
        ["/page.js"] = Answer("page.js", "text/javascript"),
    };

    private static RequestDelegate Answer(string file, string type)
    {
        string text = Read(file);
        return http =>
        {
            http.Response.ContentType = type + "; charset=utf-8";
            http.Response.Headers.CacheControl = "no-cache";
            http.Response.Headers.XContentTypeOptions = "nosniff";
            http.Response.Headers["Referrer-Policy"] = "no-referrer";
            http.Response.Headers.ContentSecurityPolicy = Policy;
            return http.Response.WriteAsync(text, Encoding.UTF8, http.RequestAborted);
        };
    }

    private static string Read(string file)
    {
        using var reader = new StreamReader(typeof(PageEndpoint).Assembly.GetManifestResourceStream(file)!);
        return reader.ReadToEnd();
    }
}
