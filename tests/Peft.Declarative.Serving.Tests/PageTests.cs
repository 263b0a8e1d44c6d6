using System.Net;
using System.Text.RegularExpressions;

namespace Peft.Declarative.Serving.Tests;

/// <summary>The files of the page at <c>/</c>, without a browser.</summary>
public sealed class PageTests : IDisposable
{
    private readonly PersonaFolder _folder = new("captain");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/page.css", "text/css")]
    [InlineData("/page.js", "text/javascript")]
    public async Task Page_OpensWithoutAKey_AndAllowsNothingFromElsewhere(string path, string type)
    {
        await using TestServer server = await TestServer.StartAsync(_folder, options => options.ApiKeys.Add("secret"));

        using HttpResponseMessage response = await server.Http.GetAsync(path);
        string text = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotMatch(new Regex(@"https?:|url\(|@import|innerHTML|\son[a-z]+=|\sstyle=", RegexOptions.IgnoreCase), text);
        Assert.DoesNotContain("captain", text, StringComparison.Ordinal);
        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Page_SwitchedOff_Is404()
    {
        await using TestServer server = await TestServer.StartAsync(_folder, options => options.Page = false);

        foreach (string path in new[] { "/", "/page.css", "/page.js" })
        {
            using HttpResponseMessage response = await server.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }
}
