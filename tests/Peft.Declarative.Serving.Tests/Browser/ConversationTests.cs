using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Peft.Declarative.Serving.Tests.Browser;

/// <summary>Conversations on the page, in a real browser with a real server.</summary>
[Collection(Chromium.Collection)]
public sealed class ConversationTests(Chromium chromium) : IDisposable
{
    private const int Tokens = 12;

    private readonly PersonaFolder _folder = new("captain", "poet");

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Message_ToAPersona_GetsItsAnswer()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);

        await visit.SayAsync("who is Lily");

        await Expect(visit.Log("captain").Locator(".note")).ToHaveTextAsync("Cut off at the limit of tokens.");
        Assert.Equal("who is Lily", await visit.Log("captain").Locator(".user span:last-child").TextContentAsync());
        Assert.Equal(_folder.Expected("captain", "who is Lily", Tokens).TrimStart(), await visit.Answers("captain").TextContentAsync());
        Assert.Empty(visit.Problems);
    }

    [SkippableFact]
    public async Task Answer_GrowsWhileItIsWritten()
    {
        await using Visit visit = await VisitForAnswersWithoutEndAsync();
        await visit.Page.EvaluateAsync("""
            seen = [];
            new MutationObserver(() => seen.push(document.querySelector(".assistant")?.textContent ?? ""))
              .observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true });
            """);

        await visit.SayAsync("hello");
        await Expect(visit.Answers("captain")).Not.ToBeEmptyAsync();
        string first = await visit.Answers("captain").TextContentAsync() ?? "";
        await Expect(visit.Answers("captain")).Not.ToHaveTextAsync(first);

        string[] seen = [.. (await visit.Page.EvaluateAsync<string[]>("seen")).Distinct()];
        Assert.InRange(seen.Length, 2, int.MaxValue);
        Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Personas_SideBySide_AnswerInOneView()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        await visit.ChooseAsync("poet");
        await visit.ChooseAsync("tiny-llama");

        await visit.SayAsync("who is Lily");

        List<float> tops = [];
        foreach (string name in new[] { "captain", "poet", "tiny-llama" })
        {
            await Expect(visit.Log(name).Locator(".note")).ToBeVisibleAsync();
            Assert.Equal(_folder.Expected(name == "tiny-llama" ? null : name, "who is Lily", Tokens).TrimStart(), await visit.Answers(name).TextContentAsync());
            tops.Add((await visit.Log(name).BoundingBoxAsync())!.Y);
        }

        Assert.Single(tops.Distinct());
    }

    [SkippableFact]
    public async Task SecondMessage_ContinuesTheConversation()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        await visit.SayAsync("who is Lily");
        await Expect(visit.Log("captain").Locator(".note")).ToHaveCountAsync(1);

        await visit.SayAsync("and Tom");
        await Expect(visit.Log("captain").Locator(".note")).ToHaveCountAsync(2);

        JsonArray sent = JsonNode.Parse(visit.Requests.Last(request => request.Method == "POST").PostData!)!["messages"]!.AsArray();
        Assert.Equal(
            ["user: who is Lily", "assistant: " + _folder.Expected("captain", "who is Lily", Tokens).TrimStart(), "user: and Tom"],
            sent.Select(message => $"{message!["role"]}: {message["content"]}"));
    }

    [SkippableFact]
    public async Task Link_OpenedBySomebodyElse_ShowsTheConversation()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        await visit.ChooseAsync("poet");
        await visit.SayAsync("who is Lily");
        await Expect(visit.Log("captain").Locator(".note")).ToBeVisibleAsync();
        await Expect(visit.Log("poet").Locator(".note")).ToBeVisibleAsync();
        await Expect(visit.Status).ToBeEmptyAsync();
        string link = await visit.Page.GetByRole(AriaRole.Link).EvaluateAsync<string>("link => link.href");
        string answer = await visit.Answers("poet").TextContentAsync() ?? "";
        visit.Requests.Clear();

        await visit.OpenAsync(new Uri(link).Fragment);

        await Expect(visit.Answers("poet")).ToHaveTextAsync(answer);
        await Expect(visit.Log("captain").Locator(".user")).ToContainTextAsync("who is Lily");
        Assert.Equal(link, visit.Page.Url);
        Assert.Equal(["/", "/page.css", "/page.js", "/v1/models"], visit.Requests.Select(request => new Uri(request.Url).PathAndQuery).Order(StringComparer.Ordinal));
        Assert.All(visit.Requests, request => Assert.Null(request.PostData));   // the conversation itself stays here
    }

    [SkippableFact]
    public async Task Link_PastedIntoTheOpenPage_IsShown()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        await Expect(visit.Log("captain")).ToBeVisibleAsync();

        await visit.Page.GotoAsync(new Uri(visit.Server.Address, Visit.Link(["poet"], ("poet", ["hello", "a sea"]))).ToString());

        await Expect(visit.Answers("poet")).ToHaveTextAsync("a sea");
        await Expect(visit.Log("captain")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task NewConversation_IsEmpty_AndBackLeadsToTheOldOne()
    {
        await using Visit visit = await chromium.VisitAsync(_folder, link: Visit.Link(["poet"], ("poet", ["hello", "a sea"])));

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "New conversation" }).ClickAsync();
        await Expect(visit.Log("poet").Locator("p")).ToHaveCountAsync(0);
        await Expect(visit.Message).ToBeFocusedAsync();
        await visit.Page.GoBackAsync();

        await Expect(visit.Answers("poet")).ToHaveTextAsync("a sea");
    }

    [SkippableFact]
    public async Task Answer_ThatComesFasterThanItIsShown_CanBeStopped()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        await visit.Page.EvaluateAsync("""
            piece => {
              const bytes = new TextEncoder().encode(piece), ask = fetch;
              fetch = (path, options) => path !== "v1/chat/completions" ? ask(path, options) : Promise.resolve(new Response(new ReadableStream({
                start: stream => options.signal.addEventListener("abort", () => stream.error(options.signal.reason)),
                pull: stream => stream.enqueue(bytes),
              })));
            }
            """, Visit.Piece("more "));
        await visit.SayAsync("hello");
        await Expect(visit.Answers("captain")).Not.ToBeEmptyAsync();

        await visit.Page.Keyboard.PressAsync("Escape");

        await Expect(visit.Log("captain").Locator(".note")).ToHaveTextAsync("Stopped.");
    }

    [SkippableTheory]
    [InlineData("Escape")]
    [InlineData("Stop")]
    [InlineData("Unchoose")]
    public async Task Answer_ThatIsStopped_EndsItsRow(string way)
    {
        await using Visit visit = await VisitForAnswersWithoutEndAsync();
        await visit.SayAsync("hello");
        await Expect(visit.Answers("captain")).Not.ToBeEmptyAsync();

        await (way switch
        {
            "Escape" => visit.Page.Keyboard.PressAsync("Escape"),
            "Stop" => visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync(),
            _ => visit.Page.GetByLabel("captain", new() { Exact = true }).UncheckAsync(),
        });

        await Expect(visit.Status).ToBeEmptyAsync();
        JsonNode health = await visit.Server.HealthAsync(health => health["running"]!.GetValue<int>() == 0);
        Assert.Equal(0, health["running"]!.GetValue<int>());
        await visit.ChooseAsync("captain");
        await Expect(visit.Log("captain").Locator(".note")).ToHaveTextAsync("Stopped.");
        await Expect(visit.Answers("captain")).Not.ToBeEmptyAsync();   // what was written stays
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" })).ToBeDisabledAsync();
    }

    private Task<Visit> VisitForAnswersWithoutEndAsync()
    {
        _folder.LongTexts();
        return chromium.VisitAsync(_folder, options => options.MaxNewTokens = PersonaFolder.LongText);
    }
}
