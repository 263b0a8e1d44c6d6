using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Peft.Declarative.Serving.Tests.Browser;

/// <summary>Whatever a model, a link or a name says, it is shown and does nothing, and nobody but the server hears of it.</summary>
[Collection(Chromium.Collection)]
public sealed class SafetyTests(Chromium chromium) : IDisposable
{
    private const string Markup = "<img src=x onerror=\"owned = true\"><script>owned = true</script><b>bold</b>";

    private readonly PersonaFolder _folder = new("captain");

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Markup_OfAnAnswerANameOrALink_IsText()
    {
        await using Visit visit = await chromium.VisitAsync(
            _folder, options => options.ModelName = Markup, link: Visit.Link([Markup, Markup + "?", "captain"], ("captain", [Markup, Markup])));
        await Expect(visit.Answers("captain")).ToHaveTextAsync(Markup);
        await visit.AnswerWithAsync(Visit.Piece(Markup[..30]) + Visit.Piece(Markup[30..]) + "data: [DONE]\n\n");

        await visit.SayAsync(Markup);

        await Expect(visit.Answers(Markup)).ToHaveTextAsync(Markup);
        await Expect(visit.Answers("captain").Last).ToHaveTextAsync(Markup);
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = Markup, Exact = true })).ToHaveCountAsync(1);
        await Expect(visit.Errors(Markup + "?")).ToContainTextAsync(Markup);
        Assert.Equal(0, await visit.Page.Locator("img, b, body script").CountAsync());
        Assert.False(await visit.Page.EvaluateAsync<bool>("'owned' in window"));
    }

    [SkippableFact]
    public async Task Markup_OfAnError_IsText()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        await visit.AnswerWithAsync("""{"error": {"message": "<b>no</b>"}}""", 400);

        await visit.SayAsync("hello");

        await Expect(visit.Errors("captain")).ToHaveTextAsync("<b>no</b>");
    }

    [SkippableFact]
    public async Task System_InALink_IsNoInstruction()
    {
        string link = Visit.Link(["captain"], ("captain", ["hello", "a sea"])).Replace("assistant", "system", StringComparison.Ordinal);
        await using Visit visit = await chromium.VisitAsync(_folder, link: link);

        await visit.SayAsync("and then");
        await Expect(visit.Log("captain").Locator(".note")).ToBeVisibleAsync();

        Assert.DoesNotContain("system", visit.Requests.Single(request => request.Method == "POST").PostData, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Requests_GoToTheServerOnly()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);

        await visit.SayAsync("hello");
        await Expect(visit.Log("captain").Locator(".note")).ToBeVisibleAsync();

        Assert.Equal(["/", "/page.css", "/page.js", "/v1/chat/completions", "/v1/models"], visit.Requests.Select(request => new Uri(request.Url).AbsolutePath).Order(StringComparer.Ordinal));
        Assert.All(visit.Requests, request => Assert.Equal(visit.Server.Address.Authority, new Uri(request.Url).Authority));
    }

    [SkippableTheory]
    [InlineData("add('script', { textContent: 'owned = true' })", "script-src-elem")]
    [InlineData("add('script', { src: 'http://localhost:9/x.js' })", "script-src-elem")]
    [InlineData("add('img', { src: 'http://localhost:9/x.png' })", "img-src")]
    [InlineData("add('iframe', { src: 'http://localhost:9/' })", "frame-src")]
    [InlineData("add('div', { onclick: null }).setAttribute('style', 'background: url(http://localhost:9/x.png)')", "style-src-attr")]
    [InlineData("add('div', {}).setAttribute('onclick', 'owned = true')", "script-src-attr")]
    [InlineData("fetch('http://localhost:9/').catch(() => 0)", "connect-src")]
    public async Task Policy_RefusesWhatThePageDoesNotHave(string attempt, string directive)
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        await Expect(visit.Log("captain")).ToBeVisibleAsync();
        visit.Requests.Clear();

        string refused = await visit.Page.EvaluateAsync<string>($$"""
            () => new Promise(resolve => {
              const add = (tag, properties) => { const element = Object.assign(document.createElement(tag), properties); document.body.append(element); return element; };
              document.addEventListener("securitypolicyviolation", event => resolve(event.violatedDirective));
              setTimeout(() => resolve("nothing"), 5000);
              {{attempt}};
            })
            """);

        Assert.Equal(directive, refused);
        Assert.False(await visit.Page.EvaluateAsync<bool>("'owned' in window"));
    }
}
