using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Peft.Declarative.Serving.Tests.Browser;

/// <summary>Somebody with an empty profile at the page of a server.</summary>
internal sealed class Visit(TestServer server, IBrowserContext context) : IAsyncDisposable
{
    internal TestServer Server => server;

    internal IBrowserContext Context => context;

    internal IPage Page { get; private set; } = null!;

    /// <summary>What the page asked for, wherever.</summary>
    internal List<IRequest> Requests { get; } = [];

    /// <summary>What its script did not expect.</summary>
    internal List<string> Problems { get; } = [];

    internal ILocator Message => Page.GetByLabel("Message", new() { Exact = true });

    internal ILocator Status => Page.GetByRole(AriaRole.Status);

    internal ILocator Log(string persona) => Page.GetByRole(AriaRole.Log, new() { Name = "Conversation with " + persona, Exact = true });

    /// <summary>The words of a persona's answers, without what only a screen reader says.</summary>
    internal ILocator Answers(string persona) => Log(persona).Locator(".assistant span:last-child");

    internal ILocator Errors(string persona) => Log(persona).Locator(".error");

    /// <summary>Opens the page, with a conversation after '#'.</summary>
    internal async Task OpenAsync(string link = "")
    {
        Page = await context.NewPageAsync();
        Page.Request += (_, request) => Requests.Add(request);
        Page.PageError += (_, problem) => Problems.Add(problem);
        await Page.GotoAsync(new Uri(server.Address, link).ToString());
    }

    internal async Task SayAsync(string text)
    {
        await Message.FillAsync(text);
        await Message.PressAsync("Enter");
    }

    internal Task ChooseAsync(string persona) => Page.GetByLabel(persona, new() { Exact = true }).CheckAsync();

    /// <summary>The conversation as the address after '#' keeps it.</summary>
    internal static string Link(string[] on, params (string Persona, string[] Turns)[] talks) => "#" + Uri.EscapeDataString(new JsonObject
    {
        ["on"] = new JsonArray([.. on]),
        ["talks"] = new JsonArray([.. talks.Select(talk => new JsonArray(talk.Persona, new JsonArray([.. talk.Turns.Select((text, turn) =>
            new JsonObject { ["role"] = turn % 2 == 0 ? "user" : "assistant", ["content"] = text })])))]),
    }.ToJsonString());

    /// <summary>Answers of the server that it would not give, or not yet.</summary>
    internal Task AnswerWithAsync(string body, int status = 200) => Page.RouteAsync("**/v1/chat/completions", route => route.FulfillAsync(new()
    {
        Status = status,
        ContentType = status == 200 ? "text/event-stream" : "application/json",
        Body = body,
    }));

    /// <summary>A piece of a stream.</summary>
    internal static string Piece(string text) => "data: " + new JsonObject
    {
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = new JsonObject { ["content"] = text } }),
    }.ToJsonString() + "\n\n";

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        await server.DisposeAsync();
    }
}
