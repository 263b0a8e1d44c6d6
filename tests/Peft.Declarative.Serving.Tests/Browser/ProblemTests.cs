using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Peft.Declarative.Serving.Tests.Browser;

/// <summary>What the page says when something is missing: in words, at its place, and without losing what was written.</summary>
[Collection(Chromium.Collection)]
public sealed class ProblemTests(Chromium chromium) : IDisposable
{
    private const string Key = "open sesame";

    private readonly PersonaFolder _folder = new("captain", "poet");

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Server_ThatIsGone_IsSaid_AndTheMessageKept()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        await Expect(visit.Log("captain")).ToBeVisibleAsync();
        await visit.Server.StopAsync();

        await visit.SayAsync("who is Lily");

        await Expect(visit.Errors("captain")).ToHaveTextAsync("The server cannot be reached. Is it still running?");
        await Expect(visit.Message).ToHaveValueAsync("who is Lily");
        Assert.Empty(visit.Problems);
    }

    [SkippableFact]
    public async Task Queue_ThatIsFull_IsSaidWithTheTimeToWait()
    {
        _folder.LongTexts();
        await using Visit visit = await chromium.VisitAsync(_folder, options => (options.MaxRows, options.QueueLength, options.MaxNewTokens) = (1, 1, PersonaFolder.LongText));
        using var others = new CancellationTokenSource();
        Task[] taken = [AskAsync(), AskAsync()];   // the one place, and the one that waits
        await visit.Server.HealthAsync(health => health["waiting"]!.GetValue<int>() == 1);

        await visit.SayAsync("hello");

        await Expect(visit.Errors("captain")).ToHaveTextAsync("Too many others ask the server. Try again in 2 s.");
        await others.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(taken));

        Task AskAsync() => visit.Server.PostAsync(
            "v1/completions", $$"""{"model": "poet", "prompt": "hello", "max_tokens": {{PersonaFolder.LongText}}, "temperature": 0}""", cancellation: others.Token);
    }

    [SkippableFact]
    public async Task Stream_ThatBreaksOff_IsSaid_AndWhatCameStays()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        await visit.AnswerWithAsync(Visit.Piece("Arr, the "));

        await visit.SayAsync("who is Lily");

        await Expect(visit.Errors("captain")).ToHaveTextAsync("The answer ends here, because the server ended the connection.");
        await Expect(visit.Answers("captain")).ToHaveTextAsync("Arr, the ");
    }

    [SkippableFact]
    public async Task Error_WithinAStream_IsSaid()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        await visit.AnswerWithAsync(Visit.Piece("Arr") + """data: {"error": {"message": "The server is shutting down."}}""" + "\n\n");

        await visit.SayAsync("who is Lily");

        await Expect(visit.Errors("captain")).ToHaveTextAsync("The server is shutting down.");
    }

    [SkippableFact]
    public async Task Error_OfAProxy_IsSaidWithItsStatus()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        await visit.AnswerWithAsync("<html>Bad gateway</html>", 502);

        await visit.SayAsync("who is Lily");

        await Expect(visit.Errors("captain")).ToHaveTextAsync("The server answered with status 502.");
    }

    [SkippableFact]
    public async Task Link_ToAnUnknownPersona_SaysSo_AndKeepsTheConversation()
    {
        await using Visit visit = await chromium.VisitAsync(_folder, link: Visit.Link(["captain", "gone"], ("gone", ["hello", "a sea"])));

        await Expect(visit.Errors("gone")).ToHaveTextAsync("This server has no 'gone'. What was said is kept; choose another persona to go on.");
        await Expect(visit.Answers("gone")).ToHaveTextAsync("a sea");
        await visit.SayAsync("hello");
        await Expect(visit.Log("captain").Locator(".note")).ToBeVisibleAsync();
        Assert.Single(visit.Requests, request => request.Method == "POST");   // nobody is asked for it
    }

    [SkippableTheory]
    [InlineData("#%7B%22on%22%3A%5B%22capt")]
    [InlineData("#%E0%A4%A")]
    [InlineData("#null")]
    [InlineData("#{\"on\":3,\"talks\":[[1,2]]}")]
    public async Task Link_ThatIsDamaged_SaysSo_AndBeginsANewConversation(string link)
    {
        await using Visit visit = await chromium.VisitAsync(_folder, link: link);

        await Expect(visit.Status).ToHaveTextAsync("The link cannot be read: a part of it is missing. This is a new conversation.");
        await Expect(visit.Log("captain")).ToBeVisibleAsync();
        Assert.Empty(visit.Problems);
    }

    [SkippableFact]
    public async Task NobodyChosen_IsSaid()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        await visit.Page.GetByLabel("captain", new() { Exact = true }).UncheckAsync();

        await visit.SayAsync("hello");

        await Expect(visit.Status).ToHaveTextAsync("Choose somebody to talk to.");
        await Expect(visit.Message).ToHaveValueAsync("hello");
    }

    [SkippableFact]
    public async Task Key_IsAskedFor_AndStaysInTheTab()
    {
        await using Visit visit = await chromium.VisitAsync(_folder, options => options.ApiKeys.Add(Key));
        ILocator field = visit.Page.GetByLabel("Key of this server");
        await Expect(visit.Status).ToHaveTextAsync("The server asks for a key.");
        await Expect(field).ToBeFocusedAsync();

        await visit.Page.Keyboard.TypeAsync("wrong");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Status).ToHaveTextAsync("The server does not accept this key.");
        await field.FillAsync(Key);
        await field.PressAsync("Enter");
        await Expect(visit.Message).ToBeFocusedAsync();
        await visit.SayAsync("hello");
        await Expect(visit.Log("captain").Locator(".note")).ToBeVisibleAsync();

        await Expect(field).ToBeHiddenAsync();
        Assert.Equal([Key], await visit.Page.EvaluateAsync<string[]>("Object.values(sessionStorage)"));
        Assert.Empty(await visit.Page.EvaluateAsync<string[]>("[...Object.values(localStorage), ...document.cookie]"));
        Assert.DoesNotContain("sesame", visit.Page.Url, StringComparison.Ordinal);
        await visit.Page.ReloadAsync();
        await Expect(visit.Answers("captain")).ToBeVisibleAsync();   // without asking again
        await visit.OpenAsync();
        await Expect(visit.Status).ToHaveTextAsync("The server asks for a key.");
    }

    [SkippableFact]
    public async Task Key_ThatIsWithdrawn_IsAskedForAgain_AndTheConversationKept()
    {
        await using Visit visit = await chromium.VisitAsync(_folder, link: Visit.Link(["captain"], ("captain", ["hello", "a sea"])));
        await Expect(visit.Answers("captain")).ToHaveTextAsync("a sea");
        await visit.AnswerWithAsync("""{"error": {"message": "The request has no valid key."}}""", 401);
        await visit.SayAsync("and then");
        await Expect(visit.Errors("captain")).ToHaveTextAsync("The request has no valid key.");

        await visit.Page.GetByLabel("Key of this server").FillAsync("new");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Use this key" }).ClickAsync();

        await Expect(visit.Answers("captain")).ToHaveTextAsync("a sea");
        await Expect(visit.Message).ToHaveValueAsync("and then");
    }
}
