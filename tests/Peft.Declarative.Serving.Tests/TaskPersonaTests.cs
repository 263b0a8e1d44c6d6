using System.Text.Json.Nodes;

namespace Peft.Declarative.Serving.Tests;

/// <summary>Adapters of several tasks, of which a request cannot name one.</summary>
public sealed class TaskPersonaTests : IDisposable
{
    private const string Words = "The adapter 'skills' has 3 tasks, but a row of a running batch, and so a request to a server, cannot name one of them. "
        + "Train an adapter of one task in its place for each, or use TextGenerator, with taskIds.";

    private readonly PersonaFolder _folder = new("captain");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1L << 30)]
    [InlineData(1L)]   // where the first one fills the memory, the others are only read
    public async Task Persona_OfSeveralTasks_IsRefusedAndNamed(long memory)
    {
        _folder.Add("skills", config: Poly(tasks: 3));
        await using TestServer server = await TestServer.StartAsync(_folder, options => options.AdapterMemory = memory);

        JsonNode health = await server.HealthAsync(state => state["not_served"]!.AsObject().Count > 0);
        (int status, JsonNode? body) = await AskAsync(server, "skills");

        Assert.Equal(Words, health["not_served"]!["skills"]!.GetValue<string>());
        Assert.Equal(400, status);
        Assert.Equal(Words, body!["error"]!["message"]!.GetValue<string>());
        Assert.Equal(("invalid_request_error", "model"), (body["error"]!["type"]!.GetValue<string>(), body["error"]!["param"]!.GetValue<string>()));
        Assert.DoesNotContain("skills", (await server.GetAsync("v1/models")).Text, StringComparison.Ordinal);
        Assert.Equal(200, (await AskAsync(server, "captain")).Status);
    }

    [Fact]
    public async Task Persona_OfOneTask_IsServed()
    {
        _folder.Add("skills", config: Poly(tasks: 1));
        await using TestServer server = await TestServer.StartAsync(_folder);

        Assert.Equal(200, (await AskAsync(server, "skills")).Status);
    }

    private static PolyConfig Poly(int tasks) => new() { Rank = 2, Tasks = tasks, Skills = 2, Targets = ["q_proj", "v_proj"] };

    private static Task<(int Status, JsonNode? Body)> AskAsync(TestServer server, string model) =>
        server.PostAsync("v1/completions", $$"""{"model": "{{model}}", "prompt": "One day", "max_tokens": 4, "temperature": 0}""");
}
