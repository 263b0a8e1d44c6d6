using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Peft.Declarative.Serving.Http;

/// <summary>The page at <c>/</c>: one file without any other resource. It only talks to the server that it came from.</summary>
internal static class PageEndpoint
{
    private const string File = "index.html";
    private const string NoncePlace = "{nonce}";

    private static readonly string Page = Read();

    internal static Task WriteAsync(HttpContext http)
    {
        // Only this answer's own script and style run, whatever a persona writes.
        string nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return http.Response.WriteAsync(Page.Replace(NoncePlace, nonce, StringComparison.Ordinal), http.RequestAborted);
    }

    private static string Read()
    {
        using var reader = new StreamReader(typeof(PageEndpoint).Assembly.GetManifestResourceStream(File)!);
        return reader.ReadToEnd();
    }
}
