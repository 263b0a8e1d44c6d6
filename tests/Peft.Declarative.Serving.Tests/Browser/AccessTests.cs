using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Peft.Declarative.Serving.Tests.Browser;

/// <summary>The page without a mouse, without sight, at night and on a telephone.</summary>
[Collection(Chromium.Collection)]
public sealed class AccessTests(Chromium chromium) : IDisposable
{
    private static readonly ViewportSize Telephone = new() { Width = 360, Height = 640 };

    private readonly PersonaFolder _folder = new("captain", "poet");

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Keyboard_ReachesEverything_InTheOrderOfThePage()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        await Expect(visit.Message).ToBeFocusedAsync();   // one can begin at once

        Assert.Equal(["Conversation with captain", "poet", "captain", "tiny-llama", "new", "link"], await StepsAsync("Shift+Tab", 6));
        await visit.Message.FocusAsync();
        Assert.Equal(["temperature", "Send"], await StepsAsync("Tab", 2));

        async Task<List<string>> StepsAsync(string key, int count)
        {
            List<string> reached = [];
            for (int step = 0; step < count; step++)
            {
                await visit.Page.Keyboard.PressAsync(key);
                reached.Add(await visit.Page.EvaluateAsync<string>("(e => e.type == 'checkbox' ? e.value : e.id || e.ariaLabel || e.textContent)(document.activeElement)"));
                Assert.Equal("3px solid", await visit.Page.EvaluateAsync<string>("(s => `${s.outlineWidth} ${s.outlineStyle}`)(getComputedStyle(document.activeElement))"));
            }

            return reached;
        }
    }

    [SkippableFact]
    public async Task Keyboard_Alone_ChoosesAsksAndStops()
    {
        await using Visit visit = await chromium.VisitAsync(_folder, options => options.MaxNewTokens = 400);
        await Expect(visit.Message).ToBeFocusedAsync();

        await visit.Page.GetByLabel("poet", new() { Exact = true }).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Space");
        await Expect(visit.Log("poet")).ToBeVisibleAsync();
        await visit.Message.FocusAsync();
        await visit.Page.Keyboard.TypeAsync("who is");
        await visit.Page.Keyboard.PressAsync("Shift+Enter");
        await visit.Page.Keyboard.TypeAsync("Lily");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Log("poet").Locator(".user span:last-child")).ToHaveTextAsync("who is\nLily");
        await Expect(visit.Message).ToBeFocusedAsync();
        await Expect(visit.Message).ToHaveValueAsync("");
        await visit.Page.Keyboard.PressAsync("Escape");
        await Expect(visit.Status).ToBeEmptyAsync();

        await Expect(visit.Message).ToBeFocusedAsync();
    }

    [SkippableFact]
    public async Task Focus_AfterAButton_IsInTheMessage()
    {
        await using Visit visit = await chromium.VisitAsync(_folder, options => options.MaxNewTokens = 400);
        await visit.Message.FillAsync("hello");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Message).ToBeFocusedAsync();
        await visit.Page.EvaluateAsync("document.getElementById('stop').focus()");
        await visit.Page.Keyboard.PressAsync("Enter");

        await Expect(visit.Status).ToBeEmptyAsync();
        await Expect(visit.Message).ToBeFocusedAsync();
    }

    [SkippableFact]
    public async Task ScreenReader_HasNamesForEverything_AndHearsWholeAnswers()
    {
        await using Visit visit = await chromium.VisitAsync(_folder, link: Visit.Link(["captain"], ("captain", ["hello", "a sea"])));
        await Expect(visit.Answers("captain")).ToHaveTextAsync("a sea");
        await Expect(visit.Message).ToBeFocusedAsync();

        Assert.Equal(
            """
            - banner:
              - heading "Personas" [level=1]
              - link "Link to this conversation":
                - /url: "#"
              - button "New conversation"
              - group "Talk to":
                - text: Talk to
                - checkbox "tiny-llama"
                - text: tiny-llama
                - checkbox "captain" [checked]
                - text: captain
                - checkbox "poet"
                - text: poet
            - main:
              - heading "captain" [level=2]
              - log "Conversation with captain":
                - paragraph: "You: hello"
                - paragraph: "captain: a sea"
            - form "New message":
              - status
              - paragraph: Enter sends, Shift+Enter begins a new line, Escape stops the answers.
              - text: Message
              - textbox "Message"
              - text: Temperature
              - spinbutton "Temperature": "0"
              - button "Send"
              - button "Stop" [disabled]
            """.ReplaceLineEndings("\n"),
            System.Text.RegularExpressions.Regex.Replace(await visit.Page.Locator("body").AriaSnapshotAsync(), "\"?#%7B[^\n]*", "\"#\""));
        await visit.Page.EvaluateAsync("""
            busy = [];
            new MutationObserver(() => busy.push(document.querySelector(".log").ariaBusy)).observe(document.querySelector(".log"), { attributeFilter: ["aria-busy"] });
            """);
        await visit.SayAsync("and then");
        await Expect(visit.Log("captain").Locator(".note")).ToBeVisibleAsync();
        Assert.Equal(["true", "false"], await visit.Page.EvaluateAsync<string[]>("busy"));
    }

    [SkippableTheory]
    [InlineData(ColorScheme.Light, false)]
    [InlineData(ColorScheme.Dark, false)]
    [InlineData(ColorScheme.Light, true)]
    [InlineData(ColorScheme.Dark, true)]
    public async Task Axe_FindsNothing(ColorScheme colors, bool isTelephone)
    {
        for (int i = 0; i < 20; i++)
        {
            _folder.Add($"persona-{i}");
        }

        BrowserNewContextOptions window = new() { ColorScheme = colors };
        window.ViewportSize = isTelephone ? Telephone : window.ViewportSize;
        await using Visit visit = await chromium.VisitAsync(_folder, options => options.ApiKeys.Add("key"), window);
        await Expect(visit.Status).ToHaveTextAsync("The server asks for a key.");
        await AxeAsync();
        await visit.Page.GetByLabel("Key of this server").FillAsync("key");
        await visit.Page.GetByLabel("Key of this server").PressAsync("Enter");
        await visit.ChooseAsync("poet");
        await visit.SayAsync("hello");
        await Expect(visit.Log("poet").Locator(".note")).ToBeVisibleAsync();
        await visit.AnswerWithAsync("""{"error": {"message": "No place."}}""", 429);
        await visit.SayAsync("hello");
        await Expect(visit.Errors("poet")).ToBeVisibleAsync();
        await AxeAsync();

        async Task AxeAsync()
        {
            AxeResult result = await visit.Page.RunAxe();
            Assert.NotEmpty(result.Passes);
            Assert.Empty(result.Violations.Select(violation => $"{violation.Id}: {violation.Help}: {string.Join(", ", violation.Nodes.Select(node => node.Html))}"));
        }
    }

    [SkippableFact]
    public async Task Colors_AreThoseOfTheSystem()
    {
        await using Visit visit = await chromium.VisitAsync(_folder);
        string light = await BackAsync(ColorScheme.Light), dark = await BackAsync(ColorScheme.Dark);

        Assert.Equal("rgb(255, 255, 255)", light);
        Assert.NotEqual(light, dark);

        async Task<string> BackAsync(ColorScheme colors)
        {
            await visit.Page.EmulateMediaAsync(new() { ColorScheme = colors });
            return await visit.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        }
    }

    [SkippableFact]
    public async Task Telephone_ShowsEverything_WithoutScrollingSideways()
    {
        string endless = string.Concat(Enumerable.Repeat("Donaudampfschiff", 20));
        await using Visit visit = await chromium.VisitAsync(_folder, options => options.ModelName = endless, new() { ViewportSize = Telephone },
            Visit.Link(["captain", "poet", endless], ("captain", [endless, endless])));

        await Expect(visit.Answers("captain")).ToHaveTextAsync(endless);

        Assert.Equal(Telephone.Width, await visit.Page.EvaluateAsync<int>("Math.max(...[document.documentElement, ...document.querySelectorAll('body *')].filter(e => !e.closest('.hidden')).map(e => e.getBoundingClientRect().right + e.scrollWidth - e.clientWidth))"));
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Send" })).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(visit.Message).ToBeInViewportAsync(new() { Ratio = 1 });
        await visit.Page.GetByLabel("poet", new() { Exact = true }).ScrollIntoViewIfNeededAsync();
        await Expect(visit.Page.GetByLabel("poet", new() { Exact = true })).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(visit.Log("captain")).ToBeInViewportAsync();
    }

    [SkippableFact]
    public async Task Find_AmongManyPersonas_ShowsThoseThatFit()
    {
        for (int i = 0; i < 20; i++)
        {
            _folder.Add($"persona-{i}");
        }

        await using Visit visit = await chromium.VisitAsync(_folder);
        await Expect(visit.Page.GetByLabel("poet", new() { Exact = true })).ToBeVisibleAsync();

        await visit.Page.GetByLabel("Find").FillAsync("Persona-1");

        await Expect(visit.Page.GetByLabel("persona-12", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByLabel("poet", new() { Exact = true })).ToBeHiddenAsync();
        await Expect(visit.Page.GetByLabel("captain", new() { Exact = true })).ToBeVisibleAsync();   // it is talked to
    }
}
