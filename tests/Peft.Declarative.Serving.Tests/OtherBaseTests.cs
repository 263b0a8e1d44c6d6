using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Peft.Declarative.Serving.Tests;

/// <summary>Adapters that do not belong to the base, files that are damaged, and names that nothing has: all are said, and the others are served.</summary>
public sealed class OtherBaseTests : IDisposable
{
    private readonly PersonaFolder _folder = new("captain");
    private readonly KeptLog _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Adapter_OfAnotherBaseOfTheSameShapes_IsServedWithAWarning()
    {
        _folder.Add("stranger", model: _folder.OtherModel(seed: 6));
        _folder.Add("native");
        await using TestServer server = await StartAsync();

        JsonNode health = JsonNode.Parse((await server.GetAsync("health")).Text)!;

        KeyValuePair<string, JsonNode?> warning = Assert.Single(health["warnings"]!.AsObject());
        Assert.Equal("stranger", warning.Key);
        Assert.StartsWith("PEFT705: The adapter in", warning.Value!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("ok", health["status"]!.GetValue<string>());
        Assert.Equal(200, await AskAsync(server, "stranger"));
        Assert.Single(_log.Lines, line => line.StartsWith("Warning: The persona 'stranger': PEFT705", StringComparison.Ordinal));
    }

    // Where the first one fills the memory, the others are only read.
    [Fact]
    public async Task Adapter_OfAnotherBase_HasTheWarningBeforeItIsLoaded()
    {
        _folder.Add("native");
        _folder.Add("stranger", model: _folder.OtherModel(seed: 6));
        await using TestServer server = await TestServer.StartAsync(_folder, options => options.AdapterMemory = 1, program => program.Logging.AddProvider(_log));

        JsonNode health = await server.HealthAsync(state => state["warnings"]!.AsObject().Count > 0);

        Assert.DoesNotContain(_log.Lines, line => line.Contains("Serves the persona 'stranger'", StringComparison.Ordinal));
        Assert.StartsWith("PEFT705: The adapter in", Assert.Single(health["warnings"]!.AsObject()).Value!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(200, await AskAsync(server, "stranger"));
        Assert.Single(_log.Lines, line => line.StartsWith("Warning: The persona 'stranger': PEFT705", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Adapter_OfABaseOfOtherShapes_IsNamedAndTheOthersAreServed()
    {
        _folder.Add("stranger", model: _folder.OtherModel(seed: 6, width: 96));
        await using TestServer server = await StartAsync();

        JsonNode health = JsonNode.Parse((await server.GetAsync("health")).Text)!;

        Assert.Equal("degraded", health["status"]!.GetValue<string>());
        Assert.Equal("stranger", Assert.Single(health["not_served"]!.AsObject()).Key);
        Assert.Equal(503, await AskAsync(server, "stranger"));
        Assert.Equal(200, await AskAsync(server, "captain"));
        Assert.Contains(_log.Lines, line => line.StartsWith("Warning: The persona 'stranger' is not served: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Adapter_ThatIsReplacedByOneOfThisBase_HasNoWarningAnyMore()
    {
        _folder.Add("stranger", model: _folder.OtherModel(seed: 6));
        await using TestServer server = await StartAsync();

        _folder.Add("stranger", seed: 2);
        Assert.Equal(200, await AskAsync(server, "stranger"));

        Assert.Empty(JsonNode.Parse((await server.GetAsync("health")).Text)!["warnings"]!.AsObject());
    }

    [Fact]
    public async Task Adapter_OfWhichAHalfIsWritten_IsServedOnceItIsWhole()
    {
        _folder.Add("poet");
        string file = Path.Combine(_folder["poet"], "adapter_model.safetensors");
        byte[] whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, whole[..(whole.Length / 2)]);
        await using TestServer server = await StartAsync();

        Assert.Equal("poet", Assert.Single(JsonNode.Parse((await server.GetAsync("health")).Text)!["not_served"]!.AsObject()).Key);
        Assert.Equal(503, await AskAsync(server, "poet"));
        Assert.Equal(200, await AskAsync(server, "captain"));
        File.WriteAllBytes(file, whole);

        Assert.Equal(200, await AskAsync(server, "poet"));
        Assert.Empty(JsonNode.Parse((await server.GetAsync("health")).Text)!["not_served"]!.AsObject());
    }

    [Fact]
    public async Task PinnedAdapter_ThatDoesNotExist_IsSaid()
    {
        await using TestServer server = await StartAsync("captian");

        const string Words = "PinnedAdapters names it, but there is no such adapter. Did you mean 'captain'?";
        Assert.Equal(Words, JsonNode.Parse((await server.GetAsync("health")).Text)!["warnings"]!["captian"]!.GetValue<string>());
        Assert.Single(_log.Lines, line => line.Contains($"'captian': {Words}", StringComparison.Ordinal));
    }

    private Task<TestServer> StartAsync(params string[] pinned) => TestServer.StartAsync(
        _folder, options => Array.ForEach(pinned, options.PinnedAdapters.Add), program => program.Logging.AddProvider(_log));

    private static async Task<int> AskAsync(TestServer server, string model) =>
        (await server.PostAsync("v1/completions", $$"""{"model": "{{model}}", "prompt": "One day", "max_tokens": 4, "temperature": 0}""")).Status;
}
