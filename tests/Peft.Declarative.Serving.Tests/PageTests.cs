using System.Net;
using System.Text.RegularExpressions;

namespace Peft.Declarative.Serving.Tests;

/// <summary>The page at <c>/</c>, as far as it can be judged without a browser.</summary>
public sealed class PageTests : IDisposable
{
    private readonly PersonaFolder _folder = new("captain");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Page_OpensWithoutAKey_AndLoadsNothingFromElsewhere()
    {
        await using TestServer server = await TestServer.StartAsync(_folder, options => options.ApiKeys.Add("secret"));

        using HttpResponseMessage response = await server.Http.GetAsync("/");
        string page = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotMatch(new Regex(@"https?:|src=|url\(|@import|<link", RegexOptions.IgnoreCase), page);
        Assert.Contains("v1/chat/completions", page, StringComparison.Ordinal);
        Assert.DoesNotContain("captain", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_RunsItsOwnScriptOnly()
    {
        await using TestServer server = await TestServer.StartAsync(_folder);

        string policy = await PolicyAsync(), other = await PolicyAsync();

        Assert.NotEqual(policy, other);   // a nonce that is known in advance protects nothing
        Assert.StartsWith("default-src 'none'; script-src 'nonce-", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);

        async Task<string> PolicyAsync()
        {
            using HttpResponseMessage response = await server.Http.GetAsync("/");
            string value = response.Headers.GetValues("Content-Security-Policy").Single();
            string nonce = Regex.Match(value, "nonce-([^']+)").Groups[1].Value;
            string page = await response.Content.ReadAsStringAsync();
            Assert.Contains($"<script nonce=\"{nonce}\">", page, StringComparison.Ordinal);
            Assert.Contains($"<style nonce=\"{nonce}\">", page, StringComparison.Ordinal);
            Assert.DoesNotMatch(new Regex(@"\son[a-z]+=|\sstyle=|innerHTML"), page);
            return value;
        }
    }

    [Fact]
    public async Task Page_HasNamesAndRolesForAScreenReader()
    {
        await using TestServer server = await TestServer.StartAsync(_folder);

        string page = await server.Http.GetStringAsync("/");

        Assert.Contains("<html lang=\"en\">", page, StringComparison.Ordinal);
        Assert.Contains("role=\"status\"", page, StringComparison.Ordinal);
        Assert.Contains("setAttribute(\"role\", \"log\")", page, StringComparison.Ordinal);
        Assert.Contains("<legend>", page, StringComparison.Ordinal);
        Assert.Contains("light-dark(", page, StringComparison.Ordinal);
        Assert.All(Regex.Matches(page, "<(textarea|input)[^>]*id=\"([a-z]+)\"").Select(match => match.Groups[2].Value),
            id => Assert.Matches(new Regex($"<label[^>]*>[^<]*\\s*<(textarea|input)[^>]*id=\"{id}\""), page));
    }

    [Fact]
    public async Task Page_SwitchedOff_Is404()
    {
        await using TestServer server = await TestServer.StartAsync(_folder, options => options.Page = false);

        using HttpResponseMessage response = await server.Http.GetAsync("/");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
